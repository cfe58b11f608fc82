"""The window that compares two events: what changed in the body, its text and the headers."""

from __future__ import annotations

import threading

from PySide6.QtCore import QAbstractTableModel, Qt
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHeaderView,
    QLabel,
    QTableView,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from inspector.core.body.visible import one_line
from inspector.core.diff.change import Kind
from inspector.core.diff.text_diff import BytesDiff
from inspector.core.event import Event
from inspector.gui.background import Background
from inspector.gui.compare.comparison import Comparison, Side, compare, line_name
from inspector.gui.compare.models import ChangesModel, LinesModel
from inspector.gui.words import clock, plural, size_in_words

TEXT = Qt.TextFormat.PlainText
CELLS = "QTableView { background: palette(base); } QTableView::item { padding: 2px 8px; }"


class CompareDialog(QDialog):
    """Call `open()`; the comparison runs in the background and is given up when the window closes."""

    def __init__(
        self,
        first: Event | Side,
        second: Event | Side,
        background: Background,
        parent: QWidget | None = None,
        title: str = "Compare events",
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self._line_name = line_name(first)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(920, 620)
        self._given_up = threading.Event()
        self.body, self.lines, self.headers = (
            ChangesModel("Path", self),
            LinesModel(self),
            ChangesModel("Header", self),
        )
        self._notes = [_label("Comparing…", "muted") for _ in range(3)]
        self.tabs = QTabWidget()
        for number, (name, model) in enumerate(
            (("Body", self.body), ("Text", self.lines), ("Headers", self.headers))
        ):
            self.tabs.addTab(self._page(number, model), name)
        buttons = QDialogButtonBox()
        buttons.addButton("Close", QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        layout.addLayout(_names(first, second))
        layout.addWidget(self.tabs, 1)
        layout.addWidget(buttons)
        self.finished.connect(self._on_finished)
        self._job = background.run(
            compare, first, second, self._given_up.is_set,
            done=self._on_compared, failed=self._on_failed, receiver=self,
        )  # fmt: skip

    def closeEvent(self, event: QCloseEvent) -> None:
        self._on_finished()
        super().closeEvent(event)

    def _page(self, number: int, model: QAbstractTableModel) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._notes[number])
        layout.addWidget(_table(model, numbered=number == 1), 1)
        return page

    def _on_finished(self, _result: int = 0) -> None:
        self._given_up.set()
        self._job.cancel()

    def _on_failed(self, error: Exception) -> None:
        for note in self._notes:
            note.setText(f"The events could not be compared: {error}")

    def _on_compared(self, found: Comparison) -> None:
        changes = found.structure.changes if found.structure else ()
        self.body.replace(changes)
        self.lines.replace(found.text.lines if found.text else ())
        self.headers.replace((*found.line, *found.headers))
        self._notes[0].setText(_on_bodies(found))
        self._notes[1].setText(_on_text(found))
        differing = sum(change.kind is not Kind.SAME for change in self.headers.changes)
        self._notes[2].setText(
            _count(differing, whole=True) if differing else f"{self._line_name} and headers are the same."
        )
        self.tabs.setTabText(0, f"Body {len(changes)}" if changes else "Body")
        self.tabs.setTabText(2, f"Headers {differing}" if differing else "Headers")
        self.tabs.setTabEnabled(1, found.text is not None)
        if found.structure is None and found.text is not None and not found.bytes.same:
            self.tabs.setCurrentIndex(1)
        for table in self.findChildren(QTableView):
            table.resizeColumnsToContents()
            for column in range(table.model().columnCount()):
                table.setColumnWidth(column, min(table.columnWidth(column) + 8, 340))


def _names(first: Event | Side, second: Event | Side) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(4)
    grid.setColumnStretch(2, 1)
    for row, (title, side) in enumerate((("First", first), ("Second", second))):
        if isinstance(side, Side):
            mark, what = side.mark, side.words
        else:
            mark = f"#{side.id}  {clock(side.row.received_at_ns)}"
            what = side.row.event_type or f"{side.row.method} {side.request.path}"
        grid.addWidget(_label(title, "muted"), row, 0)
        grid.addWidget(_label(mark, "mono-muted"), row, 1)
        grid.addWidget(_label(one_line(what, 120)), row, 2)
    return grid


def _on_bodies(found: Comparison) -> str:
    if found.bytes.same:
        return "The bodies are the same, byte for byte."
    if found.structure is None:
        return _on_bytes(found.bytes)
    if not found.structure.changes and found.structure.complete:
        return "The JSON is the same; the bytes differ in white space or in how strings are written."
    return _count(len(found.structure.changes), whole=found.structure.complete)


def _on_bytes(parting: BytesDiff) -> str:
    sizes = f"{size_in_words(parting.before_bytes)} and {size_in_words(parting.after_bytes)}"
    return f"{sizes}. The first byte that differs is at offset {parting.common_start:,}."


def _on_text(found: Comparison) -> str:
    if found.text is None:
        return "One of the bodies is not text."
    differing = sum(line.kind is not Kind.SAME for line in found.text.lines)
    if not differing and found.text.complete:
        return "The texts are the same."
    return (
        plural(differing, "line")
        + " differ"
        + ("." if found.text.complete else "; the rest is not compared.")
    )


def _count(number: int, *, whole: bool) -> str:
    return plural(number, "difference") + ("." if whole else "; the rest is not compared.")


def _label(text: str, role: str = "") -> QLabel:
    label = QLabel(text)
    label.setTextFormat(TEXT)
    label.setProperty("role", role)
    return label


def _table(model: QAbstractTableModel, *, numbered: bool) -> QTableView:
    view = QTableView()
    view.setModel(model)
    view.setAccessibleName("Lines that differ" if numbered else "Differences")
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setStyleSheet(CELLS)
    view.setTabKeyNavigation(False)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.verticalHeader().hide()
    view.horizontalHeader().setResizeContentsPrecision(100)
    view.verticalHeader().setDefaultSectionSize(20 if numbered else 26)
    view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    view.horizontalHeader().setStretchLastSection(True)
    view.horizontalHeader().setHighlightSections(False)
    view.horizontalHeader().setMinimumSectionSize(24)
    copy = QShortcut(
        QKeySequence(QKeySequence.StandardKey.Copy), view, context=Qt.ShortcutContext.WidgetShortcut
    )
    copy.activated.connect(lambda: _copy_rows(view))
    return view


def _copy_rows(view: QTableView) -> None:
    model = view.model()
    rows = sorted(index.row() for index in view.selectionModel().selectedRows())
    lines = [
        "\t".join(str(model.index(row, column).data()) for column in range(model.columnCount()))
        for row in rows
    ]
    if lines:
        QGuiApplication.clipboard().setText("\n".join(lines))
