"""Choosing a target: a known one by name, a URL that was used before, or a new URL."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from PySide6.QtWidgets import QComboBox, QWidget

from inspector.core.target import NAME, Target
from inspector.gui.theme import mono_font

WIDTH = 380


class TargetChoice(QComboBox):
    """An editable list; `target()` is what is chosen or typed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._targets: tuple[Target, ...] = ()
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setFont(mono_font())
        self.setProperty("role", "mono")
        self.setMinimumWidth(WIDTH)
        self.setAccessibleName("Target: a name or a URL")
        line = self.lineEdit()
        assert line is not None
        line.setPlaceholderText("http://localhost:3000")

    def offer(self, targets: Sequence[Target], remembered: Sequence[str], chosen: str = "") -> None:
        """Known targets with their URLs, and URLs; `chosen` is a target's name."""
        typed = self.currentText()
        self._targets = tuple(targets)
        self.clear()
        for target in targets:
            self.addItem(_words(target), target.name)
        urls = {target.url for target in targets}
        for url in remembered:
            if url not in urls:
                self.addItem(url, "")
        at = self.findData(chosen) if chosen else -1
        self.setCurrentIndex(at if at >= 0 else -1)
        if at < 0:
            self.setEditText(typed or (remembered[0] if remembered else ""))

    def target(self) -> Target:
        """The known target, or one without a name for the URL that was typed."""
        text = self.currentText().strip()
        for target in self._targets:
            if text in (_words(target), target.name, target.url):
                return target
        return Target("", with_scheme(text))


def _words(target: Target) -> str:
    return f"{target.name}  {target.url}"


def with_scheme(url: str) -> str:
    """`localhost:3000` is taken for http; a number alone for a port of this machine."""
    if url.isascii() and url.isdigit():
        return f"http://localhost:{url}"
    return url if "://" in url or not url else f"http://{url}"


def name_for(url: str, taken: Sequence[str]) -> str:
    """A name for a new target, made of its host and port, that none of the others has."""
    base = re.sub(r"[^A-Za-z0-9._-]+", "-", urlsplit(url).netloc).strip("-._")[:50]
    base = base if NAME.fullmatch(base) else "handler"
    names = (base, *(f"{base}-{number}" for number in range(2, 10_000)))
    return next(name for name in names if name not in taken)
