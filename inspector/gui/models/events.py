"""The table of events: all ids in order, rows fetched in pages off Qt's thread and kept for a while."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterable
from typing import Protocol

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from inspector.core.event import EventRow
from inspector.core.listing import Order
from inspector.core.query.nodes import Node
from inspector.gui.background import Background, Job
from inspector.gui.models.columns import COLUMNS
from inspector.gui.words import full_moment, tooltip

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = Qt.ItemDataRole.UserRole + 1
"""The EventRow, or None while it is on its way."""
ID_ROLE = Qt.ItemDataRole.UserRole + 2
PAGE = 64
KEPT_ROWS = 8192
FIRST_ROWS = 64
"""Rows that come along with new ids, because they will be on the screen at once."""
RESORT_MS = 700
"""How often a list in another order than that of arrival is read anew while events come."""
NEWEST_FIRST = Order()
_NOWHERE = QModelIndex()


class Reader(Protocol):
    """What the model asks of the inbox, in the background."""

    def ids(self, query: Node | None = ..., order: Order = ...) -> array[int]:
        """All that match, in order."""

    def rows(self, ids: Iterable[int]) -> list[EventRow]:
        """Their rows."""

    def matching(self, query: Node | None, ids: Iterable[int]) -> set[int]:
        """Those that match."""


class EventsModel(QAbstractTableModel):
    """Shows the events that match a query, in an order."""

    loaded = Signal()
    """A new list of ids is in place."""
    load_failed = Signal(object)
    rows_arrived = Signal(int)
    """So many new events were put on top."""

    def __init__(self, reader: Reader, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reader = reader
        self._background = background
        self._ids: array[int] = array("q")
        self._rows: OrderedDict[int, EventRow] = OrderedDict()
        self._query: Node | None = None
        self._order = NEWEST_FIRST
        self._loading: Job | None = None
        self._adding: Job | None = None
        self._fetching: Job | None = None
        self._stored: list[int] = []
        self._wanted: set[int] = set()
        self._stale: set[int] = set()
        self._asked: set[int] = set()
        self._fetch_timer = self._single_shot(0, self._fetch)
        self._resort_timer = self._single_shot(RESORT_MS, self.reload)

    def _single_shot(self, milliseconds: int, slot: object) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(slot)
        return timer

    # What is shown

    @property
    def query(self) -> Node | None:
        """The query in force."""
        return self._query

    @property
    def order(self) -> Order:
        """The order in force."""
        return self._order

    @property
    def is_loading(self) -> bool:
        """Whether a new list is on its way."""
        return self._loading is not None

    def ids(self) -> array[int]:
        """All ids in the order shown; not to be changed."""
        return self._ids

    def id_at(self, row: int) -> int:
        """The id of a row."""
        return self._ids[row]

    def row_of(self, number: int) -> int | None:
        """Where an event stands, or None."""
        ids = self._ids
        if self._order == NEWEST_FIRST:
            place = bisect_left(ids, -number, key=lambda each: -each)
            return place if place < len(ids) and ids[place] == number else None
        try:
            return ids.index(number)
        except ValueError:
            return None

    def event_row(self, number: int) -> EventRow | None:
        """The row of an event, where it is held."""
        return self._rows.get(number)

    def row_at(self, place: int) -> EventRow | None:
        """The row that stands there; None while it is on its way (it is asked for)."""
        number = self._ids[place]
        row = self._rows.get(number)
        if row is None or number in self._stale:
            self._want(place)
        return row

    def show_query(self, query: Node | None) -> None:
        """List what matches this."""
        self._query = query
        self.reload()

    def reload(self) -> None:
        """Read the list anew; the earlier one stays on the screen until the new one is there."""
        if self._loading is not None:
            self._loading.cancel()
        if self._adding is not None:
            self._adding.cancel()
            self._adding = None
        self._stored.clear()
        self._resort_timer.stop()
        self._loading = self._background.run(
            _load, self._reader, self._query, self._order, done=self._on_loaded, failed=self._on_load_failed
        )

    def _on_loaded(self, result: tuple[array[int], list[EventRow]]) -> None:
        ids, rows = result
        self._loading = None
        self.beginResetModel()
        self._ids = ids
        self._wanted.clear()
        self._asked.clear()
        self._keep(rows)
        self.endResetModel()
        self.loaded.emit()
        if self._stored:
            self._add()

    def _on_load_failed(self, error: Exception) -> None:
        self._loading = None
        self.load_failed.emit(error)

    # News

    def add_stored(self, ids: list[int]) -> None:
        """New events are on the disk."""
        self._stored.extend(ids)
        if self._loading is None and self._adding is None:
            self._add()

    def _add(self) -> None:
        if self._order != NEWEST_FIRST:
            self._stored.clear()
            if not self._resort_timer.isActive():
                self._resort_timer.start()
            return
        ids, self._stored = self._stored, []
        self._adding = self._background.run(
            _matching, self._reader, self._query, ids, done=self._on_matched, failed=self._on_add_failed
        )

    def _on_matched(self, result: tuple[array[int], list[EventRow]]) -> None:
        self._adding = None
        ids, rows = result
        newest = self._ids[0] if self._ids else 0
        fresh = array("q", (number for number in ids if number > newest))
        if fresh:
            self._keep(rows)
            self.beginInsertRows(_NOWHERE, 0, len(fresh) - 1)
            self._ids = fresh + self._ids
            self.endInsertRows()
            self.rows_arrived.emit(len(fresh))
        if self._stored:
            self._add()

    def _on_add_failed(self, _error: Exception) -> None:
        self._adding = None
        self._resort_timer.start()

    def refresh_rows(self, ids: Iterable[int]) -> None:
        """These rows changed: they are read again when they are painted next."""
        changed = [number for number in ids if number in self._rows or number in self._asked]
        self._stale.update(ids)
        if len(changed) > PAGE:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._ids) - 1, len(COLUMNS) - 1))
            return
        for number in changed:
            place = self.row_of(number)
            if place is not None:
                self.dataChanged.emit(self.index(place, 0), self.index(place, len(COLUMNS) - 1))

    def remove(self, removed: set[int]) -> None:
        """These events are gone."""
        if len(removed) > PAGE:
            self.reload()
            return
        for number in removed:
            self._rows.pop(number, None)
            row = self.row_of(number)
            if row is not None:
                self.beginRemoveRows(_NOWHERE, row, row)
                del self._ids[row]
                self.endRemoveRows()

    def forget_rows(self) -> None:
        """Rows may be others than those held: read them again when they are painted."""
        self._stale.update(self._rows)

    # Rows in pages

    def _want(self, row: int) -> None:
        if self._ids[row] in self._asked:
            return
        begin = row - row % PAGE
        for number in self._ids[begin : begin + PAGE]:
            if (number not in self._rows or number in self._stale) and number not in self._asked:
                self._asked.add(number)
                self._wanted.add(number)
        if not self._fetch_timer.isActive():
            self._fetch_timer.start()

    def _fetch(self) -> None:
        if self._fetching is not None:
            return  # one at a time: an earlier answer must not come after a later one
        wanted = sorted(self._wanted)
        self._wanted.clear()
        self._stale.difference_update(wanted)  # what changes from here on makes them stale again
        if wanted:
            self._fetching = self._background.run(
                lambda: (wanted, self._reader.rows(wanted)), done=self._on_rows, failed=self._on_rows_failed
            )

    def _on_rows(self, result: tuple[list[int], list[EventRow]]) -> None:
        self._fetching = None
        wanted, rows = result
        self._asked.difference_update(wanted)
        self._keep(rows)
        places = [place for row in rows if (place := self.row_of(row.id)) is not None]
        if places:
            first, last = self.index(min(places), 0), self.index(max(places), len(COLUMNS) - 1)
            self.dataChanged.emit(first, last)
        if self._wanted:
            self._fetch_timer.start()

    def _on_rows_failed(self, _error: Exception) -> None:
        self._fetching = None
        self._asked.clear()  # asked for again when they are painted next

    def _keep(self, rows: list[EventRow]) -> None:
        for row in rows:
            self._rows[row.id] = row
            self._rows.move_to_end(row.id)
        while len(self._rows) > KEPT_ROWS:
            number, _ = self._rows.popitem(last=False)
            self._stale.discard(number)
        if len(self._stale) > KEPT_ROWS:
            self._stale &= self._rows.keys()

    # Qt's questions

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        place = index.row()
        if not 0 <= place < len(self._ids):
            return None
        if role == ID_ROLE:
            return self._ids[place]
        if role not in (Qt.ItemDataRole.DisplayRole, ROW_ROLE, Qt.ItemDataRole.ToolTipRole):
            return None
        number = self._ids[place]
        row = self._rows.get(number)
        if row is None or number in self._stale:
            self._want(place)
        if row is None:
            return None if role == ROW_ROLE else ""
        if role == ROW_ROLE:
            return row
        column = COLUMNS[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            text = full_moment(row.received_at_ns) if column.key == "received" else column.text(row)
            return tooltip(text[:2000])
        return column.text(row)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if COLUMNS[section].right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        wanted = Order(COLUMNS[column].key, order is Qt.SortOrder.DescendingOrder)
        if wanted != self._order:
            self._order = wanted
            self.reload()


def _load(reader: Reader, query: Node | None, order: Order) -> tuple[array[int], list[EventRow]]:
    ids = reader.ids(query, order)
    return ids, reader.rows(ids[:FIRST_ROWS])


def _matching(reader: Reader, query: Node | None, ids: list[int]) -> tuple[array[int], list[EventRow]]:
    matching = set(ids) if query is None else reader.matching(query, ids)
    ordered = array("q", sorted(matching, reverse=True))
    return ordered, reader.rows(ordered[:FIRST_ROWS])
