"""A query's nodes as the condition of a SELECT on `events e`.

What the few rows of `kinds` and `checks` decide is looked up first and becomes a list of numbers; their
counts tell whether an index on the kind helps or a scan from the newest finds enough sooner.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from inspector.core.query.nodes import And, Compare, Is, Match, Node, Not, Or, Since, Until, Words
from inspector.store import patterns

Bound: TypeAlias = int | str

PATH = "substr(e.target, 1, instr(e.target || '?', '?') - 1)"
_NOTE = "(SELECT h.note FROM heads h WHERE h.id = e.id)"
_KIND_FIELDS = {"type": "event_type", "source": "source", "method": "method"}
_CHECK_FIELDS = {"signature": "verdict", "scheme": "scheme", "cause": "cause", "secret": "secret"}
_NUMBERS = {"size": "e.size_bytes", "retry": "e.retry_count"}
_FLAGS = {
    "pinned": "e.pinned = 1",
    "noted": "e.noted = 1",
    "binary": "e.binary = 1",
    "drifted": "e.drifted = 1",
    "dead": "e.id IN (SELECT event_id FROM outcomes WHERE dead = 1)",
}
_OUTCOMES = {
    "ok": "EXISTS (SELECT 1 FROM outcomes o WHERE o.event_id = e.id AND o.ok = 1)",
    "failed": "e.id IN (SELECT event_id FROM outcomes WHERE ok = 0)",
    "none": "NOT EXISTS (SELECT 1 FROM outcomes o WHERE o.event_id = e.id AND o.ok IS NOT NULL)",
}
_STATES = frozenset({"complete", "incomplete", "rejected"})
_RARE = 10
"""An index is used for what less than a tenth of all events are."""


class Lookup(Protocol):
    """What the compiler asks the database beforehand."""

    def kinds(self, condition: str, bound: tuple[Bound, ...]) -> tuple[list[int], int]:
        """Numbers of the kinds that meet the condition, and how many events they have."""

    def checks(self, condition: str, bound: tuple[Bound, ...]) -> list[int]:
        """Numbers of the checks that meet the condition."""

    def candidates(self, match: str) -> str | None:
        """Events whose bodies may match, as a JSON list; None where so many that a scan is better."""

    def total(self) -> int:
        """How many events there are."""

    def indexed_id(self) -> int:
        """The newest event that the index of bodies has seen."""


@dataclass(frozen=True, slots=True)
class Condition:
    """SQL for a WHERE, with its bindings in order."""

    sql: str
    bound: tuple[Bound, ...] = ()


TRUE = Condition("1")
FALSE = Condition("0")


class Compiler:
    """Compiles the nodes of one query at one moment (`now_ns`: wall clock, ns since 1970 UTC)."""

    def __init__(self, lookup: Lookup, now_ns: int) -> None:
        self._lookup = lookup
        self._now_ns = now_ns

    def compile(self, node: Node | None) -> Condition:
        """The condition for all of the query; None matches every event."""
        match node:
            case None:
                return TRUE
            case And(parts):
                return self._joined(parts, " AND ", TRUE)
            case Or(parts):
                return self._joined(parts, " OR ", FALSE)
            case Not(part):
                inner = self.compile(part)
                return Condition(f"NOT coalesce({inner.sql}, 0)", inner.bound)
            case Match():
                return self._match(node)
            case Compare():
                return _compare(node)
            case Since():
                return Condition("e.received_at_ns >= ?", (self._moment(node),))
            case Until():
                return Condition("e.received_at_ns <= ?", (self._moment(node),))
            case Is(what):
                return self._is(what)
            case Words(text):
                return self._words(text)

    def _joined(self, parts: tuple[Node, ...], word: str, empty: Condition) -> Condition:
        compiled = [self.compile(part) for part in parts]
        if not compiled:
            return empty
        bound = tuple(value for each in compiled for value in each.bound)
        return Condition("(" + word.join(each.sql for each in compiled) + ")", bound)

    def _moment(self, node: Since | Until) -> int:
        if node.at_ns is not None:
            return node.at_ns
        return self._now_ns - (node.ago_ns or 0)

    def _match(self, node: Match) -> Condition:
        parts = patterns.pieces(node.pattern, quoted=node.quoted)
        if node.field in _KIND_FIELDS:
            return self._of_kind(*_like(_KIND_FIELDS[node.field], parts))
        if node.field in _CHECK_FIELDS:
            return self._of_check(*_like(_CHECK_FIELDS[node.field], parts))
        if node.field == "delivery":
            return _outcome(parts)
        if node.field == "id":
            sql, bound = _glob("e.event_id", parts)
            return Condition(f"({sql} AND e.event_id != '')" if node.pattern else sql, bound)
        if node.field == "path":
            return Condition(*_glob(PATH, parts))
        if node.field == "remote":
            return Condition(*_like("e.remote", parts))
        if node.field == "note":
            sql, bound = _like(_NOTE, parts)
            return Condition(
                f"(e.noted = 1 AND {sql})" if node.pattern else "e.noted = 0", bound if node.pattern else ()
            )
        if node.field == "header":
            return _header(node.name, parts)
        if node.field == "body":
            return self._body(parts)
        return FALSE

    def _of_kind(self, condition: str, bound: tuple[Bound, ...]) -> Condition:
        numbers, events = self._lookup.kinds(condition, bound)
        if not numbers:
            return FALSE
        column = "e.kind" if events * _RARE <= self._lookup.total() else "+e.kind"
        return Condition(f"{column} IN ({_list(numbers)})")

    def _of_check(self, condition: str, bound: tuple[Bound, ...]) -> Condition:
        numbers = self._lookup.checks(condition, bound)
        if not numbers:
            return FALSE
        only_invalid = bool(numbers) and not self._lookup.checks(
            f"verdict != 'invalid' AND id IN ({_list(numbers)})", ()
        )
        fast = "e.invalid = 1 AND " if only_invalid else ""
        return Condition(f"({fast}e.checked IN ({_list(numbers)}))")

    def _is(self, what: str) -> Condition:
        if what in _FLAGS:
            return Condition(_FLAGS[what])
        if what == "duplicate":
            return self._of_kind("repeated = ?", (1,))
        if what == "retry":
            return Condition("e.retry_count > 0")
        if what in _STATES:
            return self._of_kind("state = ?", (what,))
        return self._of_kind("mark = ?", (what,))

    def _words(self, text: str) -> Condition:
        any_of = ["", text, ""]
        pattern = patterns.like(any_of)
        kinds, _ = self._lookup.kinds(
            r"event_type LIKE ? ESCAPE '\' OR source LIKE ? ESCAPE '\'", (pattern, pattern)
        )
        choices = [
            Condition(f"+e.kind IN ({_list(kinds)})") if kinds else FALSE,
            Condition(r"e.event_id LIKE ? ESCAPE '\'", (pattern,)),
            Condition(rf"{PATH} LIKE ? ESCAPE '\'", (pattern,)),
            Condition(rf"(e.noted = 1 AND {_NOTE} LIKE ? ESCAPE '\')", (pattern,)),
        ]
        if len(text) >= patterns.TRIGRAM:
            choices.append(self._body([text]))
        bound = tuple(value for each in choices for value in each.bound)
        return Condition("(" + " OR ".join(each.sql for each in choices) + ")", bound)

    def _body(self, parts: list[str]) -> Condition:
        """Looks into the bodies of what the index names, and of what it has not seen yet."""
        parts = [part for part in parts if part]
        sql = (
            "CASE WHEN e.encoded = 1 THEN (SELECT body_holds(h.headers, b.body, ?)"
            " FROM heads h JOIN bodies b ON b.id = h.id WHERE h.id = e.id)"
            " WHEN e.binary = 1 THEN 0"
            r" ELSE (SELECT CAST(b.body AS TEXT) LIKE ? ESCAPE '\' FROM bodies b WHERE b.id = e.id) END"
        )
        bound: tuple[Bound, ...] = ("\0".join(parts), patterns.like(["", *parts, ""]))
        match = patterns.trigrams(parts)
        candidates = self._lookup.candidates(match) if match else None
        if candidates is None:
            return Condition(f"({sql})", bound)
        where = (
            "SELECT value FROM json_each(?) UNION ALL SELECT n.id FROM events n WHERE n.id > ?"
            " UNION ALL SELECT n.id FROM events n WHERE n.size_bytes > 4194304"
        )
        return Condition(f"(e.id IN ({where}) AND ({sql}))", (candidates, self._lookup.indexed_id(), *bound))


def _list(numbers: list[int]) -> str:
    return ",".join(map(str, numbers))


def _like(column: str, parts: list[str]) -> tuple[str, tuple[Bound, ...]]:
    return rf"{column} LIKE ? ESCAPE '\'", (patterns.like(parts),)


def _glob(column: str, parts: list[str]) -> tuple[str, tuple[Bound, ...]]:
    if len(parts) == 1:
        return f"{column} = ?", (parts[0],)
    return f"{column} GLOB ?", (patterns.glob(parts),)


def _outcome(parts: list[str]) -> Condition:
    """The outcomes whose word the pattern takes in: `*` any, `f*` failed."""
    pattern = re.compile(".*".join(map(re.escape, parts)), re.IGNORECASE)
    chosen = [sql for word, sql in _OUTCOMES.items() if pattern.fullmatch(word)]
    return Condition(f"({' OR '.join(chosen)})") if chosen else FALSE


def _header(name: str, parts: list[str]) -> Condition:
    """A quick look for the parts anywhere in the block, then a true one at the values of that name."""
    quick = patterns.like(["", f"{name}: ", *[part for part in parts if part], ""])
    sql = (
        r"(SELECT CASE WHEN CAST(h.headers AS TEXT) LIKE ? ESCAPE '\' OR substr(h.headers, 1, 1) = x'00'"
        " THEN header_matches(h.headers, ?, ?) ELSE 0 END FROM heads h WHERE h.id = e.id)"
    )
    return Condition(sql, (quick, name.lower(), patterns.folded(parts)))


def _compare(node: Compare) -> Condition:
    if node.field in _NUMBERS:
        return Condition(f"{_NUMBERS[node.field]} {node.operator} ?", (node.number,))
    if node.field == "status":
        return Condition(f"(e.replied_ns > 0 AND e.reply_status {node.operator} ?)", (node.number,))
    if node.field == "took":
        took = "(e.replied_ns - e.first_byte_ns) / 1000000"
        return Condition(f"(e.replied_ns > 0 AND {took} {node.operator} ?)", (node.number,))
    if node.field == "handler":
        handler = "SELECT o.handler_ns / 1000000 FROM outcomes o WHERE o.event_id = e.id"
        return Condition(f"(({handler}) {node.operator} ?)", (node.number,))
    return FALSE
