"""What SQLite's errors mean to the user of the program."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

import apsw

from inspector.core.problem import Problem

_ROOM_BYTES = 65_536


def is_damage(error: BaseException) -> bool:
    """Whether the content of the file is at fault, not the access to it."""
    return isinstance(error, apsw.CorruptError | apsw.NotADBError)


def problem_of(error: BaseException, path: Path) -> Problem:
    """The problem that an error of apsw or of the system stands for."""
    if isinstance(error, apsw.FullError) or _no_room(error, path):
        return Problem(
            "disk-full",
            "The disk is full.",
            f"New events cannot be kept in {path}; senders are answered with 503.",
            "Free some space; capture goes on by itself.",
        )
    if isinstance(error, apsw.BusyError | apsw.LockedError):
        return Problem(
            "database-locked",
            "Another program holds the database.",
            f"{path} stays locked; senders are answered with 503.",
            "End the program that uses the file; capture goes on by itself.",
        )
    if is_damage(error):
        return Problem("database-damaged", "The database is damaged.", f"{path} cannot be read: {error}")
    return unwritable(path, str(error))


def _no_room(error: BaseException, path: Path) -> bool:
    """Whether a full disk is behind another error: of the system, or where SQLite only says input/output."""
    if isinstance(error, OSError):
        return error.errno == errno.ENOSPC
    if not isinstance(error, apsw.IOError):
        return False
    try:
        return shutil.disk_usage(path.parent).free < _ROOM_BYTES
    except OSError:
        return False


def unwritable(path: Path, reason: str) -> Problem:
    """The file or its folder cannot be written."""
    return Problem(
        "database-unwritable",
        "The database cannot be written.",
        f"{path}: {reason}",
        "Check the file, its folder and their permissions, or choose another file with --db.",
    )


def newer(path: Path, found: int, known: int) -> Problem:
    """The file comes from a later version of the program."""
    return Problem(
        "database-newer",
        "The database was written by a newer version of this program.",
        f"{path} has version {found}; this program knows versions up to {known}.",
        "Install the newer program, or choose another file with --db.",
    )


def foreign(path: Path) -> Problem:
    """The file is a database of some other program."""
    return Problem(
        "database-foreign",
        "This is the database of another program.",
        f"{path} holds tables that are not of Webhook Inspector.",
        "Choose another file with --db.",
    )


def in_use(path: Path, pid: int | None) -> Problem:
    """Another inspector captures into the file."""
    who = f"the process {pid}" if pid else "another process"
    return Problem(
        "database-in-use",
        "Another inspector captures into this database.",
        f"{path} is in use by {who}.",
        "Use that window, end it, or choose another file with --db.",
    )


def set_aside(path: Path, kept_as: Path, reason: str) -> Problem:
    """A damaged file was put under another name and a fresh one begun."""
    return Problem(
        "database-damaged",
        "The database was damaged and has been set aside.",
        f"{path} could not be read ({reason}). It is kept as {kept_as}; new events go to a fresh file.",
        "Nothing was deleted: `sqlite3 FILE .recover` can often save what is in the old file.",
    )


def unkeepable(error: Exception) -> Problem:
    """A defect of ours met an event; the log has the trace."""
    return Problem(
        "event-unkept", "An event could not be kept.", f"{type(error).__name__}: see the log of the program."
    )
