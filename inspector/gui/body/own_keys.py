"""Keys that a focused view takes before the window's shortcuts: Ctrl+F finds inside what one looks at."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget


class OwnKeys(QObject):
    """Triggers the actions by their shortcuts while `widget` has the focus; nothing reaches the window."""

    def __init__(self, widget: QWidget, actions: Sequence[QAction]) -> None:
        super().__init__(widget)
        self._actions = actions
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's override: claims the key, then acts on it."""
        if isinstance(event, QKeyEvent) and event.type() in (
            QEvent.Type.ShortcutOverride,
            QEvent.Type.KeyPress,
        ):
            pressed = QKeySequence(event.keyCombination())
            for action in self._actions:
                if action.shortcut() == pressed:
                    if event.type() == QEvent.Type.KeyPress:
                        action.trigger()
                    event.accept()
                    return True
        return super().eventFilter(watched, event)
