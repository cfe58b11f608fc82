"""Targets in the window: the form, the list, the chip, a source's target, and dead letters."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from inspector.core.source import PRESET
from inspector.core.target import Target
from inspector.gui.deliveries.dead_letters import DeadLettersWindow
from inspector.gui.main_window import MainWindow
from inspector.gui.sources.form import SourceForm
from inspector.gui.targets.chip import TargetChip
from inspector.gui.targets.form import TargetForm
from inspector.gui.targets.window import TargetsWindow
from tests.gui.deliveries.handler import handler
from tests.gui.shell import PATIENCE_MS, event, post

WHOLE = Target(
    "local",
    "https://localhost:3000/hook",
    headers=((b"X-Env", b"local"),),
    secret_headers=(("Authorization", "handler-login"),),
    verify_tls=False,
    ca_file="/etc/own.pem",
    proxy="http://proxy:3128",
    proxy_secret="proxy-login",
    keep_host=True,
    follow_redirects=True,
    timeout_s=2.5,
    policy="delays=5s,1m",
    concurrency=3,
    rate_per_s=2.0,
)


def test_the_form_gives_back_what_it_shows(qtbot: QtBot) -> None:
    form = TargetForm()
    qtbot.addWidget(form)
    for target in (WHOLE, Target("plain", "http://localhost:3000")):
        form.show_target(target)
        assert form.target() == target
        assert form.unsafe.isVisibleTo(form) is not target.verify_tls


def test_a_target_is_added_and_becomes_the_default(qtbot: QtBot, shell: MainWindow) -> None:
    shell.actions_by_key["targets"].trigger()
    (window,) = shell.findChildren(TargetsWindow)
    window.form.name.setText("not a name")
    window.form.url.setText("localhost:3000")
    window.save()
    qtbot.waitUntil(lambda: "no name" in window.wrong.text(), timeout=PATIENCE_MS)
    window.form.name.setText("local")
    window.save()
    targets = shell.inspector.deliveries.targets
    qtbot.waitUntil(lambda: window.list.count() == 1, timeout=PATIENCE_MS)
    assert targets.default == "local"
    assert [target.url for target in targets.list()] == ["http://localhost:3000"]
    chip = shell.delivery_controls.chip
    qtbot.waitUntil(lambda: chip.url.text() == "http://localhost:3000", timeout=PATIENCE_MS)
    assert chip.verb.text() == "Resend to"


def answer(window: TargetsWindow, which: QMessageBox.StandardButton) -> None:
    """Presses a button of the question that is open."""
    (box,) = [each for each in window.findChildren(QMessageBox) if each.isVisible()]
    assert "not saved" in box.text()
    box.button(which).click()


def test_unsaved_changes_are_not_lost_without_a_question(qtbot: QtBot, shell: MainWindow) -> None:
    which = QMessageBox.StandardButton
    targets = shell.inspector.deliveries.targets
    for name in ("a", "b"):
        targets.add(Target(name, f"http://{name}.test"))
    shell.actions_by_key["targets"].trigger()
    (window,) = shell.findChildren(TargetsWindow)
    assert (window.list.currentRow(), window.form.name.text()) == (0, "a")
    window.form.timeout.setValue(3)
    window.list.setCurrentRow(1)
    assert (window.list.currentRow(), window.form.name.text()) == (0, "a")
    answer(window, which.Cancel)
    assert window.form.timeout.value() == 3
    window.list.setCurrentRow(1)
    answer(window, which.Save)
    qtbot.waitUntil(lambda: window.form.name.text() == "b", timeout=PATIENCE_MS)
    assert [target.timeout_s for target in targets.list()] == [3, 10]
    window.form.timeout.setValue(4)
    window.reject()
    assert window.isVisible()
    answer(window, which.Discard)
    qtbot.waitUntil(lambda: not shell.findChildren(TargetsWindow), timeout=PATIENCE_MS)
    assert [target.timeout_s for target in targets.list()] == [3, 10]


def test_what_cannot_be_saved_stays_in_the_form(qtbot: QtBot, shell: MainWindow) -> None:
    shell.actions_by_key["targets"].trigger()
    (window,) = shell.findChildren(TargetsWindow)
    qtbot.keyClicks(window.form.name, "not a name")
    window.reject()
    answer(window, QMessageBox.StandardButton.Save)
    qtbot.waitUntil(lambda: "no name" in window.wrong.text(), timeout=PATIENCE_MS)
    assert window.isVisible()
    assert window.form.name.text() == "not a name"


def test_the_chip_says_when_events_are_forwarded(qtbot: QtBot) -> None:
    chip = TargetChip()
    qtbot.addWidget(chip)
    targets = (Target("a", "http://a.test"), Target("b", "http://b.test"))
    chip.show_targets((PRESET,), (), "")
    assert (chip.verb.text(), chip.button.text()) == ("No target", "Set…")
    chip.show_targets((replace(PRESET, target="b", mode="forward"),), targets, "a")
    assert (chip.verb.text(), chip.url.text(), chip.mode.text()) == (
        "Forward to",
        "http://b.test",
        "nudj: forward",
    )


def test_a_source_has_its_target_and_mode(qtbot: QtBot) -> None:
    form = SourceForm([("nudj", "Nudj")], [("nudj", "Nudj")], targets=["local"])
    qtbot.addWidget(form)
    source = replace(PRESET, target="local", mode="answer")
    form.show_source(source)
    assert form.source() == source
    form.show_source(PRESET)
    assert form.source() == PRESET


def test_a_dead_letter_is_shown_and_retried(qtbot: QtBot, shell: MainWindow) -> None:
    with handler() as there:
        there.status = 500
        deliveries = shell.inspector.deliveries
        deliveries.targets.add(Target("local", there.url, policy="success=2xx"))
        post(shell.top_bar.url, event(1))
        qtbot.waitUntil(lambda: shell.model.rowCount() == 1, timeout=PATIENCE_MS)
        shell.actions_by_key["dead-letters"].trigger()
        (window,) = shell.findChildren(DeadLettersWindow)
        deliveries.enqueue(shell.model.id_at(0), "local").result(60)
        qtbot.waitUntil(lambda: window.list.topLevelItemCount() == 1, timeout=PATIENCE_MS)
        item = window.list.topLevelItem(0)
        assert item is not None
        assert [item.text(column) for column in (2, 3, 4)] == ["local", "1", "500 Internal Server Error"]
        there.status = 200
        window.retry_all_button.click()
        qtbot.waitUntil(lambda: len(there.paths) == 2, timeout=PATIENCE_MS)
        qtbot.waitUntil(lambda: window.list.topLevelItemCount() == 0, timeout=PATIENCE_MS)
        window.reject()
        deliveries.enqueue(shell.model.id_at(0), "local").result(60)
        qtbot.waitUntil(lambda: len(there.paths) == 3, timeout=PATIENCE_MS)
        qtbot.waitUntil(lambda: not shell.findChildren(DeadLettersWindow), timeout=PATIENCE_MS)
