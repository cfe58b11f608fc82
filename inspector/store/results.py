"""What became of an event that was put."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from inspector.core.event import Arrival, Reading
from inspector.core.problem import Problem


@dataclass(slots=True)
class Stored:
    """An event that is on the disk. Not frozen: that would triple what making it costs."""

    token: object
    id: int
    arrival: Arrival
    reading: Reading
    repeat: int
    """How many earlier events of the same source carry the same event id."""
    stored_ns: int
    """On the monotonic clock, just after the commit."""


@dataclass(frozen=True, slots=True)
class Failed:
    """An event that could not be kept."""

    token: object
    arrival: Arrival
    problem: Problem


Committed: TypeAlias = Callable[[list[Stored], list[Failed]], None]
Read: TypeAlias = Callable[[Arrival], Reading]
