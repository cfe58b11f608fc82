"""One event as text, as JSON, and as the bytes of its request."""

from __future__ import annotations

import base64

from inspector.cli.output import event_fields, signature_fields, size, visible, when
from inspector.core.event import Event, Request

SHOWN_BYTES = 64 * 1024


def raw_request(request: Request) -> bytes:
    """The request as it came: head, then the body (the joined bytes where it came in chunks)."""
    if request.raw_head:
        return request.raw_head + request.body
    lines = [request.line, *(name + b": " + value for name, value in request.headers)]
    return b"\r\n".join(lines) + b"\r\n\r\n" + request.body


def event_text(event: Event) -> str:
    """All that is known of an event, for people; long or binary bodies are only described."""
    row, request, times = event.row, event.request, event.times
    about = [
        ("event", str(row.id)),
        ("received", when(row.received_at_ns)),
        ("from", row.remote),
        ("source", row.source),
        ("type", row.event_type),
        ("id", row.event_id),
        ("sent", when(event.reading.sent_at_ns) if event.reading.sent_at_ns is not None else ""),
        ("retry", str(row.retry_count) if row.retry_count is not None else ""),
        ("repeats", str(row.repeat) if row.repeat else ""),
        ("state", row.state.value + (f": {event.trouble}" if event.trouble else "")),
        ("mark", row.mark),
        ("pinned", "yes" if row.pinned else ""),
        ("note", event.note),
        ("signature", _signature(event)),
        ("reply", "" if row.reply_status is None else str(row.reply_status)),
        (
            "took",
            "" if times.replied_ns is None else f"{(times.replied_ns - times.first_byte_ns) / 1e6:.2f} ms",
        ),
        ("body", size(row.size_bytes)),
    ]
    lines = [f"{name:<10} {visible(value)}" for name, value in about if value]
    lines += ["", visible(request.line.decode("latin-1"))]
    lines += [
        f"{visible(name.decode('latin-1'))}: {visible(value.decode('latin-1'))}"
        for name, value in request.headers
    ]
    return "\n".join([*lines, "", _body(request.body)]).rstrip("\n")


def _signature(event: Event) -> str:
    checked = event.row.checked
    named = [checked.verdict.value]
    named += [
        f"{what} {value}" for what, value in (("scheme", checked.scheme), ("cause", checked.cause)) if value
    ]
    if checked.secret:
        named.append(f"secret {checked.secret}")
    return ", ".join(named)


def _body(body: bytes) -> str:
    try:
        text = body[:SHOWN_BYTES].decode("utf-8", "strict" if len(body) <= SHOWN_BYTES else "ignore")
    except UnicodeDecodeError:
        return f"({size(len(body))} that are no text; --body gives the exact bytes)"
    shown = "\n".join(visible(line) for line in text.replace("\r\n", "\n").split("\n"))
    return shown + (
        f"\n(… {size(len(body))} in all; --body gives everything)" if len(body) > SHOWN_BYTES else ""
    )


def event_json(event: Event) -> dict[str, object]:
    """All that is known of an event; bytes that are no UTF-8 stand as base64 under `body_base64`."""
    request, times = event.request, event.times
    fields = event_fields(event.row)
    fields |= {
        "request_line": request.line.decode("latin-1"),
        "headers": [[name.decode("latin-1"), value.decode("latin-1")] for name, value in request.headers],
        "sent_at": None if event.reading.sent_at_ns is None else when(event.reading.sent_at_ns),
        "trouble": event.trouble or None,
        "note": event.note or None,
        "edited_from": event.parent,
        "times_ns": {
            "connected": times.connected_ns,
            "first_byte": times.first_byte_ns,
            "headers": times.headers_ns,
            "body": times.body_ns,
            "stored": times.stored_ns,
            "replied": times.replied_ns,
        },
        "signature": signature_fields(event.row.checked),
    }
    try:
        fields["body"] = request.body.decode("utf-8")
    except UnicodeDecodeError:
        fields["body_base64"] = base64.b64encode(request.body).decode("ascii")
    return fields
