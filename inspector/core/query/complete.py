"""What could be typed next in a query: fields, the words of a field, values that events hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from inspector.core.query.fields import BY_NAME, FIELDS, Field, Kind
from inspector.core.query.tokens import Sort, Token, is_bare, quote, tokenize

Values = Callable[[str, str], Sequence[str]]
"""(field, prefix) → values that stored events hold; `header.NAME` asks for values, `header` for names."""

MOMENTS = (
    ("5m", "the last five minutes"),
    ("1h", "the last hour"),
    ("24h", "the last day"),
    ("7d", "the last seven days"),
)
AMOUNTS = {
    "size": ((">10kb", "larger than 10 kB"), ("<1kb", "smaller than 1 kB"), (">1mb", "larger than 1 MB")),
    "took": ((">100ms", "slower than 100 ms"), (">1s", "slower than a second")),
    "handler": ((">1s", "slower than a second"), (">10s", "slower than the provider waits")),
    "status": (("2xx", "accepted"), ("4xx", "refused"), ("5xx", "failed")),
    "retry": ((">0", "any later attempt"),),
}
HEADERS = ("content-type", "user-agent", "content-encoding", "authorization", "host", "x-forwarded-for")
"""Names offered after `header.`."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One line of the list: what is typed, and what it means."""

    insert: str
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Completion:
    """Suggestions that each replace the characters from `start` to `end` (from 0)."""

    start: int
    end: int
    suggestions: tuple[Suggestion, ...]


def complete(text: str, cursor: int, values: Values | None = None) -> Completion:
    """What could stand at the cursor; `values` is asked only for fields of free text."""
    tokens = tokenize(text, lenient=True)
    token = next(
        (each for each in tokens if each.sort is Sort.TERM and each.start < cursor <= each.end), None
    )
    if token is None:
        return Completion(cursor, cursor, _fields(""))
    if cursor >= token.value_start and token.field:
        typed = text[token.value_start : cursor]
        return Completion(token.value_start, token.end, _values(token, typed, values))
    typed = text[token.start : cursor]
    if not token.field and token.quoted:
        return Completion(cursor, cursor, ())
    end = token.value_start if token.field else token.end
    if typed.lower().startswith("header."):
        wanted = typed[len("header.") :].lower()
        return Completion(token.start, end, _headers(wanted, values))
    return Completion(token.start, end, _fields(typed))


def _fields(typed: str) -> tuple[Suggestion, ...]:
    found = [field for field in FIELDS if field.name.startswith(typed.lower())]
    return tuple(Suggestion(field.name + ("." if field.named else ":"), field.meaning) for field in found)


def _headers(typed: str, values: Values | None) -> tuple[Suggestion, ...]:
    names = [*HEADERS, *(values("header", typed) if values else ())]
    found = dict.fromkeys(name.lower() for name in names if name.lower().startswith(typed))
    return tuple(Suggestion(f"header.{name}:") for name in found if is_bare(name) and ":" not in name)


def _values(token: Token, typed: str, values: Values | None) -> tuple[Suggestion, ...]:
    field = BY_NAME.get(token.field.lower())
    if field is None:
        return ()
    typed = typed.removeprefix('"')
    fixed = [Suggestion(word, meaning) for word, meaning in _words(field) if _begins(word, typed)]
    if values is None or field.kind is not Kind.TEXT or field.name == "body":
        return tuple(fixed)
    known = {suggestion.insert for suggestion in fixed}
    name = f"header.{token.name.lower()}" if field.named else field.name
    held = [value for value in values(name, typed) if value and value not in known]
    return (*fixed, *(Suggestion(_written(value)) for value in held))


def _words(field: Field) -> Sequence[tuple[str, str]]:
    if field.kind is Kind.MOMENT:
        return MOMENTS
    return AMOUNTS.get(field.name, field.choices)


def _begins(word: str, typed: str) -> bool:
    return word.lower().startswith(typed.lower())


def _written(value: str) -> str:
    return value if is_bare(value) and "*" not in value else quote(value)
