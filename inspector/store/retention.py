"""What is kept no longer: one slice at a time, oldest first; pinned events stay."""

from __future__ import annotations

import apsw

from inspector.core.listing import Retention
from inspector.store import changes

SLICE = 200
_OLDEST = "SELECT id, size_bytes FROM events WHERE pinned = 0 ORDER BY id LIMIT ?"


def prune(connection: apsw.Connection, keep: Retention, wall_ns: int) -> int:
    """Remove up to SLICE events that are too many, too old or too big together; returns how many."""
    ids = _too_old(connection, keep, wall_ns) or _too_many(connection, keep) or _too_big(connection, keep)
    if ids:
        changes.remove(connection, ids)
    return len(ids)


def _too_old(connection: apsw.Connection, keep: Retention, wall_ns: int) -> list[int]:
    if keep.max_age_s is None:
        return []
    rows = connection.execute(
        "SELECT id, size_bytes FROM events WHERE received_at_ns < ? AND +pinned = 0"
        " ORDER BY received_at_ns LIMIT ?",
        (wall_ns - keep.max_age_s * 1_000_000_000, SLICE),
    )
    return changes.slice_of(rows)


def _too_many(connection: apsw.Connection, keep: Retention) -> list[int]:
    if keep.max_events is None:
        return []
    total = int(connection.execute("SELECT coalesce(sum(events), 0) FROM kinds").get)
    return _oldest(connection, min(SLICE, total - keep.max_events))


def _too_big(connection: apsw.Connection, keep: Retention) -> list[int]:
    if keep.max_bytes is None:
        return []
    in_use = connection.pragma("page_count") - connection.pragma("freelist_count")
    surplus = in_use * connection.pragma("page_size") - keep.max_bytes
    if surplus <= 0:
        return []
    chosen = []
    for number in _oldest(connection, SLICE):
        if surplus <= 0:
            break
        chosen.append(number)
        surplus -= int(connection.execute("SELECT size_bytes + 1024 FROM events WHERE id = ?", (number,)).get)
    return chosen


def _oldest(connection: apsw.Connection, most: int) -> list[int]:
    return changes.slice_of(connection.execute(_OLDEST, (most,))) if most > 0 else []
