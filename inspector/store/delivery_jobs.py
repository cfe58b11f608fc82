"""The queue of deliveries and the dead letters. Every function runs in a transaction of its caller."""

from __future__ import annotations

import json
from collections.abc import Sequence

import apsw

from inspector.core.delivery import Delivery
from inspector.core.delivery_queue import DeadLetter, Job

_JOB = (
    "SELECT id, target_name, event_id, attempts, due_at_ns, queued_at_ns, origin, policy FROM delivery_jobs"
)
_DEAD = (
    "SELECT d.id, d.target_name, d.event_id, d.attempts, d.died_at_ns, d.delivery_id, d.status, d.failure,"
    " d.detail FROM dead_letters d JOIN events e ON e.id = d.event_id"
)
_THESE = "(SELECT value FROM json_each(?))"


def add_jobs(
    connection: apsw.Connection,
    event_ids: Sequence[int],
    target_name: str,
    *,
    origin: str,
    policy: str = "",
    now_ns: int,
) -> list[Job]:
    """Queue events for a target, due now, in that order."""
    sql = (
        "INSERT INTO delivery_jobs (target_name, event_id, attempts, due_at_ns, queued_at_ns, origin, policy)"
        " VALUES (?, ?, 0, ?, ?, ?, ?) RETURNING id"
    )
    jobs = []
    for event_id in event_ids:
        number = int(connection.execute(sql, (target_name, event_id, now_ns, now_ns, origin, policy)).get)
        jobs.append(Job(number, target_name, event_id, 0, now_ns, now_ns, origin, policy))
    return jobs


def jobs(
    connection: apsw.Connection,
    *,
    after_id: int = 0,
    target_name: str | None = None,
    event_id: int | None = None,
    limit: int = -1,
) -> list[Job]:
    """What waits, in the order of the queue; of one target or one event where named."""
    where, bound = ["id > ?"], [after_id]
    if target_name is not None:
        where.append("target_name = ?")
    if event_id is not None:
        where.append("event_id = ?")
    chosen = [each for each in (target_name, event_id) if each is not None]
    rows = connection.execute(
        f"{_JOB} WHERE {' AND '.join(where)} ORDER BY id LIMIT ?", (*bound, *chosen, limit)
    )
    return [Job(*row) for row in rows]


def finish(connection: apsw.Connection, job_ids: Sequence[int]) -> int:
    """Take jobs out: they are done, or were discarded; returns how many there were."""
    if not job_ids:
        return 0
    if len(job_ids) == 1:
        connection.execute("DELETE FROM delivery_jobs WHERE id = ?", (job_ids[0],))
    else:
        connection.execute(f"DELETE FROM delivery_jobs WHERE id IN {_THESE}", (json.dumps(list(job_ids)),))
    return connection.changes()


def postpone(connection: apsw.Connection, job_id: int, attempts: int, due_at_ns: int) -> bool:
    """Note an attempt, and when the next one is due; False where the job is gone."""
    connection.execute(
        "UPDATE delivery_jobs SET attempts = ?, due_at_ns = ? WHERE id = ?", (attempts, due_at_ns, job_id)
    )
    return connection.changes() > 0


def advance(connection: apsw.Connection, target_name: str, now_ns: int) -> None:
    """Make all that waits for a target due now: it is back."""
    connection.execute(
        "UPDATE delivery_jobs SET due_at_ns = ? WHERE target_name = ? AND due_at_ns > ?",
        (now_ns, target_name, now_ns),
    )


def bury(connection: apsw.Connection, letter: DeadLetter) -> None:
    """Keep a dead letter (its id is given here); one event has one for each target at most."""
    connection.execute(
        "INSERT OR REPLACE INTO dead_letters (target_name, event_id, attempts, died_at_ns, delivery_id,"
        " status, failure, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            letter.target_name,
            letter.event_id,
            letter.attempts,
            letter.died_at_ns,
            letter.delivery_id,
            letter.status,
            letter.failure,
            letter.detail,
        ),
    )
    connection.execute("UPDATE outcomes SET dead = 1 WHERE event_id = ?", (letter.event_id,))


def dead_letters(connection: apsw.Connection, ids: Sequence[int] | None = None) -> list[DeadLetter]:
    """The dead letters of events that are there, in the order of the events; or some of them."""
    if ids is None:
        return [DeadLetter(*row) for row in connection.execute(f"{_DEAD} ORDER BY d.event_id, d.id")]
    rows = connection.execute(
        f"{_DEAD} WHERE d.id IN {_THESE} ORDER BY d.event_id, d.id", (json.dumps(list(ids)),)
    )
    return [DeadLetter(*row) for row in rows]


def count_dead(connection: apsw.Connection) -> int:
    """How many dead letters there are."""
    return int(
        connection.execute("SELECT count(*) FROM dead_letters d JOIN events e ON e.id = d.event_id").get
    )


def dig_up(connection: apsw.Connection, ids: Sequence[int]) -> list[int]:
    """Take dead letters out, to be sent again or discarded; returns their events."""
    bound = (json.dumps(list(ids)),)
    rows = connection.execute(f"DELETE FROM dead_letters WHERE id IN {_THESE} RETURNING event_id", bound)
    events = [int(row[0]) for row in rows]
    forget_dead(connection, events)
    return events


def any_dead(connection: apsw.Connection) -> bool:
    """Whether there are dead letters at all."""
    return connection.execute("SELECT 1 FROM dead_letters LIMIT 1").get is not None


def redeem(connection: apsw.Connection, event_id: int, target_name: str) -> None:
    """The event reached the target after all: its dead letter is settled."""
    gone = connection.execute(
        "DELETE FROM dead_letters WHERE event_id = ? AND target_name = ? RETURNING event_id",
        (event_id, target_name),
    ).fetchall()
    if gone:
        forget_dead(connection, [event_id])


def fail_again(connection: apsw.Connection, delivery: Delivery, detail: str) -> None:
    """The dead letter was tried once more, in vain: this is its last failure now."""
    connection.execute(
        "UPDATE dead_letters SET attempts = attempts + 1, delivery_id = ?, status = ?, failure = ?,"
        " detail = ? WHERE event_id = ? AND target_name = ?",
        (
            delivery.id,
            delivery.status,
            "" if delivery.failure is None else delivery.failure.kind,
            detail,
            delivery.event_id,
            delivery.target_name,
        ),
    )


def forget_dead(connection: apsw.Connection, event_ids: Sequence[int]) -> None:
    """Unmark events that have no dead letter any more."""
    connection.execute(
        f"UPDATE outcomes SET dead = 0 WHERE event_id IN {_THESE}"
        " AND NOT EXISTS (SELECT 1 FROM dead_letters d WHERE d.event_id = outcomes.event_id)",
        (json.dumps(list(event_ids)),),
    )
