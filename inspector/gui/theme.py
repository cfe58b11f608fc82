"""Colours and fonts of the window: a frozen table for each look, and the style sheet made of it."""

from __future__ import annotations

import string
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

import resources

RESOURCES = Path(resources.__path__[0])
UI_FAMILY = "Inter"
MONO_FAMILY = "JetBrains Mono"
BASE_PX = 13
ROW_PX = 27

Choice: TypeAlias = Literal["system", "light", "dark"]


def choice_of(text: str) -> Choice:
    """The choice that a setting's text means; anything unknown follows the system."""
    return "light" if text == "light" else "dark" if text == "dark" else "system"


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one look, as `#rrggbb`. Text colours reach 4.5:1 on every ground they are used on."""

    name: str
    ground: str
    """Behind the table and the tree."""
    surface: str
    """Bars, side bar, event pane."""
    raised: str
    """Buttons and chips on a surface."""
    hover: str
    line: str
    """Borders between parts."""
    text: str
    muted: str
    accent: str
    """The one accent: links, methods, the main button's ground, focus."""
    accent_text: str
    on_accent: str
    selection: str
    good: str
    bad: str
    warn: str
    good_ground: str
    bad_ground: str
    warn_ground: str
    bar: str
    """Histogram and waterfall, neutral part."""
    bar_bad: str
    match: str
    """Behind a search hit."""
    syntax_key: str
    syntax_string: str
    syntax_number: str
    syntax_literal: str
    """true, false, null."""
    syntax_tag: str
    syntax_comment: str

    def color(self, name: str) -> QColor:
        """The named token as a QColor; AttributeError for an unknown name."""
        return QColor(getattr(self, name))


LIGHT = Tokens(
    name="light",
    ground="#f7f8fa",
    surface="#ffffff",
    raised="#f3f4f6",
    hover="#e9ebef",
    line="#dfe2e7",
    text="#16191f",
    muted="#596070",
    accent="#1f6feb",
    accent_text="#1558c0",
    on_accent="#ffffff",
    selection="#dbe7fd",
    good="#12703f",
    bad="#bb1c30",
    warn="#805500",
    good_ground="#ebf5ef",
    bad_ground="#fdeef0",
    warn_ground="#fcf4e0",
    bar="#9dbdf0",
    bar_bad="#d1283c",
    match="#fbe7a1",
    syntax_key="#16191f",
    syntax_string="#12703f",
    syntax_number="#805500",
    syntax_literal="#8a2fa8",
    syntax_tag="#1558c0",
    syntax_comment="#596070",
)

DARK = Tokens(
    name="dark",
    ground="#14151a",
    surface="#1b1d24",
    raised="#242730",
    hover="#2c303a",
    line="#30343e",
    text="#e8eaee",
    muted="#9aa1ae",
    accent="#5b9cff",
    accent_text="#79adff",
    on_accent="#0b1220",
    selection="#24365a",
    good="#46bb84",
    bad="#ff7480",
    warn="#dfa83f",
    good_ground="#1b2d27",
    bad_ground="#36212a",
    warn_ground="#332c1e",
    bar="#33517f",
    bar_bad="#f4596a",
    match="#5c4a12",
    syntax_key="#e8eaee",
    syntax_string="#46bb84",
    syntax_number="#dfa83f",
    syntax_literal="#d18cf0",
    syntax_tag="#79adff",
    syntax_comment="#9aa1ae",
)


def tokens_for(palette: QPalette) -> Tokens:
    """The tokens of the look that this palette belongs to.

    A widget asks with its own palette while painting, and again on QEvent.PaletteChange.
    """
    return DARK if palette.color(QPalette.ColorRole.Window).lightness() < 128 else LIGHT


def contrast(first: str, second: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""

    def luminance(value: str) -> float:
        channels = [int(value[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def ui_font(pixels: int = BASE_PX, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The proportional font: what the program says."""
    font = QFont(UI_FAMILY)
    font.setPixelSize(pixels)
    font.setWeight(weight)
    return font


def mono_font(pixels: int = BASE_PX - 1, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The fixed-width font: what came over the wire."""
    font = QFont(MONO_FAMILY)
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setPixelSize(pixels)
    font.setWeight(weight)
    # Ligatures would show "->" and "!=" as signs that are not in the data.
    font.setFeature(QFont.Tag("calt"), 0)
    return font


def load_fonts() -> None:
    """Make the two bundled families known to Qt; once a program, after the application exists."""
    for path in sorted((RESOURCES / "fonts").glob("*.[ot]tf")):
        QFontDatabase.addApplicationFont(str(path))


def style_sheet(tokens: Tokens) -> str:
    """The Qt style sheet of a look, from the template in resources/styles."""
    template = string.Template((RESOURCES / "styles" / "window.qss").read_text(encoding="utf-8"))
    icons = (RESOURCES / "icons").as_posix()
    return template.substitute(asdict(tokens), ui=UI_FAMILY, mono=MONO_FAMILY, base=BASE_PX, icons=icons)


def palette_for(tokens: Tokens) -> QPalette:
    """The palette of a look, for what style sheets do not reach."""
    palette = QPalette()
    role = QPalette.ColorRole
    for name, value in (
        (role.Window, tokens.surface),
        (role.WindowText, tokens.text),
        (role.Base, tokens.surface),
        (role.AlternateBase, tokens.raised),
        (role.Text, tokens.text),
        (role.PlaceholderText, tokens.muted),
        (role.Button, tokens.raised),
        (role.ButtonText, tokens.text),
        (role.ToolTipBase, tokens.raised),
        (role.ToolTipText, tokens.text),
        (role.BrightText, tokens.on_accent),
        (role.Highlight, tokens.selection),
        (role.HighlightedText, tokens.text),
        (role.Link, tokens.accent_text),
        (role.LinkVisited, tokens.accent_text),
        (role.Accent, tokens.accent),
        (role.Light, tokens.hover),
        (role.Midlight, tokens.hover),
        (role.Mid, tokens.line),
        (role.Dark, tokens.line),
        (role.Shadow, tokens.line),
    ):
        palette.setColor(name, QColor(value))
    for name in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, QColor(tokens.muted))
    return palette


class Theme(QObject):
    """The look in force: follows the system, or is forced."""

    changed = Signal(object)
    """The new Tokens, after the application has been styled."""

    def __init__(self, application: QApplication, choice: Choice = "system") -> None:
        super().__init__(application)
        self._application = application
        self._choice: Choice = choice
        self._tokens: Tokens | None = None
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_system_changed)

    @property
    def choice(self) -> Choice:
        """What the user chose."""
        return self._choice

    @property
    def tokens(self) -> Tokens:
        """The colours in force."""
        return self._tokens or self._wanted()

    def choose(self, choice: Choice) -> None:
        """Force a look, or follow the system again."""
        self._choice = choice
        self.apply()

    def apply(self) -> None:
        """Style the application, if the look differs from the one in force."""
        wanted = self._wanted()
        if wanted is self._tokens:
            return
        if self._tokens is None:
            load_fonts()
            self._application.setStyle("Fusion")
            self._application.setFont(ui_font())
        self._tokens = wanted
        self._application.setPalette(palette_for(wanted))
        self._application.setStyleSheet(style_sheet(wanted))
        self.changed.emit(wanted)

    def _wanted(self) -> Tokens:
        if self._choice == "system":
            dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
            return DARK if dark else LIGHT
        return DARK if self._choice == "dark" else LIGHT

    def _on_system_changed(self, _scheme: Qt.ColorScheme) -> None:
        if self._choice == "system":
            self.apply()
