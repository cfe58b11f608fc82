"""Paints a row of the JSON tree: key, value in the colour of its type, hint in muted text."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from inspector.gui.body.json_model import JsonModel, RowText
from inspector.gui.theme import Tokens, mono_font, tokens_for, ui_font

ROW_PX = 24
_GAP = 10
_HINT_SHARE = 0.55


class JsonDelegate(QStyledItemDelegate):
    """Everything is drawn as plain text, cut at the edge with an ellipsis."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """All rows are equally high."""
        return QSize(200, ROW_PX)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Qt's override."""
        model = index.model()
        if not isinstance(model, JsonModel):
            return
        ground = QStyleOptionViewItem(option)
        style = option.widget.style() if option.widget is not None else QApplication.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, ground, painter, option.widget)
        painter.save()
        try:
            self._draw(
                painter, option.rect.adjusted(4, 0, -8, 0), model.row_text(index), tokens_for(option.palette)
            )
        finally:
            painter.restore()

    def _draw(self, painter: QPainter, rect: QRect, row: RowText, tokens: Tokens) -> None:
        mono, small = mono_font(), ui_font(12)
        key_color = tokens.muted if row.style == "count" and not row.value else tokens.syntax_key
        at = self._piece(painter, rect, rect.left(), row.key, (mono, key_color)) + _GAP
        if row.duplicate:
            at = self._piece(painter, rect, at, "duplicate key", (small, tokens.warn)) + _GAP
        hint = row.hint.short if row.hint is not None else ""
        hint_width = QFontMetrics(small).horizontalAdvance(hint) + _GAP if hint else 0
        room = rect.right() - at
        kept = min(hint_width, int(max(0, room) * _HINT_SHARE)) if hint else 0
        value_rect = QRect(rect.left(), rect.top(), rect.width() - kept, rect.height())
        color = {
            "string": tokens.syntax_string,
            "number": tokens.syntax_number,
            "literal": tokens.syntax_literal,
        }.get(row.style, tokens.muted)
        at = self._piece(painter, value_rect, at, row.value, (mono, color)) + _GAP
        if row.cut:
            at = self._piece(painter, rect, at, "breaks off", (small, tokens.bad)) + _GAP
        if hint:
            self._piece(painter, rect, at + 4, hint, (small, tokens.muted))

    @staticmethod
    def _piece(painter: QPainter, rect: QRect, left: int, text: str, look: tuple[QFont, str]) -> int:
        """Draw one piece from `left` in a font and a colour; returns where it ends."""
        if left >= rect.right() or not text:
            return left
        font, color = look
        painter.setFont(font)
        painter.setPen(QColor(color))
        metrics = QFontMetrics(font)
        cut = metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.right() - left)
        box = QRect(left, rect.top(), rect.right() - left, rect.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, cut)
        return left + metrics.horizontalAdvance(cut)
