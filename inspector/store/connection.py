"""Opening the file: permissions, pragmas, version check, and setting a damaged one aside."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from pathlib import Path

import apsw

from inspector.core.problem import ProblemError
from inspector.store import problems, schema

BUSY_MS = 2_000
_COMPANIONS = ("", "-wal", "-shm")


def make_file(path: Path) -> None:
    """Make the folder and an empty file that only its owner can read, where there is none.

    Raises ProblemError (`database-unwritable`, `disk-full`).
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise ProblemError(problems.problem_of(error, path)) from error
        raise ProblemError(problems.unwritable(path, error.strerror or str(error))) from error


def open_writer(path: Path, *, durable: bool, busy_ms: int = BUSY_MS) -> tuple[apsw.Connection, bool]:
    """The connection that writes, at the present version of the schema, and whether the file is new.

    Raises ProblemError (`database-newer`, `database-foreign`, `database-unwritable`) or apsw.Error.
    """
    make_file(path)
    connection = apsw.Connection(
        str(path), flags=apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE, statementcachesize=200
    )
    try:
        connection.set_busy_timeout(busy_ms)
        if connection.readonly("main"):
            raise ProblemError(problems.unwritable(path, "the file is read-only"))
        _check(connection, path)
        new = schema.migrate(connection)
        connection.pragma("journal_mode", "wal")
        connection.pragma("wal_autocheckpoint", 0)  # the keeper does it, off the way of capture
        connection.pragma("cache_size", -32_000)
        connection.pragma("temp_store", 2)
        connection.pragma("synchronous", 2 if durable else 1)
    except BaseException:
        connection.close()
        raise
    return connection, new


def open_reader(path: Path) -> apsw.Connection:
    """A connection that cannot write."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE, statementcachesize=200)
    connection.set_busy_timeout(BUSY_MS)
    connection.pragma("cache_size", -16_000)
    connection.pragma("temp_store", 2)
    connection.pragma("case_sensitive_like", False)
    connection.pragma("query_only", True)
    return connection


def _check(connection: apsw.Connection, path: Path) -> None:
    found = schema.version_of(connection)
    if found > schema.VERSION:
        raise ProblemError(problems.newer(path, found, schema.VERSION))
    if connection.pragma("application_id") != schema.APPLICATION_ID:
        tables = connection.execute("SELECT count(*) FROM sqlite_schema").get
        if found or tables:
            raise ProblemError(problems.foreign(path))


def set_aside(path: Path, *, wall_ns: Callable[[], int] = time.time_ns) -> Path:
    """Rename a damaged file and its companions; returns the new name of the file itself."""
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(wall_ns() / 1e9))
    kept_as = path.with_name(f"{path.name}.damaged-{stamp}")
    number = 1
    while kept_as.exists():
        number += 1
        kept_as = path.with_name(f"{path.name}.damaged-{stamp}-{number}")
    for companion in _COMPANIONS:
        part = path.with_name(path.name + companion)
        if part.exists():
            part.rename(kept_as.with_name(kept_as.name + companion))
    return kept_as
