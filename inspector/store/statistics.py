"""Counts, arrivals by time and the values that occur, each from the smallest table or index that knows."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import apsw

from inspector.core.listing import Histogram, Totals
from inspector.store.query_sql import PATH, TRUE, Condition
from inspector.store.rows import headers_of, text_of

_RECENT = 5_000
"""Values that have no table of their own are gathered from so many newest events."""


def totals(connection: apsw.Connection, path: Path) -> Totals:
    """All counts of one moment."""
    by_source: dict[str, int] = {}
    everything = duplicates = 0
    by_state: dict[str, int] = {}
    for source, state, repeated, events in connection.execute(
        "SELECT source, state, repeated, sum(events) FROM kinds WHERE events > 0"
        " GROUP BY source, state, repeated"
    ):
        everything += events
        by_source[source] = by_source.get(source, 0) + events
        by_state[state] = by_state.get(state, 0) + events
        duplicates += events if repeated else 0
    return Totals(
        all=everything,
        pinned=int(connection.execute("SELECT count(*) FROM events WHERE pinned = 1").get),
        duplicates=duplicates,
        incomplete=by_state.get("incomplete", 0),
        rejected=by_state.get("rejected", 0),
        invalid=int(
            connection.execute("SELECT coalesce(sum(events), 0) FROM checks WHERE verdict = 'invalid'").get
        ),
        by_source=by_source,
        database_bytes=database_bytes(path),
    )


def database_bytes(path: Path) -> int:
    """The size of the file and its log."""
    size = 0
    for part in (path, path.with_name(path.name + "-wal")):
        try:
            size += part.stat().st_size
        except OSError:
            continue
    return size


def histogram(
    connection: apsw.Connection, condition: Condition, start_ns: int, end_ns: int, bins: int
) -> Histogram:
    """Arrivals that meet the condition, in equal bins."""
    bins = max(1, bins)
    bin_ns = max(1, -(-(end_ns - start_ns) // bins))
    counts, bad = [0] * bins, [0] * bins
    bad_kinds = ",".join(
        str(row[0]) for row in connection.execute("SELECT id FROM kinds WHERE state != 'complete'")
    )
    is_bad = f"(e.invalid = 1 OR e.kind IN ({bad_kinds}))"
    binned = "SELECT (e.received_at_ns - ?) / ? AS bin, count(*)"
    within = "FROM events e WHERE e.received_at_ns >= ? AND e.received_at_ns < ?"
    bound = (start_ns, bin_ns, start_ns, end_ns)
    if condition == TRUE:  # the index on the time counts each bin; far quicker than sorting into bins
        for place, (events,) in enumerate(
            connection.executemany(
                "SELECT count(*) FROM events WHERE received_at_ns >= ? AND received_at_ns < ?",
                [_bounds(start_ns, end_ns, bin_ns, place) for place in range(bins)],
            )
        ):
            counts[place] = events
        for place, events in connection.execute(f"{binned} {within} AND {is_bad} GROUP BY bin", bound):
            bad[place] = events
        return Histogram(start_ns, bin_ns, counts, bad)
    sql = f"{binned}, sum({is_bad}) {within} AND {condition.sql} GROUP BY bin"
    for place, events, worse in connection.execute(sql, (*bound, *condition.bound)):
        counts[place], bad[place] = events, worse
    return Histogram(start_ns, bin_ns, counts, bad)


def _bounds(start_ns: int, end_ns: int, bin_ns: int, place: int) -> tuple[int, int]:
    return start_ns + place * bin_ns, min(end_ns, start_ns + (place + 1) * bin_ns)


_OF_KINDS = {"type": "event_type", "source": "source", "method": "method", "mark": "mark"}
_OF_CHECKS = {"signature": "verdict", "scheme": "scheme", "cause": "cause", "secret": "secret"}
_OF_EVENTS = {"path": PATH, "remote": "e.remote", "status": "e.reply_status", "id": "e.event_id"}


def values(connection: apsw.Connection, field: str, prefix: str, limit: int) -> list[str]:
    """What occurs in a field, most frequent first; of paths, ids and addresses among the newest events."""
    like = prefix.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    if field in _OF_KINDS or field in _OF_CHECKS:
        table = "kinds" if field in _OF_KINDS else "checks"
        column = _OF_KINDS.get(field) or _OF_CHECKS[field]
        sql = (
            f"SELECT {column} FROM {table} WHERE events > 0 AND {column} LIKE ? ESCAPE '\\'"
            f" AND {column} != '' GROUP BY {column} ORDER BY sum(events) DESC, {column} LIMIT ?"
        )
    elif field in _OF_EVENTS:
        sql = (
            f"SELECT value FROM (SELECT {_OF_EVENTS[field]} AS value FROM events e"
            f" ORDER BY e.id DESC LIMIT {_RECENT}) WHERE value LIKE ? ESCAPE '\\' AND value != ''"
            " GROUP BY value ORDER BY count(*) DESC, value LIMIT ?"
        )
    elif field == "header":
        return _header_names(connection, prefix.lower().encode("latin-1", "replace"), limit)
    else:
        return []
    return [str(row[0]) for row in connection.execute(sql, (like, limit))]


def _header_names(connection: apsw.Connection, prefix: bytes, limit: int) -> list[str]:
    """In lower case, most frequent first."""
    rows = connection.execute("SELECT headers FROM heads ORDER BY id DESC LIMIT 300")
    found = Counter(name.lower() for (blob,) in rows for name, _ in headers_of(blob))
    ranked = sorted(found, key=lambda name: (-found[name], name))
    return [text_of(name) for name in ranked if name.startswith(prefix)][:limit]
