"""The store: events go in through one writer, and are read through connections that cannot write."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import TypeVar

import apsw

from inspector.core.event import Arrival, Checked
from inspector.core.listing import Retention, SavedFilter, Undo
from inspector.core.problem import Problem, ProblemError
from inspector.core.query.nodes import And, Is, Node, Not
from inspector.core.refusal import Refusal
from inspector.core.source import PRESET, Source
from inspector.store import changes, records, retention
from inspector.store.checkpointer import Checkpointer
from inspector.store.connection import BUSY_MS
from inspector.store.housekeeping import Housekeeping
from inspector.store.lock import CaptureLock
from inspector.store.readers import Readers
from inspector.store.results import Committed, Read
from inspector.store.writer import Writer

T = TypeVar("T")
_DELETED_AT_ONCE = 1_000


class Store:
    """One SQLite file of events. `read` and `committed` are called on the writer's thread.

    With `capturing` the program holds the file's capture lock and keeps it in order (index, trash,
    damage); without, it reads and changes a file that another program may capture into.
    All methods may be called from any thread. Futures raise ProblemError.
    """

    def __init__(
        self,
        path: Path,
        *,
        read: Read,
        committed: Committed,
        durable: bool = True,
        capturing: bool = True,
        clock_ns: Callable[[], int] = time.monotonic_ns,
        wall_ns: Callable[[], int] = time.time_ns,
        busy_ms: int = BUSY_MS,
    ) -> None:
        self.path = path
        self.readers = Readers(path, wall_ns)
        self._wall_ns = wall_ns
        self._capturing = capturing
        self._lock = CaptureLock(path)
        self._replacements = 0
        self._housekeeping = Housekeeping(tidy=capturing, wall_ns=wall_ns)
        self._checkpointer = Checkpointer(path)
        self._writer = Writer(
            path,
            read=read,
            committed=committed,
            durable=durable,
            clock_ns=clock_ns,
            busy_ms=busy_ms,
            mend=capturing,
            housekeeping=self._housekeeping,
            checkpointer=self._checkpointer,
            replaced=self._replaced,
            prepare=_prepare,
        )

    def open(self) -> Problem | None:
        """Open or make the file. Returns the problem `database-damaged` where a damaged file was set aside.

        Raises ProblemError: `database-newer`, `database-foreign`, `database-in-use`, `database-locked`,
        `database-unwritable`, `disk-full`; `database-damaged` only without `capturing`.
        """
        if self._capturing:
            with contextlib.suppress(OSError):  # the lock then says what is wrong
                self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock.acquire()
        try:
            survived = self._writer.start()
        except BaseException:
            self._lock.release()
            raise
        self._checkpointer.start()
        return survived

    def close(self) -> None:
        """Write all that waits, and close the file."""
        self._checkpointer.stop()
        self.readers.close()
        self._writer.stop()
        self._lock.release()

    def put(self, arrival: Arrival, token: object) -> None:
        """Keep an arrival; what became of it comes through `committed`. Never blocks."""
        self._writer.put([(arrival, token)])

    def put_all(self, arrivals: list[tuple[Arrival, object]]) -> None:
        """As `put`, for many with their tokens; the list is the store's from now on."""
        self._writer.put(arrivals)

    def replied(self, number: int, replied_ns: int, status: int) -> None:
        """Note when (monotonic) and how an event was answered. Never blocks; written within about 0.1 s."""
        self._writer.replied(number, replied_ns, status)

    def refused(self, refusal: Refusal) -> None:
        """Keep a refusal. Never blocks; one that cannot be kept is let go."""
        self._writer.submit(lambda connection: records.add_refusal(connection, refusal), durable=False)

    def write(self, job: Callable[[apsw.Connection], T], *, durable: bool = True) -> Future[T]:
        """Run any other change in a transaction of its own on the writer's thread.

        One that is not `durable` survives the end of the program, but a loss of power only with the next
        one that is.
        """
        return self._writer.submit(job, durable=durable)

    def probe(self) -> Future[None]:
        """Write a little, to see whether trouble has ended."""
        return self.write(_probe)

    @property
    def damage(self) -> Problem | None:
        """The problem of the latest file that was found damaged and set aside; None where there was none."""
        return self._writer.damage

    def data_version(self) -> int:
        """Grows when another program changed the file, or it was replaced; own writes do not count."""
        return self._housekeeping.foreign_changes + self._replacements

    # -- changes of events -----------------------------------------------------------------------

    def pin(self, ids: Sequence[int], on: bool) -> Future[None]:
        """Pin events or let them go."""
        return self.write(lambda connection: changes.pin(connection, ids, on))

    def note(self, number: int, text: str) -> Future[None]:
        """Write the note of an event; an empty one takes it away."""
        return self.write(lambda connection: changes.note(connection, number, text))

    def set_checked(self, verdicts: Sequence[tuple[int, Checked]]) -> Future[None]:
        """Write verdicts."""
        return self._writer.submit(
            lambda connection: changes.set_checked(connection, verdicts), durable=False
        )

    def set_checked_with(self, fingerprint: int) -> Future[None]:
        """Note by which secrets and schemes all stored verdicts were made: a number of 63 bits."""

        def note(connection: apsw.Connection) -> None:
            connection.execute("INSERT OR REPLACE INTO meta VALUES ('checked_with', ?)", (fingerprint,))

        return self._writer.submit(note, durable=False)

    def set_drifted(self, marks: Sequence[tuple[int, bool]]) -> Future[None]:
        """Write which events differ in shape from what their type had before."""
        return self._writer.submit(lambda connection: changes.set_drifted(connection, marks), durable=False)

    def delete(self, ids: Sequence[int]) -> Future[Undo]:
        """Take events out of sight; `restore` brings them back for ten minutes.

        Many are deleted a slice at a time, with capture going on between.
        """
        done: Future[Undo] = Future()
        self._slice(list(ids), 0, None, [], done)
        return done

    def clear(self, query: Node | None) -> Future[Undo]:
        """Delete all events that match and are not pinned; None stands for all."""
        unpinned: Node = Not(Is("pinned"))
        wanted = unpinned if query is None else And((query, unpinned))
        try:
            ids = self.readers.ids(wanted)
        except ProblemError as error:
            failed: Future[Undo] = Future()
            failed.set_exception(error)
            return failed
        return self.delete(ids.tolist())

    def restore(self, undo: Undo) -> Future[list[int]]:
        """Bring deleted events back under their numbers; returns those that were not purged yet."""
        return self.write(lambda connection: changes.restore(connection, undo))

    def purge(self, undo: Undo | None = None, most: int = 200) -> Future[int]:
        """Remove up to `most` deleted events for good, of one deletion or of all; returns how many.

        Without a call it happens by itself ten minutes after the deletion.
        """
        batch = None if undo is None else undo.batch
        now_ns = self._wall_ns()

        def job(connection: apsw.Connection) -> int:
            self._housekeeping.deleted()
            return changes.purge(connection, now_ns + 1, batch, most)

        return self.write(job)

    def prune(self, keep: Retention) -> Future[int]:
        """Remove one slice of what is kept no longer; returns how many events, 0 once all is in bounds."""

        def job(connection: apsw.Connection) -> int:
            removed = retention.prune(connection, keep, self._wall_ns())
            if removed:
                self._housekeeping.deleted()
            return removed

        return self._writer.submit(job, durable=False)

    # -- sources and filters: each call waits for the disk ---------------------------------------

    def list_sources(self) -> list[Source]:
        """All sources by name."""
        return self.readers.run(records.list_sources)

    def save_source(self, source: Source) -> None:
        """Add a source, or replace the one of its name."""
        self.write(lambda connection: records.save_source(connection, source)).result()

    def remove_source(self, name: str) -> None:
        """Take a source out; its events stay."""
        self.write(lambda connection: records.remove_source(connection, name)).result()

    def list_filters(self) -> list[SavedFilter]:
        """The saved filters in their order."""
        return self.readers.run(records.list_filters)

    def save_filter(self, saved: SavedFilter) -> Future[None]:
        """Add a filter, or replace the one of its name."""
        return self.write(lambda connection: records.save_filter(connection, saved))

    def remove_filter(self, name: str) -> Future[None]:
        """Take a filter out."""
        return self.write(lambda connection: records.remove_filter(connection, name))

    # -- inside ----------------------------------------------------------------------------------

    def _slice(
        self, waiting: list[int], start: int, batch: int | None, gone: list[int], done: Future[Undo]
    ) -> None:
        """Delete the next slice, then come again behind whatever waits in the queue."""
        end = start + _DELETED_AT_ONCE
        ids, rest = waiting[start:end], end < len(waiting)

        def job(connection: apsw.Connection) -> int:
            number = changes.new_batch(connection) if batch is None else batch
            gone.extend(changes.delete(connection, ids, number, self._wall_ns()))
            return number

        def after(future: Future[int]) -> None:
            error = future.exception()
            if error is not None:
                done.set_exception(error)
            elif rest:
                self._slice(waiting, end, future.result(), gone, done)
            else:
                self._housekeeping.deleted()
                done.set_result(Undo(future.result(), tuple(gone)))

        self._writer.submit(job, durable=not rest).add_done_callback(after)

    def _replaced(self) -> None:
        self._replacements += 1
        self.readers.renew()


def _prepare(connection: apsw.Connection, new: bool) -> None:
    if new:
        connection.execute("BEGIN IMMEDIATE")
        records.save_source(connection, PRESET)
        connection.execute("COMMIT")


def _probe(connection: apsw.Connection) -> None:
    connection.execute("UPDATE meta SET value = value WHERE name = 'next_batch'")
