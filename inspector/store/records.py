"""Sources, saved filters and refusals: the small tables."""

from __future__ import annotations

import apsw
import msgspec

from inspector.core.listing import SavedFilter
from inspector.core.refusal import Refusal
from inspector.core.source import Source

REFUSALS_KEPT = 2_000


def list_sources(connection: apsw.Connection) -> list[Source]:
    """All sources by name."""
    rows = connection.execute("SELECT value FROM sources ORDER BY name")
    return [msgspec.json.decode(row[0], type=Source) for row in rows]


def save_source(connection: apsw.Connection, source: Source) -> None:
    """Add a source, or replace the one of its name."""
    connection.execute(
        "INSERT OR REPLACE INTO sources VALUES (?, ?)", (source.name, msgspec.json.encode(source))
    )


def remove_source(connection: apsw.Connection, name: str) -> None:
    """Take a source out; its events stay."""
    connection.execute("DELETE FROM sources WHERE name = ?", (name,))


def list_filters(connection: apsw.Connection) -> list[SavedFilter]:
    """The saved filters in their order."""
    rows = connection.execute("SELECT name, query, position FROM filters ORDER BY position, name")
    return [SavedFilter(*row) for row in rows]


def save_filter(connection: apsw.Connection, saved: SavedFilter) -> None:
    """Add a filter, or replace the one of its name."""
    connection.execute(
        "INSERT OR REPLACE INTO filters VALUES (?, ?, ?)", (saved.name, saved.query, saved.position)
    )


def remove_filter(connection: apsw.Connection, name: str) -> None:
    """Take a filter out."""
    connection.execute("DELETE FROM filters WHERE name = ?", (name,))


def add_refusal(connection: apsw.Connection, refusal: Refusal) -> None:
    """Keep a refusal; of many, the newest REFUSALS_KEPT stay."""
    connection.execute(
        "INSERT INTO refusals (at_ns, remote, status, reason, head) VALUES (?, ?, ?, ?, ?)",
        (refusal.at_ns, refusal.remote, refusal.status, refusal.reason, refusal.head),
    )
    connection.execute(
        "DELETE FROM refusals WHERE id <= (SELECT max(id) FROM refusals) - ?", (REFUSALS_KEPT,)
    )
