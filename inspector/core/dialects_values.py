"""Texts of a dialect made into what the table shows: clean names, moments, counts."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from inspector.core.query.values import EPOCH, moment_ns

MAX_CHARACTERS = 512
MAX_RETRIES = 1_000_000
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_NUMBER = re.compile(r"([0-9]{1,19})(?:\.([0-9]{1,9})[0-9]*)?", re.ASCII)
_EXCESS = re.compile(r"([.,]\d{9})\d+", re.ASCII)
_PER_S = {"s": 10**9, "ms": 10**6}
LATEST_NS = 2**63 - 1
MICROSECOND = timedelta(microseconds=1)


def clean(text: str) -> str:
    """The text on one line, bounded; characters that steer terminals or turn the direction are marked."""
    if len(text) > MAX_CHARACTERS:
        text = text[:MAX_CHARACTERS]
    if not text.isprintable():
        text = _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)
    return text.strip()


def moment(text: str, unit: str) -> int | None:
    """Nanoseconds since 1970 UTC of a number of seconds or milliseconds, or of ISO 8601; None of others.

    For the unit `any` a number's size tells: from 10^11 milliseconds, below that seconds.
    """
    text = text.strip()
    if not text or len(text) > 64:
        return None
    if len(text) in (20, 24) and text[-1] == "Z" and unit in ("iso8601", "any"):
        at = _common_form(text)
        if at is not None:
            return at
    found = None if unit == "iso8601" else _NUMBER.fullmatch(text)
    if found is None:
        if unit not in ("iso8601", "any"):
            return None
        at = moment_ns(_EXCESS.sub(r"\1", text).replace(" ", "T", 1))
    else:
        whole = int(found.group(1))
        scale = _PER_S.get(unit) or (10**6 if whole >= 10**11 else 10**9)
        fraction = found.group(2) or ""
        at = whole * scale + (int(fraction) * scale // int(10 ** len(fraction)) if fraction else 0)
    return at if at is not None and 0 < at <= LATEST_NS else None


def _common_form(text: str) -> int | None:
    """The nanoseconds of `2026-11-24T10:30:00Z` or `…00.123Z`, as most senders write moments."""
    try:
        return (datetime.fromisoformat(text) - EPOCH) // MICROSECOND * 1000
    except ValueError:
        return None


def retry_number(text: str) -> int | None:
    """A count of later attempts, or None."""
    text = text.strip()
    if not text.isascii() or not text.isdecimal() or len(text) > 7:
        return None
    number = int(text)
    return number if number <= MAX_RETRIES else None
