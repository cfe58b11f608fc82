"""The page of the exact request."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from inspector.gui.background import Background
from inspector.gui.event.raw import SHOWN_BYTES, RawTab
from inspector.gui.event.raw_text import raw_bytes, readable, spelled
from tests.gui.event.events import event

BODY = '{"name":"Zoë"}\r\n\t'.encode() + b"\xff\x00\x1b[31m\n"


def test_bytes_are_spelled_out() -> None:
    assert spelled(BODY) == '{"name":"Zo⟨c3 ab⟩"}⟨cr lf⟩\n⟨tab ff 00 1b⟩[31m⟨lf⟩\n'
    assert spelled(b"\n\n\r") == "⟨lf⟩\n⟨lf⟩\n⟨cr⟩"
    assert readable(BODY) == '{"name":"Zoë"}\n\t\\xff␀␛[31m\n'


def test_the_head_as_it_came_is_shown(qtbot: QtBot) -> None:
    plain = event(((b"A", b"1"),), b"x")
    assert raw_bytes(plain.request) == b"POST /hook HTTP/1.1\r\nA: 1\r\n\r\nx"
    raw = replace(plain, request=replace(plain.request, raw_head=b"POST /hook HTTP/1.1\nA:1\n\n"))
    tab = RawTab()
    qtbot.addWidget(tab)
    tab.show_event(raw)
    assert tab.text.toPlainText() == "POST /hook HTTP/1.1\nA:1\n\nx"
    tab.switch.button(1).click()
    assert tab.text.toPlainText() == "POST /hook HTTP/1.1⟨lf⟩\nA:1⟨lf⟩\n⟨lf⟩\nx"
    tab.clear()
    assert tab.text.toPlainText() == ""


def test_markup_stays_text(qtbot: QtBot) -> None:
    tab = RawTab()
    qtbot.addWidget(tab)
    tab.show_event(event(body=b"<b>bold</b>"))
    assert tab.text.toPlainText().endswith("\n\n<b>bold</b>")


def test_large_requests_are_shown_in_part_and_in_hex_as_a_whole(qtbot: QtBot) -> None:
    tab = RawTab()
    qtbot.addWidget(tab)
    tab.resize(600, 400)
    tab.show()
    tab.show_event(event(body=b"x" * (64 << 20)))
    assert len(tab.text.toPlainText()) <= SHOWN_BYTES
    tab.switch.button(2).click()
    assert tab.hex.seen_rows().start == 0
    tab.hex.verticalScrollBar().setValue(tab.hex.verticalScrollBar().maximum())
    rows = tab.hex.seen_rows()
    assert rows.stop == ((64 << 20) + len("POST /hook HTTP/1.1\r\n\r\n") + 15) // 16
    assert len(rows) < 60


def test_copies_the_view_and_saves_the_bytes(qtbot: QtBot, tmp_path: Path) -> None:
    background = Background()
    tab = RawTab(background)
    qtbot.addWidget(tab)
    shown = event(((b"A", b"1"),), BODY)
    tab.show_event(shown)
    tab.copy()
    assert QGuiApplication.clipboard().text().startswith("POST /hook HTTP/1.1\r\nA: 1\r\n\r\n")
    tab.switch.button(2).click()
    tab.copy()
    assert QGuiApplication.clipboard().text().startswith("00000000  50 4f 53 54 20")
    path = tmp_path / "request.http"
    tab.save(path)
    qtbot.waitUntil(lambda: background.busy == 0, timeout=60_000)
    assert path.read_bytes() == raw_bytes(shown.request)
    background.close()
