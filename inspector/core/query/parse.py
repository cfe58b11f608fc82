"""From the text of a query to its tree.

    query  = all *( "OR" all )
    all    = part *( ["AND"] part )
    part   = ( "-" / "NOT" ) part / "(" query ")" / term
    term   = [ field ":" ] ( quoted / bare )

OR, AND and NOT are written in capitals. In quotes `\\"` is a quote and `\\\\` a backslash.
"""

from __future__ import annotations

from difflib import get_close_matches

from inspector.core.query.error import QueryError
from inspector.core.query.fields import BY_NAME, FIELDS
from inspector.core.query.nodes import And, Node, Not, Or, Words
from inspector.core.query.tokens import Sort, Token, tokenize
from inspector.core.query.values import read_value

MAX_DEPTH = 60
"""How deep brackets and exclusions may nest."""

MAX_TOKENS = 400
"""How many words, fields and signs a query may have: SQLite limits the depth of an expression."""


def parse(text: str) -> Node | None:
    """The tree of a query, or None for an empty one; QueryError says what is wrong and where."""
    tokens = tokenize(text)
    if not tokens:
        return None
    reader = _Reader(tokens, len(text))
    node = reader.query(0)
    extra = reader.peek()
    if extra is not None:
        raise QueryError("This ) has no ( before it.", extra.start + 1, ("(",))
    if len(tokens) > MAX_TOKENS:
        at = tokens[MAX_TOKENS].start + 1
        raise QueryError(f"The query is too long: it may have {MAX_TOKENS} parts.", at)
    return node


class _Reader:
    """Recursive descent over the tokens."""

    def __init__(self, tokens: list[Token], length: int) -> None:
        self._tokens = tokens
        self._next = 0
        self._length = length

    def peek(self) -> Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def query(self, depth: int) -> Node:
        parts = [self._all(depth)]
        while self._take(Sort.OR):
            parts.append(self._all(depth))
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _all(self, depth: int) -> Node:
        parts = [self._part(depth)]
        while (token := self.peek()) is not None and token.sort not in (Sort.OR, Sort.CLOSE):
            self._take(Sort.AND)
            parts.append(self._part(depth))
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _part(self, depth: int) -> Node:
        token = self.peek()
        if token is None:
            raise self._missing(self._length + 1)
        if depth > MAX_DEPTH:
            raise QueryError("Brackets and exclusions nest too deep here.", token.start + 1)
        if token.sort is Sort.TERM:
            self._next += 1
            return _term(token)
        if token.sort is Sort.NOT:
            self._next += 1
            self._refuse_lonely_minus(token)
            return Not(self._part(depth + 1))
        if token.sort is Sort.OPEN:
            self._next += 1
            node = self.query(depth + 1)
            if not self._take(Sort.CLOSE):
                raise QueryError("This ( has no ) after it.", token.start + 1, (")",))
            return node
        raise self._missing(token.start + 1)

    def _take(self, sort: Sort) -> bool:
        token = self.peek()
        if token is None or token.sort is not sort:
            return False
        self._next += 1
        return True

    def _refuse_lonely_minus(self, minus: Token) -> None:
        token = self.peek()
        if minus.end - minus.start == 1 and (token is None or token.start != minus.end):
            raise QueryError(
                "Write what to leave out right after the minus, without a space.",
                minus.end + 1,
                ("-type:ping", '"-"'),
            )

    def _missing(self, column: int) -> QueryError:
        before = self._tokens[self._next - 1] if self._next else None
        here = self.peek()
        if before is not None and before.sort in (Sort.OR, Sort.AND, Sort.NOT):
            message = f"Something to look for is missing after {before.sort.value}."
        elif here is not None and here.sort in (Sort.OR, Sort.AND):
            message = f"Something to look for is missing before {here.sort.value}."
        elif before is not None and here is not None:
            message = "There is nothing between the brackets."
        elif here is not None:
            message = "This ) has no ( before it."
        else:
            message = "Something to look for is missing here."
        return QueryError(message, column, ("type:ping", "text", "("))


def _term(token: Token) -> Node:
    if not token.field:
        if not token.value:
            raise QueryError("There is nothing between the quotes.", token.start + 1, ('"text"',))
        return Words(token.value)
    field = BY_NAME.get(token.field.lower())
    if field is None:
        raise _unknown(token)
    if field.named and not token.name:
        raise QueryError(
            "Name the header after a dot, as in header.user-agent:GitHub*.",
            token.start + 1,
            ("header.user-agent:",),
        )
    if token.name and not field.named:
        raise QueryError(
            f"{field.name} has no parts; write {field.example}.", token.start + 1, (f"{field.name}:",)
        )
    return read_value(field, token)


def _unknown(token: Token) -> QueryError:
    names = [field.name for field in FIELDS]
    close = tuple(f"{name}:" for name in get_close_matches(token.field.lower(), names, n=1, cutoff=0.6))
    advice = f"Did you mean {close[0]}?" if close else "Put it in quotes to look for the text."
    return QueryError(
        f"There is no field {token.field}. {advice}", token.start + 1, close or ("a field", '"text"')
    )
