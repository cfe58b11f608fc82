"""Reading: one query-only connection for each calling thread, safe from any thread."""

from __future__ import annotations

import json
import threading
import time
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import TypeVar

import apsw

from inspector.core.event import Event, EventRow, Request
from inspector.core.listing import Histogram, IndexState, Order, Totals
from inspector.core.problem import ProblemError
from inspector.core.query.nodes import Node
from inspector.core.refusal import Refusal
from inspector.store import functions, problems, statistics
from inspector.store.connection import open_reader
from inspector.store.lookup import ConnectionLookup
from inspector.store.query_sql import TRUE, Compiler, Condition
from inspector.store.rows import HEAD_SQL, ROW_SQL, event_of, headers_of, row_of

T = TypeVar("T")
NEWEST_FIRST = Order()
_ORDERS = {
    "received": "",
    "method": "(SELECT k.method FROM kinds k WHERE k.id = e.kind)",
    "target": "e.target",
    "source": "(SELECT k.source FROM kinds k WHERE k.id = e.kind)",
    "type": "(SELECT k.event_type FROM kinds k WHERE k.id = e.kind)",
    "id": "e.event_id",
    "size": "e.size_bytes",
    "status": "CASE WHEN e.replied_ns > 0 THEN e.reply_status END",
    "took": "CASE WHEN e.replied_ns > 0 THEN e.replied_ns - e.first_byte_ns END",
    "signature": "(SELECT c.verdict || c.cause || c.scheme FROM checks c WHERE c.id = e.checked)",
    "retry": "e.retry_count",
    "repeat": "e.repeat",
    "remote": "e.remote",
    "pinned": "e.pinned",
    "delivery": "(SELECT o.delivery FROM outcomes o WHERE o.event_id = e.id)",
    "handler": "(SELECT o.handler_ns FROM outcomes o WHERE o.event_id = e.id)",
    "state": "(SELECT k.state FROM kinds k WHERE k.id = e.kind)",
}


class Readers:
    """All reads of the kept events. Every method raises ProblemError where the file cannot be read."""

    def __init__(self, path: Path, wall_ns: Callable[[], int] = time.time_ns) -> None:
        self._path = path
        self._wall_ns = wall_ns
        self._local = threading.local()
        self._guard = threading.Lock()
        self._open: list[tuple[threading.Thread, apsw.Connection]] = []
        self._generation = 0

    def ids(
        self,
        query: Node | None = None,
        order: Order = NEWEST_FIRST,
        limit: int | None = None,
        offset: int = 0,
    ) -> array[int]:
        """Numbers of the events that match, in order; an array of 64-bit integers."""
        with self._connection() as connection:
            if query is None and order.column == "received" and limit is None and not offset:
                dense = _dense(connection, descending=order.descending)
                if dense is not None:
                    return dense
            condition = self._compiled(connection, query)
            direction = "DESC" if order.descending else "ASC"
            column = _ORDERS[order.column]
            by = f"{column} {direction}, e.id DESC" if column else f"e.id {direction}"
            rows = connection.execute(
                f"SELECT e.id FROM events e WHERE {condition.sql} ORDER BY {by} LIMIT ? OFFSET ?",
                (*condition.bound, -1 if limit is None else limit, offset),
            )
            return array("q", chain.from_iterable(rows))

    def rows(self, ids: Sequence[int]) -> list[EventRow]:
        """The rows of these events in the order of `ids`; those that are gone are left out."""
        with self._connection() as connection:
            found = connection.execute(
                f"{ROW_SQL} WHERE e.id IN (SELECT value FROM json_each(?))", (json.dumps(list(ids)),)
            )
            by_id = {values[0]: row_of(values) for values in found}
        return [by_id[number] for number in ids if number in by_id]

    def event(self, number: int) -> Event | None:
        """The whole event; None where it is gone."""
        with self._connection() as connection, _snapshot(connection):
            row = connection.execute(f"{ROW_SQL} WHERE e.id = ?", (number,)).fetchone()
            head = connection.execute(HEAD_SQL, (number,)).fetchone()
        return None if row is None or head is None else event_of(row, head)

    def requests(self, ids: Sequence[int]) -> dict[int, tuple[Request, str]]:
        """Of each event that is there, its request (without `raw_head` and `remote`) and its source."""
        with self._connection() as connection:
            found = connection.execute(
                """SELECT e.id, h.line, h.headers, b.body, h.scheme, k.source
                FROM json_each(?) j JOIN events e ON e.id = j.value JOIN kinds k ON k.id = e.kind
                JOIN heads h ON h.id = e.id JOIN bodies b ON b.id = e.id""",
                (json.dumps(list(ids)),),
            )
            return {
                row[0]: (Request(row[1], headers_of(row[2]), row[3], b"", row[4]), row[5]) for row in found
            }

    def body(self, number: int) -> bytes:
        """The body as it came; empty where the event is gone."""
        with self._connection() as connection:
            return (
                connection.execute(
                    "SELECT b.body FROM bodies b JOIN events e ON e.id = b.id WHERE b.id = ?", (number,)
                ).get
                or b""
            )

    def count(self, query: Node | None = None) -> int:
        """How many events match."""
        with self._connection() as connection:
            if query is None:
                return ConnectionLookup(connection).total()
            condition = self._compiled(connection, query)
            sql = f"SELECT count(*) FROM events e WHERE {condition.sql}"
            return int(connection.execute(sql, condition.bound).get)

    def matching(self, query: Node | None, ids: Sequence[int]) -> set[int]:
        """Those of `ids` that match."""
        with self._connection() as connection:
            condition = self._compiled(connection, query)
            sql = (
                "SELECT e.id FROM events e WHERE e.id IN (SELECT value FROM json_each(?))"
                f" AND {condition.sql}"
            )
            rows = connection.execute(sql, (json.dumps(list(ids)), *condition.bound))
            return set(chain.from_iterable(rows))

    def checked_with(self) -> int:
        """The fingerprint that `Store.set_checked_with` was given last; 0 where it never was."""
        with self._connection() as connection:
            found = connection.execute("SELECT value FROM meta WHERE name = 'checked_with'").get
            return 0 if found is None else int(found)

    def newest_id(self) -> int:
        """The highest number given so far; 0 in a new database."""
        with self._connection() as connection:
            return _meta(connection, "next_id") - 1

    def totals(self) -> Totals:
        """Counts by view and by source, and the size on the disk."""
        with self._connection() as connection, _snapshot(connection):
            return statistics.totals(connection, self._path)

    def histogram(self, query: Node | None, start_ns: int, end_ns: int, bins: int) -> Histogram:
        """Arrivals that match in [start_ns, end_ns), in that many equal bins."""
        with self._connection() as connection, _snapshot(connection):
            condition = self._compiled(connection, query)
            return statistics.histogram(connection, condition, start_ns, end_ns, bins)

    def span_ns(self) -> tuple[int, int] | None:
        """When the earliest and the latest of the events were received; None without events."""
        with self._connection() as connection:
            first, last = connection.execute(
                "SELECT (SELECT min(received_at_ns) FROM events), (SELECT max(received_at_ns) FROM events)"
            ).fetchall()[0]
        return (first, last) if isinstance(first, int) and isinstance(last, int) else None

    def repeats(self, number: int) -> list[EventRow]:
        """The newest 1,000 events of the same source and event id, this one among them, oldest first."""
        with self._connection() as connection:
            found = connection.execute(
                f"""{ROW_SQL} WHERE e.event_id = (SELECT event_id FROM events WHERE id = ?1)
                AND e.event_id != '' AND k.source = (
                  SELECT k1.source FROM events e1 JOIN kinds k1 ON k1.id = e1.kind WHERE e1.id = ?1
                ) ORDER BY e.id DESC LIMIT 1000""",
                (number,),
            ).fetchall()
        return [row_of(values) for values in reversed(found)]

    def values(self, field: str, prefix: str = "", limit: int = 50) -> list[str]:
        """Values that occur in a field and begin so (without regard to case), for completion."""
        with self._connection() as connection:
            return statistics.values(connection, field, prefix, limit)

    def refusals(self, limit: int = 200) -> list[Refusal]:
        """Connections that were turned away, newest first."""
        with self._connection() as connection:
            rows = connection.execute(
                "SELECT at_ns, remote, status, reason, head FROM refusals ORDER BY id DESC LIMIT ?", (limit,)
            )
            return [Refusal(*row) for row in rows]

    def index_state(self) -> IndexState:
        """How far the index of bodies trails capture."""
        with self._connection() as connection:
            return IndexState(_meta(connection, "indexed_id"), _meta(connection, "next_id") - 1)

    def run(self, job: Callable[[apsw.Connection], T]) -> T:
        """Any other read, on the connection of this thread."""
        with self._connection() as connection:
            return job(connection)

    def renew(self) -> None:
        """Open the file anew from now on: it was replaced."""
        with self._guard:
            self._generation += 1

    def close(self) -> None:
        """Close all connections; no thread may read any more."""
        with self._guard:
            self._generation += 1
            for _, connection in self._open:
                connection.close()
            self._open.clear()

    @contextmanager
    def _connection(self) -> Iterator[apsw.Connection]:
        try:
            connection = getattr(self._local, "connection", None)
            if connection is None or self._local.generation != self._generation:
                connection = self._connect(connection)
            yield connection
        except (apsw.Error, OSError) as error:
            raise ProblemError(problems.problem_of(error, self._path)) from error

    def _connect(self, earlier: apsw.Connection | None) -> apsw.Connection:
        connection = open_reader(self._path)
        functions.register(connection)
        with self._guard:
            gone = [each for thread, each in self._open if not thread.is_alive() or each is earlier]
            self._open = [(thread, each) for thread, each in self._open if each not in gone]
            self._open.append((threading.current_thread(), connection))
            self._local.generation = self._generation
        for each in gone:
            each.close()
        self._local.connection = connection
        return connection

    def _compiled(self, connection: apsw.Connection, query: Node | None) -> Condition:
        if query is None:
            return TRUE
        return Compiler(ConnectionLookup(connection), self._wall_ns()).compile(query)


@contextmanager
def _snapshot(connection: apsw.Connection) -> Iterator[None]:
    """Several reads of one moment."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("COMMIT")


def _meta(connection: apsw.Connection, name: str) -> int:
    return int(connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).get)


def _dense(connection: apsw.Connection, *, descending: bool) -> array[int] | None:
    """All numbers without reading them, where none between the first and the last is missing."""
    with _snapshot(connection):
        total = ConnectionLookup(connection).total()
        first, last = connection.execute(
            "SELECT (SELECT min(id) FROM events), (SELECT max(id) FROM events)"
        ).fetchall()[0]
    if not isinstance(first, int) or not isinstance(last, int) or last - first + 1 != total:
        return None
    return array("q", range(last, first - 1, -1) if descending else range(first, last + 1))
