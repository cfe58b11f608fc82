"""The one thread that writes: a queue, and one commit for all the events that wait."""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Generic, TypeAlias, TypeVar

import apsw

from inspector.core.event import Arrival, Reading
from inspector.core.problem import Problem, ProblemError
from inspector.store import problems
from inspector.store.bulk import REPLIES
from inspector.store.checkpointer import Checkpointer
from inspector.store.connection import open_writer, set_aside
from inspector.store.housekeeping import Housekeeping
from inspector.store.inserts import Inserter
from inspector.store.results import Committed, Failed, Read, Stored
from inspector.store.rows import Value, bounded

T = TypeVar("T")
_log = logging.getLogger(__name__)

_MOST_IN_GROUP = 2_000
_MOST_GROUP_BYTES = 64 * 1024**2
_IDLE_S = 0.5
_REPLIES_WAIT_S = 0.05
_SOON_S = 0.04
_MOST_UNREPLIED = 50_000


_Put: TypeAlias = tuple[Arrival, object]
"""With its token. A plain tuple: it is made for every event."""
_Puts: TypeAlias = list[_Put]


@dataclass(frozen=True, slots=True)
class _Job(Generic[T]):
    run: Callable[[apsw.Connection], T]
    future: Future[T]
    durable: bool


class _Wake:
    """Replies wait to be written."""


class _Stop:
    """The last thing in the queue."""


_WAKE = _Wake()
_STOP = _Stop()


class Writer:
    """Owns the writing connection; everything but the queue's ends runs on its thread.

    `replaced` is called after a damaged or vanished file gave place to a fresh one, `prepare` with each
    new connection and whether its file is new. Without `mend` a damaged file is left where it is.
    """

    def __init__(
        self,
        path: Path,
        *,
        read: Read,
        committed: Committed,
        durable: bool,
        clock_ns: Callable[[], int],
        busy_ms: int,
        mend: bool,
        housekeeping: Housekeeping,
        checkpointer: Checkpointer,
        replaced: Callable[[], None],
        prepare: Callable[[apsw.Connection, bool], None],
    ) -> None:
        self._path = path
        self._read = read
        self._committed = committed
        self._durable = durable
        self._clock_ns = clock_ns
        self._busy_ms = busy_ms
        self._mends = mend
        self._housekeeping = housekeeping
        self._checkpointer = checkpointer
        self._replaced = replaced
        self._prepare = prepare
        self._queue: SimpleQueue[_Puts | _Job[object] | _Wake | _Stop] = SimpleQueue()
        self._replies: deque[tuple[int, int, int]] = deque()
        self._woken = False
        self._stored_ns: dict[int, int] = {}
        self._connection: apsw.Connection | None = None
        self._inserter: Inserter | None = None
        self._identity: tuple[int, int] | None = None
        self.damage: Problem | None = None
        """The latest file that was found damaged and set aside."""
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._last_put_s = 0.0

    def start(self) -> Problem | None:
        """Open the file and begin; returns the problem of a damaged file that was set aside.

        Raises ProblemError where the file cannot be used.
        """
        survived: Problem | None = None
        try:
            self._connect()
        except (apsw.Error, OSError) as error:
            if not problems.is_damage(error):
                raise ProblemError(problems.problem_of(error, self._path)) from error
            survived = self._begin_afresh(error)
            if not self._mends:
                raise ProblemError(survived) from error
            self._connect()
        self._thread.start()
        return survived

    def put(self, arrivals: list[tuple[Arrival, object]]) -> None:
        """Queue arrivals with their tokens; the list is the writer's from now on."""
        self._queue.put(arrivals)

    def replied(self, number: int, replied_ns: int, status: int) -> None:
        """Note the reply to an event; written with the next commit or soon."""
        self._replies.append((number, replied_ns, status))
        if not self._woken:
            self._woken = True
            self._queue.put(_WAKE)

    def submit(self, run: Callable[[apsw.Connection], T], *, durable: bool = True) -> Future[T]:
        """Queue a job that runs in a transaction of its own."""
        future: Future[T] = Future()
        self._queue.put(_Job(run, future, durable))  # type: ignore[arg-type] # the future keeps T to itself
        return future

    def stop(self) -> None:
        """Write all that waits, then close."""
        if self._thread.is_alive():
            self._queue.put(_STOP)
            self._thread.join()
        self._disconnect()

    # -- the thread ------------------------------------------------------------------------------

    def _run(self) -> None:
        replies_due_s: float | None = None
        idle_due_s = 0.0
        while True:
            if self._checkpointer.unfinished and self._connection is not None:
                self._checkpointer.finish(self._connection)
            wait_s = idle_due_s - time.monotonic()
            if replies_due_s is not None:
                wait_s = min(wait_s, replies_due_s - time.monotonic())
            try:
                item = self._queue.get(timeout=wait_s) if wait_s > 0 else self._queue.get_nowait()
            except Empty:
                if replies_due_s is not None and time.monotonic() >= replies_due_s:
                    replies_due_s = None
                    self._write_replies()
                if time.monotonic() >= idle_due_s:
                    idle_due_s = time.monotonic() + self._be_idle()
                continue
            puts, jobs, woken, stopping = self._gather(item)
            if woken and replies_due_s is None:
                replies_due_s = time.monotonic() + _REPLIES_WAIT_S
            if puts:
                self._commit(puts)
                self._last_put_s = time.monotonic()
                self._housekeeping.stirred(len(puts))
                idle_due_s = min(idle_due_s, self._last_put_s + _SOON_S)
            for job in jobs:
                self._do(job)
            if stopping:
                self._write_replies()
                return

    def _gather(
        self, item: _Puts | _Job[object] | _Wake | _Stop
    ) -> tuple[list[_Put], list[_Job[object]], bool, bool]:
        """All that waits now, within the bounds of a group."""
        puts: list[_Put] = []
        jobs: list[_Job[object]] = []
        woken = stopping = False
        size_bytes = 0
        get = self._queue.get_nowait
        while True:
            if isinstance(item, list):
                puts += item
                size_bytes += sum([len(arrival.capture.request.body) for arrival, _ in item])
            elif isinstance(item, _Job):
                jobs.append(item)
            elif isinstance(item, _Wake):
                woken = True
            else:
                stopping = True
                break
            if len(puts) >= _MOST_IN_GROUP or size_bytes >= _MOST_GROUP_BYTES:
                break
            try:
                item = get()
            except Empty:
                break
        return puts, jobs, woken, stopping

    def _commit(self, puts: list[_Put]) -> None:
        group = [(arrival, self._reading(arrival)) for arrival, _ in puts]
        try:
            numbers = self._transaction(lambda connection: self._insert(connection, group))
        except ProblemError as error:
            self._tell([], [Failed(token, arrival, error.problem) for arrival, token in puts])
            return
        except Exception as error:  # noqa: BLE001 - a defect must cost one event at most, not capture
            _log.exception("keeping a group of %d events failed", len(puts))
            if len(puts) > 1:  # one that cannot be kept must not take the others along
                for put in puts:
                    self._commit([put])
            else:
                self._tell([], [Failed(puts[0][1], puts[0][0], problems.unkeepable(error))])
            return
        now_ns = self._clock_ns()
        stored: list[Stored] = []
        for (arrival, token), (_, reading), (number, repeat) in zip(puts, group, numbers, strict=True):
            self._stored_ns[number] = now_ns
            stored.append(Stored(token, number, arrival, reading, repeat, now_ns))
        if len(self._stored_ns) > _MOST_UNREPLIED:
            self._stored_ns.clear()  # senders that never got their reply
        self._tell(stored, [])

    def _reading(self, arrival: Arrival) -> Reading:
        try:
            return bounded(self._read(arrival))
        except Exception:  # noqa: BLE001 - what cannot be read must still be kept
            _log.exception("reading an event failed")
            return Reading()

    def _tell(self, stored: list[Stored], failed: list[Failed]) -> None:
        try:
            self._committed(stored, failed)
        except Exception:  # noqa: BLE001 - the writer must outlive its listeners
            _log.exception("announcing a commit failed")

    def _insert(
        self, connection: apsw.Connection, group: list[tuple[Arrival, Reading]]
    ) -> list[tuple[int, int]]:
        assert self._inserter is not None
        numbers = self._inserter.insert(group)
        self._update_replies(connection)
        return numbers

    def _update_replies(self, connection: apsw.Connection) -> None:
        values: list[Value] = []
        for _ in range(len(self._replies)):
            number, replied_ns, status = self._replies.popleft()
            values += (number, replied_ns, status, self._stored_ns.pop(number, None))
        if values:
            REPLIES.run(connection, values)

    def _write_replies(self) -> None:
        self._woken = False
        if self._replies:
            with contextlib.suppress(ProblemError):  # a time that is lost, not an event
                self._transaction(self._update_replies, durable=False)

    def _do(self, job: _Job[object]) -> None:
        if not job.future.set_running_or_notify_cancel():
            return
        try:
            result = self._transaction(job.run, durable=job.durable)
        except BaseException as error:  # noqa: BLE001 - it belongs to whoever waits for the future
            job.future.set_exception(error)
        else:
            job.future.set_result(result)

    def _be_idle(self) -> float:
        if self._connection is None:
            return _IDLE_S
        try:
            return self._housekeeping(
                self._connection, self._transact_lightly, time.monotonic() - self._last_put_s
            )
        except ProblemError:
            pass  # the next event will meet it too, and say so
        except (apsw.Error, OSError) as error:
            self._mend(error)
        except Exception:  # noqa: BLE001 - upkeep must not end capture
            _log.exception("upkeep failed")
        return _IDLE_S

    def _transact_lightly(self, run: Callable[[apsw.Connection], T]) -> T:
        return self._transaction(run, durable=False)

    # -- the connection --------------------------------------------------------------------------

    def _transaction(self, run: Callable[[apsw.Connection], T], *, durable: bool = True) -> T:
        """Run inside BEGIN IMMEDIATE … COMMIT; raises ProblemError where SQLite or the system refuses."""
        try:
            connection = self._ready()
            if not durable and self._durable:
                connection.pragma("synchronous", 1)
            try:
                connection.execute("BEGIN IMMEDIATE")
                result = run(connection)
                connection.execute("COMMIT")
            except BaseException:
                if self._inserter is not None:
                    self._inserter.forget()
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            finally:
                if not durable and self._durable:
                    connection.pragma("synchronous", 2)
        except (apsw.Error, OSError) as error:
            raise ProblemError(self._mend(error)) from error
        return result

    def _ready(self) -> apsw.Connection:
        """The connection; opened anew after trouble, or where the file was taken away."""
        if self._connection is not None and self._identity != _identity(self._path):
            self._disconnect()
            self._replaced()
        if self._connection is None:
            self._connect()
        assert self._connection is not None
        return self._connection

    def _mend(self, error: Exception) -> Problem:
        """What the error means; leaves things so that the next transaction can succeed."""
        problem = problems.problem_of(error, self._path)
        if problems.is_damage(error):
            return self._begin_afresh(error)
        if not isinstance(error, apsw.BusyError | apsw.FullError | apsw.ConstraintError):
            self._disconnect()
        return problem

    def _begin_afresh(self, error: Exception) -> Problem:
        self._disconnect()
        if not self._mends:
            return problems.problem_of(error, self._path)
        try:
            kept_as = set_aside(self._path)
        except OSError as failure:
            return problems.unwritable(self._path, failure.strerror or str(failure))
        problem = problems.set_aside(self._path, kept_as, str(error))
        self.damage = problem
        self._replaced()
        return problem

    def _connect(self) -> None:
        connection, new = open_writer(self._path, durable=self._durable, busy_ms=self._busy_ms)
        try:
            self._prepare(connection, new)
            connection.set_wal_hook(self._checkpointer.grown)
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        self._inserter = Inserter(connection, self._clock_ns)
        self._identity = _identity(self._path)

    def _disconnect(self) -> None:
        connection, self._connection, self._inserter = self._connection, None, None
        if connection is not None:
            with contextlib.suppress(apsw.Error):
                connection.close()


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells one file from another under the same name."""
    try:
        found = os.stat(path)  # noqa: PTH116 - before each transaction; the method of Path costs twice as much
    except OSError:
        return None
    return found.st_dev, found.st_ino
