"""Announcements reach everybody, whatever a subscriber does."""

from __future__ import annotations

import threading

import pytest

from inspector.core.problem import Problem
from inspector.engine.announcements import (
    Announcement,
    Announcements,
    EventsStored,
    ProblemCleared,
    ProblemRaised,
)


def test_a_subscriber_hears_until_it_leaves() -> None:
    announcements = Announcements()
    heard: list[Announcement] = []
    leave = announcements.subscribe(heard.append)
    announcements.announce(EventsStored((1,)))
    leave()
    announcements.announce(EventsStored((2,)))
    assert heard == [EventsStored((1,))]


def test_a_failing_subscriber_is_reported_and_harms_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    reported: list[object] = []
    monkeypatch.setattr(threading, "excepthook", lambda arguments: reported.append(arguments.exc_value))
    announcements = Announcements()
    heard: list[Announcement] = []

    def fail(_announcement: Announcement) -> None:
        raise RuntimeError("mine")

    announcements.subscribe(fail)
    announcements.subscribe(heard.append)
    announcements.announce(EventsStored((1,)))
    assert heard == [EventsStored((1,))]
    assert str(reported[0]) == "mine"


def test_a_problem_is_announced_when_it_begins_changes_and_ends() -> None:
    announcements = Announcements()
    heard: list[Announcement] = []
    announcements.subscribe(heard.append)
    full, fuller = Problem("disk-full", "The disk is full."), Problem("disk-full", "It is still full.")
    for problem in (full, full, fuller):
        announcements.raise_problem(problem)
    assert announcements.problems == (fuller,)
    announcements.clear_problem("disk-full")
    announcements.clear_problem("disk-full")
    assert heard == [ProblemRaised(full), ProblemRaised(fuller), ProblemCleared("disk-full")]
    assert announcements.problems == ()
