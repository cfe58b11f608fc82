"""HAR 1.2 from browsers and proxies; entries that are whole count in broken files too.

Source: the HAR 1.2 specification (`log.entries[].request`); `encoding: base64` beside `text`, which it has
for responses only, is what tools write for binary request bodies.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlencode

from inspector.core.event import Request, State
from inspector.core.importers.entry import (
    BadEntry,
    EntryError,
    Found,
    ImportOptions,
    Stream,
    Taken,
    encoded,
    joined,
    request_of,
    taken,
)
from inspector.core.importers.json_elements import BrokenOffError, elements
from inspector.core.importers.json_values import (
    Object,
    base64_of,
    decoded,
    list_of,
    moment_of,
    object_of,
    pairs_of,
    text_of,
)

PATHS = (("log", "entries"),)
OWN_LINE = "_line"
"""The request line in the entries of our own export; names with an underscore are free for tools."""


class Har:
    """One event an entry, with its request; responses are left out."""

    id = "har"
    name = "HAR"

    def read(self, stream: Stream, options: ImportOptions) -> Iterator[Found]:
        """The entries in their order."""
        number = 0
        try:
            for number, element in enumerate(elements(stream, PATHS), 1):
                where = f"entry {number}"
                try:
                    yield _taken(object_of(decoded(element), "entry"), where, options)
                except EntryError as error:
                    yield BadEntry(where, str(error))
        except BrokenOffError:
            yield BadEntry(f"after entry {number}", "The file ends in the middle of its list of entries.")


def _taken(entry: Object, where: str, options: ImportOptions) -> Taken:
    found = object_of(entry.get("request"), "request")
    headers = pairs_of(found.get("headers"))
    body, missing = _body(found)
    version = "HTTP/1.0" if text_of(found, "httpVersion").upper() == "HTTP/1.0" else "HTTP/1.1"
    made = request_of(text_of(found, "method"), text_of(found, "url"), headers, body, version=version)
    at_ns = moment_of(entry.get("startedDateTime"))
    at_ns = options.now_ns if at_ns is None else at_ns
    note = text_of(entry, "comment")
    if OWN_LINE in entry:
        made, note = _with_own_line(made, text_of(entry, OWN_LINE)), ""
    if missing:
        return taken(made, at_ns, where, state=State.INCOMPLETE, trouble=missing, note=note)
    return taken(made, at_ns, where, note=note)


def _with_own_line(request: Request, text: str) -> Request:
    """With the request line as it came, which a URL cannot hold; headers as they stand in the file."""
    line = encoded(text)
    if line.count(b" ") != 2 or b"\n" in line or b"\r" in line:
        raise EntryError(f"Its “{OWN_LINE}” is no request line.")
    return replace(request, line=line, raw_head=joined(line, request.headers))


def _body(found: Object) -> tuple[bytes, str]:
    """The body, and in words what is missing of it."""
    size = found.get("bodySize")
    posted = found.get("postData")
    if not isinstance(posted, dict):
        if isinstance(size, int) and size > 0:
            return b"", f"The HAR file says that there was a body of {size:,} bytes, and does not hold it."
        return b"", ""
    text = text_of(posted, "text")
    coding = text_of(posted, "encoding") or text_of(posted, "_encoding")
    if coding == "base64":
        return base64_of(text), ""
    if text:
        return _encoded_body(text, size), ""
    params = [each for each in list_of(posted, "params") if isinstance(each, dict)]
    if params and "multipart" not in text_of(posted, "mimeType").lower():
        return urlencode(
            [(text_of(each, "name"), text_of(each, "value")) for each in params], errors="replace"
        ).encode(), ""
    if params or (isinstance(size, int) and size > 0):
        return b"", "The HAR file does not hold the text of the body."
    return b"", ""


def _encoded_body(text: str, size: object) -> bytes:
    """UTF-8, unless only Latin-1 gives the size that is stated: bytes that a tool wrote one by one."""
    body = text.encode("utf-8", "surrogatepass")
    if isinstance(size, int) and size == len(text) != len(body):
        return encoded(text)
    return body
