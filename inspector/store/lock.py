"""A lock file beside the database: one program at a time captures into it."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

from inspector.core.problem import ProblemError
from inspector.store import problems

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        os.lseek(descriptor, 1024, os.SEEK_SET)  # past the number of the process, which others may read
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class CaptureLock:
    """Held from `acquire` to `release`, or to the end of the process, however it ends."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._path = database.with_name(database.name + ".lock")
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock; raises ProblemError `database-in-use` or `database-unwritable`."""
        try:
            descriptor = os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600)
        except OSError as error:
            raise ProblemError(problems.unwritable(self._path, error.strerror or str(error))) from error
        try:
            _lock(descriptor)
        except OSError as error:
            holder = os.pread(descriptor, 20, 0) if hasattr(os, "pread") else b""
            os.close(descriptor)
            pid = int(holder) if holder.strip().isdigit() else None
            raise ProblemError(problems.in_use(self._database, pid)) from error
        with contextlib.suppress(OSError):  # a full disk: the lock holds without the number
            os.ftruncate(descriptor, 0)
            os.lseek(descriptor, 0, os.SEEK_SET)
            os.write(descriptor, b"%d\n" % os.getpid())
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the lock back. The file stays: to remove it could free a lock that another holds."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
