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
        self._inner, self._column = _column()
        self.setWidget(self._inner)

    def clear(self) -> None:
        """Shows nothing."""
        self._inner, self._column = _column()
        self.setWidget(self._inner)

    def add(self, line: Line) -> None:
        """One more line, below the others; the view follows unless the user scrolled up."""
        bar = self.verticalScrollBar()
        follows = bar.value() >= bar.maximum() - 4
        self._column.insertWidget(self._column.count() - 1, _row(line))
        if follows:
            self._inner.adjustSize()
            bar.setValue(bar.maximum())

    @property
    def shown(self) -> int:
        """How many lines stand here."""
        return self._column.count() - 1


def _column() -> tuple[QWidget, QVBoxLayout]:
    inner = QWidget()
    column = QVBoxLayout(inner)
    column.setSpacing(0)
    column.setContentsMargins(0, 0, 8, 0)
    column.addStretch(1)
    return inner, column


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
