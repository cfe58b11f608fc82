"""The filter line: completion while one types, a caret under what is wrong, and how many events match."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
)

from inspector.core.query.complete import Completion, complete
from inspector.core.query.error import QueryError
from inspector.core.query.nodes import Node
from inspector.core.query.parse import parse
from inspector.gui.background import Background, Job
from inspector.gui.theme import mono_font
from inspector.gui.views.parts import button, label, set_role
from inspector.gui.words import count, safe

TYPING_MS = 160
COMPLETION_MS = 60
PATIENCE_MS = 1200
SHOWN_SUGGESTIONS = 10


class FilterBar(QFrame):
    """Signals the parsed query, some moments after the last key."""

    query_changed = Signal(object, str)
    """The node or None, and the text."""
    save_wanted = Signal(str)
    left = Signal()
    """The user is done here."""

    def __init__(self, values: Callable[[str, str], Sequence[str]], background: Background) -> None:
        super().__init__()
        self.setObjectName("FilterBar")
        self._values = values
        self._background = background
        self._in_force = ""
        self.line = QLineEdit()
        self.line.setObjectName("FilterLine")
        self.line.setAccessibleName("Filter")
        self.line.setPlaceholderText('Filter:  type:order.*  signature:invalid  body:"user_1"  since:10m')
        self.line.setClearButtonEnabled(True)
        self.counts = label("", "muted")
        self.save_button = button("Save", self._on_save, "flat", "Save this filter in the side bar")
        self.save_button.hide()
        self.error = label("", "bad")
        self.error.setFont(mono_font())
        self.error.hide()
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.line, 1)
        row.addWidget(self.save_button)
        row.addWidget(self.counts)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.setSpacing(2)
        layout.addLayout(row)
        layout.addWidget(self.error)
        self._typing = self._timer(TYPING_MS, self.apply)
        self._asking = self._timer(COMPLETION_MS, self._ask)
        self._asked: Job | None = None
        self.suggestions = SuggestionList(self.line)
        self.suggestions.taken.connect(self._take)
        self.line.textChanged.connect(lambda _text: self._typing.start(TYPING_MS))
        self.line.textEdited.connect(lambda _text: self._asking.start())
        self.line.returnPressed.connect(self._on_return)
        leave = QShortcut(QKeySequence("Esc"), self.line)
        leave.setContext(Qt.ShortcutContext.WidgetShortcut)
        leave.activated.connect(self._on_escape)

    def _on_escape(self) -> None:
        """First the list goes, then the filter, then the focus."""
        if self.suggestions.isVisible():
            self.suggestions.hide()
        elif self.text:
            self.clear()
        else:
            self.left.emit()

    def _on_return(self) -> None:
        self.suggestions.hide()
        self.apply()

    def _timer(self, milliseconds: int, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(slot)
        return timer

    @property
    def text(self) -> str:
        """What stands in the line."""
        return self.line.text()

    def set_text(self, text: str) -> None:
        """Put a query into the line and into force."""
        self.line.setText(text)
        self.apply()

    def clear(self) -> None:
        """Let all events through."""
        self.set_text("")

    def show_counts(self, shown: int, total: int) -> None:
        """How many match of how many."""
        text = f"{count(shown)} of {count(total)}" if self._in_force else count(total)
        self.counts.setText(text)

    def apply(self) -> None:
        """Parse the line; what is wrong is said under it, and the earlier list stays."""
        self._typing.stop()
        text = self.line.text().strip()
        try:
            query = parse(self.line.text())
        except QueryError as error:
            if self.suggestions.isVisible():
                self._typing.start(PATIENCE_MS)  # one still types, and the list shows what could follow
            else:
                self._show_error(error)
            return
        self.error.hide()
        set_role(self.line, "state", "")
        if text != self._in_force:
            self._in_force = text
            self.save_button.setVisible(bool(text))
            self.query_changed.emit(query, text)

    @property
    def query(self) -> Node | None:
        """The query in force."""
        return parse(self._in_force)

    def _show_error(self, error: QueryError) -> None:
        set_role(self.line, "state", "bad")
        expected = f"  Expected: {', '.join(error.expected[:6])}" if error.expected else ""
        # The text field begins 10 px in: the caret stands under the character that is meant.
        before = self.line.fontMetrics().horizontalAdvance(self.line.text()[: error.column - 1])
        blanks = round((before + 10) / self.error.fontMetrics().horizontalAdvance(" "))
        self.error.setText(f"{' ' * blanks}^\n{safe(error.message)}{safe(expected)}")
        self.error.setWordWrap(True)
        self.error.setAccessibleName(f"Column {error.column}: {error.message}")
        self.error.show()

    def _on_save(self) -> None:
        self.save_wanted.emit(self._in_force)

    # Completion

    def _ask(self) -> None:
        if self._asked is not None:
            self._asked.cancel()
        text, cursor = self.line.text(), self.line.cursorPosition()
        if not text.strip():
            self.suggestions.hide()
            return
        self._asked = self._background.run(
            complete, text, cursor, self._values, done=self._on_completion, failed=self._on_no_completion
        )

    def _on_completion(self, completion: Completion) -> None:
        text = self.line.text()
        there = text[completion.start : completion.end]
        useful = [each for each in completion.suggestions if each.insert != there]
        if self.line.hasFocus() and useful:
            lines = [(each.insert, each.meaning) for each in useful[:SHOWN_SUGGESTIONS]]
            self.suggestions.offer(completion, lines)
        else:
            self.suggestions.hide()

    def _on_no_completion(self, _error: Exception) -> None:
        self.suggestions.hide()

    def _take(self, insert: str, start: int, end: int) -> None:
        text = self.line.text()
        after = text[end:]
        if not insert.endswith((":", ".")) and not after.startswith((" ", ")")):
            insert += " "
        self.line.setText(text[:start] + insert + after)
        self.line.setCursorPosition(start + len(insert))
        if insert.endswith((":", ".")):
            self._asking.start()


class SuggestionList(QListWidget):
    """The list under the line. Keys stay with the line; while open, some move in the list."""

    taken = Signal(str, int, int)

    def __init__(self, line: QLineEdit) -> None:
        super().__init__(line.window())
        self._line = line
        self._completion: Completion | None = None
        self.setWindowFlags(Qt.WindowType.ToolTip)
        self.setObjectName("Palette")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemClicked.connect(self._take)
        line.installEventFilter(self)

    def offer(self, completion: Completion, lines: list[tuple[str, str]]) -> None:
        """Show these; none is chosen yet, so that Return still means the line as it stands."""
        self._completion = completion
        self.clear()
        for insert, meaning in lines:
            shown = safe(insert)[:60]
            item = QListWidgetItem(f"{shown}   {meaning}" if meaning else shown)
            item.setData(Qt.ItemDataRole.UserRole, insert)
            self.addItem(item)
        self.setCurrentRow(-1)
        line = self._line
        at = line.cursorRect().left()
        width = max(320, self.sizeHintForColumn(0) + 24)
        self.setFixedSize(min(width, 640), self.count() * max(22, self.sizeHintForRow(0)) + 6)
        self.move(line.mapToGlobal(QPoint(at, line.height() + 2)))
        self.show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not self.isVisible():
            return False
        if isinstance(event, QFocusEvent) and event.lostFocus():
            self.hide()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._on_key(Qt.Key(event.key()))
        return False

    def _on_key(self, key: Qt.Key) -> bool:
        row = self.currentRow()
        if key == Qt.Key.Key_Down:
            self.setCurrentRow((row + 1) % self.count())
        elif key == Qt.Key.Key_Up:
            self.setCurrentRow((row - 1) % self.count() if row >= 0 else self.count() - 1)
        elif key == Qt.Key.Key_Escape:
            self.hide()
        elif key == Qt.Key.Key_Tab or (key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and row >= 0):
            self._take(self.item(max(row, 0)))
        else:
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.hide()
            return False
        return True

    def _take(self, item: QListWidgetItem) -> None:
        completion = self._completion
        self.hide()
        if completion is not None:
            self.taken.emit(item.data(Qt.ItemDataRole.UserRole), completion.start, completion.end)
