"""Events as the store gives them, of chosen bytes."""

from __future__ import annotations

from inspector.core.event import Checked, Event, EventRow, Reading, Request, State, Times
from inspector.core.exporters.format import Exporter, ExportOptions
from inspector.core.headers import HeaderPairs

JSON: HeaderPairs = ((b"Host", b"shop.example"), (b"Content-Type", b"application/json"))
AT_NS = 1_790_000_000_123_456_789


def event(
    body: bytes = b'{"id":"evt_1"}',
    *,
    number: int = 1,
    kind: str = "order.created",
    line: bytes = b"POST /webhooks/nudj?a=1 HTTP/1.1",
    headers: HeaderPairs = JSON,
    raw_head: bytes = b"",
    scheme: str = "",
    note: str = "",
) -> Event:
    """A complete event."""
    request = Request(line, headers, body, raw_head, remote="127.0.0.1:4000")
    row = EventRow(
        id=number,
        received_at_ns=AT_NS,
        method=request.method,
        target=request.target.decode("latin-1"),
        source="nudj",
        event_type=kind,
        event_id="evt_1",
        size_bytes=len(body),
        remote=request.remote,
        state=State.COMPLETE,
        retry_count=2,
        repeat=0,
        pinned=True,
        has_note=bool(note),
        mark="",
        checked=Checked(scheme=scheme),
        reply_status=200,
        took_ns=1_500_000,
    )
    times = Times(AT_NS, 1, 2, 3, 4, 5, 6)
    return Event(row, request, times, Reading(kind, "evt_1", AT_NS, 2), note=note)


def exported(exporter: Exporter, *events: Event, url: str = "") -> dict[str, bytes]:
    """The files by name."""
    options = ExportOptions(url=url) if url else ExportOptions()
    files: dict[str, bytes] = {}
    for name, chunk in exporter.export(iter(events), options):
        files[name] = files.get(name, b"") + chunk
    return files
