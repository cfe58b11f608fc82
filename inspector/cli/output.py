"""How commands speak: captured text made harmless for terminals, JSON lines, problems, exact bytes."""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from datetime import UTC, datetime

from inspector.core.event import Checked, EventRow, Verdict
from inspector.core.problem import Problem


def visible(text: str) -> str:
    """Captured text for a terminal: what would steer it, or hide or turn around text, is escaped."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(each if _harmless(each) else _escaped(each) for each in text)


def _harmless(character: str) -> bool:
    return character == " " or (character.isprintable() and unicodedata.category(character) not in _HIDDEN)


_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def _escaped(character: str) -> str:
    number = ord(character)
    named = {9: "\\t", 10: "\\n", 13: "\\r"}.get(number)
    if named:
        return named
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def when(at_ns: int) -> str:
    """A moment as RFC 3339 in UTC with microseconds."""
    seconds, rest_ns = divmod(at_ns, 1_000_000_000)
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S") + f".{rest_ns // 1000:06d}Z"


def local(at_ns: int, form: str) -> str:
    """A moment in local time with milliseconds."""
    seconds, rest_ns = divmod(at_ns, 1_000_000_000)
    return datetime.fromtimestamp(seconds, UTC).astimezone().strftime(form) + f".{rest_ns // 1_000_000:03d}"


def size(count: int) -> str:
    """A number of bytes for people."""
    amount = float(count)
    for unit in ("B", "kB", "MB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "B" or amount >= 100 else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"


def event_fields(row: EventRow) -> dict[str, object]:
    """An event as the JSON lines have it."""
    fields: dict[str, object] = {
        "kind": "event",
        "id": row.id,
        "received_at": when(row.received_at_ns),
        "method": row.method,
        "target": row.target,
        "source": row.source or None,
        "event_type": row.event_type or None,
        "event_id": row.event_id or None,
        "size_bytes": row.size_bytes,
        "remote": row.remote,
        "state": row.state.value,
        "retry_count": row.retry_count,
        "repeat": row.repeat,
        "pinned": row.pinned,
        "mark": row.mark or None,
        "reply_status": row.reply_status,
        "signature": signature_fields(row.checked),
        "delivery": row.delivery or None,
        "handler_ms": None if row.handler_ns is None else round(row.handler_ns / 1e6, 3),
    }
    return fields


def signature_fields(checked: Checked) -> dict[str, object]:
    """A verdict as the JSON lines have it: names only."""
    return {
        "verdict": checked.verdict.value,
        "scheme": checked.scheme or None,
        "cause": checked.cause or None,
        "secret": checked.secret or None,
    }


def event_line(row: EventRow, *, number_width: int = 5, with_date: bool = False) -> str:
    """An event as one line for people."""
    parts = [
        f"{row.id:>{number_width}}",
        local(row.received_at_ns, "%Y-%m-%d %H:%M:%S" if with_date else "%H:%M:%S"),
        f"{visible(row.method):<6}",
        visible(row.target),
        size(row.size_bytes),
    ]
    named = " ".join(visible(each) for each in (row.source, row.event_type, row.event_id) if each)
    if named:
        parts.append(named)
    marks = [row.mark] if row.mark else []
    if row.state.value != "complete":
        marks.append(row.state.value)
    if row.repeat:
        marks.append(f"retry {row.retry_count}" if row.retry_count else f"duplicate {row.repeat}")
    if row.pinned:
        marks.append("pinned")
    if row.checked.verdict is Verdict.UNSIGNED:
        marks += ["unsigned"] if row.checked.scheme else []
    elif row.checked.verdict is not Verdict.UNCHECKED:
        marks.append(f"signature {row.checked.verdict.value}")
    if row.checked.cause:
        marks.append(row.checked.cause)
    if marks:
        parts.append(f"[{', '.join(visible(mark) for mark in marks)}]")
    return "  ".join(parts)


def print_json(fields: dict[str, object]) -> None:
    """One JSON line, pure ASCII: safe for any terminal and any decoder."""
    sys.stdout.write(json.dumps(fields, ensure_ascii=True) + "\n")


def say(text: str) -> None:
    """A line on standard output."""
    sys.stdout.write(text + "\n")


def complain(text: str) -> None:
    """A line on standard error."""
    sys.stderr.write(text + "\n")


def complain_problem(problem: Problem) -> None:
    """A problem on standard error: what, why, and what to do."""
    complain(f"webhook-inspector: {problem.title}")
    for part in (problem.detail, problem.remedy):
        if part:
            complain(f"  {part}")


def write_bytes(data: bytes) -> None:
    """Exact bytes on standard output."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def mute() -> None:
    """After a broken pipe: nothing more can be said, and nothing should fail for it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(nowhere, stream.fileno())
