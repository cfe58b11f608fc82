"""The table in the centre: keeps what one reads where it is while events come, and the selection by id."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView, QWidget

from inspector.gui.models.columns import COLUMNS
from inspector.gui.models.events import EventsModel, Index
from inspector.gui.theme import ROW_PX, tokens_for
from inspector.gui.views.delegate import EventDelegate

NAME_COLUMN = next(place for place, column in enumerate(COLUMNS) if column.chips)
NAME_LEAST = 170
ID_COLUMN = next(place for place, column in enumerate(COLUMNS) if column.key == "id")
ID_LEAST = 64
Behaviour = QItemSelectionModel.SelectionFlag


class EventsTable(QTableView):
    """Signals the current event and the selected ones, by id."""

    event_chosen = Signal(object)
    """The id of the current event, or None."""
    selection_changed = Signal(int)
    """How many are selected."""
    menu_wanted = Signal(QPoint)

    def __init__(self, model: EventsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("EventsTable")
        self.setAccessibleName("Events")
        self._model = model
        self._current: int | None = None
        self._selected: tuple[int, ...] = ()
        self._kept_current: int | None = None
        self._delegate = EventDelegate(self)
        self.setItemDelegate(self._delegate)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        vertical = self.verticalHeader()
        vertical.hide()
        vertical.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        vertical.setMinimumSectionSize(ROW_PX)
        vertical.setDefaultSectionSize(ROW_PX)
        self.setModel(model)
        self._set_up_header()
        self.setSortingEnabled(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(
            lambda at: self.menu_wanted.emit(self.viewport().mapToGlobal(at))
        )
        model.modelAboutToBeReset.connect(self._remember)
        model.loaded.connect(self._restore)
        model.rowsAboutToBeInserted.connect(self._on_rows_coming)
        model.rowsInserted.connect(self._on_rows_inserted)
        model.rowsRemoved.connect(self._on_rows_gone)
        self._row_lost: int | None = None
        self._scroll_before = 0

    def _set_up_header(self) -> None:
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        # With the table's own, each painting of the header looks at every selected row.
        header.setSelectionModel(QItemSelectionModel(self._model, header))
        header.setSectionsMovable(True)
        header.setMinimumSectionSize(44)
        header.setFixedHeight(ROW_PX + 2)
        header.setSortIndicator(0, Qt.SortOrder.DescendingOrder)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._id_width, self._fitting = COLUMNS[ID_COLUMN].width, True
        for place, column in enumerate(COLUMNS):
            self.setColumnWidth(place, column.width)
            self.setColumnHidden(place, not column.shown)
        self._fitting = False
        header.sectionResized.connect(self._on_resized)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(
            lambda at: self.columns_menu().popup(header.mapToGlobal(at))
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """The event's name takes the room that the other columns leave."""
        others = self.horizontalHeader().length() - self.columnWidth(NAME_COLUMN)
        if not self.isColumnHidden(ID_COLUMN):
            # In a narrow window the id gives way, so that the verdict stays in sight.
            others -= self.columnWidth(ID_COLUMN)
            spare = self.viewport().width() - others - NAME_LEAST
            width = max(min(self._id_width, spare), min(self._id_width, ID_LEAST))
            if width != self.columnWidth(ID_COLUMN):
                self._fitting = True
                self.setColumnWidth(ID_COLUMN, width)
                self._fitting = False
            others += width
        width = max(NAME_LEAST, self.viewport().width() - others)
        if width != self.columnWidth(NAME_COLUMN):
            self.setColumnWidth(NAME_COLUMN, width)

    def _on_resized(self, place: int, _old: int, width: int) -> None:
        if place == NAME_COLUMN or self._fitting:
            return
        if place == ID_COLUMN and width:
            self._id_width = width
        self._fit()

    def columns_menu(self) -> QMenu:
        """A menu with a tick for each column that is shown."""
        menu = QMenu("Columns", self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for place, column in enumerate(COLUMNS):
            action = menu.addAction(column.title)
            action.setCheckable(True)
            action.setChecked(not self.isColumnHidden(place))
            action.setEnabled(column.key != "type")
            action.toggled.connect(partial(self._show_column, place))
        return menu

    def _show_column(self, place: int, on: bool) -> None:
        self.setColumnHidden(place, not on)
        self._fit()

    # Selection by id

    def current_id(self) -> int | None:
        """The event that the pane shows."""
        return self._current

    def selected_ids(self) -> list[int]:
        """The selected events in the order shown."""
        return [self._model.id_at(row) for top, bottom in self._ranges() for row in range(top, bottom + 1)]

    def _ranges(self) -> list[tuple[int, int]]:
        selection = self.selectionModel().selection()
        ranges = (selection.at(place) for place in range(selection.count()))
        return sorted({(each.top(), each.bottom()) for each in ranges})

    def choose(self, number: int) -> bool:
        """Select one event and bring it into view; False where the list does not hold it."""
        row = self._model.row_of(number)
        if row is None:
            return False
        self._go(row)
        return True

    def step(self, by: int) -> None:
        """Go down (1) or up (-1); from nowhere to the first."""
        if self._model.rowCount():
            row = self.currentIndex().row()
            self._go(0 if row < 0 else min(max(row + by, 0), self._model.rowCount() - 1))

    def _go(self, row: int) -> None:
        index = self._model.index(row, 2)
        self.selectionModel().setCurrentIndex(index, Behaviour.ClearAndSelect | Behaviour.Rows)
        self.scrollTo(index)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        number = self._model.id_at(current.row()) if current.isValid() else None
        if number != self._current:
            self._current = number
            self.event_chosen.emit(number)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        self.selection_changed.emit(sum(bottom - top + 1 for top, bottom in self._ranges()))

    # What one reads stays where it is

    def _remember(self) -> None:
        self._selected = tuple(self.selected_ids()[:10_000])
        self._kept_current = self._current

    def _restore(self) -> None:
        current = self._kept_current
        selection = QItemSelection()
        for number in self._selected:
            row = self._model.row_of(number)
            if row is not None:
                selection.select(self._model.index(row, 0), self._model.index(row, len(COLUMNS) - 1))
        row = None if current is None else self._model.row_of(current)
        if row is not None:
            index = self._model.index(row, 2)
            self.selectionModel().setCurrentIndex(index, Behaviour.NoUpdate)
            self.scrollTo(index)
        elif self._current is not None:
            self._current = None
            self.event_chosen.emit(None)
        self.selectionModel().select(selection, Behaviour.ClearAndSelect)

    def _on_rows_coming(self, _parent: QModelIndex, _first: int, _last: int) -> None:
        self._scroll_before = self.verticalScrollBar().value()

    def _on_rows_inserted(self, _parent: QModelIndex, first: int, last: int) -> None:
        if self._scroll_before > 0 and first == 0:
            self.updateGeometries()
            self.verticalScrollBar().setValue(self._scroll_before + (last - first + 1) * ROW_PX)

    def rowsAboutToBeRemoved(self, parent: Index, start: int, end: int) -> None:
        self._row_lost = start if start <= self.currentIndex().row() <= end else None
        super().rowsAboutToBeRemoved(parent, start, end)

    def _on_rows_gone(self) -> None:
        """Qt goes to the row above, without selecting it; who deletes one event wants the next."""
        if self._row_lost is not None and self._model.rowCount():
            self._go(min(self._row_lost, self._model.rowCount() - 1))
        self._row_lost = None

    def paintEvent(self, event: QPaintEvent) -> None:
        area = event.rect()
        first = max(self.rowAt(area.top()), 0)
        last = self.rowAt(area.bottom())
        last = self._model.rowCount() - 1 if last < 0 else last
        spans = [
            (self.columnViewportPosition(place), self.columnWidth(place), place)
            for place in range(len(COLUMNS))
            if not self.isColumnHidden(place)
        ]
        width = sum(span[1] for span in spans)
        left = min((span[0] for span in spans), default=0)
        top = self.rowViewportPosition(first) if last >= first else 0
        ranges = self._ranges()
        tokens = tokens_for(self.palette())
        rows = []
        painter = QPainter(self.viewport())
        for row in range(first, last + 1):
            place = QRect(left, top + (row - first) * ROW_PX, width, ROW_PX)
            selected = any(low <= row <= high for low, high in ranges)
            if row == self._delegate.hovered and not selected:
                painter.fillRect(place, tokens.color("hover"))
            rows.append((place, self._model.row_at(row), selected))
        self._delegate.paint_rows(painter, tokens, rows, spans)
        painter.end()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        # Qt makes the first row the current one without selecting it.
        if self.currentIndex().isValid() and not self.selectionModel().hasSelection():
            self._go(self.currentIndex().row())

    # The row under the pointer

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.rowAt(event.position().toPoint().y()))
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(-1)
        super().leaveEvent(event)

    def _hover(self, row: int) -> None:
        if row != self._delegate.hovered:
            self._delegate.hovered = row
            self.viewport().update()
