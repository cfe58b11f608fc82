"""A problem that a user can do something about."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, in words for a banner or a terminal.

    `key` names the kind (`disk-full`, `database-locked`, `port-taken` …): a later problem of the same
    key replaces the earlier one, and the end of the trouble clears it.
    """

    key: str
    title: str
    detail: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        """Title, detail and remedy as one text."""
        return " ".join(part for part in (self.title, self.detail, self.remedy) if part)


class ProblemError(Exception):
    """An expected failure that carries its problem to the window or the command line."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem
