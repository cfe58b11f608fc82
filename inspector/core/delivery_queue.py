"""What waits to be sent, what was used up, and how the lane of a target stands: frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Job:
    """An event that waits for its next delivery to a target. Times are wall clock, ns since 1970 UTC."""

    id: int
    target_name: str
    event_id: int
    attempts: int
    """Made so far."""
    due_at_ns: int
    queued_at_ns: int
    origin: str
    policy: str
    """Name or text of the retry policy that it was queued with."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An event whose deliveries to a target were used up without success."""

    id: int
    target_name: str
    event_id: int
    attempts: int
    died_at_ns: int
    delivery_id: int
    """The last delivery."""
    status: int | None
    """Of its response; None: there was none."""
    failure: str
    """The kind of its failure; empty where there was a response."""
    detail: str


class BreakerState(StrEnum):
    """Whether a target is sent to."""

    CLOSED = "closed"
    """It is."""
    OPEN = "open"
    """It failed too often in a row: deliveries pause until the next probe."""
    PROBING = "probing"
    """One delivery is under way to see whether it is back."""


@dataclass(frozen=True, slots=True)
class LaneState:
    """How the queue of one target stands at a moment."""

    target_name: str
    waiting: int
    """Jobs that are not under way, due now or later."""
    sending: int
    next_at_ns: int | None
    """When the next one goes out, as planned; None where nothing waits."""
    breaker: BreakerState = BreakerState.CLOSED
    failures: int = 0
    """In a row."""
    last_failure: str = ""
    probe_at_ns: int | None = None
    """When the next probe goes out; None while the breaker is closed."""


@dataclass(frozen=True, slots=True)
class QueueState:
    """All lanes that have work or a pause, and how many dead letters there are."""

    lanes: tuple[LaneState, ...] = field(default_factory=tuple)
    dead: int = 0

    @property
    def depth(self) -> int:
        """How many deliveries wait or are under way."""
        return sum(lane.waiting + lane.sending for lane in self.lanes)
