"""The index of bodies: trails capture in slices, so that a commit never waits for it."""

from __future__ import annotations

import time
from typing import cast

import apsw

from inspector.store.body_text import MOST_BYTES, searchable
from inspector.store.rows import headers_of

_READ_AT_ONCE = 64
_READ_AT_ONCE_BYTES = 1024**2
_NEXT = "SELECT e.id, e.size_bytes, e.binary, e.encoded FROM events e WHERE e.id > ? ORDER BY e.id LIMIT ?"
_MERGING = 4
"""FTS5's `automerge` while the index grows: each insertion merges its share of segments."""
_MERGED_PAGES = 64
_TEXT = "SELECT h.headers, b.body FROM heads h JOIN bodies b ON b.id = h.id WHERE h.id = ?"


def step(connection: apsw.Connection, budget_s: float) -> bool:
    """Index for about that long, inside a transaction of the caller; True while there is more.

    Bodies that are binary, or longer than MOST_BYTES, stay out; the long ones are read by each search.
    """
    end_s = time.monotonic() + budget_s
    indexed_id = begun_at = int(connection.execute("SELECT value FROM meta WHERE name = 'indexed_id'").get)
    _set_merging(connection, _MERGING)
    more = True
    while more and time.monotonic() < end_s:
        rows = cast(
            list[tuple[int, int, int, int]],
            connection.execute(_NEXT, (indexed_id, _READ_AT_ONCE)).fetchall(),
        )
        more = len(rows) == _READ_AT_ONCE
        texts: list[tuple[int, str]] = []
        room_bytes = _READ_AT_ONCE_BYTES
        for number, size_bytes, binary, encoded in rows:
            if texts and (room_bytes < size_bytes or time.monotonic() >= end_s):
                more = True
                break
            text = _text(connection, number) if _belongs(size_bytes, binary, encoded) else None
            if text:
                texts.append((number, text))
                room_bytes -= len(text)
            indexed_id = number
        connection.executemany("INSERT INTO body_index (rowid, body) VALUES (?, ?)", texts)
    if indexed_id != begun_at:
        connection.execute("UPDATE meta SET value = ? WHERE name = 'indexed_id'", (indexed_id,))
    return more


def forget(connection: apsw.Connection, ids: str) -> None:
    """Take bodies out (a JSON list of events, some perhaps not in the index).

    FTS5 counts each deletion as a page written and would merge far too much at the commit (1 ms an event
    was measured), so it merges nothing then; `compact` does it later.
    """
    _set_merging(connection, 0)
    connection.execute(
        "DELETE FROM body_index WHERE rowid IN (SELECT value FROM json_each(?)"
        " WHERE value <= (SELECT value FROM meta WHERE name = 'indexed_id'))",
        (ids,),
    )


def compact(connection: apsw.Connection) -> bool:
    """Merge a little where bodies were taken out; True while there is more."""
    before = connection.total_changes()
    connection.execute("INSERT INTO body_index (body_index, rank) VALUES ('merge', ?)", (_MERGED_PAGES,))
    return connection.total_changes() - before > 1  # https://www.sqlite.org/fts5.html#the_merge_command


def _set_merging(connection: apsw.Connection, segments: int) -> None:
    """Writes only where the value is another one now."""
    now = connection.execute("SELECT v FROM body_index_config WHERE k = 'automerge'").get
    if now != segments:
        connection.execute("INSERT INTO body_index (body_index, rank) VALUES ('automerge', ?)", (segments,))


def _belongs(size_bytes: int, binary: int, encoded: int) -> bool:
    return 0 < size_bytes <= MOST_BYTES and (encoded == 1 or binary == 0)


def _text(connection: apsw.Connection, number: int) -> str | None:
    found = cast(tuple[bytes, bytes] | None, connection.execute(_TEXT, (number,)).fetchone())
    return None if found is None else searchable(headers_of(found[0]), found[1])
