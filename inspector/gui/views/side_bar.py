"""The side bar: views, sources and saved filters, each with its count; choosing one sets the filter."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex as Index
from PySide6.QtCore import QObject, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from inspector.core.listing import SavedFilter, Totals
from inspector.core.query.nodes import Match
from inspector.core.query.render import render
from inspector.gui.theme import tokens_for, ui_font
from inspector.gui.words import count, safe, tooltip

ENTRY_ROLE = Qt.ItemDataRole.UserRole + 1
WIDTH = 172


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: a heading, or a choice with the query that it stands for."""

    title: str
    query: str | None = None
    """None for a heading."""
    number: int | None = None
    alarming: bool = False
    """The number is of things that went wrong."""
    saved: bool = False


def entries(
    totals: Totals,
    sources: tuple[str, ...],
    filters: list[tuple[SavedFilter, int | None]],
    failed: int = 0,
    dead: int = 0,
) -> list[Entry]:
    """The lines of the side bar. `failed` and `dead` count events by their last deliveries."""
    lines = [
        Entry("Views"),
        Entry("All events", "", totals.all),
        Entry("Pinned", "is:pinned", totals.pinned),
        Entry("Signature invalid", "signature:invalid", totals.invalid, alarming=True),
        Entry("Delivery failed", "delivery:failed", failed, alarming=True),
        Entry("Dead letters", "is:dead", dead, alarming=True),
        Entry("Duplicates", "is:duplicate", totals.duplicates),
        Entry("Incomplete", "is:incomplete", totals.incomplete, alarming=True),
        Entry("Rejected", "is:rejected", totals.rejected, alarming=True),
    ]
    names = sorted({*sources, *(name for name in totals.by_source if name)})
    lines.append(Entry("Sources"))
    for name in names:
        lines.append(Entry(name, render(Match("source", name)), totals.by_source.get(name, 0)))
    if filters:
        lines.append(Entry("Saved filters"))
        lines.extend(Entry(each.name, each.query, number, saved=True) for each, number in filters)
    return lines


def _choices(lines: list[Entry]) -> list[tuple[str, str | None]]:
    return [(each.title, each.query) for each in lines]


class SideBar(QFrame):
    """Signals the query of the line that was chosen."""

    query_chosen = Signal(str)
    filter_menu_wanted = Signal(str, QPoint)
    """The name of a saved filter, and where on the screen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("SideBar")
        self.setMinimumWidth(140)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        self.list = QListWidget()
        self.list.setAccessibleName("Views, sources and saved filters")
        self.list.setItemDelegate(_EntryDelegate(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMouseTracking(True)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._on_menu_wanted)
        layout.addWidget(self.list)
        self._entries: list[Entry] = []
        self._filling = False
        self.list.currentItemChanged.connect(self._on_current_changed)
        self.list.itemClicked.connect(self._on_clicked)

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, 400)

    def show_entries(self, lines: list[Entry]) -> None:
        """Show these lines; the chosen one stays chosen."""
        if lines == self._entries:
            return
        self._filling = True
        if _choices(lines) != _choices(self._entries):
            chosen = self.chosen_query()
            self.list.clear()
            for entry in lines:
                item = QListWidgetItem()
                if entry.query is None:
                    item.setFlags(Qt.ItemFlag.NoItemFlags)
                self.list.addItem(item)
            self._entries = lines
            self._fill(lines)
            self.mark(chosen if chosen is not None else "")
        else:
            self._entries = lines
            self._fill(lines)
        self._filling = False

    def _fill(self, lines: list[Entry]) -> None:
        for place, entry in enumerate(lines):
            item = self.list.item(place)
            item.setData(ENTRY_ROLE, entry)
            title = safe(entry.title)
            item.setText(title if entry.number is None else f"{title}, {entry.number}")
            item.setToolTip(tooltip(entry.query) if entry.query else "")

    def chosen_query(self) -> str | None:
        """The query of the chosen line, or None."""
        item = self.list.currentItem()
        entry = item.data(ENTRY_ROLE) if item is not None else None
        return entry.query if isinstance(entry, Entry) else None

    def mark(self, query: str) -> None:
        """Show as chosen the line that stands for this query, or none."""
        filling, self._filling = self._filling, True
        for place, entry in enumerate(self._entries):
            if entry.query is not None and entry.query == query.strip():
                self.list.setCurrentRow(place)
                break
        else:
            self.list.setCurrentRow(-1)
            self.list.clearSelection()
        self._filling = filling

    def _on_current_changed(self, item: QListWidgetItem | None, _before: QListWidgetItem | None) -> None:
        if item is not None and not self._filling:
            self._choose(item)

    def _on_clicked(self, item: QListWidgetItem) -> None:
        self._choose(item)

    def _choose(self, item: QListWidgetItem) -> None:
        entry = item.data(ENTRY_ROLE)
        if isinstance(entry, Entry) and entry.query is not None:
            self.query_chosen.emit(entry.query)

    def _on_menu_wanted(self, at: QPoint) -> None:
        item = self.list.itemAt(at)
        entry = item.data(ENTRY_ROLE) if item is not None else None
        if isinstance(entry, Entry) and entry.saved:
            self.filter_menu_wanted.emit(entry.title, self.list.viewport().mapToGlobal(at))


class _EntryDelegate(QStyledItemDelegate):
    """Paints a heading small, a choice with its count on the right."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._font, self._heading = ui_font(), ui_font(11, QFont.Weight.DemiBold)
        self._metrics = QFontMetrics(self._font)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index | QPersistentModelIndex) -> QSize:
        entry = index.data(ENTRY_ROLE)
        heading = isinstance(entry, Entry) and entry.query is None
        return QSize(100, (28 if index.row() == 0 else 34) if heading else 26)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index | QPersistentModelIndex
    ) -> None:
        entry = index.data(ENTRY_ROLE)
        if not isinstance(entry, Entry):
            return
        rect: QRect = option.rect
        tokens = tokens_for(option.palette)
        if entry.query is None:
            painter.setFont(self._heading)
            painter.setPen(tokens.color("muted"))
            place = rect.adjusted(16, 0, -8, -5)
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, entry.title)
            return
        box = rect.adjusted(8, 1, -8, -1)
        state: QStyle.StateFlag = option.state
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            painter.setPen(Qt.PenStyle.NoPen)
            selected = bool(state & QStyle.StateFlag.State_Selected)
            painter.setBrush(tokens.color("selection" if selected else "hover"))
            painter.drawRoundedRect(box, 5, 5)
        painter.setFont(self._font)
        inner = box.adjusted(8, 0, -8, 0)
        number = "" if entry.number is None else count(entry.number)
        painter.setPen(tokens.color("bad" if entry.alarming and entry.number else "muted"))
        painter.drawText(inner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, number)
        room = inner.width() - self._metrics.horizontalAdvance(number) - 8
        title = self._metrics.elidedText(safe(entry.title), Qt.TextElideMode.ElideRight, room)
        painter.setPen(tokens.color("text"))
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        painter.drawText(inner, flags, title)
