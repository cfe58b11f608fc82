"""The right side of the window: one event, its actions, and its tabs."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QStackedLayout,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from inspector.core.event import Event, State, Verdict
from inspector.gui.background import Background, Job
from inspector.gui.event.note import NoteBox
from inspector.gui.models.columns import event_name
from inspector.gui.views.parts import ElidedLabel, button, label
from inspector.gui.words import clock, full_moment, plural, safe, tooltip

MARGIN = 14
SIGNS = {Verdict.VALID: "✓", Verdict.INVALID: "✕"}
OUTCOMES = {True: "✓", False: "✕", None: ""}
LATER_MS = 30
"""While one runs through the list with a held key, only the event that one stays on is fetched."""


class EventReader(Protocol):
    """What the pane asks of the inbox, in the background."""

    def event(self, number: int) -> Event | None:
        """The whole event."""


class Tab(Protocol):
    """A tab's widget."""

    def show_event(self, event: Event) -> None:
        """Show this event."""

    def clear(self) -> None:
        """Show nothing."""


class EventPane(QFrame):
    """`show_event(id)` fetches and shows an event; tabs are filled when they are looked at."""

    note_saved = Signal(int, str)
    repeats_wanted = Signal(object)
    """The Event."""
    event_shown = Signal(object)
    """The Event, or None."""

    def __init__(self, reader: EventReader, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("EventPane")
        self.setAccessibleName("Event")
        self.setMinimumWidth(320)
        self._reader = reader
        self._background = background
        self._wanted: int | None = None
        self._event: Event | None = None
        self._job: Job | None = None
        self._tabs: list[tuple[QWidget, Tab]] = []
        self._filled: dict[int, int] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(LATER_MS)
        self._timer.timeout.connect(self._fetch)
        self.title = ElidedLabel("title")
        self.about = ElidedLabel("muted")
        self.trouble = label("", "bad")
        self.trouble.setWordWrap(True)
        self.repeats = button("", self._on_repeats, "link", "Show all events with this id")
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(6)
        self.buttons.setContentsMargins(0, 4, 0, 0)
        self._buttons: list[QPushButton] = []
        self._more_menu = QMenu(self)
        self._more = QPushButton("⋯")
        self._more.setAccessibleName("More actions")
        self._more.setToolTip("More actions")
        self._more.clicked.connect(self._on_more)
        self.buttons.addWidget(self._more)
        self.buttons.addStretch(1)
        self.note = NoteBox()
        self.note.saved.connect(self._on_note_saved)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setUsesScrollButtons(True)
        self.tabs.currentChanged.connect(self._fill_current)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._nothing())
        self._stack.addWidget(self._something())

    def _nothing(self) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        words = label("Choose an event to see it.\nj and k go through the list.", "muted")
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout.addWidget(words)
        return page

    def _something(self) -> QWidget:
        page = QWidget()
        head = QVBoxLayout()
        head.setContentsMargins(MARGIN, 12, MARGIN, 8)
        head.setSpacing(5)
        head.addWidget(self.title)
        head.addWidget(self.about)
        head.addWidget(self.trouble)
        row = QHBoxLayout()
        row.addWidget(self.repeats)
        row.addStretch(1)
        head.addLayout(row)
        head.addLayout(self.buttons)
        head.addWidget(self.note)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self.tabs, 1)
        return page

    def add_button(self, action: QAction, text: str, kind: str = "") -> QPushButton:
        """A button for an action of the window."""
        made = button(text, action.trigger, kind)
        keys = action.shortcut().toString()
        made.setToolTip(f"{action.text()} ({keys})" if keys else action.text())
        made.setObjectName(f"button-{action.objectName()}")
        self.buttons.insertWidget(len(self._buttons), made)
        self._buttons.append(made)
        self._more_menu.addAction(action)
        return made

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_buttons()

    def fit_buttons(self) -> None:
        """Buttons that have no room give way to the menu at the end, which holds all actions."""
        room = self.width() - 2 * MARGIN - self._more.sizeHint().width() - self.buttons.spacing()
        for made in self._buttons:
            room -= made.sizeHint().width() + self.buttons.spacing()
            made.setVisible(room >= 0)

    def add_tab(self, title: str, widget: QWidget, tab: Tab, place: int = -1) -> None:
        """A tab; `tab` is usually the widget itself."""
        self._tabs.append((widget, tab))
        self.tabs.insertTab(place, widget, title)

    def tab_titled(self, title: str) -> QWidget | None:
        """The widget of the tab whose title begins so."""
        for place in range(self.tabs.count()):
            if self.tabs.tabText(place).startswith(title):
                return self.tabs.widget(place)
        return None

    @property
    def event_shown_now(self) -> Event | None:
        """The event on the screen."""
        return self._event

    def show_event(self, number: int | None) -> None:
        """Show an event; None shows that none is chosen."""
        self._wanted = number
        if number is None:
            self._timer.stop()
            self._show(None)
        elif self._event is None or self._job is None:
            self._fetch()
        else:
            self._timer.start()

    def refresh(self) -> None:
        """Fetch the event again: something of it changed."""
        if self._wanted is not None:
            self._fetch()

    def step_tab(self, by: int) -> None:
        """The next tab (1) or the one before (-1)."""
        if self.tabs.count():
            self.tabs.setCurrentIndex((self.tabs.currentIndex() + by) % self.tabs.count())

    def _fetch(self) -> None:
        if self._job is not None:
            self._job.cancel()
        if self._wanted is not None:
            self._job = self._background.run(
                self._reader.event, self._wanted, done=self._on_event, failed=self._on_failed
            )

    def _on_event(self, event: Event | None) -> None:
        self._job = None
        self._show(event)

    def _on_failed(self, error: Exception) -> None:
        self._job = None
        self._show(None)
        raise error

    def _show(self, event: Event | None) -> None:
        before, self._event = self._event, event
        self._stack.setCurrentIndex(0 if event is None else 1)
        if event is None:
            for _, tab in self._tabs:
                tab.clear()
            self._filled.clear()
        else:
            if before is None or before.id != event.id or before != event:
                self._filled.clear()
            self._show_head(event, fresh=before is None or before.id != event.id)
            self._fill_current()
        self.event_shown.emit(event)

    def _show_head(self, event: Event, fresh: bool) -> None:
        row = event.row
        self.title.setText(event_name(row))
        self.title.setToolTip(tooltip(event_name(row)[:2000]))
        parts = [safe(row.event_id)] if row.event_id else []
        parts.append(f"received {clock(row.received_at_ns)}")
        if row.remote:
            parts.append(f"from {safe(row.remote)}")
        self.about.setText(" · ".join(parts))
        self.about.setToolTip(
            tooltip(f"{safe(row.method)} {safe(row.target)[:1000]}\n{full_moment(row.received_at_ns)}")
        )
        whole = row.state is State.COMPLETE
        self.trouble.setVisible(not whole)
        self.trouble.setText("" if whole else f"✕ {row.state.value}: {safe(event.trouble)}")
        self.repeats.setVisible(bool(row.repeat))
        self.repeats.setText(f"{plural(row.repeat, 'earlier event')} with this id")
        if fresh or not self.note.is_editing:
            self.note.show_note(event.note)
        self._retitle("Headers", f"Headers {len(event.request.headers)}")
        self._retitle("Deliveries", f"Deliveries {OUTCOMES[row.delivery_ok]}".rstrip())
        self._retitle("Signature", f"Signature {SIGNS.get(row.checked.verdict, '')}".rstrip())

    def _retitle(self, title: str, text: str) -> None:
        """Another text for the tab whose title begins with `title`."""
        widget = self.tab_titled(title)
        if widget is not None:
            self.tabs.setTabText(self.tabs.indexOf(widget), text)

    def _fill_current(self, _place: int = 0) -> None:
        event, current = self._event, self.tabs.currentWidget()
        if event is None or current is None:
            return
        for number, (widget, tab) in enumerate(self._tabs):
            if widget is current and self._filled.get(number) != event.id:
                self._filled[number] = event.id
                tab.show_event(event)

    def _on_more(self) -> None:
        self._more_menu.popup(self._more.mapToGlobal(self._more.rect().bottomLeft()))

    def add_more(self, actions: list[QAction]) -> None:
        """Actions for the menu at the end alone."""
        self._more_menu.addSeparator()
        self._more_menu.addActions(actions)

    def _on_note_saved(self, text: str) -> None:
        if self._event is not None:
            self.note_saved.emit(self._event.id, text)

    def _on_repeats(self) -> None:
        if self._event is not None:
            self.repeats_wanted.emit(self._event)
