"""The headers of an event as they came: order, case and duplicates kept; searched and copied."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSortFilterProxyModel, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from inspector.core.event import Event
from inspector.core.headers import HeaderPairs
from inspector.gui.event.headers_model import HeadersModel, as_text

CELLS = "QTableView { background: palette(base); } QTableView::item { padding: 3px 8px; }"


class HeadersTab(QWidget):
    """`show_event(event)` fills the table; `clear()` empties it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Headers")
        self.model = HeadersModel(self)
        self._found = QSortFilterProxyModel(self)
        self._found.setSourceModel(self.model)
        self._found.setFilterKeyColumn(-1)
        self._found.setFilterRole(Qt.ItemDataRole.UserRole)
        self._found.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.search = QLineEdit(placeholderText="Find in headers")
        self.search.setAccessibleName("Find in headers")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._on_search_changed)
        self._count = QLabel(textFormat=Qt.TextFormat.PlainText)
        self._count.setProperty("role", "muted")
        self._copy = QPushButton("Copy all")
        self._copy.setProperty("kind", "flat")
        self._copy.clicked.connect(self.copy_all)
        self.view = self._table()
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 8, 12, 8)
        bar.setSpacing(8)
        bar.addWidget(self.search, 1)
        bar.addWidget(self._count)
        bar.addWidget(self._copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(bar)
        layout.addWidget(self.view, 1)
        self.clear()

    def show_event(self, event: Event) -> None:
        """Shows the headers of this event; the search stays."""
        self._fill(event.request.headers)

    def show_headers(self, pairs: HeaderPairs) -> None:
        """Shows these headers, which need not be those of an event."""
        self._fill(pairs)

    def clear(self) -> None:
        """Shows nothing."""
        self._fill(())

    def copy_value(self) -> None:
        """Copies the values of the selected lines."""
        self._to_clipboard([as_text(self.model.pairs[row][1]) for row in self._rows()])

    def copy_lines(self) -> None:
        """Copies the selected lines as `Name: value`."""
        self._to_clipboard([_line(self.model.pairs[row]) for row in self._rows()])

    def copy_all(self) -> None:
        """Copies all lines, also those that the search hides."""
        self._to_clipboard([_line(pair) for pair in self.model.pairs])

    def _table(self) -> QTableView:
        view = QTableView()
        view.setModel(self._found)
        view.setAccessibleName("Headers as they came")
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setShowGrid(False)
        view.setStyleSheet(CELLS)
        view.setWordWrap(True)
        view.setTextElideMode(Qt.TextElideMode.ElideNone)
        view.setTabKeyNavigation(False)
        view.verticalHeader().hide()
        across = view.horizontalHeader()
        across.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        across.setStretchLastSection(True)
        across.setHighlightSections(False)
        across.sectionResized.connect(view.resizeRowsToContents)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._on_menu_wanted)
        copy = QAction("Copy lines", view)
        copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self.copy_lines)
        view.addAction(copy)
        view.doubleClicked.connect(self.copy_value)
        return view

    def _fill(self, pairs: HeaderPairs) -> None:
        self.model.replace(pairs)
        self._copy.setEnabled(bool(pairs))
        self.view.resizeColumnToContents(0)
        self.view.setColumnWidth(0, max(120, min(self.view.columnWidth(0), 220)))
        self.view.resizeRowsToContents()
        self._say_count()

    def _say_count(self) -> None:
        shown, total = self._found.rowCount(), self.model.rowCount()
        word = "header" if total == 1 else "headers"
        self._count.setText(f"{shown} of {total}" if self.search.text() else f"{total} {word}")

    def _on_search_changed(self, text: str) -> None:
        self._found.setFilterFixedString(text)
        self.view.resizeRowsToContents()
        self._say_count()

    def _on_menu_wanted(self, at: QPoint) -> None:
        menu = self._menu()
        menu.popup(self.view.viewport().mapToGlobal(at))

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        selected = bool(self._rows())
        for text, act in (("Copy value", self.copy_value), ("Copy line", self.copy_lines)):
            action = menu.addAction(text)
            action.triggered.connect(act)
            action.setEnabled(selected)
        menu.addAction("Copy all").triggered.connect(self.copy_all)
        return menu

    def _rows(self) -> list[int]:
        indices = self.view.selectionModel().selectedRows()
        return sorted(self._found.mapToSource(index).row() for index in indices)

    def _to_clipboard(self, lines: list[str]) -> None:
        if lines:
            QGuiApplication.clipboard().setText("\n".join(lines))


def _line(pair: tuple[bytes, bytes]) -> str:
    name, value = pair
    return f"{as_text(name)}: {as_text(value)}" if value else f"{as_text(name)}:"
