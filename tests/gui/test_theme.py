"""The look: enough contrast, forced or following, and a style sheet without holes."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QFontInfo
from PySide6.QtWidgets import QApplication

from inspector.gui.theme import (
    DARK,
    LIGHT,
    MONO_FAMILY,
    RESOURCES,
    UI_FAMILY,
    Theme,
    Tokens,
    contrast,
    load_fonts,
    mono_font,
    palette_for,
    style_sheet,
    tokens_for,
    ui_font,
)

GROUNDS = ("ground", "surface", "raised", "hover", "selection")
TEXTS = ("text", "muted", "accent_text", "good", "bad", "warn", "syntax_literal", "syntax_tag")


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_text_has_enough_contrast_on_every_ground(tokens: Tokens) -> None:
    pairs = [(text, ground) for text in TEXTS for ground in GROUNDS]
    pairs += [
        (text, f"{each}_ground") for each in ("good", "bad", "warn") for text in (each, "text", "muted")
    ]
    pairs += [("on_accent", "accent"), ("on_accent", "accent_text"), ("text", "match")]
    weak = [pair for pair in pairs if contrast(getattr(tokens, pair[0]), getattr(tokens, pair[1])) < 4.5]
    assert weak == []


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_style_sheet_is_filled_and_its_pictures_exist(tokens: Tokens) -> None:
    sheet = style_sheet(tokens)
    assert "${" not in sheet
    pictures = [part.split('"')[0] for part in sheet.split('url("')[1:]]
    assert pictures
    assert [each for each in pictures if not (RESOURCES / each).exists()] == []
    assert tokens_for(palette_for(tokens)) is tokens


def test_forcing_a_look_announces_it(qapp: QApplication) -> None:
    theme = Theme(qapp, "light")
    seen: list[Tokens] = []
    theme.changed.connect(seen.append)
    before = qapp.palette(), qapp.styleSheet(), qapp.font()
    theme.apply()
    theme.choose("dark")
    theme.choose("dark")
    assert seen == [LIGHT, DARK]
    qapp.setPalette(before[0])
    qapp.setStyleSheet(before[1])
    qapp.setFont(before[2])


def test_bundled_fonts_are_used(qapp: QApplication) -> None:
    load_fonts()
    assert QFontInfo(ui_font()).family() == UI_FAMILY
    assert QFontInfo(mono_font()).family() == MONO_FAMILY
