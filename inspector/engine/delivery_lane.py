"""The lane of one target: what waits for it goes out in order, within its limits, and pauses with it."""

from __future__ import annotations

import heapq
from collections.abc import Iterable

from inspector.core.delivery_queue import BreakerState, Job, LaneState
from inspector.core.target import Target
from inspector.engine.breaker import Breaker
from inspector.engine.rate_limit import RateLimit, SlowStart

SECOND_NS = 1_000_000_000


class Lane:
    """The order and the limits, without the sending; used on the I/O loop only.

    Of what is due, the one that was queued first goes first. After a pause, what waited goes one at a time:
    sent side by side it could reach the handler in another order. Moments `now_s` are of the monotonic clock,
    `now_ns` of the wall clock, since due times must mean the same after a restart.
    """

    def __init__(self, target: Target, breaker: Breaker | None = None) -> None:
        self.target = target
        self.breaker = breaker or Breaker()
        self.last_failure = ""
        self._slow = SlowStart(target.concurrency)
        self._rate = RateLimit(target.rate_per_s)
        self._jobs: dict[int, Job] = {}
        self._ready: list[int] = []
        self._later: list[tuple[int, int]] = []
        self._under_way: dict[int, Job] = {}
        self._missed_to = 0
        """Jobs up to this one waited while the target was paused."""

    def retarget(self, target: Target) -> None:
        """The target was edited."""
        self.target = target
        self._slow.resized(target.concurrency)
        self._rate.per_s = target.rate_per_s

    def add(self, jobs: Iterable[Job]) -> None:
        """More to send, or the same with another due time."""
        for job in jobs:
            if job.id not in self._under_way:
                self._jobs[job.id] = job
                heapq.heappush(self._later, (job.due_at_ns, job.id))

    def keep_only(self, ids: set[int]) -> None:
        """Forget waiting jobs that are no longer on the disk."""
        for number in [each for each in self._jobs if each not in ids]:
            del self._jobs[number]

    def take(self, now_s: float, now_ns: int) -> tuple[Job, bool] | None:
        """The next job that may go now, and whether it is a probe; None: nothing may."""
        self._promote(now_ns)
        job = self._first()
        if (
            job is None
            or len(self._under_way) >= self._allowed(job)
            or not self.breaker.admits(now_s)
            or self._rate.wait_s(now_s) > 0
        ):
            return None
        heapq.heappop(self._ready)
        del self._jobs[job.id]
        self._under_way[job.id] = job
        self._rate.started(now_s)
        return job, self.breaker.begun()

    def done(self, job: Job) -> None:
        """It is not under way any more."""
        self._under_way.pop(job.id, None)

    def succeeded(self) -> bool:
        """A delivery succeeded; True where the target came back from a pause: all that waits may go."""
        self._slow.succeeded()
        ended = self.breaker.succeeded()
        if ended:
            self._slow.begin()
            self.last_failure = ""
            self._missed_to = max(self._jobs, default=0)
            self.hurry()
        return ended

    def failed(self, now_s: float, reason: str, *, probe: bool) -> bool:
        """A delivery failed; True while the target is paused."""
        self.last_failure = reason
        return self.breaker.failed(now_s, probe=probe)

    def hurry(self) -> None:
        """All that waits is due now."""
        for number in self._jobs:
            heapq.heappush(self._later, (0, number))

    def reserve_s(self, now_s: float) -> float:
        """Takes a place within the rate for a delivery past the queue; how long it has to wait for it."""
        wait_s = self._rate.wait_s(now_s)
        self._rate.started(now_s)
        return wait_s

    def wake_in_s(self, now_s: float, now_ns: int) -> float | None:
        """When to ask again if nothing else happens; None: only after something happened."""
        if len(self._under_way) >= self._slow.allowed or self.breaker.state is BreakerState.PROBING:
            return None
        self._promote(now_ns)
        job = self._first()
        if job is not None:
            if len(self._under_way) >= self._allowed(job):
                return None
            waits_s = [self._rate.wait_s(now_s)]
            if self.breaker.probe_at_s is not None:
                waits_s.append(self.breaker.probe_at_s - now_s)
            return max(0.0, *waits_s)
        if self._later:
            return max(0.0, (self._later[0][0] - now_ns) / SECOND_NS)
        return None

    def state(self, now_s: float, now_ns: int) -> LaneState:
        """How it stands."""
        soonest = min((job.due_at_ns for job in self._jobs.values()), default=None)
        probe_at_ns = None
        if self.breaker.state is BreakerState.OPEN and self.breaker.probe_at_s is not None:
            probe_at_ns = now_ns + int(max(0.0, self.breaker.probe_at_s - now_s) * SECOND_NS)
            soonest = None if soonest is None else max(soonest, probe_at_ns)
        return LaneState(
            self.target.name,
            waiting=len(self._jobs),
            sending=len(self._under_way),
            next_at_ns=soonest,
            breaker=self.breaker.state,
            failures=self.breaker.failures,
            last_failure=self.last_failure if self.breaker.failures else "",
            probe_at_ns=probe_at_ns,
        )

    @property
    def ids(self) -> set[int]:
        """Of all jobs that it holds."""
        return self._jobs.keys() | self._under_way.keys()

    @property
    def idle(self) -> bool:
        """Whether there is nothing to tell of it."""
        return not self._jobs and not self._under_way and self.breaker.state is BreakerState.CLOSED

    def _allowed(self, job: Job) -> int:
        """How many may be under way when this one starts, itself included."""
        oldest = min(self._under_way, default=job.id)
        return 1 if min(oldest, job.id) <= self._missed_to else self._slow.allowed

    def _promote(self, now_ns: int) -> None:
        while self._later and self._later[0][0] <= now_ns:
            _, number = heapq.heappop(self._later)
            heapq.heappush(self._ready, number)

    def _first(self) -> Job | None:
        """The first that is ready; what was forgotten, or stands there twice, is skipped."""
        while self._ready and self._ready[0] not in self._jobs:
            heapq.heappop(self._ready)
        return self._jobs[self._ready[0]] if self._ready else None
