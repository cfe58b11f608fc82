"""The words for differences."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What happened on the way from the first to the second."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: where, and what stands there before and after (empty where nothing does)."""

    kind: Kind
    place: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """The differences in order; not `complete` where the bound on work or on their number was met."""

    changes: tuple[Change, ...]
    complete: bool = True
