"""The window over the real engine: what a sender posts is shown, and what the user does is done."""

from __future__ import annotations

import json
import socket
import sys
from urllib.parse import urlsplit

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QTreeWidget
from pytestqt.qtbot import QtBot

from inspector.core.problem import Problem
from inspector.engine.inspector import Inspector
from inspector.gui.dialogs.plain import PlainDialog
from inspector.gui.main_window import MainWindow
from inspector.gui.views.side_bar import ENTRY_ROLE
from tests.gui.shell import PATIENCE_MS, event, post, post_all


def wait_rows(qtbot: QtBot, window: MainWindow, number: int) -> None:
    qtbot.waitUntil(lambda: window.model.rowCount() == number, timeout=PATIENCE_MS)


def choose(qtbot: QtBot, window: MainWindow, row: int) -> None:
    window.table.choose(window.model.id_at(row))
    qtbot.waitUntil(
        lambda: (
            window.pane.event_shown_now is not None
            and window.pane.event_shown_now.id == window.model.id_at(row)
        ),
        timeout=PATIENCE_MS,
    )


def dialog(window: MainWindow) -> PlainDialog:
    (found,) = [each for each in window.findChildren(PlainDialog) if each.isVisible()]
    return found


def wait_dialog(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(
        lambda: any(each.isVisible() for each in window.findChildren(PlainDialog)), timeout=PATIENCE_MS
    )


def test_first_window_teaches_and_its_sample_is_shown(qtbot: QtBot, shell: MainWindow) -> None:
    qtbot.waitUntil(lambda: shell.lists.currentWidget() is shell.empty, timeout=PATIENCE_MS)
    assert shell.top_bar.url in shell.empty.curl_line.text()
    shell.empty.curl_line.copy_button.click()
    assert QGuiApplication.clipboard().text() == shell.empty.curl_line.text()
    shell.empty.sample_button.click()
    wait_rows(qtbot, shell, 1)
    assert shell.lists.currentWidget() is shell.table
    assert shell.model.index(0, 2).data() == "challenge.completed"


def test_what_is_posted_is_shown_newest_first(qtbot: QtBot, shell: MainWindow) -> None:
    assert post_all(shell.top_bar.url, [event(n, f"type.{n}") for n in range(30)]) == [200] * 30
    wait_rows(qtbot, shell, 30)
    assert [shell.model.index(row, 2).data() for row in (0, 29)] == ["type.29", "type.0"]
    qtbot.waitUntil(lambda: shell.model.index(0, 5).data() == "200", timeout=PATIENCE_MS)
    choose(qtbot, shell, 0)
    assert shell.pane.title.text() == "type.29"
    assert "evt_29" in shell.pane.about.text()


def test_new_events_do_not_move_what_one_reads(qtbot: QtBot, shell: MainWindow) -> None:
    post_all(shell.top_bar.url, [event(n) for n in range(80)])
    wait_rows(qtbot, shell, 80)
    choose(qtbot, shell, 60)
    read = shell.table.current_id()
    before = shell.table.visualRect(shell.table.currentIndex()).top()
    assert shell.table.verticalScrollBar().value() > 0
    post_all(shell.top_bar.url, [event(n) for n in range(80, 90)])
    wait_rows(qtbot, shell, 90)
    assert shell.table.current_id() == read
    assert shell.table.selected_ids() == [read]
    assert shell.table.visualRect(shell.table.currentIndex()).top() == before


def test_filter_lists_what_matches_and_keeps_listing_it(qtbot: QtBot, shell: MainWindow) -> None:
    post_all(shell.top_bar.url, [event(n, "a.b" if n % 2 else "c.d") for n in range(10)])
    wait_rows(qtbot, shell, 10)
    shell.filter_bar.set_text("type:a.b")
    wait_rows(qtbot, shell, 5)
    post_all(shell.top_bar.url, [event(10, "c.d"), event(11, "a.b")])
    wait_rows(qtbot, shell, 6)
    qtbot.waitUntil(lambda: shell.filter_bar.counts.text() == "6 of 12", timeout=PATIENCE_MS)
    shell.filter_bar.set_text("type:nothing")
    qtbot.waitUntil(lambda: shell.lists.currentWidget() is shell.empty, timeout=PATIENCE_MS)
    shell.actions_by_key["clear-filter"].trigger()
    wait_rows(qtbot, shell, 12)


def test_delete_and_its_undo(qtbot: QtBot, shell: MainWindow) -> None:
    post_all(shell.top_bar.url, [event(n) for n in range(3)])
    wait_rows(qtbot, shell, 3)
    choose(qtbot, shell, 1)
    number = shell.table.current_id()
    shell.actions_by_key["delete"].trigger()
    wait_rows(qtbot, shell, 2)
    assert shell.model.row_of(number or 0) is None
    qtbot.waitUntil(shell.undo_bar.isVisible, timeout=PATIENCE_MS)
    shell.actions_by_key["undo"].trigger()
    wait_rows(qtbot, shell, 3)
    assert shell.model.id_at(1) == number


def test_pin_note_and_clear_keeps_the_pinned(qtbot: QtBot, shell: MainWindow, engine: Inspector) -> None:
    post_all(shell.top_bar.url, [event(n) for n in range(4)])
    wait_rows(qtbot, shell, 4)
    choose(qtbot, shell, 2)
    number = shell.model.id_at(2)
    shell.actions_by_key["pin"].trigger()
    qtbot.waitUntil(lambda: shell.pin_button.text() == "Unpin", timeout=PATIENCE_MS)
    shell.actions_by_key["note"].trigger()
    shell.pane.note.editor.setPlainText("look <b>here</b>")
    shell.pane.note.keep()
    qtbot.waitUntil(
        lambda: (found := engine.inbox.event(number)) is not None and found.note == "look <b>here</b>",
        timeout=PATIENCE_MS,
    )
    assert shell.pane.note.text.textFormat() is Qt.TextFormat.PlainText
    shell.actions_by_key["clear"].trigger()
    qtbot.waitUntil(
        lambda: bool([d for d in shell.findChildren(PlainDialog) if d.isVisible()]), timeout=PATIENCE_MS
    )
    dialog(shell).accept()
    wait_rows(qtbot, shell, 1)
    assert shell.model.id_at(0) == number


def test_copy_as_curl_names_the_own_address(qtbot: QtBot, shell: MainWindow) -> None:
    post(shell.top_bar.url, event(1))
    wait_rows(qtbot, shell, 1)
    choose(qtbot, shell, 0)
    QGuiApplication.clipboard().setText("")
    shell.actions_by_key["copy-curl"].trigger()
    qtbot.waitUntil(lambda: "curl" in QGuiApplication.clipboard().text(), timeout=PATIENCE_MS)
    assert shell.top_bar.url in QGuiApplication.clipboard().text()


def test_repeats_are_marked_and_a_click_away(qtbot: QtBot, shell: MainWindow) -> None:
    post_all(shell.top_bar.url, [event(7), event(8), event(7)])
    wait_rows(qtbot, shell, 3)
    choose(qtbot, shell, 0)
    assert shell.pane.repeats.isVisible()
    shell.pane.repeats.click()
    wait_rows(qtbot, shell, 2)


def test_sorting_by_another_column_keeps_the_selection(qtbot: QtBot, shell: MainWindow) -> None:
    post_all(shell.top_bar.url, [event(n, f"type.{9 - n}") for n in range(10)])
    wait_rows(qtbot, shell, 10)
    choose(qtbot, shell, 3)
    number = shell.table.current_id()
    shell.table.sortByColumn(2, Qt.SortOrder.AscendingOrder)
    qtbot.waitUntil(lambda: shell.model.index(0, 2).data() == "type.0", timeout=PATIENCE_MS)
    assert shell.table.current_id() == number
    post(shell.top_bar.url, event(11, "type.00"))
    wait_rows(qtbot, shell, 11)


def test_side_bar_counts_and_filters(qtbot: QtBot, shell: MainWindow) -> None:
    post_all(shell.top_bar.url, [event(1), event(1), event(2)])
    items = shell.side_bar.list

    def number(title: str) -> int | None:
        for row in range(items.count()):
            entry = items.item(row).data(ENTRY_ROLE)
            if entry.title == title:
                return int(entry.number)
        return None

    qtbot.waitUntil(lambda: number("All events") == 3 and number("Duplicates") == 1, timeout=PATIENCE_MS)
    assert number("nudj") == 3
    row = next(row for row in range(items.count()) if items.item(row).data(ENTRY_ROLE).title == "Duplicates")
    items.setCurrentRow(row)
    assert shell.filter_bar.text == "is:duplicate"
    wait_rows(qtbot, shell, 1)


def test_dragging_over_the_histogram_filters_the_time(qtbot: QtBot, shell: MainWindow) -> None:
    post_all(shell.top_bar.url, [event(n) for n in range(5)])
    qtbot.waitUntil(
        lambda: shell.histogram.histogram is not None and sum(shell.histogram.histogram.counts) == 5,
        timeout=PATIENCE_MS,
    )
    view, middle = shell.histogram, shell.histogram.height() // 2
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(10, middle))
    qtbot.mouseMove(view, QPoint(view.width() - 1, middle))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(view.width() - 1, middle))
    assert "since:" in shell.filter_bar.text
    assert "until:" in shell.filter_bar.text
    wait_rows(qtbot, shell, 5)
    qtbot.mouseDClick(view, Qt.MouseButton.LeftButton)
    assert shell.filter_bar.text == ""


def test_saved_filter_appears_in_the_side_bar(qtbot: QtBot, shell: MainWindow, engine: Inspector) -> None:
    shell.filter_bar.set_text("type:order.*")
    shell.actions_by_key["save-filter"].trigger()
    asked = dialog(shell)
    asked.findChild(object, "answer").setText("Orders")  # type: ignore[call-overload]
    asked.accept()

    def titles() -> list[str]:
        items = shell.side_bar.list
        return [items.item(row).data(ENTRY_ROLE).title for row in range(items.count())]

    qtbot.waitUntil(lambda: "Orders" in titles(), timeout=PATIENCE_MS)
    assert [each.query for each in engine.inbox.filters()] == ["type:order.*"]


def test_taken_port_is_named_and_the_next_free_one_offered(qtbot: QtBot, shell: MainWindow) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        before = shell.top_bar.url
        shell.listening.start("127.0.0.1", port)
        qtbot.waitUntil(lambda: bool(shell.banners.problems), timeout=PATIENCE_MS)
        assert shell.banners.problems[0].key == "port-taken"
        assert str(port) in shell.banners.problems[0].title
        assert shell.top_bar.url == before
        shell.listening.start_on_next_port("127.0.0.1", port)
        qtbot.waitUntil(lambda: shell.top_bar.url != before, timeout=PATIENCE_MS)
    assert not shell.banners.problems
    assert post(shell.top_bar.url, event(1)) == 200


def test_problems_of_the_engine_come_and_go(qtbot: QtBot, shell: MainWindow, engine: Inspector) -> None:
    engine.announcements.raise_problem(Problem("disk-full", "The disk is full.", "", "Free some space."))
    qtbot.waitUntil(lambda: shell.status.problems.text() == "1 problem", timeout=PATIENCE_MS)
    engine.announcements.clear_problem("disk-full")
    qtbot.waitUntil(lambda: shell.status.problems.text() == "no problems", timeout=PATIENCE_MS)


def test_pause_answers_503_and_keeps_nothing(qtbot: QtBot, shell: MainWindow) -> None:
    shell.top_bar.pause_button.click()
    qtbot.waitUntil(lambda: shell.top_bar.pause_button.text() == "Resume", timeout=PATIENCE_MS)
    assert post(shell.top_bar.url, event(1)) == 503
    shell.actions_by_key["pause"].trigger()
    qtbot.waitUntil(lambda: shell.top_bar.pause_button.text() == "Pause", timeout=PATIENCE_MS)
    assert post(shell.top_bar.url, event(1)) == 200
    wait_rows(qtbot, shell, 1)


def test_rejected_connections_are_counted_and_listed(qtbot: QtBot, shell: MainWindow) -> None:
    parts = urlsplit(shell.top_bar.url)
    with socket.create_connection((parts.hostname or "", parts.port or 0)) as client:
        client.sendall(b"<b>no</b> http\r\n\r\n")
        while client.recv(4096):
            pass
    qtbot.waitUntil(lambda: shell.status.refused.text() == "1 connection rejected", timeout=PATIENCE_MS)

    shell.status.refused.click()
    qtbot.waitUntil(
        lambda: bool([each for each in shell.findChildren(PlainDialog) if each.isVisible()]),
        timeout=PATIENCE_MS,
    )
    assert dialog(shell).findChild(QTreeWidget).topLevelItemCount() == 1
    assert "<b>no</b>" in dialog(shell).findChild(QPlainTextEdit).toPlainText()
    dialog(shell).accept()


def test_hostile_names_stay_plain_text(qtbot: QtBot, shell: MainWindow) -> None:
    post(shell.top_bar.url, event(1, "<img src=x>\u202egnp"))
    wait_rows(qtbot, shell, 1)
    choose(qtbot, shell, 0)
    assert "\u202e" not in shell.pane.title.text()
    tip = shell.model.index(0, 2).data(Qt.ItemDataRole.ToolTipRole)
    assert "<img" not in tip
    assert "&lt;img" in tip


def test_palette_does_what_is_typed(qtbot: QtBot, shell: MainWindow) -> None:
    shell.actions_by_key["palette"].trigger()
    palette = QApplication.activePopupWidget() or next(
        each for each in QApplication.topLevelWidgets() if each.objectName() == "Palette" and each.isVisible()
    )
    qtbot.keyClicks(palette.line, "hist")
    shown = shell.histogram.isVisible()
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert shell.histogram.isVisible() is not shown


def test_every_action_is_connected(shell: MainWindow) -> None:
    unconnected = [
        key for key, action in shell.actions_by_key.by_key.items() if action.receivers("2triggered(bool)") < 1
    ]
    assert unconnected == []


def test_a_burst_is_shown_whole(qtbot: QtBot, shell: MainWindow) -> None:
    post_all(shell.top_bar.url, [json.dumps(event(n)).encode() for n in range(1000)])
    wait_rows(qtbot, shell, 1000)
    assert list(shell.model.ids()) == sorted(shell.model.ids(), reverse=True)


class _Sender(QObject):
    sent = Signal(int)


def test_slots_do_not_lose_references_to_none(qtbot: QtBot) -> None:
    """PySide6 6.12 on Python 3.11 does, and aborts after some thousand calls."""
    sender = _Sender()
    calls: list[int] = []

    def slot(number: int) -> None:
        calls.append(number)

    sender.sent.connect(slot)
    sender.sent.emit(0)
    before = sys.getrefcount(None)
    for number in range(1000):
        sender.sent.emit(number)
    lost = before - sys.getrefcount(None)
    assert len(calls) == 1001
    assert lost < 500


def test_state_of_the_window_is_kept(qtbot: QtBot, shell: MainWindow, engine: Inspector) -> None:
    place = next(place for place in range(shell.model.columnCount()) if not shell.table.isColumnHidden(place))
    shell.table.setColumnHidden(place, True)
    shell.actions_by_key["histogram"].trigger()
    shell.close()
    again = MainWindow(engine, shell.background, shell.theme)
    qtbot.addWidget(again)
    assert again.table.isColumnHidden(place)
    assert not again.histogram.isVisibleTo(again)
    again.close()
