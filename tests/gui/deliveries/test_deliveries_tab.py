"""The Deliveries page over the real engine and a real handler."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from inspector.core.target import Target
from inspector.gui.compare.dialog import CompareDialog
from inspector.gui.deliveries.tab import DeliveriesTab
from inspector.gui.main_window import MainWindow
from tests.gui.deliveries.handler import handler
from tests.gui.shell import PATIENCE_MS, event, post


def deliveries_tab(qtbot: QtBot, shell: MainWindow) -> DeliveriesTab:
    """The page, opened, of the one event."""
    qtbot.waitUntil(lambda: shell.model.rowCount() == 1, timeout=PATIENCE_MS)
    shell.table.choose(shell.model.id_at(0))
    qtbot.waitUntil(lambda: shell.pane.event_shown_now is not None, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: shell.pane.tab_titled("Deliveries") is not None, timeout=PATIENCE_MS)
    page = shell.pane.tab_titled("Deliveries")
    assert isinstance(page, DeliveriesTab)
    shell.pane.tabs.setCurrentWidget(page)
    return page


def test_attempts_are_shown_newest_first_with_what_came_back(qtbot: QtBot, shell: MainWindow) -> None:
    assert post(shell.top_bar.url, event(1)) == 200
    page = deliveries_tab(qtbot, shell)
    number = shell.model.id_at(0)
    assert page.nothing.isVisible()
    with handler() as there:
        send = shell.inspector.deliveries.send
        send(number, Target("", there.url)).result(60)
        there.status, there.body = 500, b'{"error": "<b>no</b>"}'
        send(number, Target("", there.url)).result(60)
        qtbot.waitUntil(lambda: len(page.model.rows) == 2, timeout=PATIENCE_MS)
        assert [page.model.index(row, 1).data() for row in (0, 1)] == ["✕ 500", "✓ 200"]
        qtbot.waitUntil(
            lambda: page.detail.delivery is not None and page.detail.delivery.status == 500,
            timeout=PATIENCE_MS,
        )
    assert page.detail.words.text().startswith("500 ")
    assert page.detail.body.reading is not None or page.detail.body.isVisible()
    assert ("Content-Type", "application/json") in [
        (name.decode(), value.decode()) for name, value in page.detail.headers.model.pairs
    ]
    assert page.detail.sent.toPlainText().startswith("POST /webhooks/nudj HTTP/1.1\n")
    assert "Wait for the handler" in page.detail.waterfall.accessibleDescription()
    page.table.selectRow(1)
    qtbot.waitUntil(
        lambda: page.detail.delivery is not None and page.detail.delivery.status == 200, timeout=PATIENCE_MS
    )


def test_a_failure_is_told_in_words(qtbot: QtBot, shell: MainWindow) -> None:
    with handler() as there:
        gone = there.url
    post(shell.top_bar.url, event(1))
    page = deliveries_tab(qtbot, shell)
    shell.inspector.deliveries.send(shell.model.id_at(0), Target("", gone)).result(60)
    qtbot.waitUntil(lambda: page.detail.delivery is not None, timeout=PATIENCE_MS)
    assert page.model.index(0, 1).data() == "✕ connection refused"
    assert page.detail.words.text().startswith("Connection refused after ")
    assert not page.detail.tabs.isTabEnabled(0)


def test_what_was_sent_is_compared_with_what_was_captured(qtbot: QtBot, shell: MainWindow) -> None:
    post(shell.top_bar.url, event(1))
    page = deliveries_tab(qtbot, shell)
    with handler() as there:
        for status in (200, 404):
            there.status, there.body = status, b'{"status": %d}' % status
            shell.inspector.deliveries.send(shell.model.id_at(0), Target("", there.url)).result(60)
        qtbot.waitUntil(lambda: len(page.model.rows) == 2, timeout=PATIENCE_MS)
        qtbot.waitUntil(lambda: page.detail.delivery is not None, timeout=PATIENCE_MS)
    page.detail.compare_button.click()
    (dialog,) = shell.findChildren(CompareDialog)
    qtbot.waitUntil(lambda: dialog.headers.rowCount() > 0, timeout=PATIENCE_MS)
    changed = [change.place for change in dialog.headers.changes if change.kind.name == "CHANGED"]
    assert changed == ["Host"]
    dialog.reject()
    page.table.selectAll()
    assert page.compare_button.isEnabled()
    page.compare_button.click()

    def two() -> bool:
        found = [each for each in shell.findChildren(CompareDialog) if each.isVisible()]
        return bool(found) and found[0].body.rowCount() == 1

    qtbot.waitUntil(two, timeout=PATIENCE_MS)
