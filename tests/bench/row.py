"""One line of the benchmarks' table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured, in which unit, and what it should be at most (None: only to be looked at)."""

    name: str
    figure: float
    unit: str
    goal: float | None = None

    @property
    def good(self) -> bool:
        """Whether the goal is met, where there is one."""
        return self.goal is None or self.figure <= self.goal
