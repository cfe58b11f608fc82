"""The note of an event: shown under its title, edited in place."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from inspector.gui.views.parts import button, label


class NoteBox(QFrame):
    """Signals the text that is to be kept; an empty one takes the note away."""

    saved = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setProperty("state", "warn")
        self._note = ""
        self.text = label("")
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.editor = QPlainTextEdit()
        self.editor.setAccessibleName("Note")
        self.editor.setPlaceholderText("What should be remembered of this event?")
        self.editor.setFixedHeight(72)
        self.editor.setTabChangesFocus(True)
        self._buttons = QWidget()
        row = QHBoxLayout(self._buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(label("Ctrl+Return keeps it", "muted"), 1)
        row.addWidget(button("Cancel", self.cancel))
        row.addWidget(button("Keep", self.keep, "main"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.addWidget(self.text)
        layout.addWidget(self.editor)
        layout.addWidget(self._buttons)
        for keys, do in (("Ctrl+Return", self.keep), ("Esc", self.cancel)):
            shortcut = QShortcut(QKeySequence(keys), self.editor)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(do)
        self.show_note("")

    @property
    def is_editing(self) -> bool:
        """Whether the user writes."""
        return self.editor.isVisibleTo(self)

    def show_note(self, note: str) -> None:
        """Show a note; without one, nothing."""
        self._note = note
        self.text.setText(note)
        self._set_editing(False)

    def edit(self) -> None:
        """Let the user write."""
        self.editor.setPlainText(self._note)
        self._set_editing(True)
        self.editor.setFocus()

    def keep(self) -> None:
        """Keep what was written."""
        text = self.editor.toPlainText().strip()
        self.show_note(text)
        self.saved.emit(text)

    def cancel(self) -> None:
        """Leave the note as it was."""
        self._set_editing(False)

    def _set_editing(self, on: bool) -> None:
        self.editor.setVisible(on)
        self._buttons.setVisible(on)
        self.text.setVisible(not on and bool(self._note))
        self.setVisible(on or bool(self._note))
