"""Bars of phases on one scale, with their names before and their durations behind."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from inspector.gui.event.timing_phases import Phase
from inspector.gui.theme import mono_font, tokens_for, ui_font
from inspector.gui.words import duration

ROW_PX = 24
BAR_PX = 8
NAME_PX = 132
TIME_PX = 84
LEAST_PX = 3


class Waterfall(QWidget):
    """Paints phases; a screen reader gets them as the description."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._phases: tuple[Phase, ...] = ()
        self.setAccessibleName("Waterfall of the request's phases")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_phases(self, phases: tuple[Phase, ...]) -> None:
        """Paints other phases."""
        self._phases = phases
        self.setAccessibleDescription(
            ", ".join(f"{phase.name} {duration(phase.length_ns)}" for phase in phases)
        )
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(NAME_PX + TIME_PX + 160, self._height())

    def minimumSizeHint(self) -> QSize:
        return QSize(NAME_PX + TIME_PX + 40, self._height())

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = tokens_for(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        total = max((phase.start_ns + phase.length_ns for phase in self._phases), default=0)
        middle = Qt.AlignmentFlag.AlignVCenter
        for row, phase in enumerate(self._phases):
            top = row * ROW_PX
            painter.setPen(tokens.color("muted"))
            painter.setFont(ui_font())
            painter.drawText(QRectF(0, top, NAME_PX, ROW_PX), middle, phase.name)
            painter.setPen(tokens.color("text"))
            painter.setFont(mono_font())
            painter.drawText(
                QRectF(self.width() - TIME_PX, top, TIME_PX, ROW_PX),
                middle | Qt.AlignmentFlag.AlignRight,
                duration(phase.length_ns),
            )
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tokens.color(phase.token))
            painter.drawRoundedRect(self.bar(phase, top, total), 2, 2)
        painter.end()

    def bar(self, phase: Phase, top: int, total_ns: int) -> QRectF:
        """The place of a phase's bar; a phase too short to see is LEAST_PX wide."""
        room = max(LEAST_PX, self.width() - NAME_PX - TIME_PX - 8)
        scale = (room - LEAST_PX) / total_ns if total_ns else 0
        left = NAME_PX + phase.start_ns * scale
        width = max(LEAST_PX, phase.length_ns * scale)
        return QRectF(left, top + (ROW_PX - BAR_PX) / 2, width, BAR_PX)

    def _height(self) -> int:
        return ROW_PX * len(self._phases)
