"""Rows of hexadecimal and ASCII, painted only where they are seen: 64 MB scroll like one."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from inspector.core.body import hexdump
from inspector.gui.theme import mono_font, tokens_for

MARGIN_PX = 12


class RawHex(QAbstractScrollArea):
    """`show_bytes(data)` shows them; the scroll bar counts rows of sixteen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._data = b""
        self.setAccessibleName("Bytes in hexadecimal")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._font = mono_font()
        metrics = QFontMetricsF(self._font)
        self._row_px = int(metrics.height()) + 3
        self._space_px = metrics.horizontalAdvance("0")

    def show_bytes(self, data: bytes) -> None:
        """Shows other bytes from the first one on."""
        self._data = data
        self._measure()
        self.verticalScrollBar().setValue(0)
        self.viewport().update()

    def seen_rows(self) -> range:
        """The numbers of the rows on the screen."""
        first = self.verticalScrollBar().value()
        shown = self.viewport().height() // self._row_px + 2
        return range(first, min(first + shown, hexdump.row_count(len(self._data))))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = tokens_for(self.palette())
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), tokens.color("surface"))
        painter.setFont(self._font)
        space = self._space_px
        left = MARGIN_PX - self.horizontalScrollBar().value()
        columns = (
            (left, 8, "muted"),
            (left + 10 * space, 48, "text"),
            (left + 59 * space, 16, "accent_text"),
        )
        top = 4
        for number in self.seen_rows():
            for (x, width, token), text in zip(columns, hexdump.row(self._data, number), strict=True):
                painter.setPen(tokens.color(token))
                box = QRectF(x, top, width * space + 4, self._row_px)
                painter.drawText(box, text)
            top += self._row_px
        painter.end()

    def _measure(self) -> None:
        rows = hexdump.row_count(len(self._data))
        fit = max(1, self.viewport().height() // self._row_px - 1)
        down, across = self.verticalScrollBar(), self.horizontalScrollBar()
        down.setRange(0, max(0, rows - fit))
        down.setPageStep(fit)
        width = int(76 * self._space_px) + 2 * MARGIN_PX
        across.setRange(0, max(0, width - self.viewport().width()))
        across.setPageStep(self.viewport().width())
