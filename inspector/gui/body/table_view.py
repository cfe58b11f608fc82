"""Form fields and multipart parts as a table of plain text."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from inspector.core.body import visible
from inspector.core.body.forms import Field
from inspector.core.body.multipart import Part
from inspector.core.body.reading import size_text
from inspector.gui.theme import mono_font, tokens_for

_ROWS = 2_000


class RowsView(QTreeWidget):
    """A flat table; Ctrl+C copies the value of the chosen row."""

    chosen = Signal(int)

    def __init__(self, name: str, titles: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setHeaderLabels(list(titles))
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.header().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.header().setStretchLastSection(True)
        self.setColumnWidth(0, 160)
        self._values: list[str] = []
        self.currentItemChanged.connect(
            lambda item, _before: self.chosen.emit(self.indexOfTopLevelItem(item) if item is not None else -1)
        )
        copy = QAction("Copy value", self)
        copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(lambda _checked=False: self.copy_value())
        self.addAction(copy)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def show_fields(self, fields: Sequence[Field]) -> None:
        """Form fields in their order; repeated names are marked."""
        self._fill([((field.name, field.value), field.value, field.repeated) for field in fields])

    def show_parts(self, parts: Sequence[Part]) -> None:
        """Parts with name, file name, type and size."""
        rows = [
            ((p.name, p.filename or "", p.content_type, size_text(len(p.body))), p.name, False) for p in parts
        ]
        self._fill(rows)

    def copy_value(self) -> None:
        """The value of the chosen row to the clipboard."""
        row = self.currentIndex().row()
        if 0 <= row < len(self._values):
            QGuiApplication.clipboard().setText(self._values[row])

    def _fill(self, rows: Sequence[tuple[tuple[str, ...], str, bool]]) -> None:
        self.clear()
        self._values = [value for _cells, value, _marked in rows]
        tokens = tokens_for(self.palette())
        items: list[QTreeWidgetItem] = []
        for cells, _value, marked in rows[:_ROWS]:
            item = QTreeWidgetItem([visible.one_line(cell) for cell in cells])
            for column in range(len(cells)):
                item.setFont(column, mono_font())
            if marked:
                item.setForeground(0, tokens.color("warn"))
                item.setText(0, item.text(0) + "  (repeated)")
            items.append(item)
        if len(rows) > _ROWS:
            items.append(QTreeWidgetItem([f"… {len(rows) - _ROWS:,} more; Text shows them"]))
        self.addTopLevelItems(items)
        if items:
            self.setCurrentItem(items[0])
