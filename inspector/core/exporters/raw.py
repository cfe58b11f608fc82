"""Raw requests: the bytes of the head and of the body, one file an event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from inspector.core.event import Event, Request
from inspector.core.exporters.format import Chunk, ExportOptions
from inspector.core.exporters.names import stem


class Raw:
    """The request as it came, head and body."""

    id = "raw"
    name = "Raw requests"
    describe = "The bytes of each request in a file of its own, for a socket or another parser."
    lossless = (
        "Head and body byte for byte; a body that came in chunks stands joined under its old head. "
        "Times, notes and verdicts are not part of it."
    )
    folder = True

    def export(self, events: Iterable[Event], options: ExportOptions) -> Iterator[Chunk]:
        """One file an event."""
        for event in events:
            request = event.request
            yield f"{stem(event)}.raw", (request.raw_head or head(request)) + request.body


def head(request: Request) -> bytes:
    """The request line and headers joined in the usual form, with the empty line."""
    fields = (name + b": " + value for name, value in request.headers)
    return b"\r\n".join((request.line, *fields, b"", b""))
