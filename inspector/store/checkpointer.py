"""Moves the write-ahead log into the file on a thread of its own, off the way of capture."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path

import apsw

PAGES = 8_000
"""The log is moved once it has so many pages (32 MB)."""


class Checkpointer:
    """`grown` is called after each commit; a copy then runs beside capture.

    Commits go on meanwhile, so the copy is never whole: `unfinished` tells the writer to copy the short
    rest itself, after which SQLite begins the log from its start.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._wanted = threading.Event()
        self._ending = False
        self._thread = threading.Thread(target=self._run, name="store-checkpointer", daemon=True)
        self.unfinished = False

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for the thread."""
        self._ending = True
        self._wanted.set()
        if self._thread.is_alive():
            self._thread.join()

    def grown(self, _connection: apsw.Connection, _name: str, pages: int) -> int:
        """SQLite's hook: the log has so many pages now."""
        if pages >= PAGES and not self.unfinished and not self._wanted.is_set():
            self._wanted.set()
        return apsw.SQLITE_OK

    def finish(self, connection: apsw.Connection) -> None:
        """Copy the rest, on the writer's thread."""
        self.unfinished = False
        with contextlib.suppress(apsw.Error):
            connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)

    def _run(self) -> None:
        while True:
            self._wanted.wait()
            if self._ending:
                return
            with contextlib.suppress(apsw.Error):
                connection = apsw.Connection(str(self._path), flags=apsw.SQLITE_OPEN_READWRITE)
                try:
                    connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
                finally:
                    connection.close()
            self.unfinished = True
            self._wanted.clear()
