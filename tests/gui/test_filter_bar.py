"""The filter line: what it says of a wrong query, and what it offers while one types."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from inspector.gui.background import Background
from inspector.gui.views.filter_bar import FilterBar
from tests.gui.shell import PATIENCE_MS


@pytest.fixture
def bar(qtbot: QtBot) -> Iterator[FilterBar]:
    background = Background(threads=1)
    made = FilterBar(lambda field, _prefix: ["order.paid"] if field == "type" else [], background)
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    made.line.setFocus()
    yield made
    background.close()


def test_a_wrong_query_is_explained_and_the_earlier_stays_in_force(qtbot: QtBot, bar: FilterBar) -> None:
    seen: list[str] = []
    bar.query_changed.connect(lambda _query, text: seen.append(text))
    bar.set_text("type:ping")
    bar.set_text("type:ping nonsense:1")
    assert bar.error.isVisible()
    assert "^" in bar.error.text()
    assert bar.error.accessibleName().startswith("Column 11")
    bar.set_text("type:pong")
    assert not bar.error.isVisible()
    assert seen == ["type:ping", "type:pong"]


def test_values_that_events_hold_are_offered_and_taken_with_tab(qtbot: QtBot, bar: FilterBar) -> None:
    qtbot.waitUntil(bar.line.hasFocus, timeout=PATIENCE_MS)
    qtbot.keyClicks(bar.line, "type:or")
    popup = bar.suggestions
    qtbot.waitUntil(lambda: popup.isVisible() and popup.count() == 1, timeout=PATIENCE_MS)
    qtbot.keyClick(bar.line, Qt.Key.Key_Tab)
    assert bar.text == "type:order.paid "
    assert not popup.isVisible()


def test_return_means_the_line_as_it_stands(qtbot: QtBot, bar: FilterBar) -> None:
    qtbot.waitUntil(bar.line.hasFocus, timeout=PATIENCE_MS)
    qtbot.keyClicks(bar.line, "typ")
    qtbot.waitUntil(bar.suggestions.isVisible, timeout=PATIENCE_MS)
    with qtbot.waitSignal(bar.query_changed, timeout=PATIENCE_MS) as caught:
        qtbot.keyClick(bar.line, Qt.Key.Key_Return)
    assert caught.args[1] == "typ"
