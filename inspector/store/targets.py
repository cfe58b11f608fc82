"""The tables of targets, and of the URLs that were sent to without one."""

from __future__ import annotations

import apsw
import msgspec

from inspector.core.target import Target

URLS_KEPT = 20


def list_targets(connection: apsw.Connection) -> tuple[list[Target], str]:
    """All targets by name, and the name of the default one ("" where there is none)."""
    default = ""
    targets = []
    for value, name, is_default in connection.execute("SELECT value, name, is_default FROM targets"):
        targets.append(msgspec.json.decode(value, type=Target))
        default = name if is_default else default
    return sorted(targets, key=lambda target: target.name), default


def save_target(connection: apsw.Connection, target: Target, renamed_from: str = "") -> None:
    """Add a target, or replace the one of its name; a renamed one takes its queue and dead letters along."""
    old = renamed_from or target.name
    value = msgspec.json.encode(target)
    connection.execute("UPDATE targets SET name = ?, value = ? WHERE name = ?", (target.name, value, old))
    if not connection.changes():
        connection.execute("INSERT INTO targets (name, value) VALUES (?, ?)", (target.name, value))
    if old != target.name:
        for table in ("delivery_jobs", "dead_letters", "deliveries"):
            connection.execute(
                f"UPDATE {table} SET target_name = ? WHERE target_name = ?", (target.name, old)
            )


def remove_target(connection: apsw.Connection, name: str) -> None:
    """Take a target out, with what waits for it; its deliveries and dead letters stay."""
    connection.execute("DELETE FROM targets WHERE name = ?", (name,))
    connection.execute("DELETE FROM delivery_jobs WHERE target_name = ?", (name,))


def set_default(connection: apsw.Connection, name: str) -> None:
    """Make one the default; "" for none."""
    connection.execute("UPDATE targets SET is_default = (name = ?)", (name,))


def remember_url(connection: apsw.Connection, url: str, now_ns: int) -> None:
    """Note a URL that was sent to without a target; of many the latest stay."""
    connection.execute("INSERT OR REPLACE INTO target_urls VALUES (?, ?)", (url, now_ns))
    connection.execute(
        "DELETE FROM target_urls WHERE url NOT IN"
        " (SELECT url FROM target_urls ORDER BY used_at_ns DESC LIMIT ?)",
        (URLS_KEPT,),
    )


def remembered_urls(connection: apsw.Connection) -> list[str]:
    """The URLs that were sent to without a target, latest first."""
    return [str(row[0]) for row in connection.execute("SELECT url FROM target_urls ORDER BY used_at_ns DESC")]
