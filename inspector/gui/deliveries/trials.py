"""The menu of what can be sent wrong on purpose, to see what the handler does."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu, QWidget

from inspector.core.trials import TRIALS


class TrialsMenu(QMenu):
    """Open it with `popup`."""

    wanted = Signal(object)
    """The Trial."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Try the handler", parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setToolTipsVisible(True)
        for trial, about in TRIALS.items():
            action = self.addAction(about.title)
            action.setToolTip(about.expected)
            action.triggered.connect(lambda _on=False, each=trial: self.wanted.emit(each))
