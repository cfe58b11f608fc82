"""Bars that come and go: problems with their remedy, and the way back after a deletion."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from inspector.core.problem import Problem
from inspector.gui.views.parts import ElidedLabel, button, label
from inspector.gui.words import safe

UNDO_MS = 12_000


class Banners(QWidget):
    """One bar for each problem that stands, newest at the bottom."""

    changed = Signal(int)
    """How many problems stand."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._bars: dict[str, QFrame] = {}
        self._problems: dict[str, Problem] = {}

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Those that are shown."""
        return tuple(self._problems.values())

    def raise_problem(self, problem: Problem, remedy: tuple[str, Callable[[], object]] | None = None) -> None:
        """Show a problem; an earlier one of its key goes. `remedy` is a button's text and what it does."""
        self._remove(problem.key)
        bar = QFrame()
        bar.setProperty("role", "banner")
        bar.setProperty("state", "bad")
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 6, 8, 6)
        row.setSpacing(10)
        row.addWidget(label("!", "bad"))
        title = label(safe(problem.title))
        row.addWidget(title)
        words = " ".join(part for part in (problem.detail, problem.remedy) if part)
        detail = ElidedLabel("muted")
        detail.setText(safe(words))
        detail.setToolTip("")
        row.addWidget(detail, 1)
        if remedy is not None:
            row.addWidget(button(remedy[0], remedy[1]))
        row.addWidget(button("Dismiss", lambda: self.clear_problem(problem.key), "flat"))
        bar.setAccessibleName(safe(str(problem)))
        self._bars[problem.key] = bar
        self._problems[problem.key] = problem
        self._layout.addWidget(bar)
        self.changed.emit(len(self._bars))

    def clear_problem(self, key: str) -> None:
        """The trouble has ended, or the user has seen it."""
        self._remove(key)
        self.changed.emit(len(self._bars))

    def _remove(self, key: str) -> None:
        bar = self._bars.pop(key, None)
        self._problems.pop(key, None)
        if bar is not None:
            bar.hide()
            bar.deleteLater()


class UndoBar(QFrame):
    """Says what was done, for some seconds, with a button that takes it back."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "banner")
        self._undo: Callable[[], object] | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 5, 8, 5)
        self.message = label()
        self.undo_button = button("Undo", self.undo)
        row.addWidget(self.message, 1)
        row.addWidget(self.undo_button)
        row.addWidget(button("Dismiss", self.hide, "flat"))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def tell(self, text: str, undo: Callable[[], object] | None = None, milliseconds: int = UNDO_MS) -> None:
        """Show a sentence; with `undo`, a button for it."""
        self.message.setText(text)
        self._undo = undo
        self.undo_button.setVisible(undo is not None)
        self.show()
        self._timer.start(milliseconds)

    def undo(self) -> None:
        """Take back what was done last, while the bar is there."""
        undo, self._undo = self._undo, None
        self.hide()
        if undo is not None:
            undo()
