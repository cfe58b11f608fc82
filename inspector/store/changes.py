"""What is changed of kept events. Every function runs in a transaction of its caller."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import cast

import apsw

from inspector.core.event import Checked, Verdict
from inspector.core.listing import Undo
from inspector.store import body_index
from inspector.store.schema import EVENT_COLUMNS

_COLUMNS = ", ".join(EVENT_COLUMNS)
_ERASED_AT_ONCE_BYTES = 16 * 1024**2
_THESE = "(SELECT value FROM json_each(?))"


def pin(connection: apsw.Connection, ids: Sequence[int], on: bool) -> None:
    """Pin events or let them go."""
    connection.execute(f"UPDATE events SET pinned = ? WHERE id IN {_THESE}", (int(on), json.dumps(ids)))


def note(connection: apsw.Connection, number: int, text: str) -> None:
    """Write the note of an event; an empty one takes it away."""
    connection.execute("UPDATE heads SET note = ? WHERE id = ?", (text, number))
    connection.execute("UPDATE events SET noted = ? WHERE id = ?", (int(bool(text)), number))


def set_drifted(connection: apsw.Connection, marks: Iterable[tuple[int, bool]]) -> None:
    """Mark events whose shape differs from what their type had before."""
    connection.executemany("UPDATE events SET drifted = ? WHERE id = ?", [(int(on), n) for n, on in marks])


def set_checked(connection: apsw.Connection, verdicts: Sequence[tuple[int, Checked]]) -> None:
    """Write verdicts, and keep the counts of `checks` true."""
    ids = json.dumps([number for number, _ in verdicts])
    before = dict(connection.execute(f"SELECT id, checked FROM events WHERE id IN {_THESE}", (ids,)))
    known: dict[Checked, int] = {}
    moved: Counter[int] = Counter()
    updates: dict[tuple[int, int], list[int]] = {}
    for number, checked in verdicts:
        old = before.get(number)
        if old is None:
            continue
        new = known.get(checked)
        if new is None:
            new = known[checked] = _check_number(connection, checked)
        if new != old:
            moved[old] -= 1
            moved[new] += 1
            before[number] = new
            updates.setdefault((new, int(checked.verdict is Verdict.INVALID)), []).append(number)
    for values, numbers in updates.items():
        connection.execute(
            f"UPDATE events SET checked = ?, invalid = ? WHERE id IN {_THESE}", (*values, json.dumps(numbers))
        )
    _count(connection, "checks", moved)


def _check_number(connection: apsw.Connection, checked: Checked) -> int:
    key = (checked.verdict.value, checked.scheme, checked.cause, checked.secret)
    found = connection.execute(
        "SELECT id FROM checks WHERE verdict = ? AND scheme = ? AND cause = ? AND secret = ?", key
    ).get
    if found is None:
        found = connection.execute(
            "INSERT INTO checks (verdict, scheme, cause, secret) VALUES (?, ?, ?, ?) RETURNING id", key
        ).get
    return int(found)


def new_batch(connection: apsw.Connection) -> int:
    """The number of a deletion that can be taken back."""
    batch = int(connection.execute("SELECT value FROM meta WHERE name = 'next_batch'").get)
    connection.execute("UPDATE meta SET value = value + 1 WHERE name = 'next_batch'")
    return batch


def delete(connection: apsw.Connection, ids: Sequence[int], batch: int, now_ns: int) -> list[int]:
    """Move events to the trash; returns those that there were."""
    bound = json.dumps(ids)
    gone = _tally(connection, "events", f"id IN {_THESE}", (bound,), -1)
    connection.execute(
        f"INSERT INTO trash (batch, deleted_at_ns, {_COLUMNS}) SELECT ?, ?, {_COLUMNS} FROM events"
        f" WHERE id IN {_THESE}",
        (batch, now_ns, bound),
    )
    connection.execute(f"DELETE FROM events WHERE id IN {_THESE}", (bound,))
    return gone


def restore(connection: apsw.Connection, undo: Undo) -> list[int]:
    """Move events back from the trash; returns those that were still there."""
    back = _tally(connection, "trash", "batch = ?", (undo.batch,), 1)
    connection.execute(
        f"INSERT INTO events ({_COLUMNS}) SELECT {_COLUMNS} FROM trash WHERE batch = ?",
        (undo.batch,),
    )
    connection.execute("DELETE FROM trash WHERE batch = ?", (undo.batch,))
    return back


def purge(connection: apsw.Connection, deleted_before_ns: int, batch: int | None, most: int) -> int:
    """Remove up to `most` events in the trash for good: of one batch, or those deleted before a moment."""
    if batch is None:
        rows = connection.execute(
            "SELECT id, size_bytes FROM trash WHERE deleted_at_ns < ? LIMIT ?", (deleted_before_ns, most)
        )
    else:
        rows = connection.execute("SELECT id, size_bytes FROM trash WHERE batch = ? LIMIT ?", (batch, most))
    ids = slice_of(rows)
    _erase(connection, ids, "trash")
    return len(ids)


def slice_of(rows: Iterable[tuple[int, int]]) -> list[int]:
    """Of (number, size of the body) the first ones, so that erasing them does not hold capture up."""
    ids: list[int] = []
    room_bytes = _ERASED_AT_ONCE_BYTES
    for number, size_bytes in rows:
        if ids and size_bytes > room_bytes:
            break
        ids.append(number)
        room_bytes -= size_bytes
    return ids


def remove(connection: apsw.Connection, ids: Sequence[int]) -> None:
    """Remove events for good, without the trash."""
    _tally(connection, "events", f"id IN {_THESE}", (json.dumps(ids),), -1)
    _erase(connection, ids, "events")


def _erase(connection: apsw.Connection, ids: Sequence[int], table: str) -> None:
    if not ids:
        return
    bound = (json.dumps(ids),)
    body_index.forget(connection, bound[0])
    for each in ("heads", "bodies", table):
        connection.execute(f"DELETE FROM {each} WHERE id IN {_THESE}", bound)
    _erase_deliveries(connection, bound)


def _erase_deliveries(connection: apsw.Connection, bound: tuple[str]) -> None:
    connection.execute(
        f"DELETE FROM delivery_parts WHERE id IN (SELECT id FROM deliveries WHERE event_id IN {_THESE})",
        bound,
    )
    for each in ("deliveries", "outcomes", "delivery_jobs", "dead_letters"):
        connection.execute(f"DELETE FROM {each} WHERE event_id IN {_THESE}", bound)


def _tally(
    connection: apsw.Connection, table: str, condition: str, bound: tuple[int | str, ...], sign: int
) -> list[int]:
    """Count the events that come or go; returns their numbers."""
    rows = cast(
        list[tuple[int, int, int]],
        connection.execute(f"SELECT id, kind, checked FROM {table} WHERE {condition}", bound).fetchall(),
    )
    _count(connection, "kinds", Counter({k: sign * n for k, n in Counter(row[1] for row in rows).items()}))
    _count(connection, "checks", Counter({c: sign * n for c, n in Counter(row[2] for row in rows).items()}))
    return [row[0] for row in rows]


def _count(connection: apsw.Connection, table: str, moved: Counter[int]) -> None:
    connection.executemany(
        f"UPDATE {table} SET events = events + ? WHERE id = ?",
        [(count, number) for number, count in moved.items() if count],
    )
