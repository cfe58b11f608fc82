"""From a tree back to the text of a query: parse(render(node)) == node."""

from __future__ import annotations

from datetime import timedelta

from inspector.core.query.fields import BY_NAME, Kind
from inspector.core.query.nodes import And, Compare, Is, Match, Node, Not, Or, Since, Until, Words
from inspector.core.query.tokens import FIELD, is_bare, quote
from inspector.core.query.values import EPOCH, UNITS_NS

_RESERVED = ("AND", "OR", "NOT")


def render(node: Node | None) -> str:
    """The canonical text of a query; the empty text for None.

    An unquoted pattern that could only be written with quotes (it holds a space or a bracket) is
    written so where it has no `*`; else each such character becomes a `*`.
    """
    match node:
        case None:
            return ""
        case Or(parts):
            return " OR ".join(_bracketed(part, Or) for part in parts)
        case And(parts):
            return " ".join(_bracketed(part, Or, And) for part in parts)
        case Not(part):
            return "-" + _bracketed(part, Or, And, Not)
        case Words(text):
            return _words(text)
        case Match():
            name = f"{node.field}.{node.name}" if BY_NAME[node.field].named else node.field
            return f"{name}:{quote(node.pattern) if node.quoted else _pattern(node.pattern)}"
        case Compare():
            return f"{node.field}:{'' if node.operator == '=' else node.operator}{_amount(node)}"
        case Is(what):
            return f"is:{what}"
        case Since():
            return f"since:{_moment(node)}"
        case Until():
            return f"until:{_moment(node)}"


def _bracketed(part: Node, *kinds: type[Node]) -> str:
    text = render(part)
    return f"({text})" if isinstance(part, kinds) else text


def _words(text: str) -> str:
    plain = is_bare(text) and text not in _RESERVED and not text.startswith("-") and not FIELD.match(text)
    return text if plain else quote(text)


def _pattern(pattern: str) -> str:
    if is_bare(pattern):
        return pattern
    if "*" not in pattern:
        return quote(pattern)
    return "".join(character if is_bare(character) else "*" for character in pattern)


def _amount(node: Compare) -> str:
    if BY_NAME[node.field].kind is Kind.DURATION:
        return f"{node.number}ms" if node.number % 1000 or not node.number else f"{node.number // 1000}s"
    if BY_NAME[node.field].kind is Kind.SIZE and node.number:
        for unit, shift in (("gb", 30), ("mb", 20), ("kb", 10)):
            if node.number % (1 << shift) == 0:
                return f"{node.number >> shift}{unit}"
    return str(node.number)


def _moment(node: Since | Until) -> str:
    if node.at_ns is None:
        return _duration(node.ago_ns or 0)
    seconds, fraction = divmod(node.at_ns, 10**9)
    moment = EPOCH + timedelta(seconds=seconds)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{fraction:09}Z" if fraction else f"{moment:%Y-%m-%dT%H:%M:%S}.0Z"


def _duration(nanoseconds: int) -> str:
    text = ""
    for unit in ("w", "d", "h", "m", "s", "ms", "us", "ns"):
        count, nanoseconds = divmod(nanoseconds, UNITS_NS[unit])
        if count:
            text += f"{count}{unit}"
    return text or "0s"
