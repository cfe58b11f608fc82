"""The list of connections that were turned away, with the first bytes that came."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit, QSplitter, QTreeWidget, QTreeWidgetItem, QWidget

from inspector.core.refusal import Refusal
from inspector.gui.dialogs.plain import PlainDialog
from inspector.gui.theme import mono_font
from inspector.gui.views.parts import label
from inspector.gui.words import clock, safe


def show_refusals(parent: QWidget, refusals: list[Refusal]) -> PlainDialog:
    """Newest first; choosing one shows what it sent."""
    dialog = PlainDialog("Rejected connections", parent)
    dialog.setMinimumSize(760, 480)
    if not refusals:
        dialog.body.addWidget(label("None. Whoever connected spoke HTTP, in time.", "muted"))
        dialog.body.addStretch(1)
    tree = QTreeWidget()
    tree.setHeaderLabels(["At", "From", "Answered", "Reason"])
    tree.setRootIsDecorated(False)
    tree.setUniformRowHeights(True)
    tree.setAccessibleName("Rejected connections")
    for refusal in refusals:
        cells = [clock(refusal.at_ns), safe(refusal.remote), str(refusal.status), safe(refusal.reason)]
        item = QTreeWidgetItem(cells)
        for column in (0, 1, 2):
            item.setFont(column, mono_font())
        item.setData(0, Qt.ItemDataRole.UserRole, refusal.head)
        tree.addTopLevelItem(item)
    for column in range(3):
        tree.resizeColumnToContents(column)
    head = QPlainTextEdit()
    head.setReadOnly(True)
    head.setFont(mono_font())
    head.setAccessibleName("The first bytes that came")

    def choose(item: QTreeWidgetItem | None) -> None:
        data = item.data(0, Qt.ItemDataRole.UserRole) if item is not None else b""
        text = bytes(data).decode("latin-1").replace("\r\n", "\n")
        head.setPlainText("\n".join(safe(part) for part in text.split("\n")))

    tree.currentItemChanged.connect(lambda item, _before: choose(item))
    parts = QSplitter(Qt.Orientation.Vertical)
    parts.addWidget(tree)
    parts.addWidget(head)
    parts.setSizes([260, 140])
    parts.setVisible(bool(refusals))
    dialog.body.addWidget(parts, 1)
    if refusals:
        tree.setCurrentIndex(tree.model().index(0, 0))
    dialog.add_button("Close", dialog.accept, "main")
    dialog.open()
    return dialog
