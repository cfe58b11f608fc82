"""Keeping deliveries: all that end while the disk is busy go into one transaction."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TypeAlias

import apsw

from inspector.core.delivery import Delivery
from inspector.core.problem import ProblemError
from inspector.engine.announcements import Announcements, DeliveriesStored, EventsChanged
from inspector.engine.delivery_steps import reason
from inspector.store import deliveries, delivery_jobs
from inspector.store.store import Store

Step: TypeAlias = Callable[[apsw.Connection, int], None]
"""(connection, number of the delivery): what becomes of its job, in the same transaction."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A delivery to keep; its id and attempt are given when it is written."""

    delivery: Delivery
    own_body: bool
    """Whether what was sent is known to be the body of the event."""
    ok: bool
    """Whether it counts as a success, by the policy."""
    step: Step | None = None
    done: int | None = None
    """The number of a job that is done with it."""


_Waiting: TypeAlias = tuple[Entry, "asyncio.Future[Delivery]"]


class Ledger:
    """Writes deliveries on the store's writer thread; `keep` runs on the I/O loop and never blocks it."""

    def __init__(self, store: Store, announcements: Announcements, soon: Callable[..., None]) -> None:
        """`soon` calls on the I/O loop, from any thread."""
        self._store = store
        self._announcements = announcements
        self._soon = soon
        self._guard = threading.Lock()
        self._waiting: list[_Waiting] = []
        self._asked = False

    async def keep(self, entry: Entry) -> Delivery:
        """Keeps a delivery; returns it with its number and attempt. Raises ProblemError."""
        future: asyncio.Future[Delivery] = asyncio.get_running_loop().create_future()
        with self._guard:
            self._waiting.append((entry, future))
            ask, self._asked = not self._asked, True
        if ask:
            asyncio.get_running_loop().call_soon(self._ask)  # with all that end in this turn of the loop
        return await future

    def _ask(self) -> None:
        group: list[_Waiting] = []
        written: Future[list[Delivery]] = self._store.write(
            lambda connection: self._write(connection, group), durable=False
        )
        written.add_done_callback(lambda done: self._written(group, done))

    def _take(self, group: list[_Waiting]) -> None:
        with self._guard:
            group.extend(self._waiting)
            self._waiting.clear()
            self._asked = False

    def _write(self, connection: apsw.Connection, group: list[_Waiting]) -> list[Delivery]:
        self._take(group)
        return _write(connection, [entry for entry, _ in group])

    def _written(self, group: list[_Waiting], done: Future[list[Delivery]]) -> None:
        """On the writer's thread."""
        error = done.exception()
        if error is not None:
            if not group:  # the transaction did not even begin
                self._take(group)
            if isinstance(error, ProblemError):
                self._announcements.raise_problem(error.problem)
            self._soon(_fail, group, error)
            return
        kept = done.result()
        self._soon(_succeed, group, kept)
        events = tuple(dict.fromkeys(each.event_id for each in kept if each.event_id > 0))
        self._announcements.announce(DeliveriesStored(events))
        if events:
            self._announcements.announce(EventsChanged(events))


def _write(connection: apsw.Connection, entries: list[Entry]) -> list[Delivery]:
    kept = [deliveries.Kept(entry.delivery, entry.own_body, entry.ok) for entry in entries]
    written = deliveries.add(connection, kept)
    again = [each for each, entry in zip(written, entries, strict=True) if _is_retry_past_the_queue(entry)]
    if (again or any(entry.ok for entry in entries)) and delivery_jobs.any_dead(connection):
        for entry in entries:
            if entry.ok:
                delivery_jobs.redeem(connection, entry.delivery.event_id, entry.delivery.target_name)
        for delivery in again:
            delivery_jobs.fail_again(connection, delivery, reason(delivery))
    delivery_jobs.finish(connection, [entry.done for entry in entries if entry.done is not None])
    for entry, delivery in zip(entries, written, strict=True):
        if entry.step is not None:
            entry.step(connection, delivery.id)
    return written


def _is_retry_past_the_queue(entry: Entry) -> bool:
    """Whether a dead letter was tried again by hand, in vain."""
    return not entry.ok and entry.step is None and entry.delivery.origin == "retry"


def _succeed(group: list[_Waiting], kept: list[Delivery]) -> None:
    for (_, future), delivery in zip(group, kept, strict=True):
        if not future.done():
            future.set_result(delivery)


def _fail(group: list[_Waiting], error: BaseException) -> None:
    for _, future in group:
        if not future.done():
            future.set_exception(error)
