"""The tables of the database, and the steps from each earlier version to this one.

`events` is narrow, so that a scan of a million is quick. What few distinct values describe is kept once and
counted: `kinds` (source, method, type, state, mark, whether it is a repeat) never changes for an event,
`checks` (verdict, scheme, cause, secret) does. Their `events` columns make totals cheap. `heads` and `bodies`
hold what only a shown event needs. `trash` holds the rows of deleted events until they are purged.

`deliveries` is narrow too; `delivery_parts` holds what only a shown delivery needs. `outcomes` has one row
for each event that was ever sent on: how its last delivery ended. `delivery_jobs` is the queue of each target
and survives a restart; `dead_letters` is what was used up.
"""

from __future__ import annotations

import apsw

VERSION = 2
APPLICATION_ID = 0x57484B49
"""Marks the file as ours ("WHKI"), see https://www.sqlite.org/pragma.html#pragma_application_id."""

EVENT_COLUMNS = (
    "id",
    "received_at_ns",
    "kind",
    "size_bytes",
    "target",
    "event_id",
    "remote",
    "retry_count",
    "repeat",
    "first_byte_ns",
    "stored_ns",
    "replied_ns",
    "reply_status",
    "checked",
    "invalid",
    "pinned",
    "noted",
    "binary",
    "encoded",
    "drifted",
)
HEAD_COLUMNS = (
    "id",
    "line",
    "headers",
    "raw_head",
    "scheme",
    "connected_ns",
    "headers_ns",
    "body_ns",
    "sent_at_ns",
    "dialect",
    "parent",
    "trouble",
    "note",
)

UNCHECKED = 2
"""The row of `checks` of a fresh event. Not 0 or 1: SQLite keeps those in no byte, and an update that
lets a row grow splits its page."""

_EVENT_TABLE = """
  id INTEGER PRIMARY KEY,
  received_at_ns INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL,
  target TEXT NOT NULL,
  event_id TEXT NOT NULL,
  remote TEXT NOT NULL,
  retry_count INTEGER,
  repeat INTEGER NOT NULL,
  first_byte_ns INTEGER NOT NULL,
  stored_ns INTEGER NOT NULL,
  replied_ns INTEGER NOT NULL, -- negative until the reply is sent: takes the room that the time will need
  reply_status INTEGER NOT NULL,
  checked INTEGER NOT NULL,
  invalid INTEGER NOT NULL,
  pinned INTEGER NOT NULL,
  noted INTEGER NOT NULL,
  binary INTEGER NOT NULL,
  encoded INTEGER NOT NULL,
  drifted INTEGER NOT NULL
"""

_FIRST = f"""
CREATE TABLE kinds (
  id INTEGER PRIMARY KEY,
  source TEXT NOT NULL, method TEXT NOT NULL, event_type TEXT NOT NULL,
  state TEXT NOT NULL, mark TEXT NOT NULL, repeated INTEGER NOT NULL,
  events INTEGER NOT NULL DEFAULT 0,
  UNIQUE (source, method, event_type, state, mark, repeated)
);
CREATE TABLE checks (
  id INTEGER PRIMARY KEY,
  verdict TEXT NOT NULL, scheme TEXT NOT NULL, cause TEXT NOT NULL, secret TEXT NOT NULL,
  events INTEGER NOT NULL DEFAULT 0,
  UNIQUE (verdict, scheme, cause, secret)
);
INSERT INTO checks VALUES ({UNCHECKED}, 'unchecked', '', '', '', 0);
CREATE TABLE events ({_EVENT_TABLE});
CREATE INDEX events_by_kind ON events (kind);
CREATE INDEX events_by_event_id ON events (event_id) WHERE event_id != '';
CREATE INDEX events_by_time ON events (received_at_ns);
CREATE INDEX events_invalid ON events (invalid) WHERE invalid = 1; -- in the order of arrival
CREATE INDEX events_long ON events (size_bytes) WHERE size_bytes > 4194304; -- not in the index of bodies
CREATE INDEX events_pinned ON events (pinned) WHERE pinned = 1; -- in the order of arrival
CREATE INDEX events_noted ON events (noted) WHERE noted = 1; -- in the order of arrival
CREATE TABLE heads (
  id INTEGER PRIMARY KEY,
  line BLOB NOT NULL, headers BLOB NOT NULL,
  raw_head BLOB, -- NULL: line and headers joined with ": " and line ends
  scheme TEXT NOT NULL,
  connected_ns INTEGER NOT NULL, headers_ns INTEGER NOT NULL, body_ns INTEGER NOT NULL,
  sent_at_ns INTEGER, dialect TEXT NOT NULL, parent INTEGER,
  trouble TEXT NOT NULL, note TEXT NOT NULL
);
CREATE TABLE bodies (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE trash (
  batch INTEGER NOT NULL, deleted_at_ns INTEGER NOT NULL,
  {_EVENT_TABLE}
);
CREATE INDEX trash_by_batch ON trash (batch);
CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO meta VALUES ('next_id', 1), ('indexed_id', 0), ('next_batch', 1);
CREATE TABLE sources (name TEXT PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE filters (name TEXT PRIMARY KEY, query TEXT NOT NULL, position INTEGER NOT NULL);
CREATE TABLE refusals (
  id INTEGER PRIMARY KEY, at_ns INTEGER NOT NULL, remote TEXT NOT NULL,
  status INTEGER NOT NULL, reason TEXT NOT NULL, head BLOB NOT NULL
);
CREATE VIRTUAL TABLE body_index USING fts5 (
  body, content='', contentless_delete=1, columnsize=1, detail=none, tokenize='trigram'
);
"""

_DELIVERIES = """
CREATE TABLE targets (name TEXT PRIMARY KEY, value BLOB NOT NULL, is_default INTEGER NOT NULL DEFAULT 0);
CREATE TABLE target_urls (url TEXT PRIMARY KEY, used_at_ns INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE deliveries (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- a number is never given twice
  event_id INTEGER NOT NULL, target_name TEXT NOT NULL,
  method TEXT NOT NULL, url TEXT NOT NULL, sent_at_ns INTEGER NOT NULL, attempt INTEGER NOT NULL,
  origin TEXT NOT NULL, signing TEXT NOT NULL,
  status INTEGER, -- NULL: no response
  failure TEXT NOT NULL, detail TEXT NOT NULL,
  request_bytes INTEGER NOT NULL, response_bytes INTEGER NOT NULL, truncated INTEGER NOT NULL,
  dns_ns INTEGER, connect_ns INTEGER, tls_ns INTEGER,
  sent_ns INTEGER, first_byte_ns INTEGER, last_byte_ns INTEGER
);
CREATE INDEX deliveries_by_event ON deliveries (event_id);
CREATE TABLE delivery_parts (
  id INTEGER PRIMARY KEY,
  headers BLOB NOT NULL,
  body BLOB, -- NULL: the body of the event
  reason TEXT NOT NULL, response_headers BLOB NOT NULL, response_body BLOB NOT NULL,
  redirects BLOB -- NULL: none
);
CREATE TABLE outcomes (
  event_id INTEGER PRIMARY KEY,
  delivery TEXT NOT NULL, status INTEGER, ok INTEGER, handler_ns INTEGER, dead INTEGER NOT NULL
);
CREATE INDEX outcomes_failed ON outcomes (event_id) WHERE ok = 0;
CREATE INDEX outcomes_dead ON outcomes (event_id) WHERE dead = 1;
CREATE TABLE delivery_jobs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  target_name TEXT NOT NULL, event_id INTEGER NOT NULL, attempts INTEGER NOT NULL,
  due_at_ns INTEGER NOT NULL, queued_at_ns INTEGER NOT NULL, origin TEXT NOT NULL, policy TEXT NOT NULL
);
CREATE INDEX delivery_jobs_by_event ON delivery_jobs (event_id);
CREATE TABLE dead_letters (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  target_name TEXT NOT NULL, event_id INTEGER NOT NULL, attempts INTEGER NOT NULL,
  died_at_ns INTEGER NOT NULL, delivery_id INTEGER NOT NULL, status INTEGER,
  failure TEXT NOT NULL, detail TEXT NOT NULL,
  UNIQUE (event_id, target_name)
);
"""

MIGRATIONS: tuple[str, ...] = (_FIRST, _DELIVERIES)
"""MIGRATIONS[n] leads from version n to n + 1; never edit one that was released, add another."""


def version_of(connection: apsw.Connection) -> int:
    """The version of the schema in the file; 0 for an empty one."""
    return int(connection.pragma("user_version"))


def migrate(connection: apsw.Connection) -> bool:
    """Lead the schema to VERSION in one transaction; True where the database was new.

    Raises apsw.Error; the file is then as it was.
    """
    if version_of(connection) == VERSION:
        return False
    if version_of(connection) == 0:
        connection.pragma("auto_vacuum", 2)  # incremental: room of purged events goes back to the disk
        connection.pragma("journal_mode", "wal")
    connection.execute("BEGIN IMMEDIATE")
    try:
        found = version_of(connection)
        for step in MIGRATIONS[found:]:
            connection.execute(step)
        connection.pragma("application_id", APPLICATION_ID)
        connection.pragma("user_version", VERSION)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    return found == 0
