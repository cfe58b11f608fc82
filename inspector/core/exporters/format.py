"""What every format of export is: events in, chunks of named files out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from inspector.core.event import Event
from inspector.core.signatures.scheme import Schemes

Chunk: TypeAlias = tuple[str, bytes]
"""The name of a file in the folder, and the next bytes of it; the name of a format's only file is empty,
because the user names it."""


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What the formats are told besides the events."""

    url: str = "http://localhost:3000"
    """Where requests that can be sent go: scheme, host and port; each event keeps its path and query."""
    schemes: Schemes | None = None
    """The schemes that tests sign by; None: those of the program."""


class Exporter(Protocol):
    """One format. The same events and options give the same bytes, one event in memory at a time."""

    @property
    def id(self) -> str:
        """What the command line calls it."""

    @property
    def name(self) -> str:
        """What the window calls it."""

    @property
    def describe(self) -> str:
        """What it is good for, in a sentence."""

    @property
    def lossless(self) -> str:
        """What it keeps exactly, and what it cannot hold."""

    @property
    def folder(self) -> bool:
        """Whether it makes a folder of files; otherwise one file."""

    def export(self, events: Iterable[Event], options: ExportOptions) -> Iterator[Chunk]:
        """The files, in chunks."""
