"""From the engine's threads to Qt's: announcements become signals, and a burst becomes one of each."""

from __future__ import annotations

import threading
from collections import deque

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal, Slot

from inspector.engine.announcements import (
    Announcement,
    Announcements,
    ConnectionRefused,
    DatabaseChanged,
    DeliveriesStored,
    EventsChanged,
    EventsRemoved,
    EventsStored,
    FiltersChanged,
    IndexProgress,
    ListenerChanged,
    ProblemCleared,
    ProblemRaised,
    QueueChanged,
    RecheckProgress,
    SettingsChanged,
    SourcesChanged,
    TargetsChanged,
)

INTERVAL_MS = 16
"""The window hears of news at most this often; the first news after a silence comes at once."""
BURST = 20
BURST_PER_MS = 0.6
"""So many new events at once, and so many a millisecond, are a burst."""
BURST_INTERVAL_MS = 250
"""How often the window hears of news in a burst: no eye follows more, and capture needs the processor."""


class Bridge(QObject):
    """Subscribes to the engine; lives on Qt's thread and signals there."""

    events_stored = Signal(list)
    """Ids, oldest first."""
    events_changed = Signal(set)
    events_removed = Signal(set)
    database_changed = Signal()
    listener_changed = Signal(object)
    problem_raised = Signal(object)
    problem_cleared = Signal(str)
    sources_changed = Signal()
    deliveries_stored = Signal(set)
    """Ids of the events that were sent."""
    queue_changed = Signal()
    targets_changed = Signal()
    filters_changed = Signal()
    settings_changed = Signal(set)
    connections_refused = Signal(list)
    index_progressed = Signal(object)
    recheck_progressed = Signal(object)
    _woken = Signal()

    def __init__(self, announcements: Announcements, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: deque[Announcement] = deque()
        self._guard = threading.Lock()
        self._awake = False
        self._interval_ms = INTERVAL_MS
        self._since = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._drain)
        self._woken.connect(self._on_woken, Qt.ConnectionType.QueuedConnection)
        self._unsubscribe = announcements.subscribe(self._hear)

    def close(self) -> None:
        """Hear nothing more."""
        self._unsubscribe()
        self._timer.stop()
        with self._guard:
            self._waiting.clear()
            self._awake = True

    def _hear(self, announcement: Announcement) -> None:
        """On an engine thread."""
        with self._guard:
            self._waiting.append(announcement)
            if self._awake:
                return
            self._awake = True
        self._woken.emit()

    @Slot()
    def _on_woken(self) -> None:
        past = self._since.elapsed() if self._since.isValid() else self._interval_ms
        if past >= self._interval_ms:
            self._drain()
        else:
            self._timer.start(self._interval_ms - past)

    @Slot()
    def _drain(self) -> None:
        with self._guard:
            news, self._waiting = self._waiting, deque()
            self._awake = False
        past = self._since.restart() if self._since.isValid() else 0
        if not self._since.isValid():
            self._since.start()
        self._tell(news, max(1, past))

    def _tell(self, news: deque[Announcement], past_ms: int) -> None:
        stored: list[int] = []
        changed: set[int] = set()
        removed: set[int] = set()
        refused: list[object] = []
        sent: set[int] = set()
        settings: set[str] = set()
        rest: list[Announcement] = []
        for each in news:
            match each:
                case EventsStored(ids):
                    stored.extend(ids)
                case EventsChanged(ids):
                    changed.update(ids)
                case EventsRemoved(ids):
                    removed.update(ids)
                case DeliveriesStored(ids):
                    sent.update(ids)
                case ConnectionRefused(refusal):
                    refused.append(refusal)
                case SettingsChanged(names):
                    settings.update(names)
                case _:
                    rest.append(each)
        burst = len(stored) >= BURST and len(stored) >= BURST_PER_MS * past_ms
        self._interval_ms = BURST_INTERVAL_MS if burst else INTERVAL_MS
        if stored:
            self.events_stored.emit(stored)
        if changed:
            self.events_changed.emit(changed)
        if removed:
            self.events_removed.emit(removed)
        if sent:
            self.deliveries_stored.emit(sent)
        if refused:
            self.connections_refused.emit(refused)
        if settings:
            self.settings_changed.emit(settings)
        self._tell_rest(rest)

    def _tell_rest(self, rest: list[Announcement]) -> None:
        kinds = {type(each) for each in rest}
        for kind, signal in (
            (DatabaseChanged, self.database_changed),
            (SourcesChanged, self.sources_changed),
            (FiltersChanged, self.filters_changed),
            (TargetsChanged, self.targets_changed),
            (QueueChanged, self.queue_changed),
        ):
            if kind in kinds:
                signal.emit()
        latest: dict[type, Announcement] = {}
        for each in rest:
            match each:
                case ProblemRaised(problem):
                    self.problem_raised.emit(problem)
                case ProblemCleared(key):
                    self.problem_cleared.emit(key)
                case ListenerChanged() | IndexProgress() | RecheckProgress():
                    latest[type(each)] = each
        for each in latest.values():
            match each:
                case ListenerChanged():
                    self.listener_changed.emit(each)
                case IndexProgress():
                    self.index_progressed.emit(each)
                case RecheckProgress():
                    self.recheck_progressed.emit(each)
