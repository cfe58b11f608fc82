"""Bytes in hexadecimal: only the rows that are to be seen are made, so that 64 MB cost nothing."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import (
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from inspector.core.body import hexdump
from inspector.gui.theme import mono_font, tokens_for

_LEFT = 12
_COPY_BYTES = 1024 * 1024


class HexView(QAbstractScrollArea):
    """Offset, hexadecimal, ASCII; rows are chosen with the mouse or Shift and arrows, Ctrl+C copies them."""

    _data = b""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Body in hexadecimal")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self._anchor = self._current = 0

    def show_bytes(self, data: bytes) -> None:
        """Show these bytes from the start."""
        self._data = data
        self._anchor = self._current = 0
        self._range()
        self.verticalScrollBar().setValue(0)
        self.viewport().update()

    def clear(self) -> None:
        """Show nothing."""
        self.show_bytes(b"")

    def go_to(self, offset: int) -> None:
        """Choose the row of a byte and bring it into view."""
        self._anchor = self._current = min(offset // hexdump.WIDTH, max(0, self._rows() - 1))
        self.verticalScrollBar().setValue(self._current - self._page() // 2)
        self.viewport().update()

    def _rows(self) -> int:
        return hexdump.row_count(len(self._data))

    @staticmethod
    def _metrics() -> QFontMetrics:
        """Of the fixed-width font, whatever a style sheet gives the widget."""
        return QFontMetrics(mono_font())

    def _row_px(self) -> int:
        return self._metrics().height() + 3

    def _page(self) -> int:
        return max(1, self.viewport().height() // self._row_px())

    def _range(self) -> None:
        self.verticalScrollBar().setRange(0, max(0, self._rows() - self._page()))
        self.verticalScrollBar().setPageStep(self._page())
        width = self._metrics().horizontalAdvance("0") * (8 + 2 + 48 + 2 + 16) + 2 * _LEFT
        self.horizontalScrollBar().setRange(0, max(0, width - self.viewport().width()))
        self.horizontalScrollBar().setPageStep(self.viewport().width())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's override."""
        super().resizeEvent(event)
        self._range()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's override."""
        painter = QPainter(self.viewport())
        painter.setFont(mono_font())
        tokens = tokens_for(self.palette())
        painter.fillRect(event.rect(), tokens.color("surface"))
        metrics, height = self._metrics(), self._row_px()
        digit = metrics.horizontalAdvance("0")
        left = _LEFT - self.horizontalScrollBar().value()
        first = self.verticalScrollBar().value()
        low, high = sorted((self._anchor, self._current))
        for line in range(self._page() + 1):
            number = first + line
            if number >= self._rows():
                break
            top = line * height
            if low <= number <= high and self.hasFocus():
                painter.fillRect(0, top, self.viewport().width(), height, tokens.color("selection"))
            base = top + metrics.ascent() + 1
            offset, digits, signs = hexdump.row(self._data, number)
            for at, text, token in ((0, offset, "muted"), (10, digits, "text"), (60, signs, "syntax_string")):
                painter.setPen(tokens.color(token))
                painter.drawText(QPoint(left + at * digit, base), text)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt's override: choose a row."""
        self._choose(self._row_at(event), extend=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt's override: choose up to this row."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._choose(self._row_at(event), extend=True)

    def _row_at(self, event: QMouseEvent) -> int:
        return self.verticalScrollBar().value() + int(event.position().y()) // self._row_px()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's override: move, extend, copy."""
        steps = {
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_PageUp: -self._page(),
            Qt.Key.Key_PageDown: self._page(),
            Qt.Key.Key_Home: -self._rows(),
            Qt.Key.Key_End: self._rows(),
        }
        step = steps.get(Qt.Key(event.key()))
        if step is not None:
            extend = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._choose(self._current + step, extend=extend)
        elif event.key() == Qt.Key.Key_A and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._anchor = 0
            self._choose(self._rows(), extend=True)
        elif event.key() == Qt.Key.Key_C and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            low, high = sorted((self._anchor, self._current))
            QGuiApplication.clipboard().setText(
                hexdump.text(self._data, low, min(high + 1, low + _COPY_BYTES // hexdump.WIDTH))
            )
        else:
            super().keyPressEvent(event)

    def _choose(self, row: int, *, extend: bool) -> None:
        self._current = min(max(0, row), max(0, self._rows() - 1))
        if not extend:
            self._anchor = self._current
        bar = self.verticalScrollBar()
        if self._current < bar.value():
            bar.setValue(self._current)
        elif self._current >= bar.value() + self._page():
            bar.setValue(self._current - self._page() + 1)
        self.viewport().update()
