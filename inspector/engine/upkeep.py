"""What goes on in the background: retention, other programs' changes, and whether trouble has ended."""

from __future__ import annotations

import threading
from concurrent.futures import TimeoutError as Late

from inspector.core.listing import Retention
from inspector.core.problem import ProblemError
from inspector.engine.announcements import Announcements, DatabaseChanged, IndexProgress
from inspector.engine.capture import Commits
from inspector.engine.preferences import Preferences
from inspector.engine.reading import warm
from inspector.engine.settings import KEEP_DAYS, KEEP_EVENTS, KEEP_MEGABYTES
from inspector.engine.sources import Sources
from inspector.store.store import Store

TICK_S = 1.0
RETENTION_S = 30.0
DAY_S = 86_400
MIB = 1024 * 1024


class Upkeep:
    """One thread with a slow pulse; nothing here is in the way of capture."""

    def __init__(
        self,
        store: Store,
        commits: Commits,
        sources: Sources,
        settings: Preferences,
        announcements: Announcements,
    ) -> None:
        self._store = store
        self._commits = commits
        self._sources = sources
        self._settings = settings
        self._announcements = announcements
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="upkeep", daemon=True)
        self._version = 0
        self._waiting = 0

    def start(self) -> None:
        """Begin."""
        self._version = self._store.data_version()
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for the thread."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        warm()
        elapsed_s = RETENTION_S
        while not self._ending.wait(TICK_S):
            elapsed_s += TICK_S
            try:
                self._look_for_changes()
                self._settings.reload_if_changed()
                self._tell_damage()
                if self._commits.troubles:
                    self._store.probe().result(TICK_S * 10)
                    self._commits.works_again()
                if elapsed_s >= RETENTION_S:
                    elapsed_s = 0.0
                    self.prune()
                self._tell_index()
            except (ProblemError, Late):
                continue  # trouble that stands already, or that the next event will show

    def _look_for_changes(self) -> None:
        """What another program wrote to the file; our own writes do not count."""
        version = self._store.data_version()
        if version != self._version:
            self._sources.load()
            self._announcements.announce(DatabaseChanged())
        self._version = version

    def prune(self) -> None:
        """Let go what the settings keep no longer; waits until it is done. Raises ProblemError."""
        keep = Retention(
            max_events=self._settings.get(KEEP_EVENTS) or None,
            max_age_s=self._settings.get(KEEP_DAYS) * DAY_S or None,
            max_bytes=self._settings.get(KEEP_MEGABYTES) * MIB or None,
        )
        removed = 0
        while not self._ending.is_set():
            slice_ = self._store.prune(keep).result()
            if not slice_:
                break
            removed += slice_
        if removed:
            self._announcements.announce(DatabaseChanged())

    def _tell_damage(self) -> None:
        """A file that was found damaged and set aside, also where no event came that would have said so."""
        if self._store.damage is not None:
            self._announcements.raise_problem(self._store.damage)

    def _tell_index(self) -> None:
        waiting = self._store.readers.index_state().waiting
        if waiting != self._waiting:
            self._waiting = waiting
            self._announcements.announce(IndexProgress(waiting))
