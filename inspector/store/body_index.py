"""The index of bodies: trails capture in slices, so that a commit never waits for it."""

from __future__ import annotations

import time
from typing import cast

import apsw

from inspector.store.body_text import searchable
from inspector.store.rows import headers_of

_READ_AT_ONCE = 64
_NEXT = """
SELECT e.id, e.binary, e.encoded, CASE WHEN e.encoded THEN h.headers END,
  CASE WHEN e.encoded OR NOT e.binary THEN b.body END
FROM events e JOIN bodies b ON b.id = e.id JOIN heads h ON h.id = e.id
WHERE e.id > ? ORDER BY e.id LIMIT ?
"""


def step(connection: apsw.Connection, budget_s: float) -> bool:
    """Index for about that long, inside a transaction of the caller; True while there is more."""
    end_s = time.monotonic() + budget_s
    indexed_id = int(connection.execute("SELECT value FROM meta WHERE name = 'indexed_id'").get)
    begun_at = indexed_id
    more = True
    while more and time.monotonic() < end_s:
        rows = cast(
            list[tuple[int, int, int, bytes, bytes]],
            connection.execute(_NEXT, (indexed_id, _READ_AT_ONCE)).fetchall(),
        )
        more = len(rows) == _READ_AT_ONCE
        texts = []
        for number, binary, encoded, blob, body in rows:
            text = searchable(headers_of(blob), body) if encoded else None if binary else searchable((), body)
            indexed_id = number
            if text:
                texts.append((number, text))
                if len(text) > 65_536 or time.monotonic() >= end_s:
                    more = True
                    break
        connection.executemany("INSERT INTO body_index (rowid, body) VALUES (?, ?)", texts)
    if indexed_id != begun_at:
        connection.execute("UPDATE meta SET value = ? WHERE name = 'indexed_id'", (indexed_id,))
    return more
