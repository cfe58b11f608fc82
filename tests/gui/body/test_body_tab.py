"""The body page shows the body of an event."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inspector.core.event import Checked, Event, EventRow, Reading, Request, State, Times
from inspector.gui.background import Background
from inspector.gui.event.body_tab import BodyTab


def event(number: int, body: bytes) -> Event:
    row = EventRow(
        id=number,
        received_at_ns=0,
        method="POST",
        target="/",
        source="",
        event_type="",
        event_id="",
        size_bytes=len(body),
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
    return Event(row, Request(b"POST / HTTP/1.1", (), body), Times(0, 0, 0, 0, 0), Reading())


def test_show_event_and_clear(qtbot: QtBot, qapp: QApplication) -> None:
    background = Background()
    tab = BodyTab(background)
    qtbot.addWidget(tab)
    tab.show_event(event(1, b'{"a": 1}'))
    tab.show_event(event(2, b'{"b": 1}'))
    qtbot.waitUntil(lambda: tab.view.view_key == "tree", timeout=60_000)
    assert tab.view.reading is not None
    assert tab.view.reading.raw == b'{"b": 1}'
    tab.clear()
    assert tab.view.reading is None
    background.close()
