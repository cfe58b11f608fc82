"""Two events compared in a window."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from inspector.core.event import Event
from inspector.gui.background import Background
from inspector.gui.compare.comparison import CancelledError, compare
from inspector.gui.compare.dialog import CompareDialog
from tests.gui.event.events import event

JSON = (b"Content-Type", b"application/json")


@pytest.fixture
def background() -> Iterator[Background]:
    pool = Background()
    yield pool
    pool.close()


def _compared(qtbot: QtBot, background: Background, first: Event, second: Event) -> CompareDialog:
    dialog = CompareDialog(first, second, background)
    dialog.open()
    qtbot.waitUntil(lambda: background.busy == 0, timeout=60_000)
    return dialog


def _rows(dialog: CompareDialog) -> list[tuple[str, ...]]:
    model = dialog.body
    return [tuple(model.index(row, column).data() for column in range(4)) for row in range(model.rowCount())]


def _texts(dialog: CompareDialog) -> list[str]:
    return [label.text() for label in dialog.findChildren(QLabel)]


def test_json_is_compared_by_structure(qtbot: QtBot, background: Background) -> None:
    first = event((JSON,), b'{"a":1,"b":"<b>x</b>","c":null}', number=1)
    second = event((JSON, (b"X-New", b"1")), b'{"a":1.0,"b":"<b>x</b>","d":true}', number=2)
    dialog = _compared(qtbot, background, first, second)
    assert _rows(dialog) == [
        ("~ changed", "$.a", "1", "1.0"),
        ("− removed", "$.c", "null", ""),
        ("+ added", "$.d", "", "true"),
    ]
    assert "3 differences." in _texts(dialog)
    assert [dialog.headers.index(row, 0).data() for row in range(3)] == ["= same", "= same", "+ added"]
    assert dialog.lines.rowCount() > 0
    dialog.close()


def test_the_same_json_in_other_bytes_is_said(qtbot: QtBot, background: Background) -> None:
    packed = gzip.compress(b'{"a": 1}', mtime=0)
    first = event((JSON, (b"Content-Encoding", b"gzip")), packed)
    dialog = _compared(qtbot, background, first, event((JSON,), b'{"a":1}'))
    assert _rows(dialog) == []
    assert any(text.startswith("The JSON is the same") for text in _texts(dialog))
    dialog.close()


def test_binary_bodies_are_compared_by_bytes(qtbot: QtBot, background: Background) -> None:
    dialog = _compared(
        qtbot, background, event(body=b"\x00\x01\x02\xff"), event(body=b"\x00\x01\x03\xff\x00")
    )
    assert "4 bytes and 5 bytes. The first byte that differs is at offset 2." in _texts(dialog)
    assert not dialog.tabs.isTabEnabled(1)
    dialog.close()


def test_broken_json_is_compared_as_text(qtbot: QtBot, background: Background) -> None:
    dialog = _compared(qtbot, background, event((JSON,), b'{"a":1'), event((JSON,), b'{"a":2'))
    assert dialog.tabs.currentIndex() == 1
    assert [line.text for line in dialog.lines.lines] == ['{"a":1', '{"a":2']
    dialog.close()


def test_equal_events_are_said_to_be(qtbot: QtBot, background: Background) -> None:
    same = event((JSON,), b'{"a":1}')
    texts = _texts(_compared(qtbot, background, same, same))
    assert "The bodies are the same, byte for byte." in texts
    assert "Request line and headers are the same." in texts


def test_closing_gives_the_comparison_up(qtbot: QtBot, background: Background) -> None:
    large = b"[" + b'{"id":1,"x":"y"},' * 200_000 + b"0]"
    dialog = CompareDialog(event((JSON,), large), event((JSON,), large + b" "), background)
    dialog.open()
    with qtbot.waitSignal(dialog.destroyed, timeout=60_000):
        dialog.reject()
    qtbot.waitUntil(lambda: background.busy == 0, timeout=60_000)


def test_a_comparison_stops_when_nobody_waits() -> None:
    with pytest.raises(CancelledError):
        compare(event(), event(), lambda: True)
