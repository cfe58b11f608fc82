"""The tree that a query is parsed into. Evaluation is the store's (SQL); no clock here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Operator: TypeAlias = Literal["<", "<=", "=", ">=", ">"]


@dataclass(frozen=True, slots=True)
class Match:
    """A field against a text: `type:challenge.*`, `method:POST`, `header.user-agent:GitHub*`.

    `field` is one of FIELDS in inspector.core.query.fields; `name` is the header's name in lower case.
    `*` in an unquoted pattern stands for any run of characters; a quoted pattern is literal.
    Comparison is without case for ASCII, except for `id` and `path`. `body` means: contains.
    """

    field: str
    pattern: str
    name: str = ""
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Compare:
    """A number field (`size` in bytes, `retry`, `status`, `took` in ms) against a number."""

    field: str
    operator: Operator
    number: int


@dataclass(frozen=True, slots=True)
class Since:
    """Received at or after: `ago_ns` before now, or the moment `at_ns` (wall clock, UTC)."""

    ago_ns: int | None = None
    at_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Until:
    """Received at or before; the same two ways."""

    ago_ns: int | None = None
    at_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Is:
    """A mark, one of MARKS in inspector.core.query.fields: pinned, duplicate, retry, incomplete, binary …"""

    what: str


@dataclass(frozen=True, slots=True)
class Words:
    """Free text: any part of type, event id, path, source, note or (three characters and more) the body."""

    text: str


@dataclass(frozen=True, slots=True)
class And:
    """All of the parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of the parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """None of it: `-type:ping`."""

    part: Node


Node: TypeAlias = Match | Compare | Since | Until | Is | Words | And | Or | Not
