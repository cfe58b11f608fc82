"""The table model alone: ids in order, rows in pages, and never a read on Qt's thread."""

from __future__ import annotations

import threading
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from inspector.core.event import Checked, EventRow, State
from inspector.core.listing import Order
from inspector.core.query.nodes import Node
from inspector.gui.background import Background
from inspector.gui.models.events import KEPT_ROWS, PAGE, ROW_ROLE, EventsModel
from inspector.gui.views.table import ID_COLUMN, ID_LEAST, EventsTable
from tests.gui.shell import PATIENCE_MS


def row(number: int) -> EventRow:
    return EventRow(
        id=number,
        received_at_ns=number,
        method="POST",
        target="/x",
        source="",
        event_type=f"type.{number}",
        event_id="",
        size_bytes=0,
        remote="",
        state=State.COMPLETE,
        retry_count=None,
        repeat=0,
        pinned=False,
        has_note=False,
        mark="",
        checked=Checked(),
        reply_status=None,
        took_ns=None,
    )


class Many:
    """Events in memory that tell on which threads they were asked for, and how many rows at once."""

    def __init__(self, number: int) -> None:
        self.events = {each: row(each) for each in range(1, number + 1)}
        self.threads: set[int] = set()
        self.asked: list[int] = []

    def ids(self, query: Node | None = None, order: Order = Order()) -> array[int]:  # noqa: B008 - frozen
        self.threads.add(threading.get_ident())
        return array("q", sorted(self.events, reverse=order.descending))

    def rows(self, ids: Iterable[int]) -> list[EventRow]:
        self.threads.add(threading.get_ident())
        wanted = list(ids)
        self.asked.append(len(wanted))
        return [self.events[each] for each in wanted if each in self.events]

    def matching(self, query: Node | None, ids: Iterable[int]) -> set[int]:
        return set(ids) & self.events.keys()


@pytest.fixture
def background(qtbot: QtBot) -> Iterator[Background]:
    made = Background()
    yield made
    made.close()


def shown(qtbot: QtBot, model: EventsModel, place: int) -> EventRow:
    qtbot.waitUntil(lambda: model.index(place, 0).data(ROW_ROLE) is not None, timeout=PATIENCE_MS)
    found = model.index(place, 0).data(ROW_ROLE)
    assert isinstance(found, EventRow)
    return found


def test_rows_come_in_pages_from_another_thread_and_few_are_kept(
    qtbot: QtBot, background: Background
) -> None:
    events = Many(60_000)
    model = EventsModel(events, background)
    model.reload()
    qtbot.waitUntil(lambda: model.rowCount() == 60_000, timeout=PATIENCE_MS)
    for place in range(0, 60_000, 307):
        assert shown(qtbot, model, place).id == 60_000 - place
    assert max(events.asked) <= 2 * PAGE
    assert threading.get_ident() not in events.threads
    assert len(model._rows) <= KEPT_ROWS
    assert model.row_of(1) == 59_999
    assert model.row_of(60_001) is None


def test_model_keeps_qts_rules_while_events_come_and_go(qtbot: QtBot, background: Background) -> None:
    events = Many(100)
    model = EventsModel(events, background)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.reload()
    qtbot.waitUntil(lambda: model.rowCount() == 100, timeout=PATIENCE_MS)
    for number in range(101, 111):
        events.events[number] = row(number)
        model.add_stored([number])
    qtbot.waitUntil(lambda: model.rowCount() == 110, timeout=PATIENCE_MS)
    for number in (110, 50, 1):
        del events.events[number]
    model.remove({110, 50, 1})
    assert list(model.ids()) == sorted(events.events, reverse=True)
    assert tester.model() is model


def test_changed_rows_are_read_again(qtbot: QtBot, background: Background) -> None:
    events = Many(10)
    model = EventsModel(events, background)
    model.reload()
    qtbot.waitUntil(lambda: model.rowCount() == 10, timeout=PATIENCE_MS)
    assert shown(qtbot, model, 0).pinned is False
    events.events[10] = replace(events.events[10], pinned=True)
    model.refresh_rows({10})
    qtbot.waitUntil(lambda: shown(qtbot, model, 0).pinned, timeout=PATIENCE_MS)


def test_a_failing_list_is_told_and_the_earlier_stays(qtbot: QtBot, background: Background) -> None:
    events = Many(3)
    model = EventsModel(events, background)
    model.reload()
    qtbot.waitUntil(lambda: model.rowCount() == 3, timeout=PATIENCE_MS)
    events.ids = None  # type: ignore[assignment, method-assign]
    with qtbot.waitSignal(model.load_failed, timeout=PATIENCE_MS):
        model.reload()
    assert model.rowCount() == 3


def test_choosing_all_of_many_rows_looks_at_few_of_them(qtbot: QtBot, background: Background) -> None:
    """With its own selection model, the header would ask for every cell of every selected row."""
    model = EventsModel(Many(20_000), background)
    table = EventsTable(model)
    qtbot.addWidget(table)
    table.show()
    model.reload()
    qtbot.waitUntil(lambda: model.rowCount() == 20_000, timeout=PATIENCE_MS)
    asked: list[int] = []
    counted = model.rowCount
    model.rowCount = lambda *parent: asked.append(1) or counted(*parent)  # type: ignore[method-assign, func-returns-value]
    with qtbot.waitSignal(table.selection_changed, timeout=PATIENCE_MS) as caught:
        table.selectAll()
    table.horizontalHeader().grab()
    assert caught.args == [20_000]
    assert len(asked) < 5_000


def test_the_next_row_is_chosen_when_the_current_one_is_deleted(qtbot: QtBot, background: Background) -> None:
    events = Many(10)
    model = EventsModel(events, background)
    table = EventsTable(model)
    qtbot.addWidget(table)
    model.reload()
    qtbot.waitUntil(lambda: model.rowCount() == 10, timeout=PATIENCE_MS)
    table.choose(7)
    model.remove({7})
    assert (table.current_id(), table.selected_ids()) == (6, [6])
    table.choose(1)
    model.remove({1, 9})
    assert (table.current_id(), table.selected_ids()) == (2, [2])
    model.remove(set(model.ids()))
    assert (table.current_id(), table.selected_ids()) == (None, [])


def test_ids_give_way_in_a_narrow_table(qtbot: QtBot, background: Background) -> None:
    table = EventsTable(EventsModel(Many(1), background))
    qtbot.addWidget(table)
    table.resize(1400, 300)
    table.show()
    wide = table.columnWidth(ID_COLUMN)
    table.resize(480, 300)
    assert table.columnWidth(ID_COLUMN) == ID_LEAST < wide
    table.resize(1400, 300)
    assert table.columnWidth(ID_COLUMN) == wide
