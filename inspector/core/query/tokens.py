"""A query cut into tokens, each with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from inspector.core.query.error import QueryError

FIELD = re.compile(r"([A-Za-z][A-Za-z_]*)(?:\.([^\s:()\"]*))?:")
"""A field before its colon; `http://` is text and no field, see `_field_at`."""
BARE = re.compile(r"[^\s()]+")
SPACE = re.compile(r"\s+")
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
ESCAPE = re.compile(r'\\(["\\])')


class Sort(StrEnum):
    """What a token is."""

    OPEN = "("
    CLOSE = ")"
    OR = "OR"
    AND = "AND"
    NOT = "NOT"
    TERM = "term"


@dataclass(frozen=True, slots=True)
class Token:
    """One token between `start` and `end` (characters from 0).

    A term has a `value` that begins at `value_start` (at the quote of a quoted one), and a `field`
    with the `name` after its dot where it is written so; free text has an empty field.
    """

    sort: Sort
    start: int
    end: int
    field: str = ""
    name: str = ""
    value: str = ""
    quoted: bool = False
    value_start: int = 0


def tokenize(text: str, *, lenient: bool = False) -> list[Token]:
    """The tokens of a query; a quote without its end is a QueryError, or runs to the end if `lenient`."""
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        if space := SPACE.match(text, at):
            at = space.end()
            continue
        token = _token_at(text, at, lenient)
        tokens.append(token)
        at = token.end
    return tokens


def quote(text: str) -> str:
    """The text in quotes, so that it is read back as it is."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def is_bare(text: str) -> bool:
    """Whether a value can stand after its colon without quotes."""
    return BARE.fullmatch(text) is not None and not text.startswith('"')


def _token_at(text: str, at: int, lenient: bool) -> Token:
    character = text[at]
    if character == "(":
        return Token(Sort.OPEN, at, at + 1)
    if character == ")":
        return Token(Sort.CLOSE, at, at + 1)
    if character == "-":
        return Token(Sort.NOT, at, at + 1)
    field = _field_at(text, at)
    start = field.end() if field else at
    value, quoted, end = _value_at(text, start, lenient)
    if field is None and not quoted and value in ("OR", "AND", "NOT"):
        return Token(Sort(value), at, end)
    return Token(
        Sort.TERM,
        at,
        end,
        field=field.group(1) if field else "",
        name=(field.group(2) or "") if field else "",
        value=value,
        quoted=quoted,
        value_start=start,
    )


def _field_at(text: str, at: int) -> re.Match[str] | None:
    """The field that begins here; `https://…` is an address to look for and not a field."""
    found = FIELD.match(text, at)
    if found and found.group(1).lower() in ("http", "https") and text.startswith("//", found.end()):
        return None
    return found


def _value_at(text: str, at: int, lenient: bool) -> tuple[str, bool, int]:
    if text.startswith('"', at):
        found = QUOTED.match(text, at)
        if found:
            return ESCAPE.sub(r"\1", found.group(1)), True, found.end()
        if lenient:
            return ESCAPE.sub(r"\1", text[at + 1 :]), True, len(text)
        raise QueryError("This quote has no end; close it with another one.", at + 1, ('"',))
    bare = BARE.match(text, at)
    return (bare.group(), False, bare.end()) if bare else ("", False, at)
