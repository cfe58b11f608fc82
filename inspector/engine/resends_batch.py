"""Sending many events, one after another, with their original spacing, or several at a time.

A batch has a thread of its own, which makes each request right before it is sent (a signature made anew
is then fresh), and hands it to what delivers. Nothing is kept of a request but its result.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from inspector.core.delivery import Delivery
from inspector.core.problem import ProblemError
from inspector.engine.resends_summary import NOT_SENT, Result, Summary, result_of, summary

CONCURRENCY = 10
"""How many at a time where somebody wants it fast: the batches of the provider's guide."""
SPACED_AT_ONCE = 100
"""With the original spacing, a slow handler holds up later events only beyond so many."""


@dataclass(frozen=True, slots=True)
class Pacing:
    """How fast: the next after the end of so many before it, or when its time has come."""

    concurrency: int = 1
    original_timing: bool = False
    speed: float = 1.0
    """With the original spacing: 2 sends twice as fast."""

    @property
    def at_once(self) -> int:
        """How many may be under way."""
        return max(self.concurrency, SPACED_AT_ONCE) if self.original_timing else self.concurrency


IN_ORDER = Pacing()
FAST = Pacing(CONCURRENCY)


@dataclass(frozen=True, slots=True)
class Parcel:
    """One request to come. `send` makes it and gives it out; it may raise ProblemError."""

    event_id: int
    at_ns: int
    """When the event was received; only the differences count."""
    send: Callable[[], Future[Delivery]]


class BatchState(StrEnum):
    """Where a batch stands."""

    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch is."""

    state: BatchState
    total: int
    begun: int
    done: int
    failed: int
    ended: bool = False
    """Nothing more will come; also true of a cancelled one at last."""


Progressed: TypeAlias = Callable[[Progress], None]
Ended: TypeAlias = Callable[[Result], None]


def length_ns(parcels: Sequence[Parcel], pacing: Pacing) -> int:
    """How long the original spacing takes; 0 for other ways."""
    if not pacing.original_timing or not parcels:
        return 0
    return int((parcels[-1].at_ns - parcels[0].at_ns) / pacing.speed)


class Batch:
    """A running batch; all methods may be called from any thread."""

    def __init__(
        self,
        parcels: Sequence[Parcel],
        pacing: Pacing = IN_ORDER,
        *,
        progressed: Progressed | None = None,
        ended: Ended | None = None,
        monotonic_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        """`progressed` and `ended` (once a result) are called on threads of the engine, one at a time."""
        if pacing.concurrency < 1 or pacing.speed <= 0:
            raise ValueError("a pacing needs a concurrency of 1 or more and a speed above 0")
        self._parcels = list(parcels)
        self._pacing = pacing
        self._progressed = progressed
        self._ended = ended
        self._clock = monotonic_ns
        self._change = threading.Condition()
        self._telling = threading.RLock()  # a callback may pause or cancel
        self._results: list[Result] = []
        self._under_way: set[Future[Delivery]] = set()
        self._begun = self._failed = 0
        self._paused = self._cancelled = self._finished = False
        self._started_ns = self._shift_ns = self._paused_ns = self._took_ns = 0
        self._thread = threading.Thread(target=self._run, name="resend", daemon=True)

    def start(self) -> Batch:
        """Begins; returns itself."""
        self._started_ns = self._clock()
        self._thread.start()
        return self

    def pause(self) -> None:
        """Begins no more requests for now; those under way go on."""
        with self._change:
            if not self._paused:
                self._paused, self._paused_ns = True, self._clock()
        self._tell()

    def resume(self) -> None:
        """Goes on; the spacing continues where it was."""
        with self._change:
            if self._paused:
                self._paused = False
                self._shift_ns += self._clock() - self._paused_ns
            self._change.notify_all()
        self._tell()

    def cancel(self) -> None:
        """Begins no more requests and gives up those under way, as far as they can be given up."""
        with self._change:
            self._cancelled = True
            under_way = list(self._under_way)
            self._change.notify_all()
        for future in under_way:
            future.cancel()
        self._tell()

    def wait(self, timeout_s: float | None = None) -> Summary:
        """Waits for the end; raises TimeoutError."""
        with self._change:
            if not self._change.wait_for(lambda: self._finished, timeout_s):
                raise TimeoutError("the batch still runs")
        self._thread.join(timeout_s)
        return self.summary

    @property
    def progress(self) -> Progress:
        """How far it is."""
        with self._change:
            return self._progress()

    @property
    def results(self) -> tuple[Result, ...]:
        """The results so far, in the order of their ends."""
        with self._change:
            return tuple(self._results)

    @property
    def summary(self) -> Summary:
        """The summary as far as it is."""
        with self._change:
            took_ns = self._took_ns if self._finished else self._clock() - self._started_ns
            return summary(
                self._results, total=len(self._parcels), took_ns=took_ns, cancelled=self._cancelled
            )

    def _progress(self) -> Progress:
        if self._cancelled:
            state = BatchState.CANCELLED
        elif self._finished:
            state = BatchState.FINISHED
        else:
            state = BatchState.PAUSED if self._paused else BatchState.RUNNING
        done = len(self._results)
        return Progress(state, len(self._parcels), self._begun, done, self._failed, self._finished)

    def _run(self) -> None:
        try:
            for parcel in self._parcels:
                if not self._turn_of(parcel):
                    break
                self._begin(parcel)
        except Exception:  # noqa: BLE001 - a defect ends the batch, not the wait for it; the hub shows it
            threading.excepthook(threading.ExceptHookArgs((*sys.exc_info(), threading.current_thread())))
        with self._change:
            self._change.wait_for(lambda: not self._under_way)
            self._took_ns = self._clock() - self._started_ns
            self._finished = True
        self._tell()
        with self._change:
            self._change.notify_all()

    def _turn_of(self, parcel: Parcel) -> bool:
        """Waits until the parcel may go; False where the batch was cancelled."""
        with self._change:
            while not self._cancelled:
                if self._paused or len(self._under_way) >= self._pacing.at_once:
                    self._change.wait()
                elif (ahead_ns := self._ahead_ns(parcel)) > 0:
                    self._change.wait(ahead_ns / 1e9)
                else:
                    self._begun += 1
                    return True
        return False

    def _ahead_ns(self, parcel: Parcel) -> int:
        """How long until the parcel's own time."""
        if not self._pacing.original_timing:
            return 0
        offset_ns = int((parcel.at_ns - self._parcels[0].at_ns) / self._pacing.speed)
        return self._started_ns + self._shift_ns + offset_ns - self._clock()

    def _begin(self, parcel: Parcel) -> None:
        try:
            future = parcel.send()
        except ProblemError as error:
            self._take(_not_sent(parcel, str(error)), None)
            return
        with self._change:
            self._under_way.add(future)
            cancelled = self._cancelled
        if cancelled:
            future.cancel()
        future.add_done_callback(lambda done: self._take(_result(parcel, done), done))

    def _take(self, result: Result, future: Future[Delivery] | None) -> None:
        """Keeps a result and tells of it before the batch can be seen to have ended."""
        with self._telling:
            with self._change:
                self._results.append(result)
                self._failed += not result.succeeded
                progress = self._progress()
            try:
                if self._ended is not None:
                    self._ended(result)
                if self._progressed is not None:
                    self._progressed(progress)
            finally:
                with self._change:
                    if future is not None:
                        self._under_way.discard(future)
                    self._change.notify_all()

    def _tell(self) -> None:
        if self._progressed is not None:
            with self._telling:
                self._progressed(self.progress)


def _result(parcel: Parcel, done: Future[Delivery]) -> Result:
    try:
        return result_of(done.result())
    except CancelledError:
        return Result(parcel.event_id, 0, "cancelled", succeeded=False)
    except ProblemError as error:
        return _not_sent(parcel, str(error))
    except Exception as error:  # noqa: BLE001 - shown with its event; the hub has it from where it was raised
        return _not_sent(parcel, f"{type(error).__name__}: {error}")


def _not_sent(parcel: Parcel, why: str) -> Result:
    return Result(parcel.event_id, 0, NOT_SENT, succeeded=False, detail=why)
