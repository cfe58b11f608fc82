"""The page of headers."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from inspector.gui.event.headers import HeadersTab
from tests.gui.event.events import event

HEADERS = (
    (b"Host", b"localhost"),
    (b"x-Tag", b"one"),
    (b"X-Tag", b"<b>two</b>"),
    (b"X-Long", b"a" * 300),
    (b"X-Latin", b"caf\xe9"),
    (b"X-Empty", b""),
)


def _shown(tab: HeadersTab) -> list[tuple[str, str]]:
    table = tab.view.model()
    return [
        tuple(str(table.index(row, column).data()).replace("\u200b", "") for column in (0, 1))
        for row in range(table.rowCount())
    ]


def test_lines_stand_as_they_came(qtbot: QtBot) -> None:
    tab = HeadersTab()
    qtbot.addWidget(tab)
    tab.show_event(event(HEADERS))
    assert _shown(tab)[:3] == [("Host", "localhost"), ("x-Tag", "one"), ("X-Tag", "<b>two</b>")]
    assert _shown(tab)[4:] == [("X-Latin", "café"), ("X-Empty", "")]
    assert tab.view.model().index(2, 0).data(Qt.ItemDataRole.ToolTipRole) == "2 of 2 lines with this name"
    tab.clear()
    assert _shown(tab) == []


def test_search_keeps_the_lines_that_fit(qtbot: QtBot) -> None:
    tab = HeadersTab()
    qtbot.addWidget(tab)
    tab.show_event(event(HEADERS))
    qtbot.keyClicks(tab.search, "X-TAG")
    assert [name for name, _ in _shown(tab)] == ["x-Tag", "X-Tag"]
    tab.search.setText("a" * 40)
    assert [name for name, _ in _shown(tab)] == ["X-Long"]


def test_copies_values_lines_and_all(qtbot: QtBot) -> None:
    tab = HeadersTab()
    qtbot.addWidget(tab)
    tab.show_event(event(HEADERS))
    tab.view.selectRow(3)
    tab.copy_value()
    assert QGuiApplication.clipboard().text() == "a" * 300
    tab.copy_lines()
    assert QGuiApplication.clipboard().text() == "X-Long: " + "a" * 300
    tab.copy_all()
    lines = QGuiApplication.clipboard().text().split("\n")
    assert lines[2] == "X-Tag: <b>two</b>"
    assert lines[-2:] == ["X-Latin: café", "X-Empty:"]


def test_what_steers_text_is_shown_as_a_sign(qtbot: QtBot) -> None:
    tab = HeadersTab()
    qtbot.addWidget(tab)
    tab.show_event(event(((b"X", "a\u202eb\u0007".encode()),)))
    assert _shown(tab) == [("X", "a⟨U+202E⟩b␇")]
