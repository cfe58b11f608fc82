"""Senders are answered after the commit, with 503 when there was none, and never twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from inspector.core.event import Arrival, Capture, Reading, Reply, Request, State, Times
from inspector.core.problem import Problem
from inspector.core.refusal import Refusal
from inspector.core.source import Source
from inspector.engine.announcements import (
    Announcement,
    Announcements,
    ConnectionRefused,
    EventsChanged,
    EventsStored,
    ProblemCleared,
    ProblemRaised,
)
from inspector.engine.capture import CaptureReceiver, Commits
from inspector.store.results import Failed, Stored

FULL = Problem("disk-full", "The disk is full.")
SHOP = Source("shop", "/shop", dialect="shopify", reply=Reply(202, body=b"thanks"))


class House:
    """A receiver with its neighbours: a sink that only takes note, and calls that run at once."""

    def __init__(self) -> None:
        self.put_: list[tuple[Arrival, object]] = []
        self.noted: list[tuple[int, int, int]] = []
        self.kept_refusals: list[Refusal] = []
        self.soon: list[Callable[[], None]] = []
        self.later: list[Callable[[], None]] = []
        self.answers: list[tuple[Reply, object]] = []
        self.heard: list[Announcement] = []
        announcements = Announcements()
        announcements.subscribe(self.heard.append)
        self.commits = Commits(lambda call, *values: call(*values), announcements, lambda: 7)
        self.receiver = CaptureReceiver(
            self,
            source_of=lambda capture: SHOP if capture.request.path == "/shop" else None,
            announcements=announcements,
            retry_after_s=lambda: 7,
            soon=self.soon.append,
            later=lambda _delay, call: self.later.append(call),
        )

    def put_all(self, arrivals: list[tuple[Arrival, object]]) -> None:
        self.put_ += arrivals

    def replied(self, number: int, replied_ns: int, status: int) -> None:
        self.noted.append((number, replied_ns, status))

    def refused(self, refusal: Refusal) -> None:
        self.kept_refusals.append(refusal)

    def receive(self, path: str = "/shop", state: State = State.COMPLETE) -> None:
        self.receive_more(path, state)
        self.end_turn()

    def end_turn(self) -> None:
        turn, self.soon[:] = self.soon[:], []
        for call in turn:
            call()

    def receive_more(self, path: str = "/shop", state: State = State.COMPLETE) -> None:
        request = Request(f"POST {path} HTTP/1.1".encode(), (), b"{}")
        capture = Capture(request, Times(1, 1, 2, 3, 4), state)
        self.receiver.receive(capture, lambda reply, token: self.answers.append((reply, token)))

    def commit(self) -> None:
        taken, self.put_ = self.put_, []
        self.commits.committed(
            [Stored(token, 10 + at, arrival, Reading(), 0, 5) for at, (arrival, token) in enumerate(taken)],
            [],
        )

    def fail(self) -> None:
        taken, self.put_ = self.put_, []
        self.commits.committed([], [Failed(token, arrival, FULL) for arrival, token in taken])


@pytest.fixture
def house() -> House:
    return House()


def test_no_answer_before_the_commit_then_the_reply_of_the_source(house: House) -> None:
    house.receive()
    house.receive("/else")
    assert house.answers == []
    assert [(arrival.source, arrival.dialect) for arrival, _ in house.put_] == [("shop", "shopify"), ("", "")]
    house.commit()
    assert [reply for reply, _ in house.answers] == [SHOP.reply, Reply(200)]
    assert house.heard == [EventsStored((10, 11))]


def test_what_one_turn_of_the_loop_brings_goes_to_the_store_at_once(house: House) -> None:
    house.receive_more()
    house.receive_more("/else")
    assert (house.put_, len(house.soon)) == ([], 1)
    house.end_turn()
    assert [arrival.source for arrival, _ in house.put_] == ["shop", ""]
    house.receive()
    assert len(house.put_) == 3


def test_the_time_of_the_reply_is_noted_and_told_in_batches(house: House) -> None:
    house.receive()
    house.receive()
    house.commit()
    for _, token in house.answers:
        house.receiver.replied(token, 99)
    assert house.noted == [(10, 99, 202), (11, 99, 202)]
    (first,) = house.later
    first()
    assert house.heard[-1] != EventsChanged((10, 11)), "their times may not be on the disk yet"
    house.later[1]()
    assert house.heard[-1] == EventsChanged((10, 11))


def test_a_failed_commit_is_a_503_that_says_when_to_come_again(house: House) -> None:
    house.receive()
    house.fail()
    ((reply, token),) = house.answers
    assert (reply.status, dict(reply.headers)[b"Retry-After"]) == (503, b"7")
    assert b"disk is full" in reply.body
    house.receiver.replied(token, 99)
    assert house.noted == []
    assert house.heard == [ProblemRaised(FULL)]
    assert house.commits.troubles == ("disk-full",)


def test_the_problem_ends_with_the_next_commit(house: House) -> None:
    house.receive()
    house.fail()
    house.receive()
    house.commit()
    assert house.heard == [ProblemRaised(FULL), EventsStored((10,)), ProblemCleared("disk-full")]


def test_a_file_that_was_set_aside_stays_reported(house: House) -> None:
    house.receive()
    ((arrival, token),) = house.put_
    damage = Problem("database-damaged", "The database was damaged and has been set aside.")
    house.commits.committed([], [Failed(token, arrival, damage)])
    house.commit()
    assert ProblemCleared("database-damaged") not in house.heard


def test_while_paused_nothing_is_kept(house: House) -> None:
    house.receiver.paused = True
    house.receive()
    ((reply, _),) = house.answers
    assert reply.status == 503
    assert house.put_ == []


@pytest.mark.parametrize(("state", "status"), [(State.REJECTED, 413), (State.INCOMPLETE, 408)])
def test_what_did_not_come_whole_is_kept_and_not_acknowledged(
    house: House, state: State, status: int
) -> None:
    house.receive(state=state)
    house.commit()
    assert house.answers[0][0].status == status


def test_a_refusal_is_kept_and_told(house: House) -> None:
    refusal = Refusal(1, "127.0.0.1:5", 400, "This is no HTTP.", b"\x16\x03")
    house.receiver.refused(refusal)
    assert house.kept_refusals == [refusal]
    assert house.heard == [ConnectionRefused(refusal)]
