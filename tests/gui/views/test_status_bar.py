"""The line at the bottom tells what goes on, and falls silent when it is done."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from inspector.gui.views.status_bar import StatusBar


def test_progress_of_checking_again_is_shown_until_all_are_checked(qtbot: QtBot) -> None:
    bar = StatusBar(Path("events.db"))
    qtbot.addWidget(bar)
    bar.show_checking("shop\u202e", 200, 4000)
    assert bar.checking.text() == "checking shop\ufffd again: 200 of 4,000"
    bar.show_checking("shop", 4000, 4000)
    assert bar.checking.text() == ""
