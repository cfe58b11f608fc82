"""The new events that wait for their verdict: few with their requests, the others by number alone."""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from inspector.core.event import Request
from inspector.store.results import Stored

HELD_BYTES = 16 * 1024 * 1024
"""Requests that are held in memory, about; what is beyond is read back from the disk."""
_REQUEST_BYTES = 4_096
"""What a request costs beside its body, about: its head is there raw and as fields, each an object."""


class Waiting(NamedTuple):
    """An event without a verdict."""

    number: int
    request: Request | None
    """None: to be read back from the disk, with its source and its time."""
    source: str = ""
    received_at_ns: int = 0


class Backlog:
    """Oldest first; the caller keeps two threads from it. Adding a commit costs next to nothing an event."""

    def __init__(self, held_bytes: int = HELD_BYTES) -> None:
        self._held_bytes = held_bytes
        self._groups: deque[tuple[Sequence[Stored] | array[int], int]] = deque()
        self._taken = 0
        """Of the first group."""
        self._held = 0

    def __bool__(self) -> bool:
        return bool(self._groups)

    def add(self, stored: Sequence[Stored]) -> None:
        """A commit kept these."""
        size = sum([len(each.arrival.capture.request.body) for each in stored]) + len(stored) * _REQUEST_BYTES
        if self._held + size <= self._held_bytes:
            self._held += size
            self._groups.append((stored, size))
        else:
            self._groups.append((array("q", [each.id for each in stored]), 0))

    def put_back(self, numbers: Iterable[int]) -> None:
        """These come first again."""
        if self._taken:
            group, size = self._groups[0]
            self._groups[0] = (group[self._taken :], size)
            self._taken = 0
        self._groups.appendleft((array("q", numbers), 0))

    def take(self, most: int) -> list[Waiting]:
        """The oldest, up to so many."""
        taken: list[Waiting] = []
        while self._groups and len(taken) < most:
            group, size = self._groups[0]
            end = min(len(group), self._taken + most - len(taken))
            taken += [_waiting(group[at]) for at in range(self._taken, end)]
            self._taken = end
            if end == len(group):
                self._groups.popleft()
                self._taken = 0
                self._held -= size
        return taken


def _waiting(each: Stored | int) -> Waiting:
    if isinstance(each, int):
        return Waiting(each, None)
    capture = each.arrival.capture
    return Waiting(each.id, capture.request, each.arrival.source, capture.times.received_at_ns)
