"""Where deliveries happen on the I/O loop: lanes with their timers, retries by policy, dead letters."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

import apsw

from inspector.core.delivery import FAILURE_WORDS, Delivery, Origin, Signing
from inspector.core.delivery_queue import DeadLetter, Job, LaneState
from inspector.core.headers import text
from inspector.core.outgoing import Outgoing
from inspector.core.problem import ProblemError
from inspector.core.retry_policy import RetryPolicy, next_delay_s, retry_after_s, succeeds
from inspector.core.target import Target
from inspector.engine.announcements import Announcements, QueueChanged
from inspector.engine.delivery_courier import Courier, Errand, Prepared, was_down
from inspector.engine.delivery_lane import SECOND_NS, Lane
from inspector.engine.delivery_ledger import Ledger, Step
from inspector.engine.io_thread import IoThread
from inspector.engine.secrets import Secrets
from inspector.engine.targets import Targets
from inspector.net import tasks
from inspector.net.sender import Sender
from inspector.store import delivery_jobs as queue
from inspector.store.store import Store

TELL_S = 0.1
"""Changes of the queue are announced so often at most."""
DISK_PAUSE_S = 5.0
"""After the disk refused a delivery, its job rests for so long."""
ANSWER_S = 60.0


class PolicyFor(Protocol):
    """Finds the policy of a job."""

    def __call__(self, target: Target, source_name: str, wanted: str = "") -> RetryPolicy:
        """(target, source of the event, the job's own) → the policy."""


class Room:
    """Everything here runs on the loop, but what is said to be callable from any thread."""

    def __init__(
        self,
        store: Store,
        *,
        io: IoThread,
        secrets: Secrets,
        targets: Targets,
        announcements: Announcements,
        policy_of: PolicyFor,
    ) -> None:
        self._store = store
        self._io = io
        self._targets = targets
        self._announcements = announcements
        self._policy_of = policy_of
        self._sender = Sender()
        self._courier = Courier(store, secrets, Ledger(store, announcements, io.soon), self._sender, io.soon)
        self._lanes: dict[str, Lane] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._telling = False
        self._ending = False

    # -- from any thread -------------------------------------------------------------------------

    def add(self, jobs: Sequence[Job]) -> None:
        """Takes jobs that are on the disk into the lanes."""
        self._io.soon(self._add, list(jobs))

    def replace(self, jobs: Sequence[Job]) -> None:
        """Takes these for all that there are: others are forgotten, targets are looked up anew."""
        self._io.soon(self._replace, list(jobs))

    def try_now(self, target_name: str) -> None:
        """Sends at once what a lane holds back."""
        self._io.soon(self._try_now, target_name)

    def states(self) -> list[LaneState]:
        """How the lanes stand that have something to tell; waits for the loop."""
        return self._io.run(self._states(), ANSWER_S)

    def stop(self, grace_s: float) -> None:
        """Starts nothing more; what does not end within the time is broken off and stays in the queue."""
        self._io.run(self._stop(grace_s), ANSWER_S)
        self._courier.stop()

    # -- past the queue --------------------------------------------------------------------------

    async def deliver(
        self,
        event_id: int,
        target: Target,
        *,
        outgoing: Outgoing | None,
        origin: Origin,
        signing: Signing,
        wait: bool,
    ) -> Delivery:
        """Sends once and keeps it; a success also ends the pause of the target's lane."""
        errand = Errand(event_id, target, outgoing, origin, signing)
        ready = await self._courier.prepare(errand)
        lane = self._lane(target) if target.rate_per_s is not None else self._lanes.get(target.name)
        if lane is not None:
            await asyncio.sleep(lane.reserve_s(time.monotonic()))
        delivery = await self._courier.send(errand, ready)
        if delivery.succeeded and lane is not None and lane.succeeded():
            self._pump(lane)
        if wait:
            return await self._courier.keep(ready, delivery, ok=delivery.succeeded, step=None)
        tasks.start(self._keep_behind(ready, delivery), "keep-delivery")
        return delivery

    async def _keep_behind(self, ready: Prepared, delivery: Delivery) -> None:
        with contextlib.suppress(ProblemError):  # announced by the ledger
            await self._courier.keep(ready, delivery, ok=delivery.succeeded, step=None)

    # -- the lanes -------------------------------------------------------------------------------

    def _lane(self, target: Target) -> Lane:
        lane = self._lanes.get(target.name)
        if lane is None:
            lane = self._lanes[target.name] = Lane(target)
        elif lane.target is not target:
            lane.retarget(target)
        return lane

    def _add(self, jobs: list[Job]) -> None:
        by_name: dict[str, list[Job]] = {}
        for job in jobs:
            by_name.setdefault(job.target_name, []).append(job)
        for name, group in by_name.items():
            target = self._targets.find(name)
            if target is not None:
                lane = self._lane(target)
                lane.add(group)
                self._pump(lane)
        self._tell()

    def _replace(self, jobs: list[Job]) -> None:
        ids = {job.id for job in jobs}
        for lane in self._lanes.values():
            lane.keep_only(ids & {job.id for job in jobs if job.target_name == lane.target.name})
        self._add(jobs)
        self._tell()

    def _try_now(self, target_name: str) -> None:
        lane = self._lanes.get(target_name)
        if lane is not None:
            lane.hurry()
            lane.breaker.try_now(time.monotonic())
            self._pump(lane)
            self._tell()

    async def _states(self) -> list[LaneState]:
        now_s, now_ns = time.monotonic(), time.time_ns()
        return [lane.state(now_s, now_ns) for lane in self._lanes.values() if not lane.idle]

    def _pump(self, lane: Lane) -> None:
        """Starts all that may go now, and sets the alarm for the next."""
        if self._ending:
            return
        while (taken := lane.take(time.monotonic(), time.time_ns())) is not None:
            job, probe = taken
            task = tasks.start(self._carry(lane, job, probe), f"deliver-{job.event_id}")
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        earlier = self._timers.pop(lane.target.name, None)
        if earlier is not None:
            earlier.cancel()
        wake_s = lane.wake_in_s(time.monotonic(), time.time_ns())
        if wake_s is not None:
            self._timers[lane.target.name] = asyncio.get_running_loop().call_later(wake_s, self._pump, lane)

    async def _carry(self, lane: Lane, job: Job, probe: bool) -> None:
        """One delivery of a job, and what becomes of it."""
        target = lane.target
        origin: Origin = "probe" if probe else ("retry" if job.attempts else _origin(job.origin))
        errand = Errand(job.event_id, target, origin=origin)
        again: Job | None = None
        try:
            ready = await self._courier.prepare(errand)
            delivery = await self._courier.send(errand, ready)
            again = await self._settle(lane, job, ready, delivery, probe=probe)
        except ProblemError as error:
            again = self._unsent(lane, job, error, probe=probe)
        finally:
            lane.done(job)
            if again is not None:
                lane.add([again])
            self._pump(lane)
            self._tell()

    async def _settle(
        self, lane: Lane, job: Job, ready: Prepared, delivery: Delivery, *, probe: bool
    ) -> Job | None:
        """Keeps a delivery with its consequence; returns the job where it will be tried again."""
        policy = self._policy_of(lane.target, ready.source, job.policy)
        if delivery.failure is None and succeeds(policy, delivery.status):
            ended = lane.succeeded()
            await self._courier.keep(ready, delivery, ok=True, step=_finished(job, ended=ended))
            return None
        reason = _reason(delivery)
        paused = lane.failed(time.monotonic(), reason, probe=probe)
        now_ns = time.time_ns()
        if paused and was_down(delivery.failure):
            again = replace(job, due_at_ns=now_ns)  # nobody was there: no attempt is used up
        else:
            attempts = job.attempts + 1
            wait_s = next_delay_s(
                policy, attempts, delivery.status, _asked_for_s(delivery, now_ns), random.random()  # noqa: S311 - jitter
            )  # fmt: skip
            if wait_s is None:
                letter = DeadLetter(
                    0, job.target_name, job.event_id, attempts, now_ns, 0, delivery.status,
                    "" if delivery.failure is None else delivery.failure.kind, reason,
                )  # fmt: skip
                await self._courier.keep(ready, delivery, ok=False, step=_buried(job, letter))
                return None
            again = replace(job, attempts=attempts, due_at_ns=now_ns + int(wait_s * SECOND_NS))
        await self._courier.keep(ready, delivery, ok=False, step=_postponed(again))
        return again

    def _unsent(self, lane: Lane, job: Job, error: ProblemError, *, probe: bool) -> Job | None:
        """Nothing was sent, or it could not be kept."""
        key = error.problem.key
        if key in ("event-unknown", "unsendable"):
            self._store.write(lambda connection: queue.finish(connection, [job.id]), durable=False)
            if probe:
                lane.breaker.failed(time.monotonic(), probe=True)
            return None
        self._announcements.raise_problem(error.problem)
        lane.failed(time.monotonic(), error.problem.title, probe=probe)
        return replace(job, due_at_ns=time.time_ns() + int(DISK_PAUSE_S * SECOND_NS))

    def _tell(self) -> None:
        if not self._telling and not self._ending:
            self._telling = True
            asyncio.get_running_loop().call_later(TELL_S, self._told)

    def _told(self) -> None:
        self._telling = False
        self._announcements.announce(QueueChanged())

    async def _stop(self, grace_s: float) -> None:
        self._ending = True
        for timer in self._timers.values():
            timer.cancel()
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=grace_s)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=grace_s)
        await self._sender.close()


def _origin(name: str) -> Origin:
    known: tuple[Origin, ...] = ("forward", "retry", "resend", "live", "checkup")
    return next((each for each in known if each == name), "forward")


def _reason(delivery: Delivery) -> str:
    if delivery.failure is not None:
        return delivery.failure.detail or FAILURE_WORDS[delivery.failure.kind]
    response = delivery.response
    return "" if response is None else f"{response.status} {response.reason}".rstrip()


def _asked_for_s(delivery: Delivery, now_ns: int) -> float | None:
    if delivery.response is None:
        return None
    value = text(delivery.response.headers, "retry-after")
    return retry_after_s(value, now_ns) if value else None


def _finished(job: Job, *, ended: bool) -> Step:
    def step(connection: apsw.Connection, _number: int) -> None:
        queue.finish(connection, [job.id])
        if ended:
            queue.advance(connection, job.target_name, time.time_ns())

    return step


def _postponed(job: Job) -> Step:
    return lambda connection, _number: queue.postpone(connection, job.id, job.attempts, job.due_at_ns)


def _buried(job: Job, letter: DeadLetter) -> Step:
    def step(connection: apsw.Connection, number: int) -> None:
        queue.finish(connection, [job.id])
        queue.bury(connection, replace(letter, delivery_id=number))

    return step
