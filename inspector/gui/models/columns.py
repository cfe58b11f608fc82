"""The columns of the events table: one line each with title, width, text and colour."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from inspector.core.event import EventRow, State, Verdict
from inspector.core.listing import Column as OrderColumn
from inspector.gui.words import clock, duration, safe, size


@dataclass(frozen=True, slots=True)
class Column:
    """How one column is titled, ordered, written and coloured. `color` gives the name of a token."""

    key: OrderColumn
    title: str
    width: int
    text: Callable[[EventRow], str]
    color: Callable[[EventRow], str]
    mono: bool = True
    right: bool = False
    shown: bool = True
    chips: bool = False


VERDICT_WORDS = {
    Verdict.VALID: "✓ Valid",
    Verdict.INVALID: "✕ Invalid",
    Verdict.UNSIGNED: "– None",
    Verdict.UNCHECKED: "○ Unchecked",
}
VERDICT_COLORS = {Verdict.VALID: "good", Verdict.INVALID: "bad"}


def event_name(row: EventRow) -> str:
    """The event's type, or its path where there is none."""
    return safe(row.event_type or row.target.partition("?")[0] or row.target)


def chips(row: EventRow) -> list[tuple[str, str]]:
    """The little marks beside an event's name: text and colour token."""
    found: list[tuple[str, str]] = []
    if row.state is not State.COMPLETE:
        found.append((row.state.value, "bad"))
    if row.retry_count:
        found.append((f"retry {row.retry_count}", "warn"))
    elif row.repeat:
        found.append(("duplicate", "warn"))
    if row.dead:
        found.append(("dead letter", "bad"))
    if row.mark:
        found.append((safe(row.mark), "muted"))
    if row.pinned:
        found.append(("pinned", "accent_text"))
    if row.has_note:
        found.append(("note", "muted"))
    return found


def status_color(row: EventRow) -> str:
    """Green for a 2xx reply, red from 400 on."""
    if row.reply_status is None:
        return "muted"
    return "good" if row.reply_status < 400 else "bad"


def handler_word(outcome: str) -> str:
    """How the last delivery ended, in one word: `200`, `timeout`, `refused`."""
    return outcome.partition("-")[0]


def handler_color(row: EventRow) -> str:
    """Green for a success, red for a failure."""
    return "muted" if row.delivery_ok is None else "good" if row.delivery_ok else "bad"


def _muted(_row: EventRow) -> str:
    return "muted"


def _text(_row: EventRow) -> str:
    return "text"


COLUMNS: tuple[Column, ...] = (
    Column("received", "Received", 104, lambda row: clock(row.received_at_ns), _muted),
    Column("method", "Method", 60, lambda row: safe(row.method), lambda row: "accent_text"),
    Column("type", "Event", 200, event_name, _text, mono=False, chips=True),
    Column("id", "Event id", 150, lambda row: safe(row.event_id) or "–", _muted),
    Column(
        "signature",
        "Signature",
        108,
        lambda row: VERDICT_WORDS[row.checked.verdict],
        lambda row: VERDICT_COLORS.get(row.checked.verdict, "muted"),
        mono=False,
    ),
    Column(
        "status",
        "Reply",
        52,
        lambda row: "–" if row.reply_status is None else str(row.reply_status),
        status_color,
    ),
    Column(
        "took",
        "Took",
        68,
        lambda row: "–" if row.took_ns is None else duration(row.took_ns),
        _text,
        right=True,
        shown=False,
    ),
    Column("delivery", "Handler", 72, lambda row: handler_word(row.delivery) or "–", handler_color),
    Column(
        "handler",
        "Latency",
        72,
        lambda row: "–" if row.handler_ns is None else duration(row.handler_ns),
        lambda row: "bad" if row.delivery_ok is False else "text",
        right=True,
    ),
    Column("size", "Size", 58, lambda row: size(row.size_bytes), _muted, right=True, shown=False),
    Column("source", "Source", 92, lambda row: safe(row.source) or "–", _text, mono=False, shown=False),
    Column("target", "Path", 200, lambda row: safe(row.target), _muted, shown=False),
    Column("remote", "From", 130, lambda row: safe(row.remote), _muted, shown=False),
    Column("state", "State", 84, lambda row: row.state.value, _muted, mono=False, shown=False),
    Column(
        "retry",
        "Retry",
        54,
        lambda row: "–" if row.retry_count is None else str(row.retry_count),
        _muted,
        right=True,
        shown=False,
    ),
    Column("repeat", "Repeats", 64, lambda row: str(row.repeat), _muted, right=True, shown=False),
)
