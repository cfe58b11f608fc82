"""The lines of a checkup as they come: sign, demand, what was seen, and what to do where it failed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from inspector.core.checkup.lines import SIGNS, Line, Result
from inspector.gui.views.parts import label
from inspector.gui.words import safe

ROLES = {Result.PASSED: "good", Result.FAILED: "bad", Result.NOT_APPLICABLE: "muted"}


class LinesView(QScrollArea):
    """A column of lines; all texts are plain."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Lines of the checkup")
        self._follows = True
        self._failed: QWidget | None = None
        self.clear()
        self.verticalScrollBar().rangeChanged.connect(self._on_range_changed)

    def clear(self) -> None:
        """Shows nothing."""
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setSpacing(0)
        self._column.setContentsMargins(0, 0, 8, 0)
        self._column.addStretch(1)
        self._failed = None
        self._follows = True
        self.setWidget(inner)

    def add(self, line: Line) -> None:
        """One more line, below the others; the view follows unless the user scrolled up."""
        bar = self.verticalScrollBar()
        self._follows = bar.value() >= bar.maximum() - 4
        row = _row(line)
        if line.result is Result.FAILED and self._failed is None:
            self._failed = row
        self._column.insertWidget(self._column.count() - 1, row)

    def end(self) -> None:
        """All lines are there: shows the first that failed, or the beginning."""
        self._follows = False
        if self._failed is not None:
            self.ensureWidgetVisible(self._failed, 0, 40)
        else:
            self.verticalScrollBar().setValue(0)

    def _on_range_changed(self, _least: int, most: int) -> None:
        if self._follows:
            self.verticalScrollBar().setValue(most)

    @property
    def shown(self) -> int:
        """How many lines stand here."""
        return self._column.count() - 1


def _row(line: Line) -> QWidget:
    row = QWidget()
    row.setAccessibleName(safe(f"{line.result}: {line.title}. {line.seen}"))
    grid = QGridLayout(row)
    grid.setContentsMargins(0, 5, 0, 5)
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(2)
    grid.setColumnMinimumWidth(0, 108)
    grid.setColumnMinimumWidth(1, 270)
    grid.setColumnStretch(2, 1)
    top = Qt.AlignmentFlag.AlignTop
    grid.addWidget(label(f"{SIGNS[line.result]} {line.result}", ROLES[line.result]), 0, 0, top)
    grid.addWidget(label(line.title), 0, 1, top)
    seen = label(safe(line.seen), "muted")
    remedy = label(safe(line.remedy))
    for each in (seen, remedy):
        each.setWordWrap(True)
        each.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    grid.addWidget(seen, 0, 2)
    if line.remedy:
        grid.addWidget(remedy, 1, 1, 1, 2)
    return row
