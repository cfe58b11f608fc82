"""Text with line numbers and colours, put in by slices so that the window never waits."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Qt, QTimer
from PySide6.QtGui import (
    QAction,
    QColor,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QVBoxLayout, QWidget

from inspector.core.body import spans
from inspector.gui.body.find_line import FindLine
from inspector.gui.body.own_keys import OwnKeys
from inspector.gui.theme import Tokens, mono_font, tokens_for

TEXT_CHARS = 1_000_000
LINE_CHARS = 5_000
_SLICE_CHARS = 16_000
_STYLES = {
    "key": "syntax_key",
    "string": "syntax_string",
    "number": "syntax_number",
    "word": "syntax_literal",
    "tag": "syntax_tag",
    "comment": "syntax_comment",
}


class Highlighter(QSyntaxHighlighter):
    """Colours of JSON and XML, line by line; `language` is json, xml or empty."""

    def __init__(self, document: QTextDocument, tokens: Tokens) -> None:
        super().__init__(document)
        self.language = ""
        self._formats: dict[str, QTextCharFormat] = {}
        self.take(tokens)

    def take(self, tokens: Tokens) -> None:
        for style, token in _STYLES.items():
            shape = QTextCharFormat()
            shape.setForeground(tokens.color(token))
            self._formats[style] = shape

    def highlightBlock(self, text: str) -> None:
        if self.language == "json":
            found = spans.json_line(text)
        elif self.language == "xml":
            found, goes_on = spans.xml_line(text, self.previousBlockState() == 1)
            self.setCurrentBlockState(1 if goes_on else 0)
        else:
            return
        for span in found:
            if span.style in self._formats:
                self.setFormat(span.start, span.length, self._formats[span.style])


class _Numbers(QWidget):
    def __init__(self, editor: TextEdit) -> None:
        super().__init__(editor)
        self._editor = editor

    def sizeHint(self) -> QSize:
        return QSize(self._editor.gutter_px(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._editor.paint_numbers(self, event.rect())


class TextEdit(QPlainTextEdit):
    """A read-only plain text with line numbers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setProperty("plain", True)
        self.setProperty("role", "mono")
        self.setFont(mono_font())
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.setUndoRedoEnabled(False)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._numbers = _Numbers(self)
        self.blockCountChanged.connect(lambda _count: self._set_margin())
        self.updateRequest.connect(self._on_update)
        self._set_margin()

    def gutter_px(self) -> int:
        """The width of the line numbers."""
        return 16 + self.fontMetrics().horizontalAdvance("9") * max(3, len(str(self.blockCount())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's override."""
        super().resizeEvent(event)
        inside = self.contentsRect()
        self._numbers.setGeometry(QRect(inside.left(), inside.top(), self.gutter_px(), inside.height()))

    def paint_numbers(self, widget: QWidget, rect: QRect) -> None:
        """Draw the numbers of the lines that are to be seen."""
        painter = QPainter(widget)
        painter.setFont(self.font())
        painter.setPen(tokens_for(self.palette()).color("muted"))
        block = self.firstVisibleBlock()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        while block.isValid() and top <= rect.bottom():
            height = self.blockBoundingRect(block).height()
            if top + height >= rect.top():
                box = QRect(0, int(top), widget.width() - 8, self.fontMetrics().height())
                painter.drawText(box, Qt.AlignmentFlag.AlignRight, str(block.blockNumber() + 1))
            top += height
            block = block.next()
        painter.end()

    def _set_margin(self) -> None:
        self.setViewportMargins(self.gutter_px(), 0, 0, 0)
        inside = self.contentsRect()
        self._numbers.setGeometry(QRect(inside.left(), inside.top(), self.gutter_px(), inside.height()))

    def _on_update(self, rect: QRect, dy: int) -> None:
        if dy:
            self._numbers.scroll(0, dy)
        else:
            self._numbers.update(0, rect.y(), self._numbers.width(), rect.height())


class TextView(QWidget):
    """Text with search; `show_text` takes text that was bounded before."""

    _highlighter: Highlighter | None = None

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = TextEdit(self)
        self.edit.setAccessibleName(name)
        self.find_line = FindLine(self)
        self.find_line.changed.connect(self._on_search)
        self.find_line.moved.connect(self._on_moved)
        self.find_line.closed.connect(self._on_closed)
        self._highlighter = Highlighter(self.edit.document(), tokens_for(self.palette()))
        self._rest = ""
        self._starts: list[int] = []
        self._line_wanted: tuple[int, int] | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._feed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.find_line)
        layout.addWidget(self.edit, 1)
        own: list[QAction] = []
        for keys, slot in (
            ("Ctrl+F", self.find_line.open),
            ("F3", lambda: self._on_moved(1)),
            ("Shift+F3", lambda: self._on_moved(-1)),
        ):
            action = QAction(self)
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(lambda _checked=False, call=slot: call())
            own.append(action)
        OwnKeys(self.edit, own)

    def show_text(self, text: str, language: str = "") -> None:
        """Show text; `language` is json, xml or empty."""
        self.clear()
        if self._highlighter is not None:
            self._highlighter.language = language
        self._rest = text
        self._feed()
        self.edit.moveCursor(QTextCursor.MoveOperation.Start)

    def clear(self) -> None:
        """Show nothing."""
        self._timer.stop()
        self._rest = ""
        self._line_wanted = None
        self.edit.setExtraSelections([])
        self.edit.clear()

    def go_to(self, line: int, column: int) -> None:
        """Mark a line (from 1) and put the cursor there, as soon as it is in the view."""
        self._line_wanted = (line, column)
        if not self._rest:
            self._to_line()

    def _feed(self) -> None:
        piece, self._rest = self._rest[:_SLICE_CHARS], self._rest[_SLICE_CHARS:]
        cursor = QTextCursor(self.edit.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(piece)
        if self._rest:
            self._timer.start()
        else:
            self._timer.stop()
            self._to_line()

    def _to_line(self) -> None:
        if self._line_wanted is None:
            return
        line, column = self._line_wanted
        self._line_wanted = None
        block = self.edit.document().findBlockByNumber(min(line, self.edit.blockCount()) - 1)
        cursor = QTextCursor(block)
        cursor.movePosition(
            QTextCursor.MoveOperation.Right,
            QTextCursor.MoveMode.MoveAnchor,
            min(column - 1, max(0, block.length() - 1)),
        )
        mark = QTextEdit.ExtraSelection()
        mark.cursor = cursor
        mark.format.setBackground(QColor(tokens_for(self.palette()).bad_ground))
        mark.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
        self.edit.setTextCursor(cursor)
        self.edit.setExtraSelections([mark])
        self.edit.centerCursor()

    def _on_search(self, text: str) -> None:
        cursor = self.edit.textCursor()
        cursor.setPosition(cursor.selectionStart())
        self.edit.setTextCursor(cursor)
        self._count(text)
        self._on_moved(1)

    def _count(self, text: str) -> None:
        plain = self.edit.toPlainText().lower()
        starts: list[int] = []
        at = plain.find(text.lower()) if text else -1
        while at >= 0 and len(starts) < 10_000:
            starts.append(at)
            at = plain.find(text.lower(), at + len(text))
        self._starts = starts

    def _on_moved(self, step: int) -> None:
        text = self.find_line.line.text()
        if not text:
            self.find_line.tell(0, 0)
            return
        options = QTextDocument.FindFlag(0) if step > 0 else QTextDocument.FindFlag.FindBackward
        if not self.edit.find(text, options):
            self.edit.moveCursor(
                QTextCursor.MoveOperation.Start if step > 0 else QTextCursor.MoveOperation.End
            )
            self.edit.find(text, options)
        start = self.edit.textCursor().selectionStart()
        self.find_line.tell(sum(at < start for at in self._starts), len(self._starts))

    def _on_closed(self) -> None:
        self.edit.setFocus()

    def changeEvent(self, event: QEvent) -> None:
        """Qt's override: colours of the other look."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._highlighter is not None:
            self._highlighter.take(tokens_for(self.palette()))
            self._highlighter.rehighlight()
