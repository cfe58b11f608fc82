"""Work off Qt's thread: functions run in a small pool, and their results come back on Qt's thread."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal, Slot

T = TypeVar("T")


class Job:
    """One piece of work on its way; `cancel()` drops its result."""

    __slots__ = ("_deliver", "_future", "cancelled", "finished")

    def __init__(self) -> None:
        self.cancelled = False
        self.finished = False
        self._future: Future[None] | None = None
        self._deliver: Callable[[], object] | None = None

    def cancel(self) -> None:
        """Drop the result; work that has not begun is not begun. Safe at any time, on Qt's thread."""
        self.cancelled = True
        if self._future is not None:
            self._future.cancel()


class Background(QObject):
    """A pool of threads that reports to Qt's thread. Make it, use it and close it on Qt's thread."""

    _arrived = Signal()

    def __init__(self, parent: QObject | None = None, *, threads: int = 4) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="background")
        self._done: deque[Job] = deque()
        self._running: set[Job] = set()
        self._closed = False
        self._arrived.connect(self._on_arrived, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> int:
        """How many jobs have not reported yet."""
        return len(self._running)

    def run(
        self,
        fn: Callable[..., T],
        *args: Any,
        done: Callable[[T], object] | None = None,
        failed: Callable[[Exception], object] | None = None,
        receiver: QObject | None = None,
    ) -> Job:
        """Call `fn(*args)` in the pool; then `done(result)` or `failed(exception)` on Qt's thread.

        The result is dropped when the job was cancelled or when the receiver is gone: the object whose
        method `done` is, or `receiver` where `done` is a plain function. Without `failed`, an exception
        goes to sys.excepthook as one of a slot would. After `close()` nothing runs.
        """
        job = Job()
        if self._closed:
            job.cancelled = True
            return job
        target = receiver if receiver is not None else getattr(done or failed, "__self__", None)

        def work() -> None:
            try:
                result = fn(*args)
            except Exception as error:  # noqa: BLE001 - handed to the caller's `failed`
                job._deliver = _failure(error, failed)
            else:
                job._deliver = (lambda: done(result)) if done is not None else None
            job._deliver = _guarded(job, target)
            self._done.append(job)
            if shiboken6.isValid(self):
                self._arrived.emit()

        self._running.add(job)
        job._future = self._pool.submit(work)
        job._future.add_done_callback(lambda future: self._on_cancelled(job) if future.cancelled() else None)
        return job

    def close(self) -> None:
        """Drop all results, begin nothing more, and wait for the work that runs."""
        self._closed = True
        for job in list(self._running):
            job.cancel()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._running.clear()
        self._done.clear()

    def _on_cancelled(self, job: Job) -> None:
        job.finished = True
        self._running.discard(job)

    @Slot()
    def _on_arrived(self) -> None:
        while self._done:
            job = self._done.popleft()
            job.finished = True
            self._running.discard(job)
            deliver, job._deliver, job._future = job._deliver, None, None
            if deliver is None or job.cancelled or self._closed:
                continue
            try:
                deliver()
            except Exception:  # noqa: BLE001 - one bad receiver must not keep the others' results
                sys.excepthook(*sys.exc_info())


def _failure(error: Exception, failed: Callable[[Exception], object] | None) -> Callable[[], object]:
    if failed is not None:
        return lambda: failed(error)
    return lambda: sys.excepthook(type(error), error, error.__traceback__)


def _guarded(job: Job, target: object) -> Callable[[], None] | None:
    inner = job._deliver
    if inner is None:
        return None

    def deliver() -> None:
        if not isinstance(target, QObject) or shiboken6.isValid(target):
            inner()

    return deliver
