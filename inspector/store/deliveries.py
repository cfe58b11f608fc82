"""Deliveries as rows: written once, read as lists without bodies or one whole."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
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
_INSERT = f"INSERT INTO deliveries (id, {', '.join(_COLUMNS)}) VALUES "
_INSERTED = f"({', '.join('?' * (len(_COLUMNS) + 1))})"
_PARTS = "INSERT INTO delivery_parts VALUES "
_PART = "(?, ?, ?, ?, ?, ?, ?)"
_ATTEMPTS = """
SELECT event_id, target_name, count(*) FROM deliveries
WHERE event_id IN (SELECT value FROM json_each(?)) GROUP BY event_id, target_name
"""
_ROWS_AT_ONCE = 32
_ROW = f"""
SELECT d.id, {", ".join(f"d.{each}" for each in _COLUMNS)}, p.redirects
FROM deliveries d JOIN delivery_parts p ON p.id = d.id
"""
_WHOLE = """
SELECT p.headers, coalesce(p.body, b.body), p.reason, p.response_headers, p.response_body
FROM delivery_parts p JOIN deliveries d ON d.id = p.id LEFT JOIN bodies b ON b.id = d.event_id WHERE p.id = ?
"""
_OUTCOMES = "INSERT INTO outcomes (event_id, delivery, status, ok, handler_ns, dead) VALUES "
_OUTCOME = "(?, ?, ?, ?, ?, 0)"
_OR_UPDATE = """ ON CONFLICT (event_id) DO UPDATE SET
  delivery = excluded.delivery, status = excluded.status, ok = excluded.ok, handler_ns = excluded.handler_ns
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A delivery to keep; its id and attempt are given when it is written.

    `own_body`: what was sent is known to be the body of the event, which is not kept twice. `ok`: it counts
    as a success.
    """

    delivery: Delivery
    own_body: bool
    ok: bool


def add(connection: apsw.Connection, given: Sequence[Kept]) -> list[Delivery]:
    """Keep deliveries and make them the outcomes of their events; returns them with numbers and attempts.

    A few statements for all: each one gives Python's lock away, and waits for it while the loop is busy.
    """
    first = int(connection.execute("SELECT max(seq) FROM sqlite_sequence WHERE name = 'deliveries'").get or 0)
    numbers = json.dumps([each.delivery.event_id for each in given])
    earlier = cast("list[tuple[int, str, int]]", connection.execute(_ATTEMPTS, (numbers,)).fetchall())
    attempts = Counter({(event_id, target): count for event_id, target, count in earlier})
    written: list[Delivery] = []
    for number, each in enumerate(given, first + 1):
        key = (each.delivery.event_id, each.delivery.target_name)
        attempts[key] += 1
        written.append(replace(each.delivery, id=number, attempt=attempts[key]))
    _insert(connection, _INSERT, _INSERTED, [_values(delivery) for delivery in written])
    _insert(
        connection,
        _PARTS,
        _PART,
        [
            _parts(delivery, each.own_body or _is_own_body(connection, delivery))
            for delivery, each in zip(written, given, strict=True)
        ],
    )
    outcomes = [
        _outcome(delivery, ok=each.ok)
        for delivery, each in zip(written, given, strict=True)
        if delivery.event_id > 0
    ]
    _insert(connection, _OUTCOMES, _OUTCOME, outcomes, _OR_UPDATE)
    return written


def _insert(connection: apsw.Connection, head: str, row: str, values: list[Row], tail: str = "") -> None:
    for start in range(0, len(values), _ROWS_AT_ONCE):
        some = values[start : start + _ROWS_AT_ONCE]
        connection.execute(head + ", ".join([row] * len(some)) + tail, tuple(chain.from_iterable(some)))


def _values(delivery: Delivery) -> Row:
    response, failure, phases = delivery.response, delivery.failure, delivery.phases
    return (
        delivery.id, delivery.event_id, delivery.target_name, delivery.outgoing.method, delivery.url,
        delivery.sent_at_ns, delivery.attempt, delivery.origin, delivery.signing, delivery.status,
        "" if failure is None else failure.kind, "" if failure is None else failure.detail,
        len(delivery.outgoing.body), 0 if response is None else response.body_bytes,
        0 if response is None else int(response.truncated),
        phases.dns_ns, phases.connect_ns, phases.tls_ns,
        phases.sent_ns, phases.first_byte_ns, phases.last_byte_ns,
    )  # fmt: skip


def _parts(delivery: Delivery, own_body: bool) -> Row:
    response = delivery.response
    return (
        delivery.id,
        headers_blob(delivery.outgoing.headers),
        None if own_body else delivery.outgoing.body,
        "" if response is None else response.reason,
        b"" if response is None else headers_blob(response.headers),
        b"" if response is None else response.body,
        msgspec.json.encode(delivery.redirects) if delivery.redirects else None,
    )


def _outcome(delivery: Delivery, *, ok: bool) -> Row:
    outcome = delivery.failure.kind if delivery.failure is not None else str(delivery.status or "")
    return delivery.event_id, outcome, delivery.status, int(ok), delivery.phases.handler_ns or None


def _is_own_body(connection: apsw.Connection, delivery: Delivery) -> bool:
    sql = "SELECT body = ? FROM bodies WHERE id = ?"
    return bool(connection.execute(sql, (delivery.outgoing.body, delivery.event_id)).get)


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
