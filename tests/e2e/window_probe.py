"""Runs the desktop program as it is, and tells on standard output what its window shows, as JSON lines."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from inspector import app
from inspector.engine.inspector import Options
from inspector.gui.main_window import MainWindow


class Probe:
    """Looks at the window some times a second."""

    def __init__(self) -> None:
        self.told: set[str] = set()
        self.timer = QTimer()
        self.timer.timeout.connect(self.look)
        self.timer.start(20)

    def tell(self, kind: str, **what: object) -> None:
        line = json.dumps({"kind": kind, **what}, sort_keys=True)
        if line not in self.told:
            self.told.add(line)
            print(line, flush=True)

    def look(self) -> None:
        for window in QApplication.topLevelWidgets():
            if isinstance(window, MainWindow) and window.isVisible():
                if window.side_bar.list.count():
                    self.tell("painted")
                if window.top_bar.url:
                    self.tell("listening", url=window.top_bar.url)
                for row in range(min(window.model.rowCount(), 5)):
                    if (
                        window.table.isVisible()
                        and window.table.visualRect(window.model.index(row, 2)).isValid()
                    ):
                        self.tell("shown", name=window.model.index(row, 2).data())


def main() -> int:
    QApplication(["webhook-inspector"])
    probe = Probe()
    code = app.run(Options(database=Path(sys.argv[1]), overrides={"port": 0, "tray": False}))
    probe.timer.stop()
    return code


if __name__ == "__main__":
    sys.exit(main())
