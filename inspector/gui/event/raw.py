"""The exact request: as text, with every byte spelled out, or in hexadecimal; copied and saved."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from inspector.core.body import hexdump
from inspector.core.event import Event
from inspector.gui.background import Background
from inspector.gui.event.raw_hex import RawHex
from inspector.gui.event.raw_text import raw_bytes, readable, spelled
from inspector.gui.words import size_in_words

SHOWN_BYTES = 64 << 10
"""Of a request as text; the hexadecimal view and the file hold all of it."""
COPIED_BYTES = 4 << 20
VIEWS = (
    ("Text", "The request as it reads"),
    ("Bytes", "Line ends, invisible and non-ASCII bytes written out"),
    ("Hex", "Offsets, hexadecimal and ASCII"),
)


class RawTab(QWidget):
    """`show_event(event)` shows its request; `clear()` empties the page."""

    def __init__(self, background: Background | None = None, parent: QWidget | None = None) -> None:
        """`background` writes files; without it they are written at once."""
        super().__init__(parent)
        self.setAccessibleName("Raw request")
        self._background = background
        self._data = b""
        self._name = "request.http"
        self.text = QPlainTextEdit(readOnly=True)
        self.text.setProperty("plain", "true")
        self.text.setProperty("role", "mono")
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.text.setWordWrapMode(self.text.wordWrapMode().WrapAnywhere)
        self.text.setAccessibleName("Request")
        self.hex = RawHex()
        self._views = QStackedLayout()
        self._views.addWidget(self.text)
        self._views.addWidget(self.hex)
        self.switch = QButtonGroup(self)
        self._note = QLabel(textFormat=Qt.TextFormat.PlainText)
        self._note.setProperty("role", "muted")
        self._copy = QPushButton("Copy")
        self._copy.clicked.connect(self.copy)
        self._save = QPushButton("Save…")
        self._save.clicked.connect(self._on_save_wanted)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._bar())
        layout.addLayout(self._views, 1)
        self.switch.idClicked.connect(self._on_view_chosen)
        self.clear()

    def show_event(self, event: Event) -> None:
        """Shows the request of this event in the view that was chosen."""
        self._name = f"event-{event.id}.http"
        self._show(raw_bytes(event.request))

    def clear(self) -> None:
        """Shows nothing."""
        self._show(b"")

    def copy(self) -> None:
        """Copies what the view shows: text as it is, or the rows of hexadecimal."""
        data = self._data[:COPIED_BYTES]
        if self.switch.checkedId() == 2:
            text = hexdump.text(data)
        elif self.switch.checkedId() == 1:
            text = spelled(data)
        else:
            text = data.decode("utf-8", "backslashreplace")
        QGuiApplication.clipboard().setText(text.replace("\0", "␀"))
        if len(self._data) > COPIED_BYTES:
            self._note.setText(f"The first {size_in_words(COPIED_BYTES)} were copied. Save to have all.")

    def save(self, path: Path) -> None:
        """Writes the exact bytes to a file."""
        if self._background is None:
            path.write_bytes(self._data)
            self._on_saved(path)
            return
        data = self._data
        self._background.run(
            lambda: path.write_bytes(data),
            done=lambda _: self._on_saved(path),
            failed=lambda error: self._note.setText(f"The file could not be written: {error}"),
            receiver=self,
        )

    def _bar(self) -> QHBoxLayout:
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 8, 12, 8)
        bar.setSpacing(4)
        for number, (name, meaning) in enumerate(VIEWS):
            button = QPushButton(name)
            button.setCheckable(True)
            button.setToolTip(meaning)
            button.setAccessibleDescription(meaning)
            self.switch.addButton(button, number)
            bar.addWidget(button)
        self.switch.button(0).setChecked(True)
        bar.addSpacing(8)
        bar.addWidget(self._note, 1)
        bar.addWidget(self._copy)
        bar.addWidget(self._save)
        return bar

    def _show(self, data: bytes) -> None:
        self._data = data
        self._copy.setEnabled(bool(data))
        self._save.setEnabled(bool(data))
        self._on_view_chosen()

    def _on_view_chosen(self, _number: int = 0) -> None:
        view = self.switch.checkedId()
        self._views.setCurrentIndex(1 if view == 2 else 0)
        self.hex.show_bytes(self._data if view == 2 else b"")
        piece = self._data[:SHOWN_BYTES]
        self.text.setPlainText("" if view == 2 else spelled(piece) if view == 1 else readable(piece))
        note = size_in_words(len(self._data)) if self._data else ""
        if view != 2 and len(self._data) > SHOWN_BYTES:
            note = f"The first {size_in_words(SHOWN_BYTES)} of {note}"
        self._note.setText(note)

    def _on_saved(self, path: Path) -> None:
        self._note.setText(f"Saved as {path.name}")

    def _on_save_wanted(self) -> None:
        dialog = QFileDialog(self, "Save the request")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(self._name)
        dialog.fileSelected.connect(lambda chosen: self.save(Path(chosen)))
        dialog.open()
