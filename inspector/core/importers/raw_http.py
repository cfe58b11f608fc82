"""One raw HTTP request in a file: head, empty line, body, byte for byte."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from inspector.core.event import Request
from inspector.core.importers.entry import (
    BadEntry,
    EntryError,
    Found,
    ImportOptions,
    Stream,
    joined,
    taken,
    whole,
)
from inspector.core.raw_file import RawFileError, parse

_HEAD_END = re.compile(rb"\r\n\r\n")


class RawHttp:
    """The request as it came; a line without a version gets HTTP/1.1."""

    id = "raw"
    name = "raw HTTP request"

    def read(self, stream: Stream, options: ImportOptions) -> Iterator[Found]:
        """The one request."""
        raw = whole(stream).removeprefix(b"\xef\xbb\xbf")
        try:
            yield taken(raw_request(raw), options.now_ns, "")
        except RawFileError as error:
            yield BadEntry("", f"It is no raw HTTP request: {error}.")
        except EntryError as error:
            yield BadEntry("", str(error))


def raw_request(raw: bytes) -> Request:
    """The request in `raw`; its own head is kept where its lines end with CRLF. Raises RawFileError."""
    found = parse(raw)
    line = found.line if found.line.count(b" ") == 2 else found.line + b" HTTP/1.1"
    request = Request(line, found.headers, found.body, joined(line, found.headers))
    end = _HEAD_END.search(raw)
    if (
        end is not None
        and line == found.line
        and raw[: end.start()].count(b"\n") == raw[: end.start()].count(b"\r\n")
    ):
        return replace(request, raw_head=raw[: end.end()])
    return request
