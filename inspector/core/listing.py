"""What lists, counts and upkeep of the kept events are asked for with and answered in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Column: TypeAlias = Literal[
    "received",
    "method",
    "target",
    "source",
    "type",
    "id",
    "size",
    "status",
    "took",
    "signature",
    "retry",
    "repeat",
    "remote",
    "pinned",
    "state",
    "delivery",
    "handler",
]
"""What a list of events can be ordered by; `received` is the order of arrival (the number of the event)."""


@dataclass(frozen=True, slots=True)
class Order:
    """The order of a list; equal ones follow newest first."""

    column: Column = "received"
    descending: bool = True


@dataclass(frozen=True, slots=True)
class Totals:
    """How many events there are, by view and by source."""

    all: int = 0
    pinned: int = 0
    duplicates: int = 0
    incomplete: int = 0
    rejected: int = 0
    invalid: int = 0
    by_source: dict[str, int] = field(default_factory=dict)
    """Sources with at least one event; the source "" holds the events of none."""
    database_bytes: int = 0
    """The database with its write-ahead log on the disk."""


@dataclass(frozen=True, slots=True)
class Histogram:
    """Arrivals in equal bins: bin i covers [start_ns + i * bin_ns, start_ns + (i + 1) * bin_ns)."""

    start_ns: int
    bin_ns: int
    counts: list[int]
    bad: list[int]
    """Of these: with an invalid signature, incomplete or rejected."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How much is kept; None is without a limit. Pinned events always stay."""

    max_events: int | None = 1_000_000
    max_age_s: int | None = None
    max_bytes: int | None = 20 * 1024**3
    """Of the database's pages in use."""


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """A query under a name, in the order of the side list."""

    name: str
    query: str
    position: int = 0


@dataclass(frozen=True, slots=True)
class Undo:
    """What a deletion can be taken back with, until it is purged."""

    batch: int
    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class IndexState:
    """How far the index of bodies trails capture. Events after `indexed_id` are searched by reading them."""

    indexed_id: int
    newest_id: int

    @property
    def waiting(self) -> int:
        """About how many events are not in the index yet."""
        return max(0, self.newest_id - self.indexed_id)
