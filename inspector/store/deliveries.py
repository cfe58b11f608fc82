"""Deliveries as rows: written once, read as lists without bodies or one whole."""

from __future__ import annotations

from typing import TypeAlias, cast

import apsw
import msgspec

from inspector.core.delivery import (
    Delivery,
    DeliveryRow,
    Failure,
    FailureKind,
    Origin,
    Phases,
    Redirect,
    Response,
    Signing,
)
from inspector.core.outgoing import Outgoing
from inspector.store.rows import headers_blob, headers_of

Row: TypeAlias = tuple[int | str | bytes | None, ...]

_COLUMNS = (
    "event_id", "target_name", "method", "url", "sent_at_ns", "attempt", "origin", "signing", "status",
    "failure", "detail", "request_bytes", "response_bytes", "truncated",
    "dns_ns", "connect_ns", "tls_ns", "sent_ns", "first_byte_ns", "last_byte_ns",
)  # fmt: skip
_VALUES = [f"?{place}" for place in range(1, len(_COLUMNS) + 1)]
_VALUES[_COLUMNS.index("attempt")] = (
    "(SELECT 1 + count(*) FROM deliveries WHERE event_id = ?1 AND target_name = ?2)"
)
_INSERT = f"""
INSERT INTO deliveries ({", ".join(_COLUMNS)}) VALUES ({", ".join(_VALUES)}) RETURNING id, attempt
"""
_PARTS = "INSERT INTO delivery_parts VALUES (?, ?, ?, ?, ?, ?, ?)"
_ROW = f"""
SELECT d.id, {", ".join(f"d.{each}" for each in _COLUMNS)}, p.redirects
FROM deliveries d JOIN delivery_parts p ON p.id = d.id
"""
_WHOLE = """
SELECT p.headers, coalesce(p.body, b.body), p.reason, p.response_headers, p.response_body
FROM delivery_parts p JOIN deliveries d ON d.id = p.id LEFT JOIN bodies b ON b.id = d.event_id WHERE p.id = ?
"""
_OUTCOME = """
INSERT INTO outcomes (event_id, delivery, status, ok, handler_ns, dead) VALUES (?, ?, ?, ?, ?, 0)
ON CONFLICT (event_id) DO UPDATE SET
  delivery = excluded.delivery, status = excluded.status, ok = excluded.ok, handler_ns = excluded.handler_ns
"""


def add(connection: apsw.Connection, delivery: Delivery, *, own_body: bool, ok: bool) -> tuple[int, int]:
    """Keep a delivery and make it the outcome of its event; returns its number and that of the attempt.

    `own_body`: what was sent is known to be the body of the event, which is not kept twice.
    """
    own_body = own_body or _is_own_body(connection, delivery.event_id, delivery.outgoing.body)
    response, failure, phases = delivery.response, delivery.failure, delivery.phases
    written = connection.execute(
        _INSERT,
        (
            delivery.event_id, delivery.target_name, delivery.outgoing.method, delivery.url,
            delivery.sent_at_ns, None, delivery.origin, delivery.signing, delivery.status,
            "" if failure is None else failure.kind, "" if failure is None else failure.detail,
            len(delivery.outgoing.body), 0 if response is None else response.body_bytes,
            0 if response is None else int(response.truncated),
            phases.dns_ns, phases.connect_ns, phases.tls_ns,
            phases.sent_ns, phases.first_byte_ns, phases.last_byte_ns,
        ),
    ).fetchall()  # fmt: skip
    number, attempt = cast(list[tuple[int, int]], written)[0]
    connection.execute(
        _PARTS,
        (
            number,
            headers_blob(delivery.outgoing.headers),
            None if own_body else delivery.outgoing.body,
            "" if response is None else response.reason,
            b"" if response is None else headers_blob(response.headers),
            b"" if response is None else response.body,
            msgspec.json.encode(delivery.redirects) if delivery.redirects else None,
        ),
    )
    if delivery.event_id > 0:
        outcome = failure.kind if failure is not None else str(delivery.status or "")
        handler_ns = phases.handler_ns or None
        bound = (delivery.event_id, outcome, delivery.status, int(ok), handler_ns)
        connection.execute(_OUTCOME, bound)
    return number, attempt


def _is_own_body(connection: apsw.Connection, event_id: int, body: bytes) -> bool:
    return bool(connection.execute("SELECT body = ? FROM bodies WHERE id = ?", (body, event_id)).get)


def of_event(connection: apsw.Connection, event_id: int) -> list[DeliveryRow]:
    """All deliveries of an event, oldest first."""
    rows = connection.execute(f"{_ROW} WHERE d.event_id = ? ORDER BY d.id", (event_id,))
    return [_row(row) for row in rows]


def latest(
    connection: apsw.Connection,
    *,
    limit: int = 100,
    before_id: int | None = None,
    target_name: str | None = None,
    failed: bool = False,
) -> list[DeliveryRow]:
    """The newest deliveries, newest first; of one target or only the failed ones where asked for."""
    where, bound = ["1"], list[int | str]()
    if before_id is not None:
        where.append("d.id < ?")
        bound.append(before_id)
    if target_name is not None:
        where.append("d.target_name = ?")
        bound.append(target_name)
    if failed:
        where.append("(d.failure != '' OR d.status NOT BETWEEN 200 AND 299)")
    sql = f"{_ROW} WHERE {' AND '.join(where)} ORDER BY d.id DESC LIMIT ?"
    return [_row(row) for row in connection.execute(sql, (*bound, limit))]


def find(connection: apsw.Connection, number: int) -> Delivery | None:
    """The whole delivery; None where it is gone."""
    found = connection.execute(f"{_ROW} WHERE d.id = ?", (number,)).fetchone()
    whole = connection.execute(_WHOLE, (number,)).fetchone()
    if found is None or whole is None:
        return None
    row = _row(found)
    headers, body, reason, response_headers, response_body = whole
    response = None
    if row.status is not None:
        assert isinstance(reason, str)
        assert isinstance(response_headers, bytes)
        assert isinstance(response_body, bytes)
        response = Response(
            row.status,
            reason,
            headers_of(response_headers),
            response_body,
            row.response_bytes,
            bool(found[14]),
        )
    assert isinstance(headers, bytes)
    return Delivery(
        id=row.id,
        event_id=row.event_id,
        target_name=row.target_name,
        url=row.url,
        sent_at_ns=row.sent_at_ns,
        attempt=row.attempt,
        origin=row.origin,
        signing=row.signing,
        outgoing=Outgoing(row.method, row.url, headers_of(headers), body if isinstance(body, bytes) else b""),
        response=response,
        failure=row.failure,
        phases=row.phases,
        redirects=_redirects(found[-1]),
    )


def _row(values: Row) -> DeliveryRow:
    numbers = cast(tuple[int, ...], values)
    texts = cast(tuple[str, ...], values)
    return DeliveryRow(
        id=numbers[0],
        event_id=numbers[1],
        target_name=texts[2],
        method=texts[3],
        url=texts[4],
        sent_at_ns=numbers[5],
        attempt=numbers[6],
        origin=cast(Origin, texts[7]),
        signing=cast(Signing, texts[8]),
        status=cast(int | None, values[9]),
        failure=Failure(cast(FailureKind, texts[10]), texts[11]) if values[10] else None,
        phases=Phases(*cast(tuple[int | None, ...], values[15:21])),
        response_bytes=numbers[13],
        redirects=len(_redirects(values[21])),
    )


def _redirects(blob: int | str | bytes | None) -> tuple[Redirect, ...]:
    return msgspec.json.decode(blob, type=tuple[Redirect, ...]) if isinstance(blob, bytes) else ()
