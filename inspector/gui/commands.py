"""What the user does to events: pin, note, delete and back, clear, copy, compare."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from inspector.core.curl import curl_command
from inspector.core.event import Event
from inspector.core.listing import SavedFilter, Undo
from inspector.core.problem import ProblemError
from inspector.core.query.nodes import And, Match, Node, Until
from inspector.core.query.parse import parse
from inspector.engine.inbox import Inbox
from inspector.engine.inspector import Inspector
from inspector.gui.background import Background
from inspector.gui.dialogs.plain import ask_text, confirm
from inspector.gui.views.bars import Banners, UndoBar
from inspector.gui.views.parts import copy
from inspector.gui.words import plural


class EventCommands(QObject):
    """Each method starts the work and returns; the engine's news change the screen."""

    def __init__(
        self,
        inspector: Inspector,
        background: Background,
        *,
        banners: Banners,
        undo_bar: UndoBar,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._inspector = inspector
        self._inbox: Inbox = inspector.inbox
        self._background = background
        self._banners = banners
        self._undo_bar = undo_bar
        self._window = window

    def pin(self, ids: list[int], on: bool) -> None:
        """Pin events or let them go."""
        self._run(self._inbox.pin, ids, on)

    def note(self, number: int, text: str) -> None:
        """Keep a note."""
        self._run(self._inbox.note, number, text)

    def delete(self, ids: list[int]) -> None:
        """Take events out, with a way back."""
        if ids:
            self._run(self._inbox.delete, ids, done=self._on_deleted)

    def clear(self, text: str) -> None:
        """Ask, then take out all events that match the filter in force."""
        query = parse(text)
        self._run(self._inbox.count, query, done=lambda number: self._ask_to_clear(number, text))

    def _ask_to_clear(self, number: int, text: str) -> None:
        what = "that match the filter" if text else "of this database"
        confirm(
            self._window,
            "Clear events",
            f"This deletes {plural(number, 'event')} {what}. Pinned events stay. "
            "You can undo it for some seconds.",
            "Clear",
            lambda: self._run(self._inbox.clear, parse(text), done=self._on_deleted),
        )

    def undo(self) -> None:
        """Bring back what was deleted last, while the bar offers it."""
        if self._undo_bar.isVisible():
            self._undo_bar.undo()

    def _on_deleted(self, undo: Undo) -> None:
        if undo.ids:
            text = f"{plural(len(undo.ids), 'event')} deleted."
            self._undo_bar.tell(text, lambda: self._run(self._inbox.undo, undo))
        else:
            self._undo_bar.tell("Nothing was deleted: pinned events stay.", None, 4000)

    # Copies

    def copy_curl(self, event: Event) -> None:
        """The command that sends the event again, byte for byte."""
        listening = self._inspector.listening
        url = listening.url if listening is not None else "http://127.0.0.1:8787"
        self._run(curl_command, event.request, url, done=lambda text: self._copied(text, "The curl command"))

    def copy_text(self, text: str, what: str) -> None:
        """Any text."""
        self._copied(text, what)

    def copy_body(self, event: Event) -> None:
        """The body as text, or in hexadecimal where it is none."""
        try:
            text = event.request.body.decode("utf-8")
        except UnicodeDecodeError:
            text = event.request.body.hex(" ")
        self._copied(text, "The body")

    def _copied(self, text: str, what: str) -> None:
        copy(text)
        self._undo_bar.tell(f"{what} is on the clipboard.", None, 2500)

    # Comparing

    def compare(self, ids: list[int], shown: Event | None) -> None:
        """Compare two chosen events, or the one that is shown with the earlier one of its kind."""
        if len(ids) == 2:
            self._run(lambda: [self._inbox.event(number) for number in sorted(ids)], done=self._on_pair)
        elif shown is not None and len(ids) < 2:
            self._run(lambda: [self._earlier(shown), shown], done=self._on_pair)
        else:
            self._undo_bar.tell("Choose two events to compare.", None, 5000)

    def _earlier(self, event: Event) -> Event | None:
        """The last one before it of the same source and type."""
        row = event.row
        parts = [Match("type", row.event_type, quoted=True)] if row.event_type else []
        parts.append(Match("source", row.source, quoted=True))
        before = (Until(at_ns=row.received_at_ns),)
        ids = self._inbox.ids(_both(*(part for part in parts if part.pattern), *before), limit=20)
        found = next((number for number in ids if number < event.id), None)
        return None if found is None else self._inbox.event(found)

    def _on_pair(self, events: list[Event | None]) -> None:
        found = [event for event in events if event is not None]
        if len(found) < 2:
            self._undo_bar.tell("No earlier event of this type. Choose two: Ctrl and click.", None, 6000)
        else:
            from inspector.gui.compare.dialog import CompareDialog

            CompareDialog(found[0], found[1], self._background, self._window).open()

    # Filters

    def save_filter(self, text: str) -> None:
        """Ask for a name and keep the filter in the side bar."""
        if not text:
            self._undo_bar.tell("There is no filter to save: all events are shown.", None, 4000)
            return

        def keep(name: str) -> None:
            self._run(lambda: self._inbox.save_filter(SavedFilter(name, text, len(self._inbox.filters()))))

        ask_text(self._window, "Save this filter", f"A name for  {text}", "Save", keep)

    def remove_filter(self, name: str) -> None:
        """Take a saved filter out of the side bar."""
        self._run(self._inbox.remove_filter, name)

    def _run(
        self, fn: Callable[..., object], *args: object, done: Callable[..., object] | None = None
    ) -> None:
        self._background.run(fn, *args, done=done, failed=self.report, receiver=self)

    def report(self, error: Exception) -> None:
        """An expected failure becomes a banner, anything else goes to the hub."""
        if not isinstance(error, ProblemError):
            raise error
        self._banners.raise_problem(error.problem)


def _both(*parts: Node) -> Node:
    return And(parts) if len(parts) > 1 else parts[0]
