"""The window of the sources over the real engine: what is saved is what the engine has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
    QListWidget,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from inspector.core.event import Reply
from inspector.core.source import ReplyRules
from inspector.engine.inspector import Inspector, Options
from inspector.engine.paths import Folders
from inspector.gui.background import Background
from inspector.gui.sources.form import _number
from inspector.gui.sources.rules import RulesForm
from inspector.gui.sources.secret_dialog import SecretDialog
from inspector.gui.sources.window import SourcesWindow
from inspector.gui.theme import LIGHT, style_sheet

PATIENCE_MS = 60_000


@pytest.fixture
def inspector(tmp_path: Path) -> Iterator[Inspector]:
    whole = Inspector(Options(folders=Folders(tmp_path, tmp_path)))
    whole.start()
    yield whole
    whole.stop()


@pytest.fixture
def window(qtbot: QtBot, inspector: Inspector) -> Iterator[SourcesWindow]:
    background = Background()
    window = SourcesWindow(inspector, background, [("nudj", "Nudj"), ("github", "GitHub")])
    qtbot.addWidget(window)
    window.show()
    yield window
    background.close()


def field(window: QWidget, kind: type[QWidget], name: str) -> QWidget:
    (found,) = [each for each in window.findChildren(kind) if each.accessibleName() == name]
    return found


def press(window: QWidget, text: str) -> None:
    (button,) = [
        each for each in window.findChildren(QPushButton) if each.text() == text and each.isVisible()
    ]
    assert button.isEnabled()
    button.click()


def type_into(qtbot: QtBot, window: QWidget, name: str, text: str) -> None:
    line = field(window, QLineEdit, name)
    assert isinstance(line, QLineEdit)
    line.clear()
    qtbot.keyClicks(line, text)


@pytest.fixture
def until(qtbot: QtBot) -> Callable[[Callable[[], object]], None]:
    return lambda is_so: qtbot.waitUntil(lambda: bool(is_so()), timeout=PATIENCE_MS)


def test_the_preset_is_there_and_an_edit_is_saved(
    qtbot: QtBot, window: SourcesWindow, inspector: Inspector, until: Callable[[Callable[[], object]], None]
) -> None:
    sources = field(window, QListWidget, "Sources")
    assert isinstance(sources, QListWidget)
    assert [sources.item(row).text() for row in range(sources.count())] == ["nudj"]
    type_into(qtbot, window, "Public URL", "https://hooks.example.com")
    headers = field(window, QPlainTextEdit, "Headers of the reply")
    assert isinstance(headers, QPlainTextEdit)
    headers.setPlainText("X-Kept: yes\nX-kept:  twice ")
    press(window, "Save")
    until(lambda: inspector.sources.get("nudj").public_url == "https://hooks.example.com")
    assert inspector.sources.get("nudj").reply == Reply(200, ((b"X-Kept", b"yes"), (b"X-kept", b"twice")))


def test_a_source_is_added_and_a_wrong_one_says_why(
    qtbot: QtBot, window: SourcesWindow, inspector: Inspector, until: Callable[[Callable[[], object]], None]
) -> None:
    press(window, "New source")
    type_into(qtbot, window, "Name", "shop")
    type_into(qtbot, window, "Path prefix", "/webhooks/nudj")
    press(window, "Save")
    until(
        lambda: any("belongs to the source 'nudj'" in label.text() for label in window.findChildren(QLabel))
    )
    assert len(inspector.sources.list()) == 1
    type_into(qtbot, window, "Path prefix", "/webhooks/shop")
    press(window, "Save")
    until(lambda: len(inspector.sources.list()) == 2)
    assert inspector.sources.get("shop").path == "/webhooks/shop"


def test_a_secret_is_kept_under_its_name_and_never_shown(
    qtbot: QtBot, window: SourcesWindow, inspector: Inspector, until: Callable[[Callable[[], object]], None]
) -> None:
    window.form.secrets.secret_wanted.emit("")
    until(lambda: window.findChildren(SecretDialog))
    (dialog,) = window.findChildren(SecretDialog)
    until(lambda: [each for each in dialog.findChildren(QRadioButton) if each.isVisible()])
    (memory,) = [each for each in dialog.findChildren(QRadioButton) if "memory" in each.text()]
    memory.setChecked(True)
    type_into(qtbot, dialog, "Name", "nudj-staging")
    type_into(qtbot, dialog, "Secret", "s3cret")
    secret = field(dialog, QLineEdit, "Secret")
    assert isinstance(secret, QLineEdit)
    assert secret.displayText() != "s3cret"
    press(dialog, "Keep")
    until(lambda: window.form.secrets.names() == ("nudj-staging",))
    press(window, "Save")
    until(lambda: inspector.sources.get("nudj").secrets == ("nudj-staging",))
    assert inspector.secrets.get("nudj-staging") == "s3cret"
    assert not any("s3cret" in label.text() for label in window.findChildren(QLabel))


def test_it_closes_and_asks_before_changes_are_lost(
    qtbot: QtBot, window: SourcesWindow, until: Callable[[Callable[[], object]], None]
) -> None:
    type_into(qtbot, window, "Public URL", "https://hooks.example.com")
    window.close()
    assert window.isVisible()
    until(lambda: window.findChildren(QMessageBox))
    (box,) = window.findChildren(QMessageBox)
    box.button(QMessageBox.StandardButton.Discard).click()
    window.reject()
    assert not window.isVisible()


def test_numbers_of_the_form_have_room_for_their_text(qtbot: QtBot) -> None:
    box = _number(100, 599)
    box.setStyleSheet(style_sheet(LIGHT))
    qtbot.addWidget(box)
    box.show()
    assert box.lineEdit().width() > 100


def test_reply_rules_are_saved_with_the_source(
    qtbot: QtBot, inspector: Inspector, window: SourcesWindow
) -> None:
    rules = window.form.rules
    assert not rules.status.isEnabled()
    rules.template.setChecked(True)
    rules.delay.setValue(1.5)
    rules.first.setValue(2)
    rules.share.setValue(7)
    rules.seed.setValue(11)
    rules.status.setValue(429)
    rules.retry_after.setValue(30)
    assert rules.status.isEnabled()
    wanted = ReplyRules(True, 1.5, 2, 0.07, 11, "status", 429, 30)
    press(window, "Save")
    qtbot.waitUntil(lambda: inspector.sources.list()[0].rules == wanted, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not window._dirty, timeout=PATIENCE_MS)
    assert rules.rules() == wanted
    rules.failing.setCurrentIndex(rules.failing.findData("hang"))
    assert not rules.status.isEnabled()
    press(window, "Save")
    hangs = replace(wanted, failing="hang")
    qtbot.waitUntil(lambda: inspector.sources.list()[0].rules == hangs, timeout=PATIENCE_MS)


def test_reply_rules_that_were_not_touched_stay_as_they_are(qtbot: QtBot) -> None:
    form = RulesForm()
    qtbot.addWidget(form)
    fine = ReplyRules(fail_share=1 / 3, seed=-(2**40), delay_s=0.00001, failing="close")
    for rules in (None, ReplyRules(), fine):
        form.show_rules(rules)
        assert form.rules() == rules
    form.first.setValue(1)
    assert form.rules() == replace(fine, fail_first=1)
    form.show_rules(ReplyRules(delay_s=1))
    form.delay.setValue(0)
    assert form.rules() is None
