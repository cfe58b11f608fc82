"""The attempts to deliver an event as rows of a table, newest first."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QGuiApplication

from inspector.core.delivery import DeliveryRow
from inspector.gui.deliveries.words import made_by, outcome, outcome_token, took
from inspector.gui.theme import mono_font, tokens_for
from inspector.gui.words import clock, full_moment, safe, tooltip

Index = QModelIndex | QPersistentModelIndex
COLUMNS = ("Sent", "Outcome", "Time", "Target", "Attempt")
SENT, OUTCOME, TIME, TARGET, ATTEMPT = range(5)
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class AttemptsModel(QAbstractTableModel):
    """Rows as they were given."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[DeliveryRow, ...] = ()

    def replace(self, rows: Sequence[DeliveryRow]) -> None:
        """Shows other attempts."""
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def row_of(self, number: int) -> int | None:
        """Where a delivery stands."""
        return next((place for place, row in enumerate(self.rows) if row.id == number), None)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if section == TIME else LEFT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row, column = self.rows[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _text(row, column)
            case Qt.ItemDataRole.FontRole:
                return mono_font() if column in (SENT, TIME, TARGET) else None
            case Qt.ItemDataRole.TextAlignmentRole:
                return RIGHT if column == TIME else LEFT
            case Qt.ItemDataRole.ForegroundRole:
                name = outcome_token(row) if column == OUTCOME else "text" if column == TIME else "muted"
                return tokens_for(QGuiApplication.palette()).color(name)
            case Qt.ItemDataRole.ToolTipRole:
                return tooltip(_tip(row, column))
        return None


def _text(row: DeliveryRow, column: int) -> str:
    if column == SENT:
        return clock(row.sent_at_ns)
    if column == OUTCOME:
        return outcome(row)
    if column == TIME:
        return took(row.phases)
    if column == ATTEMPT:
        return f"{row.attempt}, {made_by(row)}"
    return safe(row.target_name or row.url)


def _tip(row: DeliveryRow, column: int) -> str:
    if column == SENT:
        return full_moment(row.sent_at_ns)
    if column == OUTCOME and row.failure is not None and row.failure.detail:
        return row.failure.detail[:1000]
    return f"{row.method} {row.url[:1000]}"
