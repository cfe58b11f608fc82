"""What is counted: the side bar, the histogram, the numbers at the bottom, read as often as is useful."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from inspector.core.listing import Histogram, SavedFilter, Totals
from inspector.core.query.error import QueryError
from inspector.core.query.nodes import And, Node, Since, Until
from inspector.core.query.parse import parse
from inspector.core.query.render import render
from inspector.engine.inbox import Inbox
from inspector.gui.background import Background
from inspector.gui.models.events import NEWEST_FIRST, EventsModel

REFRESH_MS = 400
SLOW = 6
"""The pause before the next reading is at least so many times as long as the last one took."""
SLOWEST_MS = 5000


@dataclass(frozen=True, slots=True)
class Counts:
    """One reading of everything that is counted."""

    totals: Totals
    filters: list[tuple[SavedFilter, int | None]]
    histogram: Histogram | None
    failed: int = 0
    """Events whose last delivery failed."""
    dead: int = 0
    """Events that are dead letters."""


class Overview(QObject):
    """Reads counts in the background, one reading at a time; `wake()` asks for the next."""

    counted = Signal(object)
    """Counts."""

    def __init__(self, inbox: Inbox, model: EventsModel, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self._inbox = inbox
        self._model = model
        self._background = background
        self._reading = False
        self._again = False
        self.bins = 60
        self._took_ms = 0
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._read)

    def wake(self, *, now: bool = False) -> None:
        """Something changed; `now` where the user waits for it."""
        if self._reading:
            self._again = True
        elif now:
            self._timer.stop()
            self._read()
        elif not self._timer.isActive():
            self._timer.start(self._pause_ms())

    def wake_now(self) -> None:
        """The user waits for the next reading."""
        self.wake(now=True)

    def _pause_ms(self) -> int:
        return max(REFRESH_MS, min(SLOW * self._took_ms, SLOWEST_MS))

    def _read(self) -> None:
        self._reading = True
        self._clock.start()
        ids = self._model.ids()
        ends = (ids[-1], ids[0]) if ids and self._model.order == NEWEST_FIRST else None
        self._background.run(
            _count,
            self._inbox,
            self._model.query,
            ends,
            self.bins,
            done=self._on_counted,
            failed=self._on_failed,
        )

    def _on_counted(self, counts: Counts) -> None:
        self._reading = False
        self._took_ms = self._clock.elapsed()
        self.counted.emit(counts)
        if self._again:
            self._again = False
            self._timer.start(self._pause_ms())

    def _on_failed(self, _error: Exception) -> None:
        self._reading = False  # the store says what is wrong; the next news ask again


def _count(inbox: Inbox, query: Node | None, ends: tuple[int, int] | None, bins: int) -> Counts:
    filters = [(each, _count_filter(inbox, each)) for each in inbox.filters()]
    failed, dead = (inbox.count(parse(each)) for each in ("delivery:failed", "is:dead"))
    return Counts(inbox.totals(), filters, _histogram(inbox, query, ends, bins), failed, dead)


def _count_filter(inbox: Inbox, saved: SavedFilter) -> int | None:
    try:
        return inbox.count(parse(saved.query))
    except QueryError:
        return None


def _histogram(inbox: Inbox, query: Node | None, ends: tuple[int, int] | None, bins: int) -> Histogram | None:
    span = inbox.span_ns()
    if span is None:
        return None
    if ends is not None:
        times = [row.received_at_ns for row in inbox.rows(ends)]
        span = (min(times), max(times)) if times else span
    begin, end = span
    end = max(end + 1, begin + bins * 1_000_000)
    return inbox.histogram(query, begin, end, bins)


def with_range(text: str, begin_ns: int, end_ns: int) -> str:
    """The query with this time range in place of the ones that stood in it."""
    kept = without_range(text)
    limits = f"{render(Since(at_ns=begin_ns))} {render(Until(at_ns=end_ns))}"
    return f"{kept} {limits}".strip()


def without_range(text: str) -> str:
    """The query without its time range, as far as it stands outside of brackets."""
    try:
        node = parse(text)
    except QueryError:
        return ""
    parts = node.parts if isinstance(node, And) else () if node is None else (node,)
    kept = tuple(part for part in parts if not isinstance(part, Since | Until))
    if len(kept) == len(parts):
        return text.strip()
    return render(And(kept) if len(kept) > 1 else kept[0] if kept else None)
