"""The bar above a body: what it is, what is wrong with it, and the switch between its views."""

from __future__ import annotations

import html
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from inspector.core.body import visible


def plain_label(parent: QWidget, role: str) -> QLabel:
    """A label that takes everything as plain text."""
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", role)
    label.setWordWrap(True)
    return label


class BodyBar(QWidget):
    """Words on the left, one button a view on the right, a banner below where something is wrong."""

    view_chosen = Signal(str)
    jump_wanted = Signal()
    duplicate_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = plain_label(self, "muted")
        self.words.setWordWrap(False)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.duplicates = QPushButton(self)
        self.duplicates.setProperty("kind", "link")
        self.duplicates.setToolTip("Go to the next duplicate key")
        self.duplicates.clicked.connect(lambda _checked=False: self.duplicate_wanted.emit())
        self.duplicates.hide()
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(2)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        top = QHBoxLayout()
        top.setContentsMargins(12, 4, 8, 4)
        top.setSpacing(8)
        top.addWidget(self.words, 1)
        top.addLayout(self._buttons)
        self.banner = QFrame(self)
        self.banner.setProperty("role", "banner")
        self.trouble = plain_label(self.banner, "text")
        self.jump = QPushButton("Go there", self.banner)
        self.jump.clicked.connect(lambda _checked=False: self.jump_wanted.emit())
        inside = QHBoxLayout(self.banner)
        inside.setContentsMargins(12, 4, 8, 4)
        inside.addWidget(self.trouble, 1)
        inside.addWidget(self.jump)
        self.banner.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        second = QHBoxLayout()
        second.setContentsMargins(10, 0, 8, 0)
        self.note = plain_label(self, "muted")
        self.note.hide()
        second.addWidget(self.duplicates)
        second.addWidget(self.note, 1)
        second.addStretch(0)
        layout.addLayout(second)
        layout.addWidget(self.banner)

    def offer(self, views: Sequence[tuple[str, str]], chosen: str) -> None:
        """One button for each view, given as key and title; a single view needs none."""
        for button in self._group.buttons():
            self._group.removeButton(button)
            self._buttons.removeWidget(button)
            button.deleteLater()
        for key, title in views if len(views) > 1 else ():
            made = QToolButton(self)
            made.setText(title)
            made.setCheckable(True)
            made.setProperty("kind", "flat")
            made.setAccessibleName(f"Show body as {title}")
            made.setChecked(key == chosen)
            made.clicked.connect(lambda _checked=False, wanted=key: self.view_chosen.emit(wanted))
            self._group.addButton(made)
            self._buttons.addWidget(made)

    def check(self, title: str) -> None:
        """Show which view is chosen."""
        for button in self._group.buttons():
            button.setChecked(button.text() == title)

    def tell(self, words: str) -> None:
        """What the body is."""
        shown = visible.one_line(words)
        self.words.setText(shown)
        self.words.setToolTip(f"<qt>{html.escape(shown)}</qt>")

    def tell_note(self, note: str) -> None:
        """What the view leaves out; an empty text hides the line."""
        self.note.setText(note[:1].upper() + note[1:])
        self.note.setVisible(bool(note))

    def tell_duplicates(self, count: int) -> None:
        """How many duplicate keys there are; zero hides it."""
        self.duplicates.setText(f"duplicate keys: {count:,}")
        self.duplicates.setVisible(count > 0)

    def warn(self, trouble: str, state: str, *, jump: bool = False) -> None:
        """What is wrong; an empty text hides the banner. `state` is bad or warn."""
        self.trouble.setText(visible.one_line(trouble))
        self.banner.setProperty("state", state)
        self.banner.style().unpolish(self.banner)
        self.banner.style().polish(self.banner)
        self.jump.setVisible(jump)
        self.banner.setVisible(bool(trouble))
