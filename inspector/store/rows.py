"""Between the values of core and the columns of the tables."""

from __future__ import annotations

import json
from typing import TypeAlias

from inspector.core.event import Arrival, Checked, Event, EventRow, Reading, Request, State, Times, Verdict
from inspector.core.headers import HeaderPairs
from inspector.store.schema import UNCHECKED

Value: TypeAlias = int | str | bytes | None
KindKey: TypeAlias = tuple[str, str, str, str, str, int]
"""source, method, event_type, state, mark, repeated."""

_LOOKED_AT_BYTES = 65_536
_LONGEST_TEXT = 2_000
_MOST = 2**63 - 1
_FIELD = b": ".join
_PLAIN_CODINGS = (b"", b"identity")

ROW_SQL = """
SELECT e.id, e.received_at_ns, k.method, e.target, k.source, k.event_type, e.event_id, e.size_bytes, e.remote,
  k.state, e.retry_count, e.repeat, e.pinned, e.noted, k.mark, c.verdict, c.scheme, c.cause, c.secret,
  e.reply_status, e.first_byte_ns, e.replied_ns, e.stored_ns, o.delivery, o.ok, o.handler_ns, o.dead
FROM events e JOIN kinds k ON k.id = e.kind JOIN checks c ON c.id = e.checked
  LEFT JOIN outcomes o ON o.event_id = e.id
"""
HEAD_SQL = """
SELECT h.line, h.headers, h.raw_head, h.scheme, h.connected_ns, h.headers_ns, h.body_ns, h.sent_at_ns,
  h.parent, h.trouble, h.note, b.body
FROM heads h JOIN bodies b ON b.id = h.id WHERE h.id = ?
"""


def text_of(raw: bytes) -> str:
    """Bytes of the wire as text, byte by byte."""
    return raw.decode("latin-1")


def headers_blob(headers: HeaderPairs) -> bytes:
    """Field lines as "Name: value" with line ends; JSON where that could not be read back exactly."""
    joined = b"\r\n".join([*map(_FIELD, headers), b""])
    plain = joined.count(b"\r\n") == len(headers) and b":" not in b"".join([name for name, _ in headers])
    if plain and joined[:1] != b"\0":
        return joined
    return b"\0" + json.dumps([[text_of(name), text_of(value)] for name, value in headers]).encode()


def headers_of(blob: bytes) -> HeaderPairs:
    """What `headers_blob` was given."""
    if blob[:1] == b"\0":
        return tuple(
            (name.encode("latin-1"), value.encode("latin-1")) for name, value in json.loads(blob[1:])
        )
    lines = blob.split(b"\r\n")
    lines.pop()
    found = []
    for line in lines:
        name, _, value = line.partition(b": ")
        found.append((name, value))
    return tuple(found)


def is_binary(body: bytes) -> bool:
    """Whether the start of the body is no UTF-8 text."""
    start = body[:_LOOKED_AT_BYTES]
    if start.isascii():
        return b"\0" in start
    if b"\0" in start:
        return True
    try:
        start.decode()
    except UnicodeDecodeError as error:
        return len(body) <= _LOOKED_AT_BYTES or error.start < _LOOKED_AT_BYTES - 4
    return False


def is_encoded(headers: HeaderPairs) -> bool:
    """Whether a Content-Encoding lies on the body."""
    for name, value in headers:
        if len(name) == 16 and name.lower() == b"content-encoding":
            return value.strip().lower() not in _PLAIN_CODINGS
    return False


def bounded(reading: Reading) -> Reading:
    """The reading within what a column can hold: senders choose these texts and numbers."""
    event_type, event_id = _cleaned(reading.event_type), _cleaned(reading.event_id)
    sent_at_ns, retry_count = _fitting(reading.sent_at_ns), _fitting(reading.retry_count)
    if (
        event_type is reading.event_type
        and event_id is reading.event_id
        and sent_at_ns is reading.sent_at_ns
        and retry_count is reading.retry_count
    ):
        return reading
    return Reading(event_type, event_id, sent_at_ns, retry_count)


def _cleaned(text: str) -> str:
    if len(text) > _LONGEST_TEXT:
        text = text[:_LONGEST_TEXT]
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def _fitting(number: int | None) -> int | None:
    return number if number is None or -_MOST <= number <= _MOST else None


def kind_key(arrival: Arrival, reading: Reading, repeat: int) -> KindKey:
    """What the row of `kinds` of this event is found by."""
    capture = arrival.capture
    method = capture.request.line.split(b" ", 1)[0].decode("latin-1")
    return (
        arrival.source,
        method,
        reading.event_type,
        capture.state.value,
        arrival.mark,
        1 if repeat else 0,
    )


def event_values(
    number: int, arrival: Arrival, reading: Reading, *, kind: int, repeat: int, now_ns: int
) -> tuple[Value, ...]:
    """The row of `events`, in the order of EVENT_COLUMNS."""
    capture = arrival.capture
    request, times = capture.request, capture.times
    return (
        number,
        times.received_at_ns,
        kind,
        len(request.body),
        request.target.decode("latin-1"),
        reading.event_id,
        request.remote,
        reading.retry_count,
        repeat,
        times.first_byte_ns,
        now_ns,
        -times.first_byte_ns,
        arrival.reply.status,
        UNCHECKED,
        0,
        0,
        1 if arrival.note else 0,
        1 if is_binary(request.body) else 0,
        1 if is_encoded(request.headers) else 0,
        0,
    )


def head_values(number: int, arrival: Arrival, reading: Reading) -> tuple[Value, ...]:
    """The row of `heads`, in the order of HEAD_COLUMNS."""
    capture = arrival.capture
    request, times = capture.request, capture.times
    blob = headers_blob(request.headers)
    whole = b"%b\r\n%b\r\n" % (request.line, blob)
    return (
        number,
        request.line,
        blob,
        None if whole == request.raw_head else request.raw_head,
        request.scheme,
        times.connected_ns,
        times.headers_ns,
        times.body_ns,
        reading.sent_at_ns,
        arrival.dialect,
        arrival.parent,
        capture.trouble,
        arrival.note,
    )


def row_of(values: tuple) -> EventRow:  # type: ignore[type-arg] # a row of ROW_SQL
    """The EventRow of a row of ROW_SQL."""
    first_byte_ns, replied_ns = values[20], values[21]
    replied = replied_ns > 0
    return EventRow(
        id=values[0],
        received_at_ns=values[1],
        method=values[2],
        target=values[3],
        source=values[4],
        event_type=values[5],
        event_id=values[6],
        size_bytes=values[7],
        remote=values[8],
        state=State(values[9]),
        retry_count=values[10],
        repeat=values[11],
        pinned=values[12] == 1,
        has_note=values[13] == 1,
        mark=values[14],
        checked=Checked(Verdict(values[15]), values[16], values[17], values[18]),
        reply_status=values[19] if replied else None,
        took_ns=replied_ns - first_byte_ns if replied else None,
        delivery=values[23] or "",
        delivery_ok=None if values[24] is None else values[24] == 1,
        handler_ns=values[25],
        dead=values[26] == 1,
    )


def event_of(values: tuple, head: tuple) -> Event:  # type: ignore[type-arg] # rows of ROW_SQL and HEAD_SQL
    """The whole Event of its rows."""
    row = row_of(values)
    (
        line,
        blob,
        raw_head,
        scheme,
        connected_ns,
        headers_ns,
        body_ns,
        sent_at_ns,
        parent,
        trouble,
        note,
        body,
    ) = head
    if raw_head is None:
        raw_head = b"%b\r\n%b\r\n" % (line, blob)
    request = Request(line, headers_of(blob), body, raw_head, scheme, row.remote)
    times = Times(
        row.received_at_ns,
        connected_ns,
        values[20],
        headers_ns,
        body_ns,
        values[22],
        values[21] if values[21] > 0 else None,
    )
    reading = Reading(row.event_type, row.event_id, sent_at_ns, row.retry_count)
    return Event(row, request, times, reading, trouble, note, parent)
