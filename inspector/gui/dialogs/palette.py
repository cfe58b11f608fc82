"""The command palette: type a few letters, choose an action."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from inspector.gui.actions import ACTIONS, Action, Actions, shortcut_text

WIDTH, ROWS, ROW = 520, 12, 28


def ranked(text: str, entries: tuple[Action, ...] = ACTIONS) -> list[Action]:
    """Actions whose menu and text hold the letters in order; the best first."""
    wanted = text.lower().replace(" ", "")
    scored = []
    for place, entry in enumerate(entries):
        name = entry.text.lower()
        whole = f"{entry.menu} {entry.text}".lower()
        if not wanted or name.startswith(text.lower()):
            score = 0
        elif text.lower() in whole:
            score = 1
        elif _holds(whole, wanted):
            score = 2
        else:
            continue
        scored.append((score, place, entry))
    return [entry for _, _, entry in sorted(scored, key=lambda each: each[:2])]


def _holds(text: str, letters: str) -> bool:
    place = -1
    for letter in letters:
        place = text.find(letter, place + 1)
        if place < 0:
            return False
    return True


class CommandPalette(QDialog):
    """Opens over the window; Return does the action that is chosen."""

    def __init__(self, actions: Actions, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("Palette")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName("Commands")
        self._actions = actions
        self.line = QLineEdit()
        self.line.setPlaceholderText("What do you want to do?")
        self.line.setAccessibleName("Command")
        self.list = QListWidget()
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self.line)
        layout.addWidget(self.list)
        self.setFixedSize(WIDTH, ROWS * ROW + 60)
        self.line.textChanged.connect(self._fill)
        self.line.installEventFilter(self)
        self.list.itemClicked.connect(self._do)
        self._fill("")
        corner = parent.mapToGlobal(QPoint((parent.width() - WIDTH) // 2, 72))
        self.move(corner)
        self.line.setFocus()

    def _fill(self, text: str) -> None:
        self.list.clear()
        for entry in ranked(text.strip()):
            action = self._actions[entry.key]
            if not action.isEnabled():
                continue
            keys = shortcut_text(entry)
            item = QListWidgetItem(f"{entry.menu}: {action.text()}" + (f"    {keys}" if keys else ""))
            item.setData(Qt.ItemDataRole.UserRole, entry.key)
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            row, key = self.list.currentRow(), event.key()
            if key == Qt.Key.Key_Down:
                self.list.setCurrentRow(min(row + 1, self.list.count() - 1))
            elif key == Qt.Key.Key_Up:
                self.list.setCurrentRow(max(row - 1, 0))
            elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                item = self.list.currentItem()
                if item is not None:
                    self._do(item)
            else:
                return False
            return True
        return False

    def _do(self, item: QListWidgetItem) -> None:
        key = item.data(Qt.ItemDataRole.UserRole)
        self.close()
        self._actions[key].trigger()
