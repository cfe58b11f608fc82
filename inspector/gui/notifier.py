"""The tray icon and desktop notifications: told only while the window is away, and never of every event."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMenu, QSystemTrayIcon, QWidget

from inspector.core.event import EventRow, Verdict
from inspector.gui.models.columns import event_name
from inspector.gui.words import elided, plural

PAUSE_MS = 4000
"""At most one notification in this time; what comes meanwhile is counted."""


class Notifier(QObject):
    """Owns the tray icon; `tell(row, number)` may be called for each batch of events."""

    window_wanted = Signal()
    quit_wanted = Signal()

    def __init__(self, window: QWidget, icon: QIcon, *, tray: bool, notifications: bool) -> None:
        super().__init__(window)
        self._window = window
        self._icon = icon
        self._tray: QSystemTrayIcon | None = None
        self._menu: QMenu | None = None
        self.notifications = notifications
        self._waiting = 0
        self._row: EventRow | None = None
        self._since = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._say)
        self.set_tray(tray)

    @property
    def has_tray(self) -> bool:
        """Whether the icon is shown."""
        return self._tray is not None

    def set_tray(self, on: bool) -> None:
        """Show the icon, or take it away."""
        if on and self._tray is None and QSystemTrayIcon.isSystemTrayAvailable():
            self._menu = QMenu(self._window)
            self._menu.addAction("Show the window").triggered.connect(self._on_window_wanted)
            self._menu.addAction("Quit").triggered.connect(self._on_quit_wanted)
            self._tray = QSystemTrayIcon(self._icon, self)
            self._tray.setToolTip("Webhook Inspector")
            self._tray.setContextMenu(self._menu)
            self._tray.activated.connect(lambda _reason: self.window_wanted.emit())
            self._tray.messageClicked.connect(self._on_window_wanted)
            self._tray.show()
        elif not on and self._tray is not None:
            self._tray.hide()
            self._tray.deleteLater()
            self._tray = None

    def tell(self, row: EventRow | None, number: int) -> None:
        """So many events came; `row` is the newest."""
        if not self.notifications or self._tray is None or self._window.isActiveWindow():
            return
        self._waiting += number
        self._row = row
        past = self._since.elapsed() if self._since.isValid() else PAUSE_MS
        if not self._timer.isActive():
            self._timer.start(max(0, PAUSE_MS - past))

    def _on_window_wanted(self) -> None:
        self.window_wanted.emit()

    def _on_quit_wanted(self) -> None:
        self.quit_wanted.emit()

    def _say(self) -> None:
        row, number = self._row, self._waiting
        self._row, self._waiting = None, 0
        if self._tray is None or not number or self._window.isActiveWindow():
            return
        self._since.start()
        text = message(row, number)
        self._tray.showMessage("Webhook Inspector", text, self._icon)


def message(row: EventRow | None, number: int) -> str:
    """The words of a notification. Markup of the sender's is taken apart: some desktops read it."""
    name = elided(event_name(row), 60).replace("<", "‹").replace(">", "›").replace("&", "+") if row else ""
    if number > 1 or row is None:
        return f"{plural(number, 'new event')}" + (f", the last one {name}" if name else "")
    sign = " with an invalid signature" if row.checked.verdict is Verdict.INVALID else ""
    return f"{name}{sign}"
