"""Many rows in few statements.

The interpreter's lock is given up and fought for again with each step of SQLite. `executemany` does that for
every row; a statement with many rows does it once, which counts while the thread of the network is busy.
"""

from __future__ import annotations

from collections.abc import Callable

import apsw

from inspector.store.rows import Value

_MOST_AT_ONCE = 64


class Bulk:
    """Runs `sql(values)` for rows of `width` values, where `values` is "(?, ?), (?, ?)" for some rows.

    The numbers of rows are powers of two, so that few statements have to be known.
    """

    def __init__(self, width: int, sql: Callable[[str], str]) -> None:
        row = f"({', '.join('?' * width)})"
        self._width = width
        self._statements: list[tuple[int, str]] = []
        at_once = _MOST_AT_ONCE
        while at_once:
            self._statements.append((at_once, sql(", ".join([row] * at_once))))
            at_once //= 2

    def run(self, connection: apsw.Connection, values: list[Value]) -> None:
        """All rows; `values` are those of the first row, then of the next, to the end."""
        position, width = 0, self._width
        left = len(values) // width
        for at_once, sql in self._statements:
            while left >= at_once:
                end = position + at_once * width
                connection.execute(sql, values[position:end])
                position = end
                left -= at_once


def insertion(table: str, columns: tuple[str, ...]) -> Bulk:
    """Inserts rows of these columns."""
    return Bulk(len(columns), lambda values: f"INSERT INTO {table} ({', '.join(columns)}) VALUES {values}")


REPLIES = Bulk(
    4,
    lambda values: (
        f"""
WITH replies (number, at_ns, status, kept_ns) AS (VALUES {values})
UPDATE events SET replied_ns = at_ns, reply_status = status, stored_ns = coalesce(kept_ns, stored_ns)
FROM replies WHERE events.id = number
"""
    ),
)
"""Number, time and status of replies, and when the event was kept (None: as it stands)."""
