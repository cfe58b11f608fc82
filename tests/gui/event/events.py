"""An event to show, made by hand."""

from __future__ import annotations

from dataclasses import replace

from inspector.core.event import Checked, Event, EventRow, Reading, Request, State, Times
from inspector.core.headers import HeaderPairs

MS = 10**6
AT_NS = 1764000000412345678
TIMES = Times(AT_NS, 0, 3 * MS, 4 * MS, 6 * MS, 10 * MS, 40 * MS)
ROW = EventRow(
    7, AT_NS, "POST", "/hook", "nudj", "ping", "evt_1", 0, "127.0.0.1",
    State.COMPLETE, None, 0, False, False, "", Checked(), 200, 37 * MS,
)  # fmt: skip


def event(
    headers: HeaderPairs = (),
    body: bytes = b"",
    *,
    sent_at_ns: int | None = None,
    times: Times = TIMES,
    number: int = 7,
) -> Event:
    """One event with these headers and body."""
    return Event(
        replace(ROW, id=number, size_bytes=len(body)),
        Request(b"POST /hook HTTP/1.1", headers, body),
        times,
        Reading("ping", "evt_1", sent_at_ns),
    )
