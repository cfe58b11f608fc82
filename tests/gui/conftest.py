"""The real engine on a database of its own, and the real window over it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inspector.engine.inspector import Inspector, Options
from inspector.engine.paths import Folders
from inspector.gui.background import Background
from inspector.gui.main_window import MainWindow
from inspector.gui.theme import Theme
from tests.gui.shell import PATIENCE_MS


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Inspector]:
    """Started, not listening."""
    overrides = {"port": 0, "durable": False, "tray": False, "secrets_keeper": "memory"}
    whole = Inspector(Options(folders=Folders(tmp_path, tmp_path), overrides=overrides))
    whole.start()
    yield whole
    whole.stop()


@pytest.fixture
def shell(qtbot: QtBot, engine: Inspector) -> Iterator[MainWindow]:
    """The window, shown and listening on any port."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    background = Background()
    window = MainWindow(engine, background, Theme(application, "light"))
    qtbot.addWidget(window)
    window.show()
    window.listening.start()
    qtbot.waitUntil(lambda: bool(window.top_bar.url), timeout=PATIENCE_MS)
    yield window
    window.close()
    background.close()
