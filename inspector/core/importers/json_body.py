"""A JSON document in a file: the body of one event, byte for byte."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.core.importers.entry import (
    BadEntry,
    EntryError,
    Found,
    ImportOptions,
    Stream,
    plain_text,
    request_of,
    taken,
    whole,
)
from inspector.core.importers.json_values import decoded


class JsonBody:
    """A POST to the path of the chosen source, with the file as its body."""

    id = "json"
    name = "JSON body"

    def read(self, stream: Stream, options: ImportOptions) -> Iterator[Found]:
        """The one event."""
        body = plain_text(whole(stream))
        headers = ((b"Host", b"localhost"), (b"Content-Type", b"application/json"))
        try:
            decoded(body)
            yield taken(request_of("POST", options.target, headers, body), options.now_ns, "")
        except EntryError as error:
            yield BadEntry("", str(error))
