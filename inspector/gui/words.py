"""Numbers and moments as the window writes them: short, with units, safe to show."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

UNPRINTABLE = {code: chr(0x2400 + code) for code in range(32)} | {0x7F: "\u2421"}
"""Control characters as their pictures, so that a captured text stays on its line."""
BIDI = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F), "\ufffd")
"""Signs that turn the direction of text: they could make a captured text look like another."""
_SAFE = UNPRINTABLE | BIDI


def safe(text: str) -> str:
    """A captured text for one line of the window."""
    return text.translate(_SAFE)


def moment(at_ns: int) -> datetime:
    """A wall clock time in ns since 1970 UTC as local time."""
    return datetime.fromtimestamp(at_ns / 1e9).astimezone()


def clock(at_ns: int, now: datetime | None = None) -> str:
    """`10:30:00.412`, with the day before it where that is another one than today."""
    return _clock(at_ns, now.date() if now else date.today())  # noqa: DTZ011 - the user's own day is meant


@lru_cache(maxsize=4096)
def _clock(at_ns: int, today: date) -> str:
    when = moment(at_ns)
    time = f"{when:%H:%M:%S}.{at_ns // 1_000_000 % 1000:03d}"
    if when.date() == today:
        return time
    return f"{when:%b %d} {time}" if when.year == today.year else f"{when:%Y-%m-%d} {time}"


def full_moment(at_ns: int) -> str:
    """Date, time with microseconds, and zone."""
    return moment(at_ns).isoformat(sep=" ", timespec="microseconds")


def count(number: int) -> str:
    """`1,204`."""
    return f"{number:,}"


def size(number: int) -> str:
    """Bytes: `612`, `1.2 K`, `3.4 M`."""
    if number < 1024:
        return str(number)
    for power, unit in ((1, "K"), (2, "M")):
        if number < 1024 ** (power + 1):
            return f"{number / 1024**power:.1f} {unit}"
    return f"{number / 1024**3:.1f} G"


def size_in_words(number: int) -> str:
    """`612 bytes`, `4.1 MB`."""
    if number < 1024:
        return f"{number} byte" if number == 1 else f"{number} bytes"
    return size(number) + "B"


def duration(nanoseconds: int) -> str:
    """`0.41 ms`, `38 ms`, `9.98 s`."""
    ms = nanoseconds / 1e6
    if ms < 10:
        return f"{ms:.2f} ms"
    if ms < 1000:
        return f"{ms:.0f} ms"
    seconds = ms / 1000
    return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:.1f} s"


def plural(number: int, word: str) -> str:
    """`1 event`, `1,204 events`."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def tooltip(text: str) -> str:
    """A captured text for a tooltip: Qt reads what looks like markup as rich text, so markup is escaped."""
    from html import escape

    body = escape(safe(text)).replace("\u240a", "<br>")
    return f'<p style="white-space:pre-wrap">{body}</p>'


def elided(text: str, most: int = 80) -> str:
    """The text, its middle left out where it is longer than `most` characters."""
    if len(text) <= most:
        return text
    half = (most - 1) // 2
    return f"{text[:half]}\u2026{text[-half:]}"
