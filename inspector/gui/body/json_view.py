"""The JSON tree with its search, menu, shortcuts, and the path of the chosen value at the bottom."""

from __future__ import annotations

import html
from collections import deque

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from inspector.core.body import json_text, visible
from inspector.core.body.json_index import JsonIndex, Node, Sort, text_of
from inspector.gui.background import Background
from inspector.gui.body.find_line import FindLine
from inspector.gui.body.json_delegate import JsonDelegate
from inspector.gui.body.json_model import JsonModel
from inspector.gui.body.own_keys import OwnKeys
from inspector.gui.body.work import Work
from inspector.gui.theme import mono_font

_OPEN_AT_FIRST = 200
_OPEN_AT_MOST = 5_000
_FOUND_AT_MOST = 10_000
_DETAIL_CHARS = 20_000


class _Tree(QTreeView):
    """Qt's own answer to the asterisk opens everything below, without a bound."""

    asterisk_pressed = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's override."""
        if event.key() == Qt.Key.Key_Asterisk:
            self.asterisk_pressed.emit()
            event.accept()
        else:
            super().keyPressEvent(event)


class JsonView(QWidget):
    """Shows one JsonIndex."""

    copied = Signal(str)
    """What went to the clipboard, in words."""

    def __init__(self, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._work = Work(background, self)
        self._copying = Work(background, self)
        self._model: JsonModel | None = None
        self._found: list[int] = []
        self._at = 0
        self.tree = _Tree(self)
        self.tree.asterisk_pressed.connect(self.expand_all)
        self.tree.setHeaderHidden(True)
        self.tree.setUniformRowHeights(True)
        self.tree.setIndentation(18)
        self.tree.setAnimated(False)
        self.tree.setItemDelegate(JsonDelegate(self.tree))
        self.tree.setAccessibleName("Body as a tree")
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.customContextMenuRequested.connect(self._on_menu)
        self.find_line = FindLine(self)
        self.find_line.changed.connect(self.search)
        self.find_line.moved.connect(self._on_moved)
        self.find_line.closed.connect(self._on_find_closed)
        self.detail = QPlainTextEdit(self)
        self.detail.setReadOnly(True)
        self.detail.setFont(mono_font())
        self.detail.setProperty("role", "mono")
        self.detail.setMaximumHeight(150)
        self.detail.setAccessibleName("What the value holds")
        self.detail.hide()
        self.path_label = QLabel(self)
        self.path_label.setTextFormat(Qt.TextFormat.PlainText)
        self.path_label.setFont(mono_font())
        self.path_label.setProperty("role", "mono")
        self.path_label.setMinimumWidth(40)
        self.path_label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        copy = QPushButton("Copy path", self)
        copy.setProperty("kind", "flat")
        copy.clicked.connect(self.copy_path)
        bottom = QHBoxLayout()
        bottom.setContentsMargins(12, 3, 8, 3)
        bottom.addWidget(self.path_label, 1)
        bottom.addWidget(copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for widget in (self.find_line, self.tree, self.detail):
            layout.addWidget(widget, 1 if widget is self.tree else 0)
        layout.addLayout(bottom)
        self.actions_list = self._actions()
        OwnKeys(self.tree, self.actions_list)

    def _actions(self) -> list[QAction]:
        rows = (
            ("Copy value", "Ctrl+C", self.copy_value),
            ("Copy path", "Ctrl+Shift+C", self.copy_path),
            ("Copy as it came", "Ctrl+Alt+C", self.copy_subtree),
            ("Copy indented", "", self.copy_indented),
            ("Expand all", "Ctrl+Shift+E", self.expand_all),
            ("Collapse all", "Ctrl+Shift+W", self.collapse_all),
            ("Find in body", "Ctrl+F", self.find_line.open),
            ("Next match", "F3", lambda: self._on_moved(1)),
            ("Previous match", "Shift+F3", lambda: self._on_moved(-1)),
        )
        out: list[QAction] = []
        for text, keys, slot in rows:
            action = QAction(text, self)
            if keys:
                action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(lambda _checked=False, call=slot: call())
            self.addAction(action)
            out.append(action)
        return out

    def show_json(self, index: JsonIndex, arrived_ns: int | None = None) -> None:
        """Show a scanned index; hints are relative to `arrived_ns`."""
        self.clear()
        self._model = JsonModel(index, arrived_ns, self)
        self.tree.setModel(self._model)
        self.tree.selectionModel().currentChanged.connect(self._on_current)
        self._open(self._model.index(0, 0), _OPEN_AT_FIRST)
        self.tree.setCurrentIndex(self._model.index(0, 0))
        if self.find_line.isVisible() and self.find_line.line.text():
            self.search(self.find_line.line.text())

    def mark_duplicates(self, offsets: tuple[int, ...]) -> None:
        """Mark the duplicate keys that were found."""
        if self._model is not None and offsets:
            self._model.mark_duplicates(frozenset(offsets))
            self.tree.viewport().update()

    def clear(self) -> None:
        """Show nothing and stop the search."""
        self._work.stop()
        self._copying.stop()
        old, self._model = self._model, None
        self.tree.setModel(None)
        if old is not None:
            old.deleteLater()
        self._found = []
        self.path_label.clear()
        self.detail.hide()

    def go_to(self, offset: int) -> None:
        """Choose the innermost value at this byte and bring it into view."""
        if self._model is None:
            return
        place = self._model.place_of(self._model.source.locate(offset))
        self.tree.setCurrentIndex(place)
        self.tree.scrollTo(place, QTreeView.ScrollHint.PositionAtCenter)

    def expand_all(self) -> None:
        """Open what is below the chosen row, at most some thousand rows; groups of big arrays stay closed."""
        if self._model is not None:
            current = self.tree.currentIndex()
            self._open(current if current.isValid() else self._model.index(0, 0), _OPEN_AT_MOST)

    def collapse_all(self) -> None:
        """Close everything below the root."""
        if self._model is not None:
            self.tree.collapseAll()
            self.tree.expand(self._model.index(0, 0))

    def copy_value(self) -> None:
        """The chosen value: the text of a string without quotes and escapes, else as it came."""
        node = self._chosen()
        if node is not None and self._model is not None:
            lexeme = self._model.source.lexeme(node)
            text = text_of(lexeme) if node.sort is Sort.STRING else lexeme.decode("utf-8", "replace")
            self._copy(text, "value")

    def copy_path(self) -> None:
        """The JSONPath of the chosen row."""
        if self._model is not None and self.tree.currentIndex().isValid():
            self._copy(self._model.path(self.tree.currentIndex()), "path")

    def copy_subtree(self) -> None:
        """The chosen value with everything in it, exactly as the sender wrote it."""
        node = self._chosen()
        if node is not None and self._model is not None:
            self._copy(self._model.source.lexeme(node).decode("utf-8", "replace"), "value as it came")

    def copy_indented(self) -> None:
        """The chosen value indented, every number and string as it came."""
        node = self._chosen()
        if node is not None and self._model is not None:
            lexeme = self._model.source.lexeme(node)
            self._copying.start(
                lambda cancelled: json_text.formatted(lexeme, None, cancelled)[0],
                lambda text: self._copy(text, "indented value"),
            )

    def search(self, text: str) -> None:
        """Find text in keys and values, off Qt's thread, and go to the first match after the chosen row."""
        self._work.stop()
        if self._model is None:
            return
        data = self._model.source.data
        self._work.start(
            lambda cancelled: json_text.search(data, text, cancelled, _FOUND_AT_MOST), self._on_found
        )

    def _on_found(self, found: list[int]) -> None:
        self._found = found
        node = self._chosen()
        start = node.start if node is not None else 0
        self._at = next((at for at, offset in enumerate(found) if offset >= start), 0)
        self._show_match()

    def _on_moved(self, step: int) -> None:
        if self._found:
            self._at = (self._at + step) % len(self._found)
            self._show_match()

    def _show_match(self) -> None:
        self.find_line.tell(self._at, len(self._found), more=len(self._found) >= _FOUND_AT_MOST)
        if self._found:
            self.go_to(self._found[self._at])

    def _on_find_closed(self) -> None:
        self._work.stop()
        self._found = []
        self.tree.setFocus()

    def _on_current(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if self._model is None or not current.isValid():
            self.path_label.clear()
            self.detail.hide()
            return
        path = visible.one_line(self._model.path(current))
        self.path_label.setText(path)
        self.path_label.setToolTip(f"<qt>{html.escape(path)}</qt>")
        hint = self._model.row_text(current).hint
        if hint is not None and "\n" in hint.detail:
            self.detail.setPlainText(visible.text(hint.detail[:_DETAIL_CHARS]))
            self.detail.show()
        else:
            self.detail.hide()

    def _chosen(self) -> Node | None:
        if self._model is None or not self.tree.currentIndex().isValid():
            return None
        return self._model.node(self.tree.currentIndex())

    def _open(self, top: QModelIndex, limit: int) -> None:
        """Open level by level, so that a bound cuts the deepest rows and not the last ones."""
        if self._model is None:
            return
        waiting, rows = deque([top]), 0
        while waiting and rows < limit:
            place = waiting.popleft()
            count = self._model.rowCount(place)
            if place != top and rows + count > limit:
                continue
            rows += count
            self.tree.expand(place)
            for row in range(count):
                child = self._model.index(row, 0, place)
                if self._model.hasChildren(child) and not self._model.is_group(child):
                    waiting.append(child)

    def _on_menu(self, point: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for at, action in enumerate(self.actions_list):
            if at in (4, 6):
                menu.addSeparator()
            menu.addAction(action)
        menu.popup(self.tree.viewport().mapToGlobal(point))

    def _copy(self, text: str, what: str) -> None:
        QGuiApplication.clipboard().setText(text.encode("utf-8", "replace").decode("utf-8"))
        self.copied.emit(f"Copied the {what}")
