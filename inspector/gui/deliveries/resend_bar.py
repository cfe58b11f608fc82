"""The bar of a batch: how far it is, pause and cancel, and its summary at the end."""

from __future__ import annotations

import threading

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QWidget

from inspector.core.delivery import FAILURE_WORDS
from inspector.engine.resends_batch import Batch, BatchState
from inspector.engine.resends_summary import NOT_SENT, Result, Summary
from inspector.gui.views.parts import ElidedLabel, button, label, set_role
from inspector.gui.words import duration, plural

LOOK_MS = 100
REASONS = 3
WORDS: dict[str, str] = {NOT_SENT: "not sent"} | {str(kind): words for kind, words in FAILURE_WORDS.items()}


class ResendBar(QFrame):
    """`follow(batch)` shows it; looks at it ten times a second, whatever its speed."""

    failed_wanted = Signal()
    """The user wants to see what failed."""
    ended = Signal(object)
    """The Summary."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "banner")
        self.setAccessibleName("Progress of the resending")
        self._batch: Batch | None = None
        self._refused = False
        self.words = label()
        self.detail = ElidedLabel("muted")
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setFixedWidth(140)
        self.pause_button = button("Pause", self._on_pause)
        self.cancel_button = button("Cancel", self._on_cancel)
        self.failed_button = button("Show failed", self.failed_wanted.emit)
        self.dismiss_button = button("Dismiss", self.hide, "flat")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 5, 8, 5)
        row.setSpacing(10)
        row.addWidget(self.progress)
        row.addWidget(self.words)
        row.addWidget(self.detail, 1)
        for each in (self.pause_button, self.cancel_button, self.failed_button, self.dismiss_button):
            row.addWidget(each)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)
        self.hide()

    @property
    def running(self) -> bool:
        """Whether a batch is under way."""
        return self._batch is not None

    def follow(self, batch: Batch, *, refused: bool = False) -> None:
        """Show a batch until its end; `refused`: a good handler refuses all of it."""
        self._refused = refused
        self._batch = batch
        set_role(self, "state", "")
        self.show()
        self._timer.start()
        self._look()

    def give_up(self) -> None:
        """The window closes: begin nothing more."""
        self._timer.stop()
        if self._batch is not None:
            self._batch.cancel()

    def _look(self) -> None:
        batch = self._batch
        if batch is None:
            return
        progress = batch.progress
        self.progress.setRange(0, max(1, progress.total))
        self.progress.setValue(progress.done)
        for each in (self.pause_button, self.cancel_button, self.progress):
            each.setVisible(not progress.ended)
        self.dismiss_button.setVisible(progress.ended)
        self.failed_button.setVisible(progress.ended and progress.failed > 0)
        if progress.ended:
            self._timer.stop()
            self._batch = None
            self._show_summary(batch.summary, batch.results)
            return
        paused = progress.state is BatchState.PAUSED
        self.pause_button.setText("Resume" if paused else "Pause")
        verb = {BatchState.PAUSED: "Paused at", BatchState.CANCELLED: "Cancelling at"}.get(
            progress.state, "Sent"
        )
        self.words.setText(f"{verb} {progress.done:,} of {progress.total:,}")
        self.detail.setText(f"{progress.failed:,} failed" if progress.failed else "")

    def _show_summary(self, summary: Summary, results: tuple[Result, ...]) -> None:
        if self._refused and not summary.cancelled:
            good = bool(results) and all(400 <= (result.status or 0) <= 499 for result in results)
            self.words.setText("✓ refused, as it should be" if good else "✕ not refused with 4xx")
            self.failed_button.setVisible(False)
        else:
            good = summary.good
            self.words.setText(summary_words(summary))
        set_role(self, "state", "" if good else "bad")
        self.detail.setText(detail_words(summary, results))
        self.ended.emit(summary)

    def _on_pause(self) -> None:
        batch = self._batch
        if batch is not None:
            do = batch.resume if batch.progress.state is BatchState.PAUSED else batch.pause
            threading.Thread(target=do, name="resend-pause", daemon=True).start()

    def _on_cancel(self) -> None:
        batch = self._batch
        if batch is not None:
            threading.Thread(target=batch.cancel, name="resend-cancel", daemon=True).start()


def summary_words(summary: Summary) -> str:
    """`40 events sent in 3.2 s: all succeeded.`"""
    done = summary.succeeded + summary.failed
    text = f"{plural(done, 'event')} sent in {duration(summary.took_ns)}"
    if summary.cancelled:
        text += f", cancelled with {summary.left:,} left"
    if not summary.failed:
        return f"✓ {text}"
    return f"✕ {text}, {summary.failed:,} failed"


def detail_words(summary: Summary, results: tuple[Result, ...]) -> str:
    """Outcomes with their numbers, the handler's time, and why the first one was not sent."""
    parts = [f"{WORDS.get(outcome, outcome)} × {number:,}" for outcome, number in summary.outcomes]
    if summary.p50_ns is not None and summary.p95_ns is not None:
        parts.append(f"handler p50 {duration(summary.p50_ns)}, p95 {duration(summary.p95_ns)}")
    parts += [result.detail for result in results if result.outcome == NOT_SENT][:1]
    return " · ".join(parts)
