"""What came of a batch: counts by outcome, and how long the handler took."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from inspector.core.delivery import Delivery

NOT_SENT = "not-sent"
"""The outcome of a request that could not be made or given out; its result says why."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one request, without its bodies."""

    event_id: int
    delivery_id: int
    """0 where nothing was sent."""
    outcome: str
    """The status, the kind of the failure, or NOT_SENT."""
    succeeded: bool
    detail: str = ""
    """Why it failed, in words."""
    handler_ns: int | None = None
    """From the start of sending to the end of the response; None where no whole response came."""
    status: int | None = None
    sent_at_ns: int = 0
    url: str = ""


def result_of(delivery: Delivery) -> Result:
    """The result that a delivery stands for."""
    failure = delivery.failure
    return Result(
        delivery.event_id,
        delivery.id,
        failure.kind if failure is not None else str(delivery.status or ""),
        delivery.succeeded,
        failure.detail if failure is not None else "",
        delivery.phases.handler_ns if failure is None else None,
        delivery.status,
        delivery.sent_at_ns,
        delivery.url,
    )


@dataclass(frozen=True, slots=True)
class Summary:
    """A batch at its end, or as far as it is."""

    total: int
    succeeded: int
    failed: int
    """Those that were not sent for a problem are counted here."""
    outcomes: tuple[tuple[str, int], ...]
    """How many of each outcome, the most frequent first."""
    p50_ns: int | None
    p95_ns: int | None
    """Of the whole responses, whatever their status; nearest rank."""
    took_ns: int
    cancelled: bool = False

    @property
    def left(self) -> int:
        """How many were never begun."""
        return self.total - self.succeeded - self.failed

    @property
    def good(self) -> bool:
        """Whether all that was asked for was delivered with success."""
        return self.succeeded == self.total


def summary(results: Sequence[Result], *, total: int, took_ns: int, cancelled: bool = False) -> Summary:
    """Counts and percentiles of the results."""
    counts = Counter(result.outcome for result in results)
    taken = sorted(result.handler_ns for result in results if result.handler_ns is not None)
    succeeded = sum(result.succeeded for result in results)
    return Summary(
        total,
        succeeded,
        len(results) - succeeded,
        tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))),
        percentile(taken, 50),
        percentile(taken, 95),
        took_ns,
        cancelled,
    )


def percentile(ascending: Sequence[int], percent: float) -> int | None:
    """The value at the nearest rank; None of nothing."""
    if not ascending:
        return None
    return ascending[max(0, math.ceil(percent / 100 * len(ascending)) - 1)]
