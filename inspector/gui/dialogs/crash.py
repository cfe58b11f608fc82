"""A defect of ours: the window that says so, with a report to copy."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from inspector.gui.dialogs.plain import PlainDialog
from inspector.gui.theme import mono_font
from inspector.gui.views.parts import copy, label


def show_report(parent: QWidget | None, report: str, log: Path) -> PlainDialog:
    """The report of one defect. Capture goes on meanwhile."""
    dialog = PlainDialog("Something went wrong in this program", parent)
    words = label(f"Events are still captured. The report is also in {log}.", "muted")
    words.setWordWrap(True)
    dialog.body.addWidget(words)
    view = QPlainTextEdit()
    view.setObjectName("report")
    view.setPlainText(report)
    view.setReadOnly(True)
    view.setFont(mono_font())
    view.setMinimumSize(680, 320)
    dialog.body.addWidget(view)
    dialog.add_button("Copy the report", lambda: copy(report))
    dialog.add_button("Close", dialog.accept, "main")
    dialog.open()
    return dialog
