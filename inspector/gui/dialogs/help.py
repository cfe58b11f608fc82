"""What the program tells of itself: shortcuts, the filter's language, and what it is."""

from __future__ import annotations

import platform

import PySide6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QScrollArea, QWidget

from inspector import __version__
from inspector.core.query.fields import FIELDS
from inspector.gui.actions import ACTIONS, MENUS, shortcut_text
from inspector.gui.dialogs.plain import PlainDialog
from inspector.gui.theme import RESOURCES
from inspector.gui.views.parts import label


def _scrolled(grid: QGridLayout, width: int, height: int) -> QScrollArea:
    holder = QWidget()
    holder.setLayout(grid)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(holder)
    area.setMinimumSize(width, height)
    return area


def _grid(rows: list[tuple[str, ...]]) -> QGridLayout:
    """Rows of one part are headings; others are cells, the first in fixed width."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(24)
    grid.setVerticalSpacing(5)
    for place, row in enumerate(rows):
        if len(row) == 1:
            heading = label(row[0], "heading")
            heading.setContentsMargins(0, 10 if place else 0, 0, 2)
            grid.addWidget(heading, place, 0, 1, 3)
            continue
        for column, text in enumerate(row):
            cell = label(text, "mono" if column != 1 else "")
            cell.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(cell, place, column)
    grid.setColumnStretch(1, 1)
    grid.setRowStretch(len(rows), 1)
    return grid


def show_shortcuts(parent: QWidget) -> PlainDialog:
    """All actions with their keys."""
    rows: list[tuple[str, ...]] = []
    for menu in MENUS:
        rows.append((menu,))
        rows.extend(
            (shortcut_text(entry), entry.text) for entry in ACTIONS if entry.menu == menu and entry.shortcuts
        )
    dialog = PlainDialog("Shortcuts", parent)
    dialog.body.addWidget(_scrolled(_grid(rows), 460, 460))
    dialog.add_button("Close", dialog.accept, "main")
    dialog.open()
    return dialog


def show_query_help(parent: QWidget) -> PlainDialog:
    """The fields of the query language with examples."""
    rows: list[tuple[str, ...]] = [("Fields",)]
    rows.extend(
        (field.name + ("." if field.named else ":"), field.meaning, field.example) for field in FIELDS
    )
    rows.append(("Together",))
    rows.extend(
        [
            ("a b", "both; a word without a field is looked for everywhere", "type:order.* body:user_1"),
            ("a OR b", "one of them; brackets group", "(type:ping OR type:pong)"),
            ("-a", "not this", "-type:ping"),
            ('"…"', "exactly this text", 'body:"user 1"'),
        ]
    )
    dialog = PlainDialog("The filter's language", parent)
    dialog.body.addWidget(_scrolled(_grid(rows), 760, 480))
    dialog.add_button("Close", dialog.accept, "main")
    dialog.open()
    return dialog


def show_about(parent: QWidget) -> PlainDialog:
    """Name, version, licences."""
    dialog = PlainDialog("Webhook Inspector", parent)
    for text, role in (
        (f"Version {__version__}", ""),
        (
            "Receives webhooks, keeps every byte of them, and says whether their signature holds.",
            "muted",
        ),
        (
            f"Python {platform.python_version()}, Qt {PySide6.__version__}, {platform.platform()}",
            "mono-muted",
        ),
        ("MIT licence. Fonts: Inter and JetBrains Mono, SIL Open Font License 1.1.", "muted"),
        (f"The licences of the fonts are in {RESOURCES / 'fonts'}", "mono-muted"),
    ):
        words = label(text, role)
        words.setWordWrap(True)
        words.setMinimumWidth(420)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        dialog.body.addWidget(words)
    dialog.add_button("Close", dialog.accept, "main")
    dialog.open()
    return dialog
