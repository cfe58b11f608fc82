"""How a row of the table is painted: one cell, its colour, and the chips beside an event's name."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex as Index
from PySide6.QtCore import QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from inspector.core.event import EventRow
from inspector.gui.models.columns import COLUMNS, chips
from inspector.gui.models.events import ROW_ROLE
from inspector.gui.theme import ROW_PX, Tokens, mono_font, tokens_for, ui_font

Spans = list[tuple[int, int, int]]
"""Of each column that is shown: left edge, width, and which one it is."""
PAD = 8
KEPT_TEXTS = 4096
ONE_LINE = Qt.TextFlag.TextSingleLine
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | ONE_LINE
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | ONE_LINE
CENTRE = Qt.AlignmentFlag.AlignCenter | ONE_LINE
SELECTED = QStyle.StateFlag.State_Selected


class EventDelegate(QStyledItemDelegate):
    """Paints with the tokens of the palette; keeps pens and fonts, because painting is often."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ui, self._mono, self._chip = ui_font(), mono_font(), ui_font(11)
        self._metrics = {True: QFontMetrics(self._mono), False: QFontMetrics(self._ui)}
        self._chip_metrics = QFontMetrics(self._chip)
        self.hovered = -1
        """The row under the pointer."""
        self._texts: dict[tuple[str, bool, int], str] = {}
        self._colors: dict[tuple[str, str], QColor] = {}

    def _color(self, tokens: Tokens, name: str) -> QColor:
        color = self._colors.get((tokens.name, name))
        if color is None:
            color = self._colors[tokens.name, name] = tokens.color(name)
        return color

    def sizeHint(self, option: QStyleOptionViewItem, index: Index | QPersistentModelIndex) -> QSize:
        return QSize(COLUMNS[index.column()].width, ROW_PX)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index | QPersistentModelIndex
    ) -> None:
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        tokens = tokens_for(option.palette)
        if SELECTED in state:
            painter.fillRect(rect, self._color(tokens, "selection"))
        elif index.row() == self.hovered:
            painter.fillRect(rect, self._color(tokens, "hover"))
        row = index.data(ROW_ROLE)
        if isinstance(row, EventRow):
            self._paint_cell(painter, rect, tokens, row, index.column())
        else:
            bar = QRect(rect.x() + PAD, rect.center().y() - 3, min(60, rect.width() - 2 * PAD), 6)
            painter.fillRect(bar, self._color(tokens, "hover"))

    def _paint_cell(self, painter: QPainter, rect: QRect, tokens: Tokens, row: EventRow, place: int) -> None:
        column = COLUMNS[place]
        inner = rect.adjusted(PAD, 0, -PAD, 0)
        metrics = self._metrics[column.mono]
        painter.setFont(self._mono if column.mono else self._ui)
        painter.setPen(self._color(tokens, column.color(row)))
        marks = chips(row) if column.chips else []
        room = inner.width()
        if marks:
            room -= sum(self._chip_metrics.horizontalAdvance(text) + 18 for text, _ in marks)
            room = max(room - 10, min(inner.width(), 70))
        text = self._elided(column.text(row), column.mono, room)
        painter.drawText(inner, RIGHT if column.right else LEFT, text)
        if marks:
            left = inner.x() + metrics.horizontalAdvance(text) + 10
            self._paint_chips(
                painter, QRect(left, rect.y(), rect.right() - left - 2, rect.height()), tokens, marks
            )

    def paint_rows(
        self,
        painter: QPainter,
        tokens: Tokens,
        rows: list[tuple[QRect, EventRow | None, bool]],
        columns: Spans,
    ) -> None:
        """Paint whole rows (place, row, whether it is selected) in one go.

        One call from Qt for a painting, not one a cell: each of those would wait its turn for Python
        while a burst comes.
        """
        for place, row, selected in rows:
            if selected:
                painter.fillRect(place, self._color(tokens, "selection"))
            for left, width, column in columns:
                cell = QRect(left, place.y(), width, place.height())
                if row is None:
                    bar = QRect(left + PAD, cell.center().y() - 3, min(60, width - 2 * PAD), 6)
                    painter.fillRect(bar, self._color(tokens, "hover"))
                else:
                    self._paint_cell(painter, cell, tokens, row, column)

    def _elided(self, text: str, mono: bool, room: int) -> str:
        key = (text, mono, room)
        found = self._texts.get(key)
        if found is None:
            if len(self._texts) >= KEPT_TEXTS:
                self._texts.clear()
            found = self._metrics[mono].elidedText(text, Qt.TextElideMode.ElideRight, room)
            self._texts[key] = found
        return found

    def _paint_chips(
        self, painter: QPainter, room: QRect, tokens: Tokens, marks: list[tuple[str, str]]
    ) -> None:
        painter.save()
        painter.setClipRect(room)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._chip)
        left = room.x()
        for text, color in marks:
            width = self._chip_metrics.horizontalAdvance(text) + 12
            box = QRect(left, room.center().y() - 8, width, 18)
            painter.setPen(QPen(self._color(tokens, "line"), 1))
            painter.setBrush(self._color(tokens, "raised"))
            painter.drawRoundedRect(box.toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
            painter.setPen(self._color(tokens, color))
            painter.drawText(box, CENTRE, text)
            left += width + 6
        painter.restore()
