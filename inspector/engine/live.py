"""Live modes: kept events go to the handler, and their senders get its response or what the rules say.

The event is on the disk before any of this begins. A sender that waits holds up no other one, and when it
leaves, what was done for it is broken off.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Protocol

from inspector.core.delivery import Delivery, Origin
from inspector.core.delivery_queue import Job
from inspector.core.event import Reply
from inspector.core.handler_reply import passed_on, unavailable
from inspector.core.outgoing import Outgoing, UnsendableError, outgoing
from inspector.core.problem import Problem, ProblemError
from inspector.core.reply_rules import Act, act
from inspector.core.reply_template import Kept, TemplateError
from inspector.core.source import Source
from inspector.core.target import Target
from inspector.engine.announcements import Announcement, Announcements, SourcesChanged, TargetsChanged
from inspector.engine.capture import Ticket
from inspector.engine.live_way import Override, Way, way_of
from inspector.net import tasks
from inspector.net.receiver import Held
from inspector.store.results import Stored

LONGEST_HANG_S = 3600.0
"""A connection that hangs on purpose is closed after this."""
CACHED_WAYS = 256
COUNTED = 10_000
"""Bodies without an event id whose attempts are counted."""
COUNTED_BYTES = 64 * 1024
NO_TARGET = "live-no-target"
CUT = Reply(cut=True)


class Targets(Protocol):
    """What is needed of the targets; all in memory."""

    @property
    def default(self) -> str:
        """The name of the default target, or empty."""

    def find(self, name: str) -> Target | None:
        """The target of that name, or None."""


class Carrier(Protocol):
    """What is needed of the deliveries."""

    @property
    def targets(self) -> Targets:
        """Where to send."""

    async def deliver(
        self, event_id: int, target: Target, *, outgoing: Outgoing | None, origin: Origin, wait: bool
    ) -> Delivery:
        """Send at once and keep it."""

    def enqueue(self, event_ids: Sequence[int], target_name: str) -> Future[list[Job]]:
        """Send in the background, in this order."""


class Live:
    """The ways of all sources; `way` and `answer` run on the I/O thread, `follow` on the writer's."""

    def __init__(self, carrier: Carrier, announcements: Announcements) -> None:
        self._carrier = carrier
        self._announcements = announcements
        self._override: Override | None = None
        self._ways: dict[Source | None, Way | None] = {}
        self._attempts: OrderedDict[bytes, int] = OrderedDict()
        announcements.subscribe(self._hear)

    @property
    def override(self) -> Override | None:
        """What this run of the program does with all events; None: what their sources say."""
        return self._override

    @override.setter
    def override(self, override: Override | None) -> None:
        self._override = override
        self._ways = {}

    def way(self, source: Source | None) -> Way | None:
        """The way of an event of that source; None, at little cost, for one that is answered at once."""
        if self._override is None and (source is None or (source.mode == "capture" and source.rules is None)):
            return None
        ways = self._ways
        if source not in ways:
            if len(ways) >= CACHED_WAYS:
                ways.clear()
            ways[source] = way_of(source, self._override)
        return ways[source]

    def follow(self, stored: Sequence[Stored]) -> None:
        """Queues what a commit kept for background forwarding, in its order."""
        groups: dict[str, list[int]] = {}
        for each in stored:
            ticket = each.token
            if isinstance(ticket, Ticket) and ticket.way is not None and ticket.way.mode == "forward":
                target = self._target(ticket.way)
                if target is not None:
                    groups.setdefault(target.name, []).append(each.id)
        for name, ids in groups.items():
            try:
                self._carrier.enqueue(ids, name).add_done_callback(self._queued)
            except ProblemError as error:
                self._announcements.raise_problem(error.problem)

    def answer(self, stored: Stored, ticket: Ticket) -> None:
        """Answers a sender whose event is kept: now, later, with the handler's response, or never."""
        way = ticket.way
        if way is None or way.at_once:
            ticket.answer(ticket.reply, (stored.id, ticket.reply.status))
            return
        deed = self._deed(stored, ticket.reply, way)
        asks = way.mode == "answer" and not deed.on_purpose
        if not asks and not deed.delay_s and deed.kind != "hang":
            _say(stored, ticket, deed)
            return
        task = tasks.start(
            self._ask(stored, ticket, way, deed.delay_s) if asks else _act_later(stored, ticket, deed),
            f"answer event {stored.id}",
        )
        ticket.answer(Held(task.cancel, endless=deed.kind == "hang"), None)

    # -- inside ----------------------------------------------------------------------------------

    def _deed(self, stored: Stored, reply: Reply, way: Way) -> Act:
        if way.rules is None:
            return Act(0.0, "reply", reply)
        request = stored.arrival.capture.request
        attempt = stored.repeat + 1 if stored.reading.event_id else self._count(stored)
        try:
            return act(way.rules, reply, Kept(request, stored.reading, stored.id, attempt))
        except TemplateError as error:
            return Act(0.0, "reply", unavailable(f"The template of the reply cannot be read: {error}"))

    def _count(self, stored: Stored) -> int:
        """Which time this is that a request without an event id came."""
        request = stored.arrival.capture.request
        key = hashlib.blake2b(
            b"%b\n%b\n%d\n%b"
            % (
                stored.arrival.source.encode(),
                request.line,
                len(request.body),
                request.body[:COUNTED_BYTES],
            ),
            digest_size=16,
        ).digest()
        count = self._attempts.pop(key, 0) + 1
        self._attempts[key] = count
        if len(self._attempts) > COUNTED:
            self._attempts.popitem(last=False)
        return count

    async def _ask(self, stored: Stored, ticket: Ticket, way: Way, delay_s: float) -> None:
        """Answers with what the handler says."""
        if delay_s:
            await asyncio.sleep(delay_s)
        reply = unavailable("The handler could not be asked.")
        try:
            reply = await self._response(stored, way)
        finally:  # also after a defect of ours the sender must hear something; one who left hears nothing
            ticket.answer(reply, (stored.id, reply.status))

    async def _response(self, stored: Stored, way: Way) -> Reply:
        target = self._target(way)
        if target is None:
            return unavailable("There is no handler to ask: no target is set.")
        try:
            sent = outgoing(stored.arrival.capture.request, target)
            delivery = await self._carrier.deliver(
                stored.id, target, outgoing=sent, origin="live", wait=False
            )
        except UnsendableError as error:
            return unavailable(f"The event cannot be sent to the handler: {error}")
        except ProblemError as error:
            self._announcements.raise_problem(error.problem)
            return unavailable(f"The handler could not be asked: {error.problem.title}")
        return passed_on(delivery)

    def _target(self, way: Way) -> Target | None:
        """The target of the way; where there is none it is said once."""
        targets = self._carrier.targets
        name = way.target or targets.default
        target = targets.find(name) if name else None
        if target is None and not self._standing:
            self._announcements.raise_problem(_no_target(way, name))
        return target

    def _hear(self, announcement: Announcement) -> None:
        """What was changed may have helped; the next event tells."""
        if isinstance(announcement, SourcesChanged | TargetsChanged) and self._standing:
            self._announcements.clear_problem(NO_TARGET)

    @property
    def _standing(self) -> bool:
        return any(problem.key == NO_TARGET for problem in self._announcements.problems)

    def _queued(self, queued: Future[list[Job]]) -> None:
        error = None if queued.cancelled() else queued.exception()
        if isinstance(error, ProblemError):
            self._announcements.raise_problem(error.problem)


async def _act_later(stored: Stored, ticket: Ticket, deed: Act) -> None:
    if deed.delay_s:
        await asyncio.sleep(deed.delay_s)
    if deed.kind == "hang":
        await asyncio.sleep(LONGEST_HANG_S)
    _say(stored, ticket, deed)


def _say(stored: Stored, ticket: Ticket, deed: Act) -> None:
    reply = deed.reply if deed.kind == "reply" else CUT
    ticket.answer(reply, (stored.id, reply.status))


def _no_target(way: Way, name: str) -> Problem:
    whose = f"The source {way.source!r}" if way.source else "What this program captures"
    detail = f"{whose} forwards its events to the target {name!r}, which does not exist." if name else (
        f"{whose} forwards its events, and neither it nor a default names a target."
    )  # fmt: skip
    return Problem(
        NO_TARGET,
        "Events are kept, but forwarded nowhere.",
        detail,
        "Add one: webhook-inspector targets add NAME URL --default",
    )
