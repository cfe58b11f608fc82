"""Putting a group of arrivals into the tables: a few statements of many rows for each table."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import cast

import apsw

from inspector.core.event import Arrival, Reading
from inspector.store.bulk import insertion
from inspector.store.rows import KindKey, Value, event_values, head_values, kind_key
from inspector.store.schema import EVENT_COLUMNS, HEAD_COLUMNS, UNCHECKED

_MOST_KINDS = 20_000
_EVENTS = insertion("events", EVENT_COLUMNS)
_HEADS = insertion("heads", HEAD_COLUMNS)
_BODIES = insertion("bodies", ("id", "body"))
_NUMBERS = "UPDATE meta SET value = value + ? WHERE name = 'next_id' RETURNING value"
_MET = """
SELECT j.value FROM json_each(?) j
WHERE EXISTS (SELECT 1 FROM events e WHERE e.event_id = j.value AND e.event_id != '')
"""
_EARLIER = """
SELECT e.repeat, k.source FROM events e JOIN kinds k ON k.id = e.kind
WHERE e.event_id = ? AND e.event_id != '' ORDER BY e.id DESC LIMIT 100
"""
_FIND_KIND = """
SELECT id FROM kinds
WHERE source = ? AND method = ? AND event_type = ? AND state = ? AND mark = ? AND repeated = ?
"""
_ADD_KIND = """
INSERT INTO kinds (source, method, event_type, state, mark, repeated) VALUES (?, ?, ?, ?, ?, ?) RETURNING id
"""


class Inserter:
    """Knows the kinds it has met; every call runs inside a transaction of the caller.

    `forget` must follow a transaction that was rolled back.
    """

    def __init__(self, connection: apsw.Connection, clock_ns: Callable[[], int]) -> None:
        self._connection = connection
        self._clock_ns = clock_ns
        self._kinds: dict[KindKey, int] = {}

    def forget(self) -> None:
        """Drop what was learned of the database."""
        self._kinds.clear()

    def insert(self, group: Sequence[tuple[Arrival, Reading]]) -> list[tuple[int, int]]:
        """Write the group; returns the number and the count of repeats of each, in order."""
        connection = self._connection
        first = int(connection.execute(_NUMBERS, (len(group),)).get) - len(group)
        events: list[Value] = []
        heads: list[Value] = []
        bodies: list[Value] = []
        outcome: list[tuple[int, int]] = []
        kinds: list[int] = []
        seen: dict[tuple[str, str], int] = {}
        met = self._met({reading.event_id for _, reading in group if reading.event_id})
        now_ns = self._clock_ns()
        for number, (arrival, reading) in enumerate(group, first):
            repeat = self._repeat(arrival.source, reading.event_id, seen, met) if reading.event_id else 0
            kind = self._kind(kind_key(arrival, reading, repeat))
            kinds.append(kind)
            events.extend(event_values(number, arrival, reading, kind=kind, repeat=repeat, now_ns=now_ns))
            heads.extend(head_values(number, arrival, reading))
            bodies.extend((number, arrival.capture.request.body))
            outcome.append((number, repeat))
        _EVENTS.run(connection, events)
        _HEADS.run(connection, heads)
        _BODIES.run(connection, bodies)
        connection.executemany(
            "UPDATE kinds SET events = events + ? WHERE id = ?",
            [(count, kind) for kind, count in Counter(kinds).items()],
        )
        connection.execute("UPDATE checks SET events = events + ? WHERE id = ?", (len(group), UNCHECKED))
        return outcome

    def _met(self, event_ids: set[str]) -> set[str]:
        """Those of the event ids that some kept event carries; one look for all of a group."""
        if not event_ids:
            return set()
        return {row[0] for row in self._connection.execute(_MET, (json.dumps(list(event_ids)),))}

    def _repeat(self, source: str, event_id: str, seen: dict[tuple[str, str], int], met: set[str]) -> int:
        """How many earlier events carry this id: one more than the last of them had."""
        key = (source, event_id)
        repeat = seen.get(key)
        if repeat is None:
            repeat = 0
            if event_id in met:
                earlier = cast(Iterable[tuple[int, str]], self._connection.execute(_EARLIER, (event_id,)))
                repeat = next((last + 1 for last, whose in earlier if whose == source), 0)
        seen[key] = repeat + 1
        return repeat

    def _kind(self, key: KindKey) -> int:
        found = self._kinds.get(key)
        if found is None:
            known = self._connection.execute(_FIND_KIND, key).get
            found = int(known if known is not None else self._connection.execute(_ADD_KIND, key).get)
            if len(self._kinds) >= _MOST_KINDS:
                self._kinds.clear()
            self._kinds[key] = found
        return found
