"""What compiling a query asks of one connection."""

from __future__ import annotations

import json
from typing import cast

import apsw

from inspector.store.query_sql import Bound

MANY = 4_000
"""From so many candidates on, reading the newest bodies finds a page sooner than sorting the candidates."""


class ConnectionLookup:
    """The Lookup of inspector.store.query_sql on a connection."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def kinds(self, condition: str, bound: tuple[Bound, ...]) -> tuple[list[int], int]:
        """Numbers of the kinds that meet the condition, and how many events they have."""
        found = self._connection.execute(
            f"SELECT id, events FROM kinds WHERE events > 0 AND ({condition})",
            bound,
        ).fetchall()
        rows = cast(list[tuple[int, int]], found)
        return [row[0] for row in rows], sum(row[1] for row in rows)

    def checks(self, condition: str, bound: tuple[Bound, ...]) -> list[int]:
        """Numbers of the checks that meet the condition."""
        sql = f"SELECT id FROM checks WHERE {condition}"
        return [row[0] for row in self._connection.execute(sql, bound)]

    def candidates(self, match: str) -> str | None:
        """Events whose bodies may match, as a JSON list; None where there are too many."""
        found = self._connection.execute(
            "SELECT rowid FROM body_index WHERE body_index MATCH ? LIMIT ?", (match, MANY)
        ).fetchall()
        return None if len(found) >= MANY else json.dumps([row[0] for row in found])

    def total(self) -> int:
        """How many events there are."""
        return int(self._connection.execute("SELECT coalesce(sum(events), 0) FROM kinds").get)

    def indexed_id(self) -> int:
        """The newest event that the index of bodies has seen."""
        return int(self._connection.execute("SELECT value FROM meta WHERE name = 'indexed_id'").get)
