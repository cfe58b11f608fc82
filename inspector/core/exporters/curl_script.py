"""A shell script of curl commands, safe for any bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from inspector.core.curl import curl_command
from inspector.core.event import Event
from inspector.core.exporters.format import Chunk, ExportOptions
from inspector.core.exporters.names import described


class CurlScript:
    """The events one after another, for a POSIX shell."""

    id = "curl"
    name = "curl script"
    describe = "A shell script that sends the requests again with curl, one after another."
    lossless = (
        "Request line, headers in order, and every byte of the body; bodies that came in chunks are sent "
        "in chunks of curl's choice, and a wrong Content-Length is corrected."
    )
    folder = False

    def export(self, events: Iterable[Event], options: ExportOptions) -> Iterator[Chunk]:
        """One chunk an event."""
        yield "", b"#!/bin/sh\n"
        for event in events:
            command = curl_command(event.request, options.url)
            yield "", f"\n# {described(event)}\n{command}\n".encode()
