"""The kept events as the window and the command line see them: reads, and the changes a user makes.

All methods wait for the disk; call them from any thread but Qt's.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from concurrent.futures import Future

from inspector.core.event import Arrival, Event, EventRow
from inspector.core.listing import Histogram, IndexState, Order, SavedFilter, Totals, Undo
from inspector.core.problem import ProblemError
from inspector.core.query.nodes import Node
from inspector.core.refusal import Refusal
from inspector.engine.announcements import (
    Announcements,
    DatabaseChanged,
    EventsChanged,
    EventsRemoved,
    FiltersChanged,
)
from inspector.store.store import Store

NEWEST_FIRST = Order()
MANY = 10_000
"""A change of more events than this is announced as a change of the database."""
KEEP_TIMEOUT_S = 60.0


class Inbox:
    """Reads and changes of events; every change is announced."""

    def __init__(self, store: Store, announcements: Announcements) -> None:
        self._store = store
        self._readers = store.readers
        self._announcements = announcements

    # Reads; a query is a parsed one (inspector.core.query.parse), None stands for all events.

    def ids(
        self,
        query: Node | None = None,
        order: Order = NEWEST_FIRST,
        limit: int | None = None,
        offset: int = 0,
    ) -> array[int]:
        """The numbers of the events that match, in order."""
        return self._readers.ids(query, order, limit, offset)

    def rows(self, ids: Iterable[int]) -> list[EventRow]:
        """The rows of these events, in the order asked for; those that are gone are left out."""
        return self._readers.rows(list(ids))

    def event(self, number: int) -> Event | None:
        """The whole event, or None where it is gone."""
        return self._readers.event(number)

    def body(self, number: int) -> bytes:
        """The body of an event as it came; empty where the event is gone."""
        return self._readers.body(number)

    def count(self, query: Node | None = None) -> int:
        """How many events match."""
        return self._readers.count(query)

    def matching(self, query: Node | None, ids: Iterable[int]) -> set[int]:
        """Those of `ids` that match."""
        return self._readers.matching(query, list(ids))

    def newest_id(self) -> int:
        """The highest number given so far; 0 in a new database."""
        return self._readers.newest_id()

    def totals(self) -> Totals:
        """Counts by view and by source, and the size of the database."""
        return self._readers.totals()

    def histogram(self, query: Node | None, start_ns: int, end_ns: int, bins: int) -> Histogram:
        """Arrivals of the events that match, by time."""
        return self._readers.histogram(query, start_ns, end_ns, bins)

    def span_ns(self) -> tuple[int, int] | None:
        """When the earliest and the latest of the events were received (wall clock); None without events."""
        return self._readers.span_ns()

    def repeats(self, number: int) -> list[EventRow]:
        """The events of the same source with the same event id, oldest first, this one among them."""
        return self._readers.repeats(number)

    def values(self, field: str, prefix: str = "", limit: int = 50) -> list[str]:
        """Values that occur in a field, for completion."""
        return self._readers.values(field, prefix, limit)

    def refusals(self, limit: int = 200) -> list[Refusal]:
        """Connections that were turned away, newest first."""
        return self._readers.refusals(limit)

    def index_state(self) -> IndexState:
        """How far the index of bodies trails capture."""
        return self._readers.index_state()

    # Changes

    def pin(self, ids: Iterable[int], on: bool = True) -> None:
        """Pin events, or let them go; pinned ones survive retention and `clear`."""
        numbers = list(ids)
        self._store.pin(numbers, on).result()
        self._tell_changed(numbers)

    def note(self, number: int, text: str) -> None:
        """Write a note to an event; an empty text takes it away."""
        self._store.note(number, text).result()
        self._tell_changed([number])

    def delete(self, ids: Iterable[int]) -> Undo:
        """Take events out; `undo` brings them back until they are purged."""
        undo = self._store.delete(list(ids)).result()
        self._tell_removed(undo)
        return undo

    def clear(self, query: Node | None = None) -> Undo:
        """Take out all events that match and are not pinned; `undo` brings them back for a while."""
        undo = self._store.clear(query).result()
        self._tell_removed(undo)
        return undo

    def undo(self, undo: Undo) -> int:
        """Bring deleted events back under their old numbers; returns how many there still were."""
        restored = self._store.restore(undo).result()
        self._announcements.announce(DatabaseChanged())
        return len(restored)

    def add(self, arrivals: Sequence[Arrival]) -> list[int]:
        """Keep events that did not come over the wire (edited, samples, imports); returns their numbers.

        Raises ProblemError where they cannot be kept; then none of them stays.
        """
        waiting: list[Future[int]] = [Future() for _ in arrivals]
        self._store.put_all(list(zip(arrivals, waiting, strict=True)))
        numbers: list[int] = []
        failure: Exception | None = None
        for future in waiting:
            try:
                numbers.append(future.result(KEEP_TIMEOUT_S))
            except (ProblemError, TimeoutError) as error:
                failure = failure or error
        if failure is not None:
            if numbers:
                self.delete(numbers)
            raise failure
        return numbers

    # Saved filters

    def filters(self) -> list[SavedFilter]:
        """The saved filters in their order."""
        return self._store.list_filters()

    def save_filter(self, saved: SavedFilter) -> None:
        """Add a filter, or replace the one of its name."""
        self._store.save_filter(saved).result()
        self._announcements.announce(FiltersChanged())

    def remove_filter(self, name: str) -> None:
        """Take a filter out."""
        self._store.remove_filter(name).result()
        self._announcements.announce(FiltersChanged())

    def _tell_changed(self, numbers: list[int]) -> None:
        if len(numbers) > MANY:
            self._announcements.announce(DatabaseChanged())
        elif numbers:
            self._announcements.announce(EventsChanged(tuple(numbers)))

    def _tell_removed(self, undo: Undo) -> None:
        if undo.ids:
            self._announcements.announce(EventsRemoved(undo.ids))
