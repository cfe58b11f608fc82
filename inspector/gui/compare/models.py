"""Differences as rows of a table: a sign and a word, the place, before and after."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QGuiApplication

from inspector.core.body.visible import one_line
from inspector.core.diff.change import Change, Kind
from inspector.core.diff.text_diff import Line
from inspector.gui.theme import Tokens, mono_font, tokens_for, ui_font

Index = QModelIndex | QPersistentModelIndex

WORDS = {
    Kind.SAME: "= same",
    Kind.ADDED: "+ added",
    Kind.REMOVED: "− removed",
    Kind.CHANGED: "~ changed",
    Kind.MOVED: "↕ moved",
}
TEXT_TOKENS = {
    Kind.SAME: "muted",
    Kind.ADDED: "good",
    Kind.REMOVED: "bad",
    Kind.CHANGED: "warn",
    Kind.MOVED: "muted",
}
GROUND_TOKENS = {Kind.ADDED: "good_ground", Kind.REMOVED: "bad_ground"}
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def _tokens() -> Tokens:
    return tokens_for(QGuiApplication.palette())


class _Table(QAbstractTableModel):
    """Rows of texts under titles, each row of one kind of difference."""

    def __init__(self, titles: Sequence[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._titles = tuple(titles)
        self._kinds: list[Kind] = []

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._kinds)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._titles)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        return LEFT if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        kind = self._kinds[row]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(row, column)
            case Qt.ItemDataRole.FontRole:
                return self._font(column)
            case Qt.ItemDataRole.ForegroundRole:
                return self._foreground(kind, column)
            case Qt.ItemDataRole.TextAlignmentRole:
                return LEFT
        return self._extra(kind, role)

    def _text(self, row: int, column: int) -> str:
        raise NotImplementedError

    def _font(self, column: int) -> object:
        return mono_font() if column else ui_font()

    def _foreground(self, kind: Kind, column: int) -> QColor:
        return _tokens().color(TEXT_TOKENS[kind] if column == 0 or kind is Kind.SAME else "text")

    def _extra(self, kind: Kind, role: int) -> object:
        return None


class ChangesModel(_Table):
    """Changes of JSON or headers."""

    def __init__(
        self, place: str, parent: QObject | None = None, sides: tuple[str, str] = ("First", "Second")
    ) -> None:
        super().__init__(("Difference", place, *sides), parent)
        self.changes: tuple[Change, ...] = ()

    def replace(self, changes: tuple[Change, ...]) -> None:
        """Shows other changes."""
        self.beginResetModel()
        self.changes = changes
        self._kinds = [change.kind for change in changes]
        self.endResetModel()

    def _text(self, row: int, column: int) -> str:
        change = self.changes[row]
        return (WORDS[change.kind], *(one_line(t, 600) for t in (change.place, change.before, change.after)))[
            column
        ]


class LinesModel(_Table):
    """Lines of a text diff with their numbers."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(("First", "Second", "", "Line"), parent)
        self.lines: tuple[Line, ...] = ()

    def replace(self, lines: tuple[Line, ...]) -> None:
        """Shows other lines."""
        self.beginResetModel()
        self.lines = lines
        self._kinds = [line.kind for line in lines]
        self.endResetModel()

    def _text(self, row: int, column: int) -> str:
        line = self.lines[row]
        sign = {Kind.ADDED: "+", Kind.REMOVED: "−"}.get(line.kind, " ")
        numbers = (str(line.before or ""), str(line.after or ""))
        return (*numbers, sign, one_line(line.text.replace("\t", "    ")))[column]

    def _font(self, column: int) -> object:
        return mono_font()

    def _foreground(self, kind: Kind, column: int) -> QColor:
        name = "muted" if column < 2 else "text" if column == 3 else TEXT_TOKENS[kind]
        return _tokens().color(name)

    def _extra(self, kind: Kind, role: int) -> object:
        if role == Qt.ItemDataRole.BackgroundRole and kind in GROUND_TOKENS:
            return _tokens().color(GROUND_TOKENS[kind])
        return None
