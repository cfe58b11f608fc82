"""The names of a source's secrets, the current one first; secrets themselves are never shown."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)


class SecretNames(QWidget):
    """A short list with Add, Set, Up and Remove."""

    edited = Signal()
    secret_wanted = Signal(str)
    """The user wants to type the secret of this name; "" for a new one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._known: tuple[str, ...] = ()
        self._list = QListWidget()
        self._list.setAccessibleName("Names of secrets, the current one first")
        self._list.setFixedHeight(78)
        self._list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._list.currentRowChanged.connect(self._on_row_changed)
        self._add = QPushButton("Add secret")
        self._add.setProperty("menu", "true")
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._on_menu_wanted)
        self._add.setMenu(self._menu)
        self._set = QPushButton("Set secret…")
        self._set.clicked.connect(self._on_set)
        self._up = QPushButton("Make current")
        self._up.clicked.connect(self._on_up)
        self._remove = QPushButton("Remove")
        self._remove.clicked.connect(self._on_remove)
        row = QHBoxLayout()
        row.setSpacing(6)
        for button in (self._add, self._set, self._up, self._remove):
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        frame = QFrame()
        frame.setProperty("role", "code")
        framed = QVBoxLayout(frame)
        framed.setContentsMargins(2, 2, 2, 2)
        framed.addWidget(self._list)
        column.addWidget(frame)
        column.addLayout(row)
        self.setFocusProxy(self._list)
        self._on_row_changed(-1)

    def set_known(self, names: tuple[str, ...]) -> None:
        """The names that the keeper has, to choose from."""
        self._known = names

    def set_names(self, names: tuple[str, ...]) -> None:
        """Shows these."""
        self._list.clear()
        self._list.addItems(list(names))
        if names:
            self._list.setCurrentRow(0)
        self._on_row_changed(self._list.currentRow())

    def names(self) -> tuple[str, ...]:
        """What is listed now."""
        return tuple(self._list.item(row).text() for row in range(self._list.count()))

    def add(self, name: str) -> None:
        """Puts a name first, as the current one."""
        if name in self.names():
            return
        self._list.insertItem(0, name)
        self._list.setCurrentRow(0)
        self._on_row_changed(0)
        self.edited.emit()

    def _on_menu_wanted(self) -> None:
        self._menu.clear()
        self._menu.addAction("New secret…").triggered.connect(lambda: self.secret_wanted.emit(""))
        others = [name for name in self._known if name not in self.names()]
        if others:
            self._menu.addSeparator()
        for name in others:
            self._menu.addAction(name).triggered.connect(lambda _on=False, each=name: self.add(each))

    def _on_row_changed(self, row: int) -> None:
        self._set.setEnabled(row >= 0)
        self._remove.setEnabled(row >= 0)
        self._up.setEnabled(row > 0)

    def _on_set(self) -> None:
        item = self._list.currentItem()
        if item is not None:
            self.secret_wanted.emit(item.text())

    def _on_up(self) -> None:
        item = self._list.takeItem(self._list.currentRow())
        self._list.insertItem(0, item)
        self._list.setCurrentRow(0)
        self.edited.emit()

    def _on_remove(self) -> None:
        self._list.takeItem(self._list.currentRow())
        self._on_row_changed(self._list.currentRow())
        self.edited.emit()
