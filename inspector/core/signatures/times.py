"""The sender's timestamp: its units, and whether it is too old or too new."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from inspector.core.signatures.judgement import Judgement

_NUMBER = re.compile(rb"-?\d{1,20}(\.\d{1,9})?")
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:[.,](\d{1,12}))?\s?([Zz]|[+-]\d\d(?::?\d\d)?)?")
_JWT_LEEWAY_S = 1.0
"""What Bird's official libraries allow for clocks that differ."""


def check_time(judged: Judgement, now_s: float, tolerance_s: float | None, ignore_time: bool) -> None:
    """Sets the timestamp and its age, and the trouble where it is missing, unreadable, too old or too new."""
    rule = judged.scheme.timestamp
    if rule is None:
        return
    raw = judged.raw_timestamp = judged.reading.timestamp(rule)
    if raw is None:
        if not rule.field and not ignore_time:
            judged.fail("timestamp-missing", f"There is no timestamp: {rule.words} is missing.")
        return
    stamp = judged.timestamp_s = seconds(raw, rule.unit)
    if stamp is None:
        if not ignore_time and (rule.claim or rule.past_s is not None or rule.future_s is not None):
            judged.fail(
                "timestamp-malformed", f"The timestamp in {rule.words} cannot be read as {rule.unit}."
            )
        return
    age = judged.age_s = now_s - stamp
    past, future = rule.past_s, rule.future_s
    if tolerance_s is not None:
        past, future = tolerance_s, tolerance_s if future else future
    if rule.claim == "exp":
        past, future = _JWT_LEEWAY_S, None
    judged.past_s, judged.future_s = past, future
    if ignore_time:
        return
    if past is not None and age > past:
        judged.fail("too-old", f"The timestamp is {_s(age)} old; {past:g} s are allowed.")
    elif future is not None and -age > future:
        judged.fail("too-new", f"The timestamp is {_s(-age)} in the future; {future:g} s are allowed.")
    elif rule.claim == "exp":
        _check_not_before(judged, now_s)


def _check_not_before(judged: Judgement, now_s: float) -> None:
    """RFC 7519 section 4.1.5."""
    start = judged.reading.claims.get("nbf")
    if isinstance(start, int | float) and start - now_s > _JWT_LEEWAY_S:
        judged.fail("too-new", f"The token is not valid before {_s(start - now_s)} from now.")


def _s(amount: float) -> str:
    return f"{amount:,.1f}".removesuffix(".0") + " s"


def seconds(raw: bytes, unit: str) -> float | None:
    """The timestamp in seconds since 1970 UTC, or None where it cannot be read."""
    if unit == "iso8601":
        return _iso(raw.decode("latin-1"))
    if not _NUMBER.fullmatch(raw):
        return None
    return float(raw) / (1000 if unit == "ms" else 1)


def _iso(text: str) -> float | None:
    found = _ISO.fullmatch(text)
    if found is None:
        return None
    date, clock, fraction, zone = found.groups()
    zone = "+00:00" if zone is None or zone in "Zz" else zone
    try:
        whole = datetime.fromisoformat(f"{date}T{clock}{zone}")
    except ValueError:
        return None
    return whole.astimezone(UTC).timestamp() + (float(f"0.{fraction}") if fraction else 0.0)
