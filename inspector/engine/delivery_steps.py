"""What becomes of a job after a delivery, in its transaction: done, tried again, or a dead letter."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import apsw

from inspector.core.delivery import FAILURE_WORDS, Delivery
from inspector.core.delivery_queue import DeadLetter, Job
from inspector.core.headers import text
from inspector.core.retry_policy import RetryPolicy, next_delay_s, retry_after_s
from inspector.store import delivery_jobs as queue

SECOND_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Resumed:
    """The target came back from a pause: all that waits for it is due now."""

    target_name: str

    def __call__(self, connection: apsw.Connection, number: int) -> None:
        """Writes it."""
        queue.advance(connection, self.target_name, time.time_ns())


@dataclass(slots=True)
class Postponed:
    """The job waits for its next attempt, unless it was discarded meanwhile."""

    job: Job
    gone: bool = False

    def __call__(self, connection: apsw.Connection, number: int) -> None:
        """Writes it, and notes whether there still was a job."""
        self.gone = not queue.postpone(connection, self.job.id, self.job.attempts, self.job.due_at_ns)


@dataclass(frozen=True, slots=True)
class Buried:
    """The job was used up, unless it was discarded meanwhile."""

    job: Job
    letter: DeadLetter

    def __call__(self, connection: apsw.Connection, number: int) -> None:
        """Writes it."""
        if queue.finish(connection, [self.job.id]):
            queue.bury(connection, replace(self.letter, delivery_id=number))


def after_failure(
    job: Job, delivery: Delivery, policy: RetryPolicy, *, free: bool, chance: float
) -> Postponed | Buried:
    """What a failed delivery leads to. `free`: it uses no attempt up, since nobody was there.

    `chance` is a random number from 0 to 1, for the jitter.
    """
    now_ns = time.time_ns()
    if free:
        return Postponed(replace(job, due_at_ns=now_ns))
    attempts = job.attempts + 1
    wait_s = next_delay_s(policy, attempts, delivery.status, _asked_for_s(delivery, now_ns), chance)
    if wait_s is not None:
        return Postponed(replace(job, attempts=attempts, due_at_ns=now_ns + int(wait_s * SECOND_NS)))
    letter = DeadLetter(
        id=0,
        target_name=job.target_name,
        event_id=job.event_id,
        attempts=attempts,
        died_at_ns=now_ns,
        delivery_id=0,
        status=delivery.status,
        failure="" if delivery.failure is None else delivery.failure.kind,
        detail=reason(delivery),
    )
    return Buried(job, letter)


def reason(delivery: Delivery) -> str:
    """Why a delivery failed, in a few words."""
    if delivery.failure is not None:
        return delivery.failure.detail or FAILURE_WORDS[delivery.failure.kind]
    response = delivery.response
    return "" if response is None else f"{response.status} {response.reason}".rstrip()


def _asked_for_s(delivery: Delivery, now_ns: int) -> float | None:
    if delivery.response is None:
        return None
    value = text(delivery.response.headers, "retry-after")
    return retry_after_s(value, now_ns) if value else None
