"""What a value may mean: times, tokens, encoded text, addresses, ids. Guesses, said as such by their form."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?")
_JWT = re.compile(r"eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
_UUID = re.compile(
    r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-([0-9a-fA-F])[0-9a-fA-F]{3}-([0-9a-fA-F])[0-9a-fA-F]{3}-[0-9a-fA-F]{12}"
)
_ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
_URL = re.compile(r"https?://[^\s/?#\"<>]+[^\s\"<>]*")
_BASE64 = re.compile(
    r"(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?|(?:[A-Za-z0-9_-]{4})+(?:[A-Za-z0-9_-]{2,3})?"
)
_INTEGER = re.compile(r"-?\d{9,19}|\d{9,11}\.\d{1,9}")
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UUID_EPOCH = datetime(1582, 10, 15, tzinfo=UTC)
_YEARS = (datetime(2005, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Hint:
    """A short text for the column beside the value, and a longer one to look at and copy."""

    kind: str
    """`time`, `jwt`, `base64`, `url`, `uuid` or `ulid`."""
    short: str
    detail: str = ""


def for_number(lexeme: str, arrived_ns: int | None = None) -> Hint | None:
    """Unix times in seconds, milliseconds, microseconds or nanoseconds between 2005 and 2100."""
    if not _INTEGER.fullmatch(lexeme):
        return None
    whole, _, fraction = lexeme.partition(".")
    for unit, digits in (("s", 0), ("ms", 3), ("µs", 6), ("ns", 9)):
        if len(whole.lstrip("-")) not in range(9 + digits, 12 + digits) or (fraction and digits):
            continue
        micros = int(whole) * 10**6 // 10**digits + int((fraction + "000000")[:6])
        moment = _EPOCH + timedelta(microseconds=micros)
        if _YEARS[0] <= moment < _YEARS[1]:
            return _time(moment, arrived_ns, f"Unix time in {unit}")
    return None


def for_string(text: str, arrived_ns: int | None = None) -> Hint | None:
    """What the text of a string looks like; None where nothing is likely."""
    if len(text) < 9 or len(text) > 1_000_000:
        return None
    if _ISO.fullmatch(text):
        return _iso(text, arrived_ns)
    if _JWT.fullmatch(text):
        return _jwt(text, arrived_ns)
    if match := _UUID.fullmatch(text):
        return _uuid(text, match.group(1).lower(), match.group(2).lower(), arrived_ns)
    if _ULID.fullmatch(text):
        millis = 0
        for sign in text[:10]:
            millis = millis * 32 + _CROCKFORD.index(sign)
        moment = _EPOCH + timedelta(milliseconds=millis) if millis < 4_102_444_800_000 else _EPOCH
        return _time(moment, arrived_ns, "ULID", "ulid") if _YEARS[0] <= moment < _YEARS[1] else None
    if _URL.fullmatch(text):
        return Hint("url", "URL", text)
    return for_number(text, arrived_ns) or _base64(text)


def relative(moment_ns: int, arrived_ns: int) -> str:
    """How far before or after the arrival, in words: `4 s before arrival`."""
    gap = moment_ns - arrived_ns
    size = abs(gap) / 1e9
    if size < 0.001:
        return "at arrival"
    for limit, unit, seconds in ((1, "ms", 0.001), (120, "s", 1), (7200, "min", 60), (172_800, "h", 3600)):
        if size < limit:
            return f"{size / seconds:.0f} {unit} {'before' if gap < 0 else 'after'} arrival"
    return f"{size / 86_400:,.0f} days {'before' if gap < 0 else 'after'} arrival"


def _time(moment: datetime, arrived_ns: int | None, detail: str, kind: str = "time") -> Hint:
    parts = [f"{moment:%Y-%m-%d %H:%M:%S} UTC"]
    if arrived_ns is not None:
        arrived_day = (_EPOCH + timedelta(microseconds=arrived_ns // 1000)).date()
        if moment.date() == arrived_day:
            parts = [f"{moment:%H:%M:%S} UTC"]
        gap = moment - _EPOCH
        moment_ns = (gap.days * 86_400 + gap.seconds) * 10**9 + gap.microseconds * 1000
        parts.append(relative(moment_ns, arrived_ns))
    return Hint(kind, " · ".join(parts), f"{detail}: {moment.isoformat()}")


def _iso(text: str, arrived_ns: int | None) -> Hint | None:
    try:
        moment = datetime.fromisoformat(re.sub(r"([.,]\d{6})\d+", r"\1", text))
    except ValueError:
        return None
    if len(text) == 10:
        return None
    if moment.tzinfo is None:
        return Hint("time", "time without a zone", f"ISO 8601 without a zone: {moment.isoformat()}")
    try:
        return _time(moment.astimezone(UTC), arrived_ns, "ISO 8601")
    except OverflowError:
        return None


def _segment(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _jwt(text: str, arrived_ns: int | None) -> Hint | None:
    """The header and payload of a JSON Web Token (RFC 7519); its signature is not checked."""
    try:
        header, payload = (json.loads(_segment(part)) for part in text.split(".")[:2])
    except (ValueError, binascii.Error, RecursionError):
        return None
    if not isinstance(header, dict) or not isinstance(payload, dict):
        return None
    short = f"JWT {header.get('alg', '?')}, not verified"
    expiry = payload.get("exp")
    if isinstance(expiry, (int, float)) and arrived_ns is not None and abs(expiry) < 1e11:
        short += f" · expires {relative(int(expiry * 1e9), arrived_ns)}"
    detail = "\n".join(json.dumps(part, indent=2, ensure_ascii=False) for part in (header, payload))
    return Hint("jwt", short, f"JSON Web Token, signature not verified\n{detail}")


def _uuid(text: str, version: str, variant: str, arrived_ns: int | None) -> Hint | None:
    digits = text.replace("-", "")
    if variant not in "89ab" or version not in "17":
        return Hint(
            "uuid", f"UUID v{version}" if variant in "89ab" and version in "2345678" else "UUID", text
        )
    if version == "7":
        moment = _EPOCH + timedelta(milliseconds=min(int(digits[:12], 16), 4_102_444_800_000))
    else:
        ticks = int(digits[13:16] + digits[8:12] + digits[:8], 16)
        moment = _UUID_EPOCH + timedelta(microseconds=ticks // 10)
    return _time(moment, arrived_ns, f"UUID v{version}", "uuid")


def _base64(text: str) -> Hint | None:
    """Only where the decoded bytes are readable text, so that words and ids are not taken for it."""
    if len(text) < 16 or not _BASE64.fullmatch(text):
        return None
    try:
        raw = _segment(text.replace("+", "-").replace("/", "_").rstrip("="))
        decoded = raw.decode("utf-8")
    except (ValueError, binascii.Error):
        return None
    if not decoded.isprintable() and not all(sign.isprintable() or sign in "\r\n\t" for sign in decoded):
        return None
    if sum(sign.isascii() for sign in decoded) < len(decoded) * 0.9:
        return None
    return Hint("base64", "base64 of text", f"Decoded from base64:\n{decoded}")
