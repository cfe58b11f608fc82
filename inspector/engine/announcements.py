"""What the engine tells the window and the command line: frozen values, mostly ids, to plain callbacks."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from inspector.core.problem import Problem
from inspector.core.refusal import Refusal


@dataclass(frozen=True, slots=True)
class EventsStored:
    """New events are on the disk; oldest first."""

    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class EventsChecked:
    """These new events have their verdict, or have none to get; oldest first, each once."""

    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class EventsChanged:
    """Pins, notes, verdicts or replies of these events are others now."""

    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class EventsRemoved:
    """These events are gone."""

    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DatabaseChanged:
    """Much changed at once, or another program changed the file: read anew what is on the screen."""


@dataclass(frozen=True, slots=True)
class ListenerChanged:
    """The listener started, stopped, paused or resumed. `url` is empty while nothing listens."""

    url: str = ""
    paused: bool = False


@dataclass(frozen=True, slots=True)
class ProblemRaised:
    """Something is wrong that a user can do something about; replaces an earlier one of the same key."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class ProblemCleared:
    """The trouble of this key has ended."""

    key: str


@dataclass(frozen=True, slots=True)
class SourcesChanged:
    """A source was added, edited or removed."""


@dataclass(frozen=True, slots=True)
class FiltersChanged:
    """A saved filter was added, edited or removed."""


@dataclass(frozen=True, slots=True)
class SettingsChanged:
    """These settings have other values now."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConnectionRefused:
    """Somebody connected and did not speak HTTP, was too slow, or came when all places were taken."""

    refusal: Refusal


@dataclass(frozen=True, slots=True)
class IndexProgress:
    """How far the index of bodies has come."""

    waiting: int
    """About how many events are not in the index yet."""


@dataclass(frozen=True, slots=True)
class RecheckProgress:
    """How far the checking of stored events again has come."""

    source: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class DeliveriesStored:
    """New deliveries are on the disk."""

    event_ids: tuple[int, ...]
    """Of the events that were sent, each once."""


@dataclass(frozen=True, slots=True)
class QueueChanged:
    """What waits to be sent, a pause of a target, or the dead letters are others now."""


@dataclass(frozen=True, slots=True)
class TargetsChanged:
    """A target was added, edited or removed, or another is the default."""


Announcement: TypeAlias = (
    EventsStored
    | EventsChecked
    | EventsChanged
    | EventsRemoved
    | DatabaseChanged
    | ListenerChanged
    | ProblemRaised
    | ProblemCleared
    | SourcesChanged
    | FiltersChanged
    | SettingsChanged
    | ConnectionRefused
    | IndexProgress
    | RecheckProgress
    | DeliveriesStored
    | QueueChanged
    | TargetsChanged
)
Callback: TypeAlias = Callable[[Announcement], None]


class Announcements:
    """Hands each announcement to all subscribers, on the thread that announces.

    It also remembers which problems stand, so that a window that opens late can show them.
    """

    def __init__(self) -> None:
        self._callbacks: tuple[Callback, ...] = ()
        self._problems: dict[str, Problem] = {}
        self._guard = threading.Lock()

    def subscribe(self, callback: Callback) -> Callable[[], None]:
        """Calls `callback` (on engine threads; it must not block) until the returned function is called."""
        with self._guard:
            self._callbacks = (*self._callbacks, callback)

        def unsubscribe() -> None:
            with self._guard:
                self._callbacks = tuple(each for each in self._callbacks if each is not callback)

        return unsubscribe

    def announce(self, announcement: Announcement) -> None:
        """Tells everybody. A subscriber that fails is reported and does not harm the others or capture."""
        for callback in self._callbacks:
            try:
                callback(announcement)
            except Exception:  # noqa: BLE001 - a subscriber's defect must not stop capture; the hub shows it
                threading.excepthook(threading.ExceptHookArgs((*sys.exc_info(), threading.current_thread())))

    def raise_problem(self, problem: Problem) -> None:
        """Announces a problem once; the same again is silent."""
        with self._guard:
            if self._problems.get(problem.key) == problem:
                return
            self._problems[problem.key] = problem
        self.announce(ProblemRaised(problem))

    def clear_problem(self, key: str) -> None:
        """Announces that the trouble has ended, if it stood."""
        with self._guard:
            if self._problems.pop(key, None) is None:
                return
        self.announce(ProblemCleared(key))

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems that stand now, oldest first."""
        with self._guard:
            return tuple(self._problems.values())
