"""JSON lines: our own interchange format (resources/help/jsonl.md), read line by line."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.core.event import Arrival, Capture, Request, State, Times
from inspector.core.importers.entry import (
    MAX_ENTRY_BYTES,
    BadEntry,
    EntryError,
    Found,
    ImportOptions,
    Stream,
    Taken,
    UnreadableError,
    clean,
    joined,
    plain_text,
)
from inspector.core.importers.json_values import Object, base64_of, decoded, list_of, object_of, text_of

FORMAT = "webhook-inspector events"
VERSION = 1
MAX_INTEGER = (1 << 63) - 1


class JsonLines:
    """Requests byte for byte, with source, mark, note, pin and times."""

    id = "jsonl"
    name = "JSON lines"

    def read(self, stream: Stream, options: ImportOptions) -> Iterator[Found]:
        """The events in the order of the file."""
        _check_heading(stream.readline(1 << 16))
        number = 1
        while line := stream.readline(MAX_ENTRY_BYTES):
            number += 1
            if not line.strip():
                continue
            where = f"line {number}"
            try:
                if len(line) == MAX_ENTRY_BYTES and not line.endswith(b"\n"):
                    raise UnreadableError(f"Line {number} is longer than {MAX_ENTRY_BYTES >> 20} MiB.")
                yield _taken(object_of(decoded(line), "event"), where)
            except EntryError as error:
                yield BadEntry(where, str(error))


def _check_heading(line: bytes) -> None:
    try:
        heading = object_of(decoded(plain_text(line)), "heading")
    except EntryError:
        heading = {}
    if heading.get("format") != FORMAT:
        raise UnreadableError(f"Line 1 does not say that these are “{FORMAT}”.")
    version = heading.get("version")
    if version != VERSION:
        raise UnreadableError(f"Its version is {version!s:.20}; this program reads version {VERSION}.")


def _taken(found: Object, where: str) -> Taken:
    line = _latin(text_of(found, "line"), "line")
    if line.count(b" ") < 1 or b"\n" in line or b"\r" in line:
        raise EntryError("Its “line” is no request line.")
    headers = tuple(_pair(each) for each in list_of(found, "headers"))
    body = text_of(found, "body").encode("utf-8", "surrogatepass")
    if "body_base64" in found:
        body = base64_of(text_of(found, "body_base64"))
    head = joined(line, headers)
    if "raw_head_base64" in found:
        head = base64_of(text_of(found, "raw_head_base64"))
    request = Request(
        line, headers, body, head, clean(text_of(found, "scheme", "http")), clean(text_of(found, "remote"))
    )
    try:
        state = State(text_of(found, "state", "complete"))
    except ValueError:
        raise EntryError(f"Its state {text_of(found, 'state')[:40]!r} is none.") from None
    times = object_of(found.get("times_ns", {}), "times_ns")
    at_ns = _integer(found, "received_at_ns")
    if at_ns is None:
        raise EntryError("There is no “received_at_ns”.")
    steps = (_integer(times, key) or 0 for key in ("connected", "first_byte", "headers", "body"))
    capture = Capture(request, Times(at_ns, *steps), state, clean(text_of(found, "trouble")))
    arrival = Arrival(
        capture,
        clean(text_of(found, "source")),
        mark=clean(text_of(found, "mark")),
        note=clean(text_of(found, "note")),
        parent=_integer(found, "parent"),
    )
    return Taken(arrival, where, found.get("pinned") is True, _integer(found, "id"), complete=True)


def _pair(found: object) -> tuple[bytes, bytes]:
    if not (isinstance(found, list) and len(found) == 2 and all(isinstance(part, str) for part in found)):
        raise EntryError("Its “headers” are no list of [name, value].")
    return _latin(found[0], "headers"), _latin(found[1], "headers")


def _latin(text: str, name: str) -> bytes:
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        raise EntryError(f"Its “{name}” has characters that stand for no byte.") from None


def _integer(found: Object, key: str) -> int | None:
    value = found.get(key)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > MAX_INTEGER:
        raise EntryError(f"Its “{key}” is no integer of 64 bits.")
    return value
