"""Arrivals over time as bars; dragging across them filters the time."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QToolTip, QWidget

from inspector.core.listing import Histogram
from inspector.gui.theme import mono_font, tokens_for
from inspector.gui.words import clock, plural

MARGIN = 10
BAR_PX = 10
"""The width of a bar with its gap."""
HEIGHT = 46
DRAG_PX = 4


class HistogramView(QWidget):
    """Shows a Histogram; signals the time range that was dragged over."""

    range_chosen = Signal(object, object)
    """Begin and end, wall clock ns."""
    range_cleared = Signal()
    bins_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(HEIGHT)
        self.setMouseTracking(True)
        self.setAccessibleName("Arrivals over time. Drag across it to filter the time.")
        self.setCursor(Qt.CursorShape.CrossCursor)
        self._histogram: Histogram | None = None
        self._pressed: int | None = None
        self._pointer: int | None = None

    @property
    def bins(self) -> int:
        """How many bars there is room for."""
        return max(10, (self.width() - 2 * MARGIN) // BAR_PX)

    @property
    def histogram(self) -> Histogram | None:
        """What is shown."""
        return self._histogram

    def show_histogram(self, histogram: Histogram | None) -> None:
        """Paint these bars."""
        self._histogram = histogram
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(400, HEIGHT)

    def _bar_rect(self, place: int, bins: int) -> QRect:
        room = self.width() - 2 * MARGIN
        left = MARGIN + place * room // bins
        return QRect(left, 0, MARGIN + (place + 1) * room // bins - left - 2, HEIGHT)

    def _time_at(self, x: int) -> int:
        histogram = self._histogram
        assert histogram is not None
        share = (x - MARGIN) / max(1, self.width() - 2 * MARGIN)
        span = histogram.bin_ns * len(histogram.counts)
        return histogram.start_ns + int(min(max(share, 0.0), 1.0) * span)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        tokens = tokens_for(self.palette())
        painter.fillRect(self.rect(), tokens.color("ground"))
        floor = HEIGHT - 5
        painter.fillRect(QRect(0, HEIGHT - 1, self.width(), 1), tokens.color("line"))
        histogram = self._histogram
        if histogram is None or not any(histogram.counts):
            painter.setFont(mono_font(11))
            painter.setPen(tokens.color("muted"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "no arrivals")
            return
        highest = max(histogram.counts)
        bins = len(histogram.counts)
        painter.setPen(Qt.PenStyle.NoPen)
        for place, (number, bad) in enumerate(zip(histogram.counts, histogram.bad, strict=True)):
            rect = self._bar_rect(place, bins)
            height = max(3, round(number / highest * (floor - 8))) if number else 1
            painter.fillRect(
                rect.x(), floor - height, rect.width(), height, tokens.color("bar" if number else "line")
            )
            if bad:
                part = max(2, round(bad / number * height))
                painter.fillRect(rect.x(), floor - part, rect.width(), part, tokens.color("bar_bad"))
        self._paint_drag(painter)

    def _paint_drag(self, painter: QPainter) -> None:
        if self._pressed is None or self._pointer is None or abs(self._pointer - self._pressed) < DRAG_PX:
            return
        tokens = tokens_for(self.palette())
        color = tokens.color("accent")
        color.setAlpha(50)
        left, right = sorted((self._pressed, self._pointer))
        painter.fillRect(left, 0, right - left, HEIGHT - 1, color)
        painter.fillRect(left, 0, 1, HEIGHT - 1, tokens.color("accent"))
        painter.fillRect(right, 0, 1, HEIGHT - 1, tokens.color("accent"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.bins_changed.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self._histogram is not None:
            self._pressed = self._pointer = event.position().toPoint().x()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if self._pressed is not None:
            self._pointer = at.x()
            self.update()
        else:
            self._explain(at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        x = event.position().toPoint().x()
        self.update()
        if pressed is None or self._histogram is None:
            return
        if abs(x - pressed) >= DRAG_PX:
            left, right = sorted((pressed, x))
            self.range_chosen.emit(self._time_at(left), self._time_at(right))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.range_cleared.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._pressed is not None:
            self._pressed = None
            self.update()
        else:
            super().keyPressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        QToolTip.hideText()
        super().leaveEvent(event)

    def _explain(self, at: QPoint) -> None:
        histogram = self._histogram
        if histogram is None or not histogram.counts:
            return
        bins = len(histogram.counts)
        place = min(max((at.x() - MARGIN) * bins // max(1, self.width() - 2 * MARGIN), 0), bins - 1)
        begin = histogram.start_ns + place * histogram.bin_ns
        text = (
            f"{clock(begin)} to {clock(begin + histogram.bin_ns)}: {plural(histogram.counts[place], 'event')}"
        )
        if histogram.bad[place]:
            text += f", {histogram.bad[place]} invalid or broken off"
        QToolTip.showText(
            self.mapToGlobal(QPoint(at.x() + 8, HEIGHT)), text + "\nDrag to filter the time.", self
        )
