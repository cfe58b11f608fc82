"""Import: a file becomes events, slice by slice; what was cancelled or cannot go on is taken back whole."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import IO, TypeAlias

from inspector.core import importers
from inspector.core.event import Arrival
from inspector.core.importers.entry import (
    MAX_BODY_BYTES,
    BadEntry,
    Importer,
    ImportOptions,
    Taken,
    UnreadableError,
)
from inspector.core.problem import Problem, ProblemError
from inspector.core.source import Source
from inspector.engine.inbox import Inbox
from inspector.engine.sources import Sources

SLICE = 500
"""Events of one transaction."""
SLICE_BYTES = 8 << 20
MOST_BAD = 1000
"""So many bad entries are told one by one; the others are counted."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is."""

    taken: int
    bad: int
    read_bytes: int


Progressed: TypeAlias = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file."""

    name: str
    format: str
    ids: tuple[int, ...]
    """The numbers that its events got, in the order of the file."""
    bad: tuple[BadEntry, ...]
    """The first of what could not be taken."""
    bad_count: int


class Cancelled(Exception):  # noqa: N818 - no error: the user wanted it
    """The import was given up; nothing of the file stays."""


class Importing:
    """Reads files into the inbox."""

    def __init__(self, inbox: Inbox, sources: Sources, clock_ns: Callable[[], int] = time.time_ns) -> None:
        self._inbox = inbox
        self._sources = sources
        self._clock_ns = clock_ns

    def read(
        self,
        stream: IO[bytes],
        name: str,
        *,
        format_id: str | None = None,
        source: str | None = None,
        folder: Path | None = None,
        progressed: Progressed | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Imported:
        """Imports what `stream` holds, which is called `name`; waits until it is kept.

        `source` is the source of all its events; None: what the file says, or found by path or headers.
        `folder` is where the file stands: bodies that it names are read from there and below, nowhere else.
        `progressed` and `cancelled` are called after each slice. Raises ProblemError (`import-format`,
        `import-unreadable`, `source-unknown`, or what hinders the store) and Cancelled; then nothing of the
        file stays.
        """
        chosen = self._sources.get(source) if source else None
        head = stream.read(importers.HEAD_BYTES)
        importer = _importer(head, name, format_id)
        options = ImportOptions(
            self._clock_ns(), (chosen.path if chosen else "") or "/", partial(_beside, folder)
        )
        counted = _Counted(head, stream)
        run = _Run(self._inbox, self._sources, chosen)
        try:
            for found in importer.read(counted, options):
                if run.take(found):
                    if progressed is not None:
                        progressed(Progress(len(run.ids), run.bad_count, counted.count))
                    if cancelled():
                        raise Cancelled
            run.keep()
        except UnreadableError as error:
            run.take_back()
            raise ProblemError(
                Problem("import-unreadable", f"{name} cannot be imported as {importer.name}.", str(error))
            ) from None
        except BaseException:
            run.take_back()
            raise
        run.finish()
        return Imported(name, importer.id, tuple(run.ids), tuple(run.bad), run.bad_count)


class _Run:
    """One file on its way in."""

    def __init__(self, inbox: Inbox, sources: Sources, chosen: Source | None) -> None:
        self._inbox = inbox
        self._sources = sources
        self._chosen = chosen
        self._slice: list[Taken] = []
        self._slice_bytes = 0
        self._waiting: set[int] = set()
        self._numbers: dict[int, int] = {}
        self._pinned: list[int] = []
        self.ids: list[int] = []
        self.bad: list[BadEntry] = []
        self.bad_count = 0

    def take(self, found: Taken | BadEntry) -> bool:
        """Whether a slice was kept with it."""
        if isinstance(found, BadEntry):
            self.bad_count += 1
            if len(self.bad) < MOST_BAD:
                self.bad.append(found)
            return False
        if found.arrival.parent in self._waiting:
            self.keep()
        self._slice.append(found)
        self._slice_bytes += len(found.arrival.capture.request.body)
        if found.number is not None:
            self._waiting.add(found.number)
        if len(self._slice) < SLICE and self._slice_bytes < SLICE_BYTES:
            return False
        self.keep()
        return True

    def keep(self) -> None:
        """Puts the slice into the store."""
        if not self._slice:
            return
        numbers = self._inbox.add([self._arrival(each) for each in self._slice])
        self.ids += numbers
        for each, number in zip(self._slice, numbers, strict=True):
            if each.number is not None:
                self._numbers[each.number] = number
            if each.pinned:
                self._pinned.append(number)
        self._slice.clear()
        self._waiting.clear()
        self._slice_bytes = 0

    def finish(self) -> None:
        """What is done to kept events: pins."""
        if self._pinned:
            self._inbox.pin(self._pinned)

    def take_back(self) -> None:
        """Takes out what was kept of the file."""
        if self.ids:
            self._inbox.delete(self.ids)

    def _arrival(self, found: Taken) -> Arrival:
        arrival = found.arrival
        source = self._chosen
        if source is None and found.complete:
            source = self._sources.find(arrival.source)
        elif source is None:
            source = self._sources.of(arrival.capture.request)
        parent = None if arrival.parent is None else self._numbers.get(arrival.parent)
        name = arrival.source if source is None else source.name
        return replace(arrival, source=name, dialect="" if source is None else source.dialect, parent=parent)


def _importer(head: bytes, name: str, format_id: str | None) -> Importer:
    found = importers.find(format_id or importers.detect(head, name) or "")
    if found is not None:
        return found
    known = ", ".join(each.id for each in importers.FORMATS)
    title = f"There is no format {format_id!r}." if format_id else f"{name} is of no format that is known."
    detail = "" if format_id else "It is empty." if not head.strip() else ""
    raise ProblemError(Problem("import-format", title, detail, f"Formats: {known}."))


def _beside(folder: Path | None, name: str) -> bytes | None:
    if folder is None:
        return None
    try:
        top = folder.resolve()
        path = (top / name).resolve()
        if not path.is_relative_to(top) or not path.is_file() or path.stat().st_size > MAX_BODY_BYTES:
            return None
        return path.read_bytes()
    except (OSError, ValueError):
        return None


class _Counted:
    """The stream from its beginning again, which counts what was read."""

    def __init__(self, head: bytes, stream: IO[bytes]) -> None:
        self._head = io.BytesIO(head)
        self._stream = stream
        self.count = 0

    def read(self, size: int, /) -> bytes:
        """As a file does."""
        part = self._head.read(size) or self._stream.read(size)
        self.count += len(part)
        return part

    def readline(self, size: int, /) -> bytes:
        """As a file does, also for a line that the head breaks."""
        part = self._head.readline(size)
        if not part.endswith(b"\n") and len(part) < size:
            part += self._stream.readline(size - len(part))
        self.count += len(part)
        return part
