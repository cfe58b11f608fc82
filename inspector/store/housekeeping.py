"""What the writer does while nothing waits: index bodies, purge the trash, give room back, look around."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol, TypeVar

import apsw

from inspector.store import body_index, changes

T = TypeVar("T")

UNDO_S = 600
"""How long a deletion can be taken back."""
_QUIET_S = 0.04
"""So long without an event, and the index goes on."""
_CALM_S = 0.5
_SLICE_S = 0.008
_LONG_SLICE_S = 0.06
_SLICE_UNDER_LOAD_S = 0.002
_BETWEEN_SLICES_S = 0.04
_BUSY_PER_S = 1_500
"""From so many events a second on, the index waits until it is quieter."""
_PURGE_SLICE = 200
_PURGE_EVERY_S = 60.0
_LOOK_S = 0.4
_IDLE_S = 0.5
_FREE_PAGES = 256


class Transact(Protocol):
    """Runs a job in a transaction that need not outlive a loss of power."""

    def __call__(self, run: Callable[[apsw.Connection], T]) -> T:
        """Returns what the job returned."""


class Housekeeping:
    """Called by the writer whenever its queue is empty; each call is short, or lets be."""

    def __init__(self, *, tidy: bool, wall_ns: Callable[[], int]) -> None:
        """Without `tidy` another program keeps the file in order, and only its changes are looked for."""
        self._tidy = tidy
        self._wall_ns = wall_ns
        self._looked_s = 0.0
        self._seen: tuple[int, int] | None = None
        self._arrived = 0
        self._per_s = 0.0
        self._indexing = tidy
        self._index_due_s = 0.0
        self._purge_due_s = 0.0
        self._freeing = self._compacting = tidy
        self.foreign_changes = 0
        """Grows when another connection has changed the file."""

    def stirred(self, events: int) -> None:
        """Events were kept: there is work again."""
        self._arrived += events
        self._indexing = self._tidy

    def deleted(self) -> None:
        """There is something in the trash, or there are free pages."""
        self._purge_due_s = 0.0
        self._freeing = self._compacting = self._tidy

    def __call__(self, connection: apsw.Connection, transact: Transact, quiet_s: float) -> float:
        """Do one short thing; returns after how many seconds to be called again."""
        now_s = time.monotonic()
        self._look(connection, now_s)
        if self._indexing:
            return self._index(transact, quiet_s, now_s)
        if self._tidy and now_s >= self._purge_due_s:
            before_ns = self._wall_ns() - UNDO_S * 1_000_000_000
            purged = transact(lambda each: changes.purge(each, before_ns, None, _PURGE_SLICE))
            if purged:
                self._freeing = self._compacting = True
            if not purged:
                self._purge_due_s = now_s + _PURGE_EVERY_S
            return 0.0
        if self._compacting and quiet_s > _CALM_S:
            self._compacting = transact(body_index.compact)
            return 0.0
        if self._freeing and quiet_s > _CALM_S:
            self._freeing = connection.pragma("freelist_count") > _FREE_PAGES
            if self._freeing:
                transact(_give_back)
                return 0.01
        return _IDLE_S

    def _index(self, transact: Transact, quiet_s: float, now_s: float) -> float:
        """One slice: long when nothing comes in, tiny and seldom while events come in, none in a rush."""
        if quiet_s >= _QUIET_S:
            budget_s, pause_s = (_LONG_SLICE_S if quiet_s > _CALM_S else _SLICE_S), 0.0
        elif self._per_s < _BUSY_PER_S and now_s >= self._index_due_s:
            budget_s, pause_s = _SLICE_UNDER_LOAD_S, _BETWEEN_SLICES_S
            self._index_due_s = now_s + _BETWEEN_SLICES_S
        else:
            return _QUIET_S - quiet_s
        self._indexing = transact(lambda each: body_index.step(each, budget_s))
        return pause_s

    def _look(self, connection: apsw.Connection, now_s: float) -> None:
        passed_s = now_s - self._looked_s
        if passed_s < _LOOK_S:
            return
        self._looked_s = now_s
        self._per_s, self._arrived = self._arrived / passed_s, 0
        seen = (id(connection), int(connection.pragma("data_version")))
        if self._seen is not None and seen != self._seen:
            self.foreign_changes += 1
            self._indexing = self._freeing = self._tidy
        self._seen = seen


def _give_back(connection: apsw.Connection) -> None:
    connection.execute(f"PRAGMA incremental_vacuum({_FREE_PAGES})").fetchall()
