"""Size, place, columns and panels of the window, kept from one start to the next."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QMainWindow, QSplitter, QTableView

VERSION = 2
"""Goes up when columns or panels change, so that an older state is not forced upon them."""


class WindowState:
    """Reads and writes a small file beside the settings."""

    def __init__(self, folder: Path) -> None:
        self._file = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)

    def restore(self, window: QMainWindow, splitter: QSplitter, table: QTableView) -> bool:
        """Give the window its last state; False where there is none that fits."""
        if self._file.value("version", 0, int) != VERSION:
            return False
        window.restoreGeometry(self._bytes("geometry"))
        splitter.restoreState(self._bytes("splitter"))
        header = table.horizontalHeader()
        count = header.count()
        header.restoreState(self._bytes("columns"))
        return header.count() == count

    def flag(self, name: str, default: bool) -> bool:
        """A remembered choice, such as whether the side bar is shown."""
        return bool(self._file.value(name, default, bool))

    def save(
        self, window: QMainWindow, splitter: QSplitter, table: QTableView, flags: dict[str, bool]
    ) -> None:
        """Keep the state; a file that cannot be written is no reason to complain at the end."""
        self._file.setValue("version", VERSION)
        self._file.setValue("geometry", window.saveGeometry())
        self._file.setValue("splitter", splitter.saveState())
        self._file.setValue("columns", table.horizontalHeader().saveState())
        for name, on in flags.items():
            self._file.setValue(name, on)
        self._file.sync()

    def _bytes(self, name: str) -> QByteArray:
        value = self._file.value(name, QByteArray())
        return value if isinstance(value, QByteArray) else QByteArray()
