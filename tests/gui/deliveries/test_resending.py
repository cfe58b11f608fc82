"""Sending again from the window: one with a key, several with a batch."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from inspector.core.delivery import Failure
from inspector.core.source import PRESET
from inspector.core.target import Target
from inspector.core.trials import Trial
from inspector.engine.resends_summary import Result, Summary
from inspector.gui.deliveries.resend_bar import detail_words, summary_words
from inspector.gui.deliveries.resend_dialog import ResendDialog
from inspector.gui.deliveries.target_choice import name_for, with_scheme
from inspector.gui.deliveries.trials import TrialsMenu
from inspector.gui.deliveries.words import outcome_words
from inspector.gui.main_window import MainWindow
from tests.gui.deliveries.handler import handler
from tests.gui.shell import PATIENCE_MS, event, post, post_all


def ready(qtbot: QtBot, shell: MainWindow, number: int) -> None:
    """So many events are in the table, the newest is chosen."""
    post_all(shell.top_bar.url, [event(each) for each in range(number)])
    qtbot.waitUntil(lambda: shell.model.rowCount() == number, timeout=PATIENCE_MS)
    shell.table.choose(shell.model.id_at(0))
    qtbot.waitUntil(lambda: shell.pane.event_shown_now is not None, timeout=PATIENCE_MS)


def asked(qtbot: QtBot, shell: MainWindow) -> ResendDialog:
    """The dialog, when it has come."""
    qtbot.waitUntil(
        lambda: any(each.isVisible() for each in shell.findChildren(ResendDialog)), timeout=PATIENCE_MS
    )
    (found,) = [each for each in shell.findChildren(ResendDialog) if each.isVisible()]
    return found


def send_button(dialog: ResendDialog) -> None:
    """Presses it."""
    dialog._on_send()


def test_the_first_time_a_target_is_asked_for_and_then_one_key_sends(qtbot: QtBot, shell: MainWindow) -> None:
    ready(qtbot, shell, 1)
    assert shell.actions_by_key["resend"].shortcut().toString() == "R"
    with handler() as there:
        shell.actions_by_key["resend"].trigger()
        dialog = asked(qtbot, shell)
        dialog.target.setEditText(there.url.removeprefix("http://"))
        send_button(dialog)
        qtbot.waitUntil(lambda: there.paths == ["/webhooks/nudj"], timeout=PATIENCE_MS)
        qtbot.waitUntil(lambda: shell.undo_bar.message.text().startswith("✓ 200 in "), timeout=PATIENCE_MS)
        assert "as captured" in shell.undo_bar.message.text()
        (target,) = shell.inspector.deliveries.targets.list()
        assert target.url == there.url
        assert shell.inspector.deliveries.targets.default == target.name
        shell.actions_by_key["resend"].trigger()
        qtbot.waitUntil(lambda: len(there.paths) == 2, timeout=PATIENCE_MS)
    assert there.bodies[0] == there.bodies[1]


def test_without_an_address_nothing_is_sent(qtbot: QtBot, shell: MainWindow) -> None:
    ready(qtbot, shell, 1)
    shell.actions_by_key["resend"].trigger()
    dialog = asked(qtbot, shell)
    send_button(dialog)
    assert dialog.isVisible()
    assert "URL" in dialog.doubts.text()
    dialog.reject()


def test_several_are_sent_in_their_order_with_a_summary(qtbot: QtBot, shell: MainWindow) -> None:
    ready(qtbot, shell, 6)
    shell.table.selectAll()
    with handler() as there:
        shell.actions_by_key["resend"].trigger()
        dialog = asked(qtbot, shell)
        dialog.target.setEditText(there.url)
        assert dialog.pacing.isVisible()
        send_button(dialog)
        qtbot.waitUntil(lambda: len(there.bodies) == 6, timeout=PATIENCE_MS)
        qtbot.waitUntil(
            lambda: shell.resend_bar.words.text().startswith("✓ 6 events sent in "), timeout=PATIENCE_MS
        )
    assert [body.count(b'"n": %d' % place) for place, body in enumerate(there.bodies)] == [1] * 6
    assert not shell.resend_bar.running
    assert shell.resend_bar.dismiss_button.isVisible()
    assert not shell.resend_bar.cancel_button.isVisible()


def test_failed_ones_are_listed_on_demand(qtbot: QtBot, shell: MainWindow) -> None:
    ready(qtbot, shell, 3)
    shell.table.selectAll()
    with handler() as there:
        there.status = 503
        shell.actions_by_key["resend"].trigger()
        dialog = asked(qtbot, shell)
        dialog.target.setEditText(there.url)
        dialog.pacing.fast.setChecked(True)
        assert dialog.pacing.pacing().concurrency == 10
        send_button(dialog)
        qtbot.waitUntil(shell.resend_bar.failed_button.isVisible, timeout=PATIENCE_MS)
    assert "503 × 3" in shell.resend_bar.detail.text()
    shell.resend_bar.failed_button.click()
    assert shell.filter_bar.text == "delivery:failed"
    qtbot.waitUntil(lambda: shell.model.query is not None, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: shell.model.rowCount() == 3, timeout=PATIENCE_MS)


def test_an_event_that_cannot_be_signed_is_reported_and_not_sent(qtbot: QtBot, shell: MainWindow) -> None:
    ready(qtbot, shell, 1)
    with handler() as there:
        shell.inspector.deliveries.targets.add(Target("local", there.url), default=True)
        shell.actions_by_key["sign-anew"].trigger()
        assert shell.resend_button.text() == "Resend signed"
        shell.actions_by_key["resend"].trigger()
        qtbot.waitUntil(lambda: bool(shell.banners.problems), timeout=PATIENCE_MS)
        assert [problem.key for problem in shell.banners.problems] == ["unsignable"]
        assert there.paths == []


def test_a_signature_that_is_too_old_is_said_before_it_is_sent_and_made_anew(
    qtbot: QtBot, shell: MainWindow
) -> None:
    inspector = shell.inspector
    inspector.secrets.put("whsec", "whsec_c2VjcmV0")
    inspector.sources.edit("nudj", replace(PRESET, scheme="stripe", secrets=("whsec",)))
    post(shell.top_bar.url, event(1), headers={"Stripe-Signature": "t=1700000000,v1=00"})
    qtbot.waitUntil(lambda: shell.model.rowCount() == 1, timeout=PATIENCE_MS)
    shell.table.choose(shell.model.id_at(0))
    qtbot.waitUntil(lambda: shell.pane.event_shown_now is not None, timeout=PATIENCE_MS)
    with handler() as there:
        inspector.deliveries.targets.add(Target("local", there.url), default=True)
        shell.actions_by_key["resend"].trigger()
        dialog = asked(qtbot, shell)
        qtbot.waitUntil(lambda: "old" in dialog.doubts.text(), timeout=PATIENCE_MS)
        assert there.paths == []
        dialog.signing.resigned.setChecked(True)
        qtbot.waitUntil(lambda: not dialog.doubts.isVisible(), timeout=PATIENCE_MS)
        send_button(dialog)
        qtbot.waitUntil(lambda: len(there.headers) == 1, timeout=PATIENCE_MS)
        assert "t=1700000000" not in there.headers[0]["Stripe-Signature"]
        qtbot.waitUntil(lambda: "signed anew" in shell.undo_bar.message.text(), timeout=PATIENCE_MS)
    assert shell.resend_button.text() == "Resend signed"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("3000", "http://localhost:3000"),
        ("localhost:3000/x", "http://localhost:3000/x"),
        ("https://a.example", "https://a.example"),
        ("", ""),
    ],
)
def test_short_addresses_are_understood(typed: str, meant: str) -> None:
    assert with_scheme(typed) == meant


def test_a_new_target_is_named_after_its_host() -> None:
    assert name_for("http://localhost:3000/x", []) == "localhost-3000"
    assert name_for("http://localhost:3000", ["localhost-3000"]) == "localhost-3000-2"
    assert name_for("http://[::1]:9", []) == "1-9"


def test_a_summary_in_words() -> None:
    summary = Summary(5, 2, 2, (("200", 2), ("refused", 2)), 12_000_000, 40_000_000, 3_200_000_000, True)
    assert summary_words(summary) == "✕ 4 events sent in 3.20 s, cancelled with 1 left, 2 failed"
    unsent = Result(1, 0, "not-sent", succeeded=False, detail="No secret.")
    assert detail_words(summary, (unsent,)) == (
        "200 × 2 · connection refused × 2 · handler p50 12 ms, p95 40 ms · No secret."
    )
    assert outcome_words(None, Failure("tls")) == "TLS failed"


@pytest.mark.parametrize(
    ("status", "words"), [(401, "✓ refused"), (200, "✕ not refused")], ids=["401", "200"]
)
def test_a_handler_is_to_refuse_half_a_body(qtbot: QtBot, shell: MainWindow, status: int, words: str) -> None:
    ready(qtbot, shell, 1)
    with handler() as there:
        there.status = status
        shell.inspector.deliveries.targets.add(Target("local", there.url), default=True)
        shell.delivery_controls.resending.try_out(Trial.TRUNCATED, [shell.model.id_at(0)])
        qtbot.waitUntil(lambda: shell.resend_bar.words.text().startswith(words), timeout=PATIENCE_MS)


def test_a_handler_is_tried_with_a_duplicate(qtbot: QtBot, shell: MainWindow) -> None:
    ready(qtbot, shell, 1)
    ids = [shell.model.id_at(0)]
    shell.delivery_controls.resending.try_out(Trial.DUPLICATE, ids)
    qtbot.waitUntil(lambda: "no target" in shell.undo_bar.message.text(), timeout=PATIENCE_MS)
    with handler() as there:
        shell.inspector.deliveries.targets.add(Target("local", there.url), default=True)
        shell.actions_by_key["trials"].trigger()
        (menu,) = shell.findChildren(TrialsMenu)
        (duplicate,) = [action for action in menu.actions() if action.text() == "Duplicate"]
        duplicate.trigger()
        menu.close()
        qtbot.waitUntil(lambda: len(there.bodies) == 2, timeout=PATIENCE_MS)
        qtbot.waitUntil(shell.resend_bar.dismiss_button.isVisible, timeout=PATIENCE_MS)
    assert there.bodies[0] == there.bodies[1]
