"""Keeping deliveries: all that end while the disk is busy go into one transaction."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import TypeAlias

import apsw

from inspector.core.delivery import Delivery
from inspector.core.problem import ProblemError
from inspector.engine.announcements import Announcements, DeliveriesStored, EventsChanged
from inspector.store import deliveries, delivery_jobs
from inspector.store.store import Store

Step: TypeAlias = Callable[[apsw.Connection, int], None]
"""(connection, number of the delivery): what becomes of its job, in the same transaction."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A delivery to keep; its id and attempt are given when it is written."""

    delivery: Delivery
    own_body: bool
    """Whether what was sent is the body of the event."""
    ok: bool
    """Whether it counts as a success, by the policy."""
    step: Step | None = None


class Ledger:
    """Writes deliveries on the store's writer thread; safe from any thread, never blocks."""

    def __init__(self, store: Store, announcements: Announcements) -> None:
        self._store = store
        self._announcements = announcements
        self._guard = threading.Lock()
        self._waiting: list[tuple[Entry, Future[Delivery]]] = []
        self._asked = False

    def keep(self, entry: Entry) -> Future[Delivery]:
        """Keeps a delivery; the future has it with its number, or raises ProblemError."""
        future: Future[Delivery] = Future()
        with self._guard:
            self._waiting.append((entry, future))
            ask, self._asked = not self._asked, True
        if ask:
            group: list[tuple[Entry, Future[Delivery]]] = []
            written: Future[list[Delivery]] = self._store.write(
                lambda connection: self._write(connection, group), durable=False
            )
            written.add_done_callback(lambda done: self._written(group, done))
        return future

    def _take(self, group: list[tuple[Entry, Future[Delivery]]]) -> None:
        with self._guard:
            group.extend(self._waiting)
            self._waiting.clear()
            self._asked = False

    def _write(
        self, connection: apsw.Connection, group: list[tuple[Entry, Future[Delivery]]]
    ) -> list[Delivery]:
        self._take(group)
        return [_write(connection, entry) for entry, _ in group]

    def _written(self, group: list[tuple[Entry, Future[Delivery]]], done: Future[list[Delivery]]) -> None:
        error = done.exception()
        if error is not None:
            if not group:  # the transaction did not even begin
                self._take(group)
            if isinstance(error, ProblemError):
                self._announcements.raise_problem(error.problem)
            for _, future in group:
                if future.set_running_or_notify_cancel():
                    future.set_exception(error)
            return
        kept = done.result()
        events = tuple(dict.fromkeys(each.event_id for each in kept if each.event_id > 0))
        for (_, future), delivery in zip(group, kept, strict=True):
            if future.set_running_or_notify_cancel():  # whoever waited may have given up meanwhile
                future.set_result(delivery)
        self._announcements.announce(DeliveriesStored(events))
        if events:
            self._announcements.announce(EventsChanged(events))


def _write(connection: apsw.Connection, entry: Entry) -> Delivery:
    delivery = entry.delivery
    earlier = deliveries.attempts(connection, delivery.event_id, delivery.target_name)
    delivery = replace(delivery, attempt=earlier + 1)
    number = deliveries.add(connection, delivery, own_body=entry.own_body, ok=entry.ok)
    if entry.ok:
        delivery_jobs.redeem(connection, delivery.event_id, delivery.target_name)
    if entry.step is not None:
        entry.step(connection, number)
    return replace(delivery, id=number)
