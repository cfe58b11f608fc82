"""Batches: order, concurrency, spacing, pause, cancel, and the summary at the end."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future

import pytest

from inspector.core.delivery import Delivery, Failure, Phases, Response
from inspector.core.outgoing import Outgoing
from inspector.core.problem import Problem, ProblemError
from inspector.engine.resends_batch import (
    FAST,
    IN_ORDER,
    Batch,
    BatchState,
    Pacing,
    Parcel,
    Progress,
    length_ns,
)
from inspector.engine.resends_summary import NOT_SENT, Result, percentile, summary

PATIENCE_S = 60.0
SECOND_NS = 1_000_000_000


def delivery(number: int, status: int = 200, failure: Failure | None = None, took_ns: int = 5) -> Delivery:
    response = None if failure else Response(status, "")
    return Delivery(
        id=number + 100, event_id=number, target_name="", url="http://h/", sent_at_ns=1, attempt=1,
        origin="resend", signing="as-captured", outgoing=Outgoing("POST", "http://h/", ()),
        response=response, failure=failure, phases=Phases(first_byte_ns=took_ns),
    )  # fmt: skip


class Handler:
    """Stands for the way to a handler: it answers when the test says so, or at once."""

    def __init__(self, answers: Callable[[int], Delivery | None] = delivery) -> None:
        self.answers = answers
        self.asked: list[int] = []
        self.open: dict[int, Future[Delivery]] = {}
        self.most = 0
        self._news = threading.Condition()

    def parcels(self, count: int, spacing_ns: int = 0) -> list[Parcel]:
        return [
            Parcel(number, number * spacing_ns, lambda number=number: self.send(number))
            for number in range(count)
        ]

    def send(self, number: int) -> Future[Delivery]:
        future: Future[Delivery] = Future()
        answer = self.answers(number)
        with self._news:
            self.asked.append(number)
            if answer is None:
                self.open[number] = future
            self.most = max(self.most, sum(not each.done() for each in self.open.values()))
            self._news.notify_all()
        if answer is not None:
            future.set_result(answer)
        return future

    def wait_for(self, count: int) -> None:
        with self._news:
            assert self._news.wait_for(lambda: len(self.asked) >= count, PATIENCE_S)

    def answer(self, number: int, status: int = 200) -> None:
        self.open[number].set_result(delivery(number, status))


class Clock:
    """A clock that the test turns; it knows whether the batch looked at it since."""

    def __init__(self) -> None:
        self._now_ns = 0
        self._looked = False
        self._news = threading.Condition()

    def __call__(self) -> int:
        with self._news:
            if threading.current_thread().name == "resend":
                self._looked = True
                self._news.notify_all()
            return self._now_ns

    def turn_to(self, seconds: float, batch: Batch) -> None:
        """Sets the time, and waits until the batch has seen it."""
        with self._news:
            self._now_ns, self._looked = int(seconds * SECOND_NS), False
        batch.resume()
        with self._news:
            assert self._news.wait_for(lambda: self._looked, PATIENCE_S)


def never(number: int) -> None:
    """The handler does not answer by itself."""


def test_one_after_another_waits_for_each():
    handler = Handler(never)
    batch = Batch(handler.parcels(3), IN_ORDER).start()
    for number in range(3):
        handler.wait_for(number + 1)
        assert handler.asked == list(range(number + 1))
        assert batch.progress == Progress(BatchState.RUNNING, 3, number + 1, number, 0)
        handler.answer(number)
    assert batch.wait(PATIENCE_S).good
    assert handler.most == 1
    assert batch.progress == Progress(BatchState.FINISHED, 3, 3, 3, 0, ended=True)


def test_ten_at_a_time_and_never_more():
    handler = Handler(never)
    batch = Batch(handler.parcels(25), FAST).start()
    handler.wait_for(10)
    for number in (3, 1, 4):
        handler.answer(number)
    handler.wait_for(13)
    assert handler.asked == list(range(13))
    done = {3, 1, 4}
    for number in range(25):
        handler.wait_for(number + 1)
        if number not in done:
            handler.answer(number)
    assert batch.wait(PATIENCE_S).succeeded == 25
    assert handler.most == 10


def test_the_original_spacing_follows_the_clock_and_not_the_answers():
    clock, handler = Clock(), Handler(never)
    parcels = handler.parcels(3, spacing_ns=3600 * SECOND_NS)
    pacing = Pacing(original_timing=True, speed=2)
    assert length_ns(parcels, pacing) == 3600 * SECOND_NS
    assert length_ns(parcels, IN_ORDER) == 0
    batch = Batch(parcels, pacing, monotonic_ns=clock).start()
    handler.wait_for(1)
    for moment_s, begun in ((1799.9, 1), (1800, 2), (3599.9, 2), (3600, 3)):
        clock.turn_to(moment_s, batch)
        assert batch.progress.begun == begun
    handler.wait_for(3)
    for number in range(3):
        handler.answer(number)
    assert batch.wait(PATIENCE_S).good


def test_a_pause_shifts_what_is_left_of_the_spacing():
    clock, handler = Clock(), Handler()
    parcels = handler.parcels(2, spacing_ns=100 * SECOND_NS)
    batch = Batch(parcels, Pacing(original_timing=True), monotonic_ns=clock).start()
    handler.wait_for(1)
    clock.turn_to(40, batch)
    batch.pause()
    for moment_s, begun in ((1000, 1), (1059.9, 1), (1060, 2)):
        clock.turn_to(moment_s, batch)
        assert batch.progress.begun == begun
    assert batch.wait(PATIENCE_S).good


def test_while_paused_nothing_begins():
    handler = Handler(never)
    told: list[Progress] = []
    batch = Batch(handler.parcels(3), IN_ORDER, progressed=told.append).start()
    handler.wait_for(1)
    batch.pause()
    handler.answer(0)
    assert batch.progress.state is BatchState.PAUSED
    assert handler.asked == [0]
    batch.resume()
    handler.wait_for(2)
    handler.answer(1)
    handler.wait_for(3)
    handler.answer(2)
    batch.wait(PATIENCE_S)
    assert BatchState.PAUSED in [each.state for each in told]
    assert told[-1] == Progress(BatchState.FINISHED, 3, 3, 3, 0, ended=True)


def test_cancelling_gives_up_what_is_under_way_and_begins_nothing_more():
    handler = Handler(never)
    batch = Batch(handler.parcels(30), Pacing(3)).start()
    handler.wait_for(3)
    handler.answer(1, 503)
    handler.wait_for(4)
    batch.cancel()
    end = batch.wait(PATIENCE_S)
    assert (end.total, end.succeeded, end.failed, end.left, end.cancelled) == (30, 0, 4, 26, True)
    assert end.outcomes == (("cancelled", 3), ("503", 1))
    assert not end.good
    assert handler.asked == [0, 1, 2, 3]
    assert batch.progress.state is BatchState.CANCELLED
    assert batch.progress.ended


def test_a_callback_may_cancel():
    handler = Handler(lambda number: delivery(number, 500 if number == 2 else 200))
    results: list[Result] = []

    def stop_at_a_failure(result: Result) -> None:
        results.append(result)
        if not result.succeeded:
            batch.cancel()

    batch = Batch(handler.parcels(50), IN_ORDER, ended=stop_at_a_failure)
    end = batch.start().wait(PATIENCE_S)
    assert [each.outcome for each in results] == ["200", "200", "500"]
    assert (end.left, end.cancelled) == (47, True)


def test_what_cannot_be_sent_does_not_stop_the_others():
    handler = Handler()

    def refuse() -> Future[Delivery]:
        raise ProblemError(Problem("unsignable", "It cannot be signed.", "No secret."))

    failed: Future[Delivery] = Future()
    failed.set_exception(ProblemError(Problem("event-unknown", "It is gone.")))
    parcels = [Parcel(8, 0, refuse), Parcel(9, 0, lambda: failed), *handler.parcels(1)]
    batch = Batch(parcels, IN_ORDER).start()
    end = batch.wait(PATIENCE_S)
    assert end.outcomes == ((NOT_SENT, 2), ("200", 1))
    assert [(each.event_id, each.detail) for each in batch.results][:2] == [
        (8, "It cannot be signed. No secret."),
        (9, "It is gone."),
    ]


def test_an_empty_batch_ends():
    assert Batch([], IN_ORDER).start().wait(PATIENCE_S).good


def test_the_summary_counts_and_ranks():
    results = [
        Result(number, number, "200", succeeded=True, handler_ns=number) for number in range(1, 101)
    ] + [Result(0, 0, "refused", succeeded=False), Result(0, 0, "500", succeeded=False, handler_ns=1000)]
    made = summary(results, total=110, took_ns=7)
    assert (made.succeeded, made.failed, made.left) == (100, 2, 8)
    assert made.outcomes == (("200", 100), ("500", 1), ("refused", 1))
    assert (made.p50_ns, made.p95_ns) == (51, 96)
    assert percentile([], 50) is None
    assert percentile([3], 95) == 3


@pytest.mark.parametrize("pacing", [Pacing(0), Pacing(speed=0)])
def test_a_pacing_that_never_ends_is_refused(pacing):
    with pytest.raises(ValueError, match="pacing"):
        Batch([], pacing)
