"""A composed request over the real engine: begun with nothing or a sample, sent, and kept."""

from __future__ import annotations

import json

from pytestqt.qtbot import QtBot

from inspector.gui.dialogs.plain import PlainDialog
from inspector.gui.editor.composer import ComposerDialog
from inspector.gui.main_window import MainWindow
from tests.gui.deliveries.handler import handler
from tests.gui.shell import PATIENCE_MS


def composer(qtbot: QtBot, shell: MainWindow) -> ComposerDialog:
    """Opened by its action, with the samples to choose from."""
    shell.actions_by_key["compose"].trigger()
    (found,) = shell.findChildren(ComposerDialog)
    qtbot.waitUntil(lambda: found.start.count() > 1, timeout=PATIENCE_MS)
    return found


def begin(dialog: ComposerDialog, row: int) -> None:
    """As a user chooses from the list."""
    dialog.start.setCurrentIndex(row)
    dialog.start.activated.emit(row)


def test_an_empty_request_is_written_and_sent(qtbot: QtBot, shell: MainWindow) -> None:
    dialog = composer(qtbot, shell)
    assert dialog.fields.body.toPlainText() == ""
    dialog.fields.path.setText("/hook")
    dialog.fields.body.setPlainText('{"a": 1}')
    with handler() as there:
        dialog.target.setEditText(there.url)
        dialog.send()
        qtbot.waitUntil(lambda: dialog.detail.delivery is not None, timeout=PATIENCE_MS)
        assert (there.paths, there.bodies) == (["/hook"], [b'{"a": 1}'])
    assert dialog.tabs.currentWidget() is dialog.detail


def test_a_sample_is_kept_as_an_event_of_its_source(qtbot: QtBot, shell: MainWindow) -> None:
    dialog = composer(qtbot, shell)
    kind = dialog.start.itemData(1)
    begin(dialog, 1)
    assert not dialog.fields.isEnabled()
    qtbot.waitUntil(lambda: kind in dialog.fields.body.toPlainText(), timeout=PATIENCE_MS)
    assert dialog.fields.isEnabled()
    with qtbot.waitSignal(dialog.kept, timeout=PATIENCE_MS) as kept:
        dialog.keep()
    (number,) = kept.args
    made = shell.inspector.inbox.event(number)
    assert made is not None
    assert (made.row.source, made.row.event_type, made.row.mark) == ("nudj", kind, "edited")
    assert made.parent is None
    assert json.loads(made.request.body)["id"] == made.row.event_id


def test_what_was_written_is_not_lost_to_a_sample_without_a_question(qtbot: QtBot, shell: MainWindow) -> None:
    dialog = composer(qtbot, shell)
    dialog.fields.query.setText("a=1")
    begin(dialog, 1)
    assert (dialog.start.currentIndex(), dialog.fields.query.text()) == (0, "a=1")
    (question,) = dialog.findChildren(PlainDialog)
    question.accept()
    qtbot.waitUntil(lambda: dialog.fields.query.text() == "", timeout=PATIENCE_MS)
    dialog.close()
    qtbot.waitUntil(lambda: not shell.findChildren(ComposerDialog), timeout=PATIENCE_MS)
