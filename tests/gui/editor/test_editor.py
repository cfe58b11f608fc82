"""The editor over the real engine: what is changed, checked, sent and kept."""

from __future__ import annotations

import json

import pytest
from pytestqt.qtbot import QtBot

from inspector.core.event import Request
from inspector.gui.dialogs.plain import PlainDialog
from inspector.gui.editor.dialog import EditorDialog
from inspector.gui.editor.fields import RequestFields, editable_text
from inspector.gui.main_window import MainWindow
from tests.gui.deliveries.handler import handler
from tests.gui.shell import PATIENCE_MS, event, post


def editor(qtbot: QtBot, shell: MainWindow, body: object = None) -> EditorDialog:
    """Opened for the one event."""
    post(shell.top_bar.url, event(1) if body is None else body)
    qtbot.waitUntil(lambda: shell.model.rowCount() == 1, timeout=PATIENCE_MS)
    shell.table.choose(shell.model.id_at(0))
    qtbot.waitUntil(lambda: shell.pane.event_shown_now is not None, timeout=PATIENCE_MS)
    shell.actions_by_key["edit"].trigger()
    (found,) = shell.findChildren(EditorDialog)
    return found


def test_untouched_fields_change_nothing(qtbot: QtBot) -> None:
    request = Request(
        b"POST /a%20b?x=1&y= HTTP/1.1", ((b"Host", b"h"), (b"x-Odd", b"\xe9")), b'{"a": 1.0,\r\n"b": 2}'
    )
    fields = RequestFields()
    qtbot.addWidget(fields)
    fields.show_request(request)
    assert fields.edits().nothing
    fields.body.setPlainText('{"a": 1.0,\n"b": 3}')
    assert fields.edits().body == b'{"a": 1.0,\r\n"b": 3}'


@pytest.mark.parametrize(
    "body", [b"\xff\xfe", b"a\r\nb\n", b"a\0b", b"x" * 1_000_001], ids=["binary", "mixed", "nul", "long"]
)
def test_a_body_that_an_editor_would_change_is_not_edited(body: bytes) -> None:
    assert editable_text(body) is None


def test_an_edited_event_is_sent_and_its_response_shown(qtbot: QtBot, shell: MainWindow) -> None:
    dialog = editor(qtbot, shell)
    fields = dialog.fields
    fields.body.setPlainText(fields.body.toPlainText().replace('"n": 1', '"n": 2'))
    fields.query.setText("again=1")
    with handler() as there:
        dialog.target.setEditText(there.url)
        dialog.send()
        qtbot.waitUntil(lambda: dialog.detail.delivery is not None, timeout=PATIENCE_MS)
        assert there.paths == ["/webhooks/nudj?again=1"]
        assert json.loads(there.bodies[0])["data"] == {"n": 2}
    assert dialog.tabs.currentWidget() is dialog.detail
    qtbot.waitUntil(lambda: dialog.changes.rowCount() == 2, timeout=PATIENCE_MS)
    assert {change.place for change in dialog.changes.changes} == {"Request line", "$.data.n"}


def test_broken_json_is_shown_with_its_place(qtbot: QtBot, shell: MainWindow) -> None:
    dialog = editor(qtbot, shell)
    dialog.fields.body.setPlainText('{\n  "a": 1,\n}')
    qtbot.waitUntil(lambda: "line 3, column 1" in dialog.fields.check.text(), timeout=PATIENCE_MS)
    dialog.fields.place_button.click()
    assert dialog.fields.body.textCursor().blockNumber() == 2


def test_formatting_keeps_numbers_and_can_be_undone(qtbot: QtBot, shell: MainWindow) -> None:
    raw = b'{"ratio":1.0,"big":12345678901234567890,"small":1e-7}'
    dialog = editor(qtbot, shell, raw)
    dialog.fields.format_button.click()
    text = dialog.fields.body.toPlainText()
    assert '  "ratio": 1.0,\n  "big": 12345678901234567890,\n  "small": 1e-7' in text
    dialog.fields.body.undo()
    assert dialog.fields.body_bytes() == raw


def test_changes_are_not_lost_without_a_question(qtbot: QtBot, shell: MainWindow) -> None:
    dialog = editor(qtbot, shell)
    dialog.fields.query.setText("a=1")
    dialog.reject()
    assert dialog.isVisible()
    (question,) = dialog.findChildren(PlainDialog)
    question.accept()
    qtbot.waitUntil(lambda: not shell.findChildren(EditorDialog), timeout=PATIENCE_MS)


def test_headers_that_are_none_cannot_be_sent(qtbot: QtBot, shell: MainWindow) -> None:
    dialog = editor(qtbot, shell)
    dialog.fields.headers.setPlainText("no colon")
    qtbot.waitUntil(lambda: not dialog.send_button.isEnabled(), timeout=PATIENCE_MS)
    assert "Name: value" in dialog.said.text()


def test_an_edited_event_is_kept_with_its_mark_and_parent(qtbot: QtBot, shell: MainWindow) -> None:
    dialog = editor(qtbot, shell)
    dialog.fields.method.setEditText("PUT")
    with qtbot.waitSignal(dialog.kept, timeout=PATIENCE_MS) as kept:
        dialog.keep()
    (number,) = kept.args
    made = shell.inspector.inbox.event(number)
    assert made is not None
    assert (made.row.method, made.row.mark) == ("PUT", "edited")
    assert made.parent == dialog.event_id
