"""What stands after a field's colon: patterns, comparisons, sizes, durations and moments."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import cast

from inspector.core.query.error import QueryError
from inspector.core.query.fields import BODY_CHARACTERS, Field, Kind
from inspector.core.query.nodes import And, Compare, Is, Match, Node, Operator, Since, Until
from inspector.core.query.tokens import Token

SIZES = {"": 1, "b": 1, "k": 1 << 10, "kb": 1 << 10, "kib": 1 << 10, "m": 1 << 20, "mb": 1 << 20}
SIZES |= {"mib": 1 << 20, "g": 1 << 30, "gb": 1 << 30, "gib": 1 << 30}
UNITS_NS = {"ns": 1, "us": 10**3, "µs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
UNITS_NS |= {"d": 86400 * 10**9, "w": 7 * 86400 * 10**9}
"""`m` is minutes; months and years have no fixed length and are not units."""

LARGEST = 2**63 - 1
"""Numbers above do not fit into the database's integers."""
COMPARISON = re.compile(r"(<=|>=|<|>|=)?(.*)", re.DOTALL)
AMOUNT = re.compile(r"([0-9]{1,18})(?:\.([0-9]{1,9}))?([a-zµ]*)")
CLASS = re.compile(r"([1-5])xx", re.IGNORECASE)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOMENT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[Tt](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|z|[+-]\d\d:?\d\d)?)?",
    re.ASCII,
)


def read_value(field: Field, token: Token) -> Node:
    """The node of a field with its value; QueryError points at the value."""
    if not token.value and not token.quoted:
        raise _wrong(
            token, f"A value is missing after {field.name}:, as in {field.example}.", (field.example,)
        )
    match field.kind:
        case Kind.SIZE | Kind.NUMBER | Kind.DURATION:
            return _compare(field, token)
        case Kind.MOMENT:
            return _moment(field, token)
        case Kind.MARK:
            return Is(_choice(field, token))
        case Kind.CHOICE:
            if "*" not in token.value or token.quoted:
                return Match(field.name, _choice(field, token), quoted=token.quoted)
        case Kind.TEXT:
            pass
    if field.name == "body":
        _require_length(token)
    return Match(field.name, token.value, name=token.name.lower(), quoted=token.quoted)


def _choice(field: Field, token: Token) -> str:
    words = tuple(word for word, _ in field.choices)
    if token.value.lower() in words:
        return token.value.lower()
    raise _wrong(token, f"{field.name}: takes {_listed(words)}.", words)


def _require_length(token: Token) -> None:
    runs = [token.value] if token.quoted else token.value.split("*")
    if max(len(run) for run in runs) < BODY_CHARACTERS:
        raise _wrong(
            token, f"body: needs {BODY_CHARACTERS} characters or more to look for.", ('body:"user_1"',)
        )


def _compare(field: Field, token: Token) -> Node:
    found = COMPARISON.fullmatch(token.value)
    assert found is not None
    operator, amount = found.group(1), found.group(2).lower()
    status_class = CLASS.fullmatch(amount) if field.name == "status" and operator is None else None
    if status_class:
        low = int(status_class.group(1)) * 100
        return And((Compare(field.name, ">=", low), Compare(field.name, "<=", low + 99)))
    low_text, dots, high_text = amount.partition("..")
    if dots and operator is None:
        low, high = _amount(field, token, low_text), _amount(field, token, high_text)
        return And((Compare(field.name, ">=", low), Compare(field.name, "<=", high)))
    return Compare(field.name, cast(Operator, operator or "="), _amount(field, token, amount))


def _amount(field: Field, token: Token, text: str) -> int:
    """Bytes of a size, milliseconds of a duration, or the number itself."""
    found = AMOUNT.fullmatch(text)
    units = {Kind.SIZE: SIZES, Kind.DURATION: UNITS_NS}.get(field.kind, {"": 1})
    if found is None or found.group(3) not in units:
        raise _wrong(token, f"{field.name}: takes {_AMOUNTS[field.kind]}.", (field.example,))
    fraction = found.group(2) or ""
    scaled = int(found.group(1) + fraction) * units[found.group(3)]
    if field.kind is Kind.DURATION:
        number, rest = divmod(scaled, _power(len(fraction)) * UNITS_NS["ms"])
        if rest:
            raise _wrong(token, "Times are compared in whole milliseconds.", ("took:>1ms",))
    else:
        number = scaled // _power(len(fraction))
        if fraction and field.kind is Kind.NUMBER:
            raise _wrong(token, f"{field.name}: takes a whole number.", (field.example,))
    if number > LARGEST:
        raise _wrong(token, "This number is too large.", (field.example,))
    return number


_AMOUNTS = {
    Kind.SIZE: "a size such as 10kb, >1mb or 1kb..10kb",
    Kind.DURATION: "a time such as >1s, <50ms or 1s..10s",
    Kind.NUMBER: "a number such as 3, >0 or 1..3",
}


def _power(digits: int) -> int:
    """Ten to that power; the operator's own type is Any."""
    return int(10**digits)


def duration_ns(text: str) -> int | None:
    """The nanoseconds of `10m`, `1h30m` or `1.5s`; None where it is no duration."""
    total, at = 0, 0
    while at < len(text):
        found = AMOUNT.match(text, at)
        if found is None or found.group(3) not in UNITS_NS:
            return None
        fraction = found.group(2) or ""
        total += int(found.group(1) + fraction) * UNITS_NS[found.group(3)] // _power(len(fraction))
        at = found.end()
    return total if text and total <= LARGEST else None


def moment_ns(text: str, *, end: bool = False) -> int | None:
    """The nanoseconds since 1970 of an ISO 8601 date or time; without a zone it is UTC.

    A moment named less precisely than it could be is its first nanosecond, or its last one if `end`
    (`until:2026-11-24` takes in the whole day). None where it is no moment.
    """
    found = MOMENT.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    try:
        moment = datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=UTC
        )
    except ValueError:
        return None
    span = (
        timedelta(days=1)
        if hour is None
        else timedelta(minutes=1)
        if second is None
        else timedelta(seconds=1)
    )
    nanoseconds = (moment - EPOCH) // timedelta(seconds=1) * 10**9 - _offset_ns(zone or "Z")
    if fraction is not None:
        return nanoseconds + int(fraction.ljust(9, "0"))
    return nanoseconds + (span // timedelta(seconds=1) * 10**9 - 1 if end else 0)


def _offset_ns(zone: str) -> int:
    if zone in "Zz":
        return 0
    minutes = int(zone[1:3]) * 60 + int(zone[-2:])
    return (-minutes if zone[0] == "-" else minutes) * UNITS_NS["m"]


def _moment(field: Field, token: Token) -> Node:
    node = Since if field.name == "since" else Until
    ago = duration_ns(token.value.lower())
    if ago is not None:
        return node(ago_ns=ago)
    at = moment_ns(token.value, end=field.name == "until")
    if at is not None:
        return node(at_ns=at)
    examples = ("10m", "1h30m", "2d", "2026-11-24", "2026-11-24T10:30Z")
    raise _wrong(token, f"{field.name}: takes how long ago or a moment: {_listed(examples)}.", examples)


def _wrong(token: Token, message: str, expected: tuple[str, ...]) -> QueryError:
    return QueryError(message, token.value_start + 1, expected)


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(words[:-1]) + " or " + words[-1]
