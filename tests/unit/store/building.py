"""Arrivals, and a store that tells what became of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

from inspector.core.event import Arrival, Capture, Reading, Reply, Request, State, Times
from inspector.core.headers import HeaderPairs
from inspector.core.problem import ProblemError
from inspector.store import Failed, Store, Stored

PATIENCE_S = 60.0
SECOND_NS = 1_000_000_000
START_NS = 1_790_000_000 * SECOND_NS


def request(
    body: bytes = b"{}",
    *,
    method: str = "POST",
    target: str = "/webhooks/nudj",
    headers: HeaderPairs = ((b"Host", b"localhost"), (b"Content-Type", b"application/json")),
    remote: str = "127.0.0.1:4000",
) -> Request:
    """A request with the head that such a client sends."""
    line = f"{method} {target} HTTP/1.1".encode("latin-1")
    head = line + b"\r\n" + b"".join(b"%b: %b\r\n" % pair for pair in headers) + b"\r\n"
    return Request(line, headers, body, head, remote=remote)


def arrival(
    body: bytes = b"{}",
    *,
    received_at_ns: int = START_NS,
    source: str = "nudj",
    state: State = State.COMPLETE,
    mark: str = "",
    note: str = "",
    event_type: str = "",
    event_id: str = "",
    retry_count: int | None = None,
    status: int = 200,
    **of_request: object,
) -> Arrival:
    """An arrival; what the test's dialect reads of it travels as its dialect."""
    times = Times(received_at_ns, 1_000, 2_000, 3_000, 4_000)
    capture = Capture(request(body, **of_request), times, state)  # type: ignore[arg-type] # passed on
    reading = Reading(event_type, event_id, None, retry_count)
    READINGS[id(capture.request)] = reading
    KEPT.append(capture.request)
    return Arrival(capture, source, mark=mark, note=note, reply=Reply(status))


READINGS: dict[int, Reading] = {}
KEPT: list[Request] = []
"""Holds the requests, so that no number of READINGS is given twice."""


def read(given: Arrival) -> Reading:
    """What `arrival` was told."""
    return READINGS.get(id(given.capture.request), Reading())


class Keeper:
    """A store whose `keep` waits for the commit."""

    def __init__(self, path: Path, **options: object) -> None:
        self.commits: list[tuple[list[Stored], list[Failed]]] = []
        self.store = Store(path, read=read, committed=self._committed, **options)  # type: ignore[arg-type] # passed on
        self.readers = self.store.readers

    def put(self, *arrivals: Arrival) -> list[Future[Stored]]:
        """Put without waiting."""
        futures: list[Future[Stored]] = []
        for each in arrivals:
            future: Future[Stored] = Future()
            futures.append(future)
            self.store.put(each, future)
        return futures

    def keep(self, *arrivals: Arrival) -> list[int]:
        """Put, wait, and return the numbers; raises ProblemError where one failed."""
        return [future.result(PATIENCE_S).id for future in self.put(*arrivals)]

    def _committed(self, stored: list[Stored], failed: list[Failed]) -> None:
        self.commits.append((stored, failed))
        for each in stored:
            assert isinstance(each.token, Future)
            each.token.set_result(each)
        for lost in failed:
            assert isinstance(lost.token, Future)
            lost.token.set_exception(ProblemError(lost.problem))


def until(condition: Callable[[], bool]) -> None:
    """Wait for a condition, with patience."""
    pause = threading.Event()
    end_s = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end_s, "waited in vain"
        pause.wait(0.01)


def indexed(keeper: Keeper) -> None:
    """Wait until the index of bodies has caught up."""
    until(lambda: keeper.readers.index_state().waiting == 0)


def later(given: Arrival, seconds: float) -> Arrival:
    """The same arrival, so many seconds later; what the dialect reads stays."""
    times = replace(
        given.capture.times, received_at_ns=given.capture.times.received_at_ns + int(seconds * 1e9)
    )
    return replace(given, capture=replace(given.capture, times=times))
