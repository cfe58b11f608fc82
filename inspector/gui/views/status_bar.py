"""The bar at the bottom: how many events, how fast they come, how large the file is, what is wrong."""

from __future__ import annotations

from collections import deque
from pathlib import Path

from PySide6.QtCore import QElapsedTimer, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from inspector.core.listing import Totals
from inspector.gui.views.parts import button, label, set_role
from inspector.gui.words import count, plural, safe, size_in_words

WINDOW_S = 5.0
"""The rate is taken over this long."""


class StatusBar(QFrame):
    """Counts, rate, problems; the database on the right."""

    refusals_wanted = Signal()

    def __init__(self, database: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("StatusBar")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 3, 12, 3)
        row.setSpacing(20)
        self.events = label("")
        self.rate = label("0 / s")
        self.selected = label("")
        self.problems = label("no problems")
        self.refused = button("", self.refusals_wanted.emit, "link", "Connections that were turned away")
        self.refused.hide()
        self.indexing = label("")
        self.checking = label("")
        self.database = label(database.name)
        self.database.setToolTip(str(database))
        for widget in (self.events, self.rate, self.selected, self.problems, self.refused):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.checking)
        row.addWidget(self.indexing)
        row.addWidget(self.database)
        self._name = database.name
        self._clock = QElapsedTimer()
        self._clock.start()
        self._arrivals: deque[tuple[int, int]] = deque()
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.setTimerType(Qt.TimerType.CoarseTimer)
        self._timer.timeout.connect(self._show_rate)

    def count_arrivals(self, number: int) -> None:
        """So many events just came."""
        self._arrivals.append((self._clock.elapsed(), number))
        if not self._timer.isActive():
            self._timer.start()

    def _show_rate(self) -> None:
        begin = self._clock.elapsed() - WINDOW_S * 1000
        while self._arrivals and self._arrivals[0][0] < begin:
            self._arrivals.popleft()
        rate = sum(number for _, number in self._arrivals) / WINDOW_S
        self.rate.setText(f"{rate:.1f} / s" if 0 < rate < 10 else f"{rate:,.0f} / s")
        if not self._arrivals:
            self._timer.stop()

    def show_totals(self, totals: Totals) -> None:
        """The counts of the whole database."""
        self.events.setText(plural(totals.all, "event"))
        self.database.setText(f"{self._name}  {size_in_words(totals.database_bytes)}")

    def show_selected(self, number: int) -> None:
        """How many rows are selected, where it is more than one."""
        self.selected.setText(f"{count(number)} selected" if number > 1 else "")
        self.selected.setVisible(number > 1)

    def show_problems(self, number: int) -> None:
        """How many problems stand."""
        self.problems.setText(plural(number, "problem") if number else "no problems")
        set_role(self.problems, "role", "bad" if number else "")

    def show_refused(self, number: int) -> None:
        """How many connections were turned away since the start."""
        self.refused.setVisible(number > 0)
        self.refused.setText(f"{plural(number, 'connection')} rejected")

    def show_indexing(self, waiting: int) -> None:
        """How many bodies the index of texts has not seen yet."""
        self.indexing.setText(
            f"indexing {plural(waiting, 'body').replace('bodys', 'bodies')}" if waiting else ""
        )

    def show_checking(self, source: str, done: int, total: int) -> None:
        """How far the stored events of a source are checked again; nothing once all are."""
        told = f"checking {safe(source)} again: {count(done)} of {count(total)}"
        self.checking.setText(told if done < total else "")
