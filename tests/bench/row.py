"""One line of the benchmarks' table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured, in which unit, and what it should be at most (None: only to be looked at).

    With `at_least` the goal is what it should be at least: a ratio to a reference of the same run.
    """

    name: str
    figure: float
    unit: str
    goal: float | None = None
    at_least: bool = False

    @property
    def good(self) -> bool:
        """Whether the goal is met, where there is one."""
        if self.goal is None:
            return True
        return self.figure >= self.goal if self.at_least else self.figure <= self.goal
