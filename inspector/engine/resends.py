"""Sending events again: as captured, edited, signed anew, or wrong on purpose; one or many."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Protocol

from inspector.core.delivery import Delivery, Origin, Signing
from inspector.core.edits import kept_event
from inspector.core.event import Event, Request
from inspector.core.outgoing import Outgoing
from inspector.core.problem import Problem, ProblemError
from inspector.core.target import Target
from inspector.core.trials import Plan, Trial
from inspector.engine.checking.judge import NOBODY, Judge
from inspector.engine.inbox import Inbox
from inspector.engine.resends_batch import IN_ORDER, Batch, Ended, Pacing, Parcel, Progressed
from inspector.engine.resends_prepare import AS_CAPTURED, Choice, Prepared, Preparer
from inspector.engine.sources import Sources

ROWS_AT_ONCE = 1000


class Deliverer(Protocol):
    """What gives requests out (engine.deliveries.Deliveries)."""

    def send(
        self,
        event_id: int,
        target: Target | str,
        *,
        outgoing: Outgoing | None = None,
        origin: Origin = "resend",
        signing: Signing = "as-captured",
    ) -> Future[Delivery]:
        """Sends once; the future has the delivery as it was kept, or raises ProblemError."""
        ...


class Resends:
    """Prepares, sends, and keeps what was edited; a batch that was started goes on by itself.

    Safe from any thread but Qt's: all methods wait for the disk.
    """

    def __init__(
        self,
        inbox: Inbox,
        sources: Sources,
        judge: Judge,
        deliverer: Deliverer,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._inbox = inbox
        self._sources = sources
        self._deliverer = deliverer
        self._clock = clock
        self._preparer = Preparer(judge, clock=clock)

    # One event

    def prepare(self, event_id: int, target: Target, choice: Choice = AS_CAPTURED) -> Prepared:
        """What would be sent; raises ProblemError.

        Keys: `event-unknown`, `edit-wrong`, `unsignable`, `unsendable`, and those of the secrets.
        """
        return self._preparer.prepare(self._event(event_id), target, choice)

    def compose(
        self, request: Request, target: Target, choice: Choice = AS_CAPTURED, source: str = ""
    ) -> Prepared:
        """The same for a request that was written by hand; `source` names the secrets to sign with."""
        return self._preparer.compose(request, target, choice, source)

    def send(self, prepared: Prepared, target: Target) -> Future[Delivery]:
        """Sends what was prepared; the future has the delivery as it was kept, or raises ProblemError."""
        return self._deliverer.send(
            prepared.event_id,
            target,
            outgoing=prepared.outgoing,
            origin="resend",
            signing=prepared.signing,
        )

    def warnings(self, event_id: int, choice: Choice = AS_CAPTURED) -> tuple[str, ...]:
        """What speaks against sending it so, before a target is chosen; raises ProblemError."""
        return self._preparer.warnings(self._event(event_id), choice)

    def keep_edited(self, parent: int | None, request: Request, *, source: str | None = None) -> int:
        """Keeps a request as a new event with the mark `edited`; returns its number.

        It belongs to `source`, or to the source of its parent. Raises ProblemError.
        """
        event = None if parent is None else self._event(parent)
        name = (event.row.source if event is not None else "") if source is None else source
        dialect = (self._sources.find(name) or NOBODY).dialect
        at_ns = int(self._clock() * 1e9)
        arrival = kept_event(request, source=name, dialect=dialect, parent=parent, at_ns=at_ns)
        return self._inbox.add([arrival])[0]

    # Several

    def in_order(self, event_ids: Sequence[int]) -> list[tuple[int, int]]:
        """(number, when received) of the events, oldest first and each once, without those that are gone."""
        numbers = list(dict.fromkeys(event_ids))
        found = [
            (row.received_at_ns, row.id)
            for start in range(0, len(numbers), ROWS_AT_ONCE)
            for row in self._inbox.rows(numbers[start : start + ROWS_AT_ONCE])
        ]
        return [(number, at_ns) for at_ns, number in sorted(found)]

    def start(
        self,
        event_ids: Sequence[int],
        target: Target,
        choice: Choice = AS_CAPTURED,
        pacing: Pacing = IN_ORDER,
        *,
        progressed: Progressed | None = None,
        ended: Ended | None = None,
    ) -> Batch:
        """Sends events in the order in which they were received, whatever the order of `event_ids`.

        Each is read and made right before it is sent; `ended` and `progressed` are told on engine threads.
        """
        parcels = [
            Parcel(number, at_ns, partial(self._give_out, number, target, choice))
            for number, at_ns in self.in_order(event_ids)
        ]
        return Batch(parcels, pacing, progressed=progressed, ended=ended).start()

    def start_prepared(
        self,
        ready: Sequence[Prepared],
        target: Target,
        pacing: Pacing = IN_ORDER,
        *,
        progressed: Progressed | None = None,
        ended: Ended | None = None,
    ) -> Batch:
        """Sends what was prepared, in the order given; there is no original spacing."""
        parcels = [Parcel(one.event_id, 0, partial(self.send, one, target)) for one in ready]
        return Batch(parcels, pacing, progressed=progressed, ended=ended).start()

    def _give_out(self, event_id: int, target: Target, choice: Choice) -> Future[Delivery]:
        return self.send(self.prepare(event_id, target, choice), target)

    # Wrong on purpose

    def plan(self, trial: Trial, event_ids: Sequence[int], target: Target) -> tuple[Plan, list[Prepared]]:
        """A trial and what it would send; signed anew where the source has a secret that can sign.

        Raises ProblemError `trial-impossible`, `event-unknown`, `unsendable`.
        """
        numbers = [number for number, _ in self.in_order(event_ids)]
        if not numbers and event_ids:
            self._event(event_ids[0])
        return self._preparer.plan(trial, [self._event(number) for number in numbers], target)

    def try_out(
        self,
        trial: Trial,
        event_ids: Sequence[int],
        target: Target,
        *,
        progressed: Progressed | None = None,
        ended: Ended | None = None,
    ) -> Batch:
        """Sends the requests of a trial; raises ProblemError as `plan`."""
        made, ready = self.plan(trial, event_ids, target)
        pacing = Pacing(len(ready)) if made.together else IN_ORDER
        return self.start_prepared(ready, target, pacing, progressed=progressed, ended=ended)

    def _event(self, number: int) -> Event:
        event = self._inbox.event(number)
        if event is None:
            raise ProblemError(
                Problem("event-unknown", f"There is no event {number}.", "", "It may be deleted.")
            )
        return event
