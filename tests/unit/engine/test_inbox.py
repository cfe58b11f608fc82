"""Reads and changes of kept events, and what is announced of them, on a real database."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from inspector.core.listing import SavedFilter
from inspector.core.query.parse import parse
from inspector.engine.announcements import (
    Announcement,
    DatabaseChanged,
    EventsChanged,
    EventsRemoved,
    EventsStored,
    FiltersChanged,
)
from inspector.engine.inspector import Inspector
from tests.unit.engine.conftest import arrival


@pytest.fixture
def heard(inspector: Inspector) -> list[Announcement]:
    announcements: list[Announcement] = []
    inspector.announcements.subscribe(announcements.append)
    return announcements


def of_kind(heard: list[Announcement], kind: type[Announcement]) -> list[Announcement]:
    return [each for each in list(heard) if isinstance(each, kind)]


def three(inspector: Inspector) -> list[int]:
    return inspector.inbox.add([arrival(b'{"id": "evt_%d", "type": "t%d"}' % (n, n)) for n in range(3)])


def test_events_that_did_not_come_over_the_wire_are_kept_and_read(
    inspector: Inspector, heard: list[Announcement]
) -> None:
    ids = three(inspector)
    assert ids == [1, 2, 3]
    assert list(inspector.inbox.ids()) == [3, 2, 1]
    assert list(inspector.inbox.ids(parse("type:t1"))) == [2]
    assert [row.event_id for row in inspector.inbox.rows([3, 99, 1])] == ["evt_2", "evt_0"]
    event = inspector.inbox.event(2)
    assert event is not None
    assert event.request.body == inspector.inbox.body(2) == b'{"id": "evt_1", "type": "t1"}'
    assert inspector.inbox.event(99) is None
    assert inspector.inbox.count() == 3
    assert inspector.inbox.matching(parse("-type:t1"), ids) == {1, 3}
    assert inspector.inbox.newest_id() == 3
    assert inspector.inbox.totals().by_source == {"nudj": 3}
    assert sum(inspector.inbox.histogram(None, 0, 2 * 10**18, 10).counts) == 3
    assert inspector.inbox.span_ns() == (1_700_000_000_000_000_000,) * 2
    stored = [number for each in of_kind(heard, EventsStored) for number in each.ids]  # type: ignore[union-attr]
    assert stored == [1, 2, 3]


def test_pins_and_notes_are_kept_and_told(inspector: Inspector, heard: list[Announcement]) -> None:
    three(inspector)
    inspector.inbox.pin([1, 2])
    inspector.inbox.pin([2], on=False)
    inspector.inbox.note(3, "look here")
    assert [row.pinned for row in inspector.inbox.rows([1, 2, 3])] == [True, False, False]
    event = inspector.inbox.event(3)
    assert event is not None
    assert event.note == "look here"
    told = [EventsChanged((1, 2)), EventsChanged((2,)), EventsChanged((3,))]
    assert [each for each in list(heard) if each in told] == told


def test_a_deletion_can_be_taken_back(inspector: Inspector, heard: list[Announcement]) -> None:
    three(inspector)
    undo = inspector.inbox.delete([1, 3, 99])
    assert list(inspector.inbox.ids()) == [2]
    assert of_kind(heard, EventsRemoved) == [EventsRemoved((1, 3))]
    assert inspector.inbox.undo(undo) == 2
    assert list(inspector.inbox.ids()) == [3, 2, 1]
    assert of_kind(heard, DatabaseChanged) == [DatabaseChanged()]
    assert inspector.inbox.undo(undo) == 0


def test_clearing_spares_what_is_pinned(inspector: Inspector) -> None:
    three(inspector)
    inspector.inbox.pin([2])
    undo = inspector.inbox.clear()
    assert undo.ids == (3, 1) or undo.ids == (1, 3)
    assert list(inspector.inbox.ids()) == [2]
    inspector.inbox.undo(undo)
    assert inspector.inbox.clear(parse("type:t0")).ids == (1,)


def test_repeats_lead_to_the_earlier_ones(inspector: Inspector) -> None:
    inspector.inbox.add([arrival(b'{"id": "evt_same"}') for _ in range(3)])
    assert [(row.id, row.repeat) for row in inspector.inbox.repeats(2)] == [(1, 0), (2, 1), (3, 2)]


def test_saved_filters(inspector: Inspector, heard: list[Announcement]) -> None:
    inspector.inbox.save_filter(SavedFilter("pings", "type:ping", 1))
    assert inspector.inbox.filters() == [SavedFilter("pings", "type:ping", 1)]
    inspector.inbox.remove_filter("pings")
    assert inspector.inbox.filters() == []
    assert of_kind(heard, FiltersChanged) == [FiltersChanged(), FiltersChanged()]


def test_what_another_program_changes_is_told(
    start: Callable[..., Inspector], inspector: Inspector, heard: list[Announcement]
) -> None:
    import threading

    three(inspector)
    changed = threading.Event()

    def note(announcement: Announcement) -> None:
        if isinstance(announcement, DatabaseChanged):
            changed.set()

    inspector.announcements.subscribe(note)
    other = start(capture=False)
    other.inbox.pin([1])
    assert changed.wait(60)
    assert inspector.inbox.rows([1])[0].pinned
