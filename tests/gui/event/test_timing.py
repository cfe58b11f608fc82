"""The page of times."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta, timezone

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from inspector.gui.event.timing import TimingTab
from inspector.gui.event.timing_phases import delay, phases, timetable
from tests.gui.event.events import AT_NS, MS, TIMES, event

S = 10**9


def test_phases_follow_one_another() -> None:
    assert [(bar.name, bar.start_ns, bar.length_ns) for bar in phases(TIMES)] == [
        ("Receive headers", 0, 1 * MS),
        ("Receive body", 1 * MS, 2 * MS),
        ("Store", 3 * MS, 4 * MS),
        ("Reply to sender", 7 * MS, 30 * MS),
    ]
    assert [bar.name for bar in phases(replace(TIMES, replied_ns=None))][-1] == "Store"


def test_moments_are_given_in_utc_and_local_time() -> None:
    table = timetable(event(sent_at_ns=AT_NS - 86_400 * S), timezone(timedelta(hours=9)))
    assert (table.utc_day, table.local_day) == ("2025-11-24", "2025-11-25 +0900")
    lines = {line.name: (line.utc, line.local, line.remark) for line in table.lines}
    assert lines["First byte"] == ("16:00:00.412345", "01:00:00.412345", "")
    assert lines["Connected"] == ("16:00:00.409345", "01:00:00.409345", "3 ms before the first byte")
    assert lines["Sent, says the sender"][0] == "2025-11-23 16:00:00.412345"
    assert lines["Replied"][0] == "16:00:00.449345"


def test_the_senders_clock_is_compared() -> None:
    assert delay(event()) == ""
    assert delay(event(sent_at_ns=AT_NS - 4200 * MS)) == "4.2 s before it came"
    assert delay(event(sent_at_ns=AT_NS - 185 * S)) == "3 min 5 s before it came"
    assert delay(event(sent_at_ns=AT_NS + 90_000 * S)) == "1 d 1 h after it came: one of the clocks is wrong"


def test_the_page_shows_bars_and_moments(qtbot: QtBot) -> None:
    tab = TimingTab()
    qtbot.addWidget(tab)
    tab.resize(480, 400)
    tab.show()
    tab.show_event(event(sent_at_ns=AT_NS - 4200 * MS))
    texts = [label.text() for label in tab.findChildren(QLabel)]
    assert "The sender's timestamp is 4.2 s before it came." in texts
    assert "16:00:00.412345" in texts
    assert "Store 4.00 ms" in tab.waterfall.accessibleDescription()
    bars = [tab.waterfall.bar(bar, 0, 37 * MS) for bar in phases(TIMES)]
    assert all(left.right() <= right.left() + 3.1 for left, right in itertools.pairwise(bars))
    assert bars[-1].right() <= tab.waterfall.width()
    tab.clear()
    assert tab.waterfall.accessibleDescription() == ""


def test_a_moment_out_of_all_calendars_is_no_trouble(qtbot: QtBot) -> None:
    tab = TimingTab()
    qtbot.addWidget(tab)
    tab.show_event(event(sent_at_ns=2**63 - 1))
    assert timetable(event(sent_at_ns=2**80)).lines[0].utc == f"{2**80} ns after 1970"
