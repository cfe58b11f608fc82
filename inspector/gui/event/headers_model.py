"""Header lines as rows of a table: the name, and the value as plain text."""

from __future__ import annotations

import re

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from inspector.core.body.visible import one_line
from inspector.core.headers import HeaderPairs
from inspector.gui.theme import mono_font, tokens_for

Index = QModelIndex | QPersistentModelIndex
_LONG_WORD = re.compile(r"\S{24,}")
COLUMNS = ("Name", "Value")
SHOWN_CHARACTERS = 4000
"""Longer values are cut in the table; copying takes them whole."""


def as_text(raw: bytes) -> str:
    """UTF-8 where it is that, else byte by byte (Latin-1)."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _breakable(text: str) -> str:
    """The text with places in long words where a line may break (a cell breaks at spaces only)."""
    return _LONG_WORD.sub(lambda match: "\u200b".join(match.group()), text)


class HeadersModel(QAbstractTableModel):
    """The pairs of one request in their order."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.pairs: HeaderPairs = ()
        self._repeated: frozenset[bytes] = frozenset()

    def replace(self, pairs: HeaderPairs) -> None:
        """Shows other headers."""
        self.beginResetModel()
        self.pairs = pairs
        names = [name.lower() for name, _ in pairs]
        self._repeated = frozenset(name for name in names if names.count(name) > 1)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.pairs)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        name, value = self.pairs[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _breakable(one_line(as_text(value if index.column() else name), SHOWN_CHARACTERS))
            case Qt.ItemDataRole.UserRole | Qt.ItemDataRole.AccessibleTextRole:
                return one_line(as_text(value if index.column() else name), SHOWN_CHARACTERS)
            case Qt.ItemDataRole.FontRole:
                return mono_font()
            case Qt.ItemDataRole.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
            case Qt.ItemDataRole.ForegroundRole if index.column() == 0:
                return self._name_color()
            case Qt.ItemDataRole.ToolTipRole if name.lower() in self._repeated:
                return self._place_among_equals(index.row())
        return None

    def _name_color(self) -> object:
        from PySide6.QtGui import QGuiApplication

        return tokens_for(QGuiApplication.palette()).color("muted")

    def _place_among_equals(self, row: int) -> str:
        """Which of several lines of that name it is; the name itself stays out of the tooltip."""
        wanted = self.pairs[row][0].lower()
        rows = [number for number, (name, _) in enumerate(self.pairs) if name.lower() == wanted]
        return f"{rows.index(row) + 1} of {len(rows)} lines with this name"
