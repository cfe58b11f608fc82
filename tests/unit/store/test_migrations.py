"""A database of an earlier version is led to the present one, with all that is in it."""

from __future__ import annotations

from pathlib import Path

import apsw

from inspector.core.query.parse import parse
from inspector.store import schema
from tests.unit.store.building import Keeper, arrival


def make_first_version(path: Path) -> None:
    """A file as version 1 left it, with a source of that time and one event in it."""
    connection = apsw.Connection(str(path))
    connection.pragma("auto_vacuum", 2)
    connection.pragma("journal_mode", "wal")
    connection.execute(schema.MIGRATIONS[0])
    connection.pragma("application_id", schema.APPLICATION_ID)
    connection.pragma("user_version", 1)
    connection.execute(
        "INSERT INTO sources VALUES ('old', ?)",
        (b'{"name":"old","path":"/old","reply":{"status":204,"headers":[],"body":""}}',),
    )
    connection.execute("INSERT INTO kinds VALUES (1, 'old', 'POST', 'a.b', 'complete', '', 0, 1)")
    connection.execute(
        "INSERT INTO events VALUES"
        " (1, 5, 1, 2, '/old', 'evt_1', '', NULL, 0, 1, 2, 3, 200, 2, 0, 1, 0, 0, 0, 0)"
    )
    connection.execute("UPDATE checks SET events = 1")
    connection.execute("UPDATE meta SET value = 2 WHERE name = 'next_id'")
    connection.execute(
        "INSERT INTO heads VALUES (1, ?, x'', NULL, 'http', 1, 1, 1, NULL, '', NULL, '', '')",
        (b"POST /old HTTP/1.1",),
    )
    connection.execute("INSERT INTO bodies VALUES (1, x'7b7d')")
    connection.close()


def test_version_1_becomes_the_present_one_and_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "events.db"
    make_first_version(path)
    keeper = Keeper(path, durable=False)
    keeper.store.open()
    try:
        (row,) = keeper.readers.rows([1])
        assert (row.event_type, row.event_id, row.pinned) == ("a.b", "evt_1", True)
        assert (row.delivery, row.delivery_ok, row.handler_ns, row.dead) == ("", None, None, False)
        event = keeper.readers.event(1)
        assert event is not None
        assert event.request.body == b"{}"
        (source,) = keeper.store.list_sources()
        assert (source.path, source.reply.status) == ("/old", 204)
        assert (source.target, source.mode) == ("", "capture")
        assert keeper.readers.ids(parse("delivery:none")).tolist() == [1]
        assert keeper.keep(arrival()) == [2]
        assert keeper.readers.run(schema.version_of) == schema.VERSION == 2
    finally:
        keeper.store.close()


def test_an_old_and_a_new_file_have_the_same_tables(tmp_path: Path) -> None:
    make_first_version(tmp_path / "old.db")
    found = []
    for name in ("old.db", "new.db"):
        keeper = Keeper(tmp_path / name, durable=False)
        keeper.store.open()
        sql = "SELECT type, name, sql FROM sqlite_schema ORDER BY type, name"
        found.append(keeper.readers.run(lambda connection, sql=sql: list(connection.execute(sql))))
        keeper.store.close()
    assert found[0] == found[1]
