"""JSON lines: our own interchange format, complete and byte-exact (resources/help/jsonl.md)."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator

import msgspec

from inspector.core.event import Event
from inspector.core.exporters.format import Chunk, ExportOptions
from inspector.core.exporters.raw import head

FORMAT = "webhook-inspector events"
VERSION = 1
HEADING = msgspec.json.encode({"format": FORMAT, "version": VERSION}) + b"\n"


class Jsonl:
    """A first line with the version, then one JSON object an event."""

    id = "jsonl"
    name = "JSON lines"
    describe = "Every byte and all times of events, to keep them or to bring them to another inspector."
    lossless = "Requests byte for byte, with all that is known of them; deliveries are not part of it."
    folder = False

    def export(self, events: Iterable[Event], options: ExportOptions) -> Iterator[Chunk]:
        """One chunk an event."""
        encode = msgspec.json.encode
        yield "", HEADING
        for event in events:
            yield "", encode(fields(event)) + b"\n"


def fields(event: Event) -> dict[str, object]:
    """An event as the object of its line. Bytes stand as Latin-1 text, the body as UTF-8 or base64."""
    row, request, times, reading = event.row, event.request, event.times, event.reading
    found: dict[str, object] = {
        "id": row.id,
        "received_at_ns": row.received_at_ns,
        "line": request.line.decode("latin-1"),
        "headers": [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers],
        **_body(request.body),
    }
    if request.raw_head and request.raw_head != head(request):
        found["raw_head_base64"] = _base64(request.raw_head)
    found |= {
        "scheme": request.scheme,
        "remote": request.remote,
        "state": row.state.value,
        "trouble": event.trouble,
        "source": row.source,
        "mark": row.mark,
        "note": event.note,
        "pinned": row.pinned,
        "parent": event.parent,
        "repeat": row.repeat,
        "reply_status": row.reply_status,
        "times_ns": {
            "connected": times.connected_ns,
            "first_byte": times.first_byte_ns,
            "headers": times.headers_ns,
            "body": times.body_ns,
            "stored": times.stored_ns,
            "replied": times.replied_ns,
        },
        "reading": {
            "event_type": reading.event_type,
            "event_id": reading.event_id,
            "sent_at_ns": reading.sent_at_ns,
            "retry_count": reading.retry_count,
        },
        "signature": {
            "verdict": row.checked.verdict.value,
            "scheme": row.checked.scheme,
            "cause": row.checked.cause,
            "secret": row.checked.secret,
        },
    }
    return found


def _body(body: bytes) -> dict[str, object]:
    try:
        return {"body": body.decode("utf-8")}
    except UnicodeDecodeError:
        return {"body_base64": _base64(body)}


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
