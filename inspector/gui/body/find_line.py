"""The line that searches inside a body: text, next, previous, how many."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

_PAUSE_MS = 150


class FindLine(QWidget):
    """Hidden until it is asked for. Enter goes on, Shift+Enter back, Escape closes."""

    changed = Signal(str)
    moved = Signal(int)
    """+1 for the next match, -1 for the previous one."""
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = QLineEdit(self)
        self.line.setPlaceholderText("Find in body")
        self.line.setAccessibleName("Find in body")
        self.line.setProperty("role", "mono")
        self.line.installEventFilter(self)
        self._count = QLabel(self)
        self._count.setTextFormat(Qt.TextFormat.PlainText)
        self._count.setProperty("role", "muted")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 4, 8, 4)
        layout.setSpacing(4)
        layout.addWidget(self.line, 1)
        layout.addWidget(self._count)
        for sign, name, step in (
            ("↑", "Previous match", -1),
            ("↓", "Next match", 1),
            ("×", "Close search", 0),
        ):
            button = QToolButton(self)
            button.setText(sign)
            button.setToolTip(name)
            button.setAccessibleName(name)
            button.setProperty("kind", "flat")
            button.clicked.connect(lambda _checked=False, by=step: self._on_button(by))
            layout.addWidget(button)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(lambda: self.changed.emit(self.line.text()))
        self.line.textChanged.connect(lambda _text: self._timer.start())
        self.hide()

    def open(self) -> None:
        """Show the line with its text selected."""
        self.show()
        self.line.setFocus()
        self.line.selectAll()
        if self.line.text():
            self._timer.start()

    def close_line(self) -> None:
        """Hide it and end the search."""
        self._timer.stop()
        self.hide()
        self.closed.emit()

    def tell(self, current: int, count: int, *, more: bool = False) -> None:
        """Show which match of how many is chosen; `current` counts from 0."""
        text = "" if not self.line.text() else "no match" if not count else f"{current + 1:,} of {count:,}"
        self._count.setText(text + ("+" if more else ""))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's override: keys in the line."""
        if watched is self.line and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = event.key()
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                self._on_button(-1 if back else 1)
                return True
            if key == Qt.Key.Key_Escape:
                self.close_line()
                return True
        return super().eventFilter(watched, event)

    def _on_button(self, step: int) -> None:
        if step == 0:
            self.close_line()
        elif self._timer.isActive():
            self._timer.stop()
            self.changed.emit(self.line.text())
        else:
            self.moved.emit(step)
