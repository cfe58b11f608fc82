"""Deliveries, dead letters and targets as lines for people and as JSON."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from inspector.cli.output import local, size, visible, when

if TYPE_CHECKING:
    from inspector.core.delivery import Delivery, DeliveryRow, Phases
    from inspector.core.delivery_queue import DeadLetter
    from inspector.core.headers import HeaderPairs
    from inspector.core.target import Target

SHOWN_BYTES = 64 * 1024


def delivery_fields(row: DeliveryRow | Delivery) -> dict[str, object]:
    """A delivery as the JSON lines have it, without headers and bodies."""
    from inspector.core.delivery import Delivery

    return {
        "kind": "delivery",
        "id": row.id,
        "event": row.event_id or None,
        "target": row.target_name or None,
        "url": row.url,
        "method": row.outgoing.method if isinstance(row, Delivery) else row.method,
        "sent_at": when(row.sent_at_ns),
        "attempt": row.attempt,
        "origin": row.origin,
        "signing": row.signing,
        "succeeded": row.succeeded,
        "status": row.status,
        "failure": None if row.failure is None else {"kind": row.failure.kind, "detail": row.failure.detail},
        "phases_ms": _phases(row.phases),
    }


def delivery_json(delivery: Delivery) -> dict[str, object]:
    """All that was kept of a delivery; bytes that are no UTF-8 stand as base64 under `body_base64`."""
    response = delivery.response
    return delivery_fields(delivery) | {
        "request": {"headers": _headers(delivery.outgoing.headers)} | _body(delivery.outgoing.body),
        "response": None
        if response is None
        else {
            "status": response.status,
            "reason": response.reason,
            "headers": _headers(response.headers),
            "body_bytes": response.body_bytes,
            "truncated": response.truncated,
        }
        | _body(response.body),
        "redirects": [
            {"status": hop.status, "url": hop.url, "location": hop.location, "followed": hop.followed}
            for hop in delivery.redirects
        ],
    }


def delivery_line(row: DeliveryRow, *, number_width: int = 5) -> str:
    """A delivery as one line for people."""
    outcome = "ok" if row.succeeded else "failed"
    said = row.failure.detail or row.failure.kind if row.failure is not None else ""
    parts = [
        f"{row.id:>{number_width}}",
        local(row.sent_at_ns, "%Y-%m-%d %H:%M:%S"),
        f"event {row.event_id}" if row.event_id else "no event",
        f"{visible(row.method)} {visible(row.url)}",
        f"{outcome} {row.outcome}",
        f"{row.phases.total_ns / 1e6:.1f} ms",
        f"[{row.origin}, attempt {row.attempt}{', resigned' if row.signing == 'resigned' else ''}]",
    ]
    return "  ".join(parts + ([visible(said)] if said else []))


def delivery_text(delivery: Delivery) -> str:
    """All that was kept of a delivery, for people."""
    response, failure = delivery.response, delivery.failure
    about = [
        ("delivery", str(delivery.id)),
        ("event", str(delivery.event_id or "")),
        ("target", delivery.target_name),
        ("sent", when(delivery.sent_at_ns)),
        ("origin", f"{delivery.origin}, attempt {delivery.attempt}, {delivery.signing}"),
        ("outcome", "succeeded" if delivery.succeeded else "failed"),
        ("failure", "" if failure is None else f"{failure.kind}: {failure.detail}"),
        (
            "took",
            ", ".join(
                f"{name} {spent:.2f} ms"
                for name, spent in _phases(delivery.phases).items()
                if spent is not None
            ),
        ),
    ]  # fmt: skip
    lines = [f"{name:<10} {visible(value)}" for name, value in about if value]
    lines += [
        f"{'redirect':<10} {hop.status} to {visible(hop.location)}{'' if hop.followed else ' (not followed)'}"
        for hop in delivery.redirects
    ]
    lines += ["", f"{visible(delivery.outgoing.method)} {visible(delivery.url)}"]
    lines += [*_field_lines(delivery.outgoing.headers), "", *_body_lines(delivery.outgoing.body)]
    if response is not None:
        lines += ["", f"{response.status} {visible(response.reason)}".rstrip()]
        lines += [*_field_lines(response.headers), "", *_body_lines(response.body)]
        if response.truncated:
            lines.append(f"(… not the whole body; {size(response.body_bytes)} as far as is known)")
    return "\n".join(lines).rstrip("\n")


def dead_letter_fields(letter: DeadLetter) -> dict[str, object]:
    """A dead letter as the JSON lines have it."""
    return {
        "kind": "dead-letter",
        "id": letter.id,
        "event": letter.event_id,
        "target": letter.target_name,
        "attempts": letter.attempts,
        "died_at": when(letter.died_at_ns),
        "delivery": letter.delivery_id,
        "status": letter.status,
        "failure": letter.failure or None,
        "detail": letter.detail,
    }


def dead_letter_line(letter: DeadLetter) -> str:
    """A dead letter as one line for people."""
    return "  ".join(
        (
            f"{letter.id:>5}",
            local(letter.died_at_ns, "%Y-%m-%d %H:%M:%S"),
            f"event {letter.event_id}",
            f"to {visible(letter.target_name)}",
            f"{letter.attempts} {'attempt' if letter.attempts == 1 else 'attempts'}",
            visible(letter.detail or letter.failure),
        )
    )


def target_fields(target: Target, *, default: bool) -> dict[str, object]:
    """A target as the JSON lines have it; secrets by name."""
    return {
        "kind": "target",
        "name": target.name,
        "url": target.url,
        "default": default,
        "headers": _headers(target.headers),
        "secret_headers": dict(target.secret_headers),
        "verify_tls": target.verify_tls,
        "ca_file": target.ca_file or None,
        "proxy": target.proxy or None,
        "proxy_secret": target.proxy_secret or None,
        "keep_host": target.keep_host,
        "follow_redirects": target.follow_redirects,
        "timeout_s": target.timeout_s,
        "policy": target.policy or None,
        "concurrency": target.concurrency,
        "rate_per_s": target.rate_per_s,
    }


def _phases(phases: Phases) -> dict[str, float | None]:
    named = (
        ("dns", phases.dns_ns),
        ("connect", phases.connect_ns),
        ("tls", phases.tls_ns),
        ("sent", phases.sent_ns),
        ("first_byte", phases.first_byte_ns),
        ("last_byte", phases.last_byte_ns),
    )
    return {name: None if spent is None else round(spent / 1e6, 3) for name, spent in named}


def _headers(headers: HeaderPairs) -> list[list[str]]:
    return [[name.decode("latin-1"), value.decode("latin-1")] for name, value in headers]


def _body(body: bytes) -> dict[str, object]:
    try:
        return {"body": body.decode("utf-8")}
    except UnicodeDecodeError:
        return {"body_base64": base64.b64encode(body).decode("ascii")}


def _field_lines(headers: HeaderPairs) -> list[str]:
    return [f"{visible(name)}: {visible(value)}" for name, value in _headers(headers)]


def _body_lines(body: bytes) -> list[str]:
    try:
        text = body[:SHOWN_BYTES].decode("utf-8", "strict" if len(body) <= SHOWN_BYTES else "ignore")
    except UnicodeDecodeError:
        return [f"({size(len(body))} that are no text; --json gives everything)"]
    lines = [visible(line) for line in text.replace("\r\n", "\n").split("\n")]
    return [*lines, f"(… {size(len(body))} in all)"] if len(body) > SHOWN_BYTES else lines
