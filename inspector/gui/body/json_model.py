"""A Qt model over the JSON index: rows are made when a container is opened, big ones in groups."""

from __future__ import annotations

import html
from dataclasses import dataclass, field

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from inspector.core.body import hints, json_path, visible
from inspector.core.body.hints import Hint
from inspector.core.body.json_grammar import PAGE
from inspector.core.body.json_index import JsonIndex, Node, Sort, text_of

_DIRECT = 500
_DIRECT_BYTES = 1024 * 1024
_CELL_CHARS = 400

Place = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class RowText:
    """What one row shows, in plain text with nothing hidden."""

    key: str
    value: str
    style: str
    """`string`, `number`, `literal`, or `count` for containers and groups."""
    hint: Hint | None = None
    duplicate: bool = False
    cut: bool = False


@dataclass(slots=True)
class _Item:
    node: Node
    parent: int
    row: int
    first: int = -1
    """Of a group, the position of its first member; else -1."""
    span: int = 0
    children: list[int] | None = None
    count: int = -1
    shown: RowText | None = field(default=None)


class JsonModel(QAbstractItemModel):
    """One column; the delegate paints key, value and hint of `row_text`."""

    def __init__(
        self, index: JsonIndex, arrived_ns: int | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.source = index
        self._arrived_ns = arrived_ns
        self._duplicates: frozenset[int] = frozenset()
        self._items: list[_Item] = []
        if index.root is not None:
            self._items.append(_Item(index.root, -1, 0))

    def mark_duplicates(self, offsets: frozenset[int]) -> None:
        """Mark the keys at these offsets."""
        self._duplicates = offsets
        for item in self._items:
            item.shown = None
        if self._items:
            top = self.index(0, 0)
            self.dataChanged.emit(top, top)

    def index(self, row: int, column: int, parent: Place = QModelIndex()) -> QModelIndex:  # noqa: B008 - Qt's own default
        """Qt's override."""
        if not parent.isValid():
            return self.createIndex(0, 0, 0) if row == 0 and self._items else QModelIndex()
        children = self._children(parent.internalId())
        return self.createIndex(row, column, children[row]) if 0 <= row < len(children) else QModelIndex()

    def parent(self, child: Place = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008 - Qt overloads it
        """Qt's override."""
        if not child.isValid():
            return QModelIndex()
        above = self._items[child.internalId()].parent
        return QModelIndex() if above < 0 else self.createIndex(self._items[above].row, 0, above)

    def rowCount(self, parent: Place = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Qt's override; makes the rows of the container on the first call."""
        if not parent.isValid():
            return 1 if self._items else 0
        return len(self._children(parent.internalId()))

    def columnCount(self, parent: Place = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Qt's override."""
        return 1

    def hasChildren(self, parent: Place = QModelIndex()) -> bool:  # noqa: B008 - Qt's own default
        """Qt's override; answers without making rows."""
        if not parent.isValid():
            return bool(self._items)
        item = self._items[parent.internalId()]
        return item.first >= 0 or (item.node.is_container and self._count(item) > 0)

    def data(self, index: Place, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt's override: plain text for readers of the screen; the delegate asks `row_text`."""
        if not index.isValid():
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            shown = self.row_text(index)
            return f"{shown.key} {shown.value}"
        if role == Qt.ItemDataRole.ToolTipRole:
            shown = self.row_text(index)
            lines = [f"{shown.key}  {shown.value}", shown.hint.short if shown.hint is not None else ""]
            return "<qt>" + "<br>".join(html.escape(line) for line in lines if line) + "</qt>"
        return None

    def row_text(self, place: Place) -> RowText:
        """What the row shows; made once."""
        item = self._items[place.internalId()]
        if item.shown is None:
            item.shown = self._made(item)
        return item.shown

    def node(self, place: Place) -> Node:
        """The node of a row; of a group, the container that it is a part of."""
        return self._items[place.internalId()].node

    def is_group(self, place: Place) -> bool:
        """Whether the row stands for some members of a big container."""
        return self._items[place.internalId()].first >= 0

    def path(self, place: Place) -> str:
        """JSONPath of the row; of a group, of its container."""
        nodes: list[Node] = []
        at = place.internalId()
        while at >= 0:
            item = self._items[at]
            if item.first < 0 or not nodes:
                nodes.append(item.node)
            at = item.parent
        distinct = [node for i, node in enumerate(nodes) if i == 0 or node is not nodes[i - 1]]
        return json_path.path(list(reversed(distinct)))

    def place_of(self, nodes: list[Node]) -> QModelIndex:
        """The row of the last of these nodes, which lead there from the root."""
        if not nodes or not self._items:
            return QModelIndex()
        at = 0
        for node in nodes[1:]:
            found = self._descend(at, node)
            if found < 0:
                break
            at = found
        return self.createIndex(self._items[at].row, 0, at)

    def _descend(self, at: int, node: Node) -> int:
        while True:
            for child in self._children(at):
                item = self._items[child]
                if item.first < 0 and item.node.start == node.start:
                    return child
                if item.first >= 0 and item.first <= node.ordinal < item.first + item.span:
                    at = child
                    break
            else:
                return -1

    def _count(self, item: _Item) -> int:
        if item.count < 0:
            item.count = self.source.count(item.node)
        return item.count

    def _children(self, at: int) -> list[int]:
        item = self._items[at]
        if item.children is None:
            item.children = []
            if item.first >= 0:
                self._fill(at, item.first, item.first + item.span)
            elif item.node.is_container:
                self._fill(at, 0, self._count(item))
        return item.children

    def _fill(self, at: int, first: int, end: int) -> None:
        item = self._items[at]
        children = item.children
        if children is None:
            return
        count = end - first
        small = count <= _DIRECT and item.node.end - item.node.start <= _DIRECT_BYTES
        if count <= PAGE or small:
            for row, node in enumerate(self.source.members(item.node, first, count)):
                children.append(len(self._items))
                self._items.append(_Item(node, at, row))
            return
        span = PAGE
        while count > span * 100:
            span *= 100
        for row, start in enumerate(range(first, end, span)):
            children.append(len(self._items))
            self._items.append(_Item(item.node, at, row, start, min(span, end - start)))

    def _made(self, item: _Item) -> RowText:
        node = item.node
        if item.first >= 0:
            return RowText(f"[{item.first:,} … {item.first + item.span - 1:,}]", "", "count")
        key = self._key(item)
        duplicate = node.key is not None and node.key_start in self._duplicates
        if node.is_container:
            count = f"{self._count(item):,}"
            value = f"{{{count}}}" if node.sort is Sort.OBJECT else f"[{count}]"
            return RowText(key, value, "count", None, duplicate, not node.whole)
        lexeme = self.source.data[node.start : min(node.end, node.start + _CELL_CHARS * 4)]
        value = visible.one_line(lexeme.decode("utf-8", "replace"), _CELL_CHARS)
        style = node.sort.value if node.sort in (Sort.STRING, Sort.NUMBER) else "literal"
        return RowText(key, value, style, self._hint(node), duplicate)

    def _key(self, item: _Item) -> str:
        node = item.node
        if item.parent < 0:
            return "body"
        if node.key is None:
            return f"{node.ordinal:,}"
        inner = node.key[1:-1][: _CELL_CHARS * 4].decode("utf-8", "replace")
        return visible.one_line(inner, _CELL_CHARS) if inner else '""'

    def _hint(self, node: Node) -> Hint | None:
        if node.end - node.start > 100_000:
            return None
        lexeme = self.source.lexeme(node)
        if node.sort is Sort.NUMBER:
            return hints.for_number(lexeme.decode("ascii", "replace"), self._arrived_ns)
        return hints.for_string(text_of(lexeme), self._arrived_ns) if node.sort is Sort.STRING else None
