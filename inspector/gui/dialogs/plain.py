"""Dialogs that ask one thing. All open without a loop of their own and answer through a callback."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from inspector.gui.theme import mono_font
from inspector.gui.views.parts import button, label


class PlainDialog(QDialog):
    """A title, what stands in `body`, and buttons on the right."""

    def __init__(self, title: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(label(title, "title"))
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        layout.addLayout(self.body, 1)
        self.buttons = QHBoxLayout()
        self.buttons.addStretch(1)
        layout.addLayout(self.buttons)

    def add_button(self, text: str, clicked: Callable[[], object], kind: str = "") -> None:
        """A button; the main one takes Return."""
        made = button(text, clicked, kind)
        made.setDefault(kind in ("main", "danger"))
        made.setAutoDefault(kind in ("main", "danger"))
        self.buttons.addWidget(made)


def confirm(parent: QWidget, title: str, text: str, verb: str, yes: Callable[[], object]) -> PlainDialog:
    """Ask before something large is done; `yes` is called when the user agrees."""
    dialog = PlainDialog(title, parent)
    words = label(text, "muted")
    words.setWordWrap(True)
    words.setMinimumWidth(380)
    dialog.body.addWidget(words)
    dialog.add_button("Cancel", dialog.reject)
    dialog.add_button(verb, dialog.accept, "main")
    dialog.accepted.connect(yes)
    dialog.open()
    return dialog


def ask_text(
    parent: QWidget, title: str, text: str, verb: str, answered: Callable[[str], object]
) -> PlainDialog:
    """Ask for one line; an empty one is no answer."""
    dialog = PlainDialog(title, parent)
    line = QLineEdit()
    line.setObjectName("answer")
    line.setAccessibleName(text)
    line.setMinimumWidth(340)
    dialog.body.addWidget(label(text, "muted"))
    dialog.body.addWidget(line)
    dialog.add_button("Cancel", dialog.reject)
    dialog.add_button(verb, dialog.accept, "main")
    dialog.accepted.connect(lambda: answered(line.text().strip()) if line.text().strip() else None)
    dialog.open()
    line.setFocus()
    return dialog


def ask_address(parent: QWidget, host: str, port: int, answered: Callable[[str, int], object]) -> PlainDialog:
    """Ask where to listen."""
    dialog = PlainDialog("Listen on another address", parent)
    form = QFormLayout()
    line = QLineEdit(host)
    line.setFont(mono_font())
    number = QSpinBox()
    number.setObjectName("port")
    number.setRange(0, 65535)
    number.setValue(port)
    form.addRow("Address", line)
    form.addRow("Port", number)
    dialog.body.addLayout(form)
    hint = label("127.0.0.1 is this computer alone; 0.0.0.0 is open to the whole network. Port 0 takes any.")
    hint.setProperty("role", "muted")
    hint.setWordWrap(True)
    hint.setMinimumWidth(380)
    dialog.body.addWidget(hint)
    dialog.add_button("Cancel", dialog.reject)
    dialog.add_button("Listen", dialog.accept, "main")
    dialog.accepted.connect(lambda: answered(line.text().strip() or "127.0.0.1", number.value()))
    dialog.open()
    return dialog


def show_text(parent: QWidget | None, title: str, text: str, copied: Callable[[str], object]) -> PlainDialog:
    """A longer text in a fixed-width font, with a button that copies it."""
    dialog = PlainDialog(title, parent)
    view = QPlainTextEdit()
    view.setPlainText(text)
    view.setReadOnly(True)
    view.setFont(mono_font())
    view.setMinimumSize(640, 360)
    dialog.body.addWidget(view)
    dialog.add_button("Copy", lambda: copied(text))
    dialog.add_button("Close", dialog.accept, "main")
    dialog.open()
    return dialog
