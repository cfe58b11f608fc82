"""Where deliveries happen on the I/O loop: lanes with their timers, retries by policy, dead letters."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from inspector.core.delivery import Delivery, Origin, Signing
from inspector.core.delivery_queue import Job, LaneState
from inspector.core.outgoing import Outgoing
from inspector.core.problem import ProblemError
from inspector.core.retry_policy import RetryPolicy, succeeds
from inspector.core.target import Target
from inspector.engine.announcements import Announcements, QueueChanged
from inspector.engine.delivery_courier import Courier, Errand, Prepared, was_down
from inspector.engine.delivery_lane import SECOND_NS, Lane
from inspector.engine.delivery_ledger import Ledger
from inspector.engine.delivery_steps import Buried, Postponed, Resumed, after_failure, reason
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
REMEMBERED_S = 120.0
"""A job that is finished is not taken up again from a read of the disk that began before."""
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
        reload: Callable[[], None],
    ) -> None:
        """`reload` reads the queue from the disk and hands it to `replace`."""
        self._store = store
        self._io = io
        self._targets = targets
        self._announcements = announcements
        self._policy_of = policy_of
        self._reload = reload
        self._sender = Sender()
        self._courier = Courier(store, secrets, Ledger(store, announcements, io.soon), self._sender, io.soon)
        self._lanes: dict[str, Lane] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._finished: dict[int, float] = {}
        self._standing: set[str] = set()
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
        known = self._targets.find(target.name) if target.name else None
        lane = None if known is None else self._lane(known)
        if lane is not None:
            await asyncio.sleep(lane.reserve_s(time.monotonic()))
        begun_ns = time.time_ns()
        try:
            delivery = await self._courier.send(errand, ready)
        except asyncio.CancelledError:
            if not wait:  # nobody hears of it any more, but the handler may have got it
                broken = self._courier.broken_off(errand, ready, begun_ns)
                tasks.start(self._keep_behind(ready, broken), "keep-delivery")
            raise
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
        """Jobs that were finished since the disk was read, or that a lane has, are left as they are."""
        names = {job.id: job.target_name for job in jobs}
        known: set[int] = set(self._finished)
        for name, lane in self._lanes.items():
            lane.keep_only({number for number, whose in names.items() if whose == name})
            known |= lane.ids
            target = self._targets.find(name)
            if target is not None:
                lane.retarget(target)
                self._pump(lane)
        self._add([job for job in jobs if job.id not in known])
        old_s = time.monotonic() - REMEMBERED_S
        self._finished = {number: at_s for number, at_s in self._finished.items() if at_s > old_s}

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
            while self._standing:
                self._announcements.clear_problem(self._standing.pop())
            delivery = await self._courier.send(errand, ready)
            again = await self._settle(lane, job, ready, delivery, probe=probe)
        except ProblemError as error:
            self._finished.pop(job.id, None)
            again = self._unsent(lane, job, error, probe=probe)
        finally:
            lane.done(job)
            if again is not None:
                self._again(lane, again)
            self._pump(lane)
            self._tell()

    def _again(self, lane: Lane, job: Job) -> None:
        if self._targets.find(job.target_name) is not None:
            lane.add([job])
        else:  # its target was renamed or removed meanwhile: the disk knows where the job is now
            self._courier.run(self._reload)

    async def _settle(
        self, lane: Lane, job: Job, ready: Prepared, delivery: Delivery, *, probe: bool
    ) -> Job | None:
        """Keeps a delivery with its consequence; returns the job where it will be tried again."""
        policy = self._policy_of(lane.target, ready.source, job.policy)
        if delivery.failure is None and succeeds(policy, delivery.status):
            step = Resumed(job.target_name) if lane.succeeded() else None
            self._finished[job.id] = time.monotonic()
            await self._courier.keep(ready, delivery, ok=True, step=step, done=job.id)
            return None
        paused = lane.failed(time.monotonic(), reason(delivery), probe=probe)
        free = paused and was_down(delivery.failure)
        further = after_failure(job, delivery, policy, free=free, chance=random.random())  # noqa: S311 - jitter
        if isinstance(further, Buried):
            self._finished[job.id] = time.monotonic()
        await self._courier.keep(ready, delivery, ok=False, step=further)
        return further.job if isinstance(further, Postponed) and not further.gone else None

    def _unsent(self, lane: Lane, job: Job, error: ProblemError, *, probe: bool) -> Job | None:
        """Nothing was sent, or it could not be kept."""
        key = error.problem.key
        if key in ("event-unknown", "unsendable"):
            self._finished[job.id] = time.monotonic()
            self._store.write(lambda connection: queue.finish(connection, [job.id]), durable=False)
            if probe:
                lane.breaker.failed(time.monotonic(), probe=True)
            return None
        self._announcements.raise_problem(error.problem)
        self._standing.add(key)
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
