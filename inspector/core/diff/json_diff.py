"""The structural difference of two JSON texts: numbers by lexemes, keys in order, arrays aligned."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import TypeAlias, cast

from inspector.core.diff.align import aligned, out_of_order
from inspector.core.diff.change import Change, Changes, Kind

MAX_CHANGES = 5_000
MAX_NODES = 2_000_000
MAX_SHOWN_CHARACTERS = 500
SMALL_NODES = 500

Value: TypeAlias = "str | bytes | bool | list[Value] | tuple[tuple[str, Value], ...] | None"
"""Objects are tuples of pairs (all of them, in order), arrays lists, numbers the bytes of their lexeme."""

_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_NAMES_OF_ITEMS = ("id", "key", "name", "uuid")
"""Items of arrays that hold one of these are the same item where it is the same."""


def parse_json(text: str) -> Value:
    """The value of a JSON text; ValueError where it is none or nests too deep."""
    try:
        return cast(
            Value,
            json.loads(
                text,
                parse_int=_lexeme,
                parse_float=_lexeme,
                parse_constant=_lexeme,
                object_pairs_hook=_pairs,
            ),
        )
    except RecursionError:
        raise ValueError("the text nests too deep") from None


# Functions of Python, not of C, on purpose: between two of them another thread gets its turn, so that the
# window does not wait for the end of a large text.
def _lexeme(text: str) -> bytes:
    return text.encode()


def _pairs(pairs: list[tuple[str, Value]]) -> tuple[tuple[str, Value], ...]:
    return tuple(pairs)


def json_diff(before: str, after: str) -> Changes:
    """What was added, removed, changed or moved; ValueError where one of the texts is no JSON."""
    walk = _Walk()
    left, right = parse_json(before), parse_json(after)
    complete = True
    try:
        walk.compare("$", left, right)
    except (_BoundMetError, RecursionError):
        complete = False
    values = [left, right]
    del left, right
    _release(values)
    return Changes(tuple(walk.changes), complete)


def _release(values: list[Value]) -> None:
    """Lets go of large values piece by piece: to free one at once would stop all threads for that time."""
    while values:
        value = values.pop()
        if isinstance(value, (tuple, list)):
            values.extend(cast("list[Value]", value))


def _is_small(value: Value) -> bool:
    """Whether a value holds so little that comparing it at once stops nobody."""
    left, room = [value], SMALL_NODES
    while left:
        inner = left.pop()
        if isinstance(inner, (tuple, list)):
            room -= len(inner)
            if room < 0:
                return False
            left.extend(cast("list[Value]", inner))
    return True


def written(value: Value, limit: int = MAX_SHOWN_CHARACTERS) -> str:
    """The value as JSON on one line, cut at `limit` characters."""
    pieces: list[str] = []
    length = 0
    for piece in _pieces(value):
        pieces.append(piece)
        length += len(piece)
        if length > limit:
            return "".join(pieces)[:limit] + "…"
    return "".join(pieces)


class _BoundMetError(Exception):
    """Enough was compared, or enough differs."""


class _Walk:
    """Goes through two values side by side and notes what differs."""

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self._nodes = 0

    def compare(self, place: str, before: Value, after: Value) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise _BoundMetError
        if type(before) is type(after) and _is_small(before) and before == after:
            return
        if isinstance(before, tuple) and isinstance(after, tuple):
            self._objects(place, before, after)
        elif isinstance(before, list) and isinstance(after, list):
            self._arrays(place, before, after)
        else:
            self._note(Kind.CHANGED, place, written(before), written(after))

    def _note(self, kind: Kind, place: str, before: str = "", after: str = "") -> None:
        if len(self.changes) >= MAX_CHANGES:
            raise _BoundMetError
        self.changes.append(Change(kind, place, before, after))

    def _objects(
        self, place: str, before: tuple[tuple[str, Value], ...], after: tuple[tuple[str, Value], ...]
    ) -> None:
        left, right = _numbered(before), _numbered(after)
        rank = {key: number for number, key in enumerate(right)}
        common = [key for key in left if key in right]
        moved = {common[index] for index in out_of_order([rank[key] for key in common])}
        for key, value in left.items():
            at = place + _step(key)
            if key not in right:
                self._note(Kind.REMOVED, at, written(value))
                continue
            if key in moved:
                self._note(Kind.MOVED, at, written(value), written(right[key]))
            self.compare(at, value, right[key])
        for key, value in right.items():
            if key not in left:
                self._note(Kind.ADDED, place + _step(key), "", written(value))

    def _arrays(self, place: str, before: list[Value], after: list[Value]) -> None:
        for tag, i, j, k, m in aligned(_identities(before), _identities(after)):
            paired = min(j - i, m - k)
            for step in range(paired):
                if tag == "equal" or type(before[i + step]) is type(after[k + step]):
                    self.compare(f"{place}[{k + step}]", before[i + step], after[k + step])
                else:
                    self._note(
                        Kind.CHANGED,
                        f"{place}[{k + step}]",
                        written(before[i + step]),
                        written(after[k + step]),
                    )
            for index in range(i + paired, j):
                self._note(Kind.REMOVED, f"{place}[{index}]", written(before[index]))
            for index in range(k + paired, m):
                self._note(Kind.ADDED, f"{place}[{index}]", "", written(after[index]))


def _numbered(pairs: Sequence[tuple[str, Value]]) -> dict[tuple[str, int], Value]:
    """Values by key and by which of several equal keys it is."""
    counts: dict[str, int] = {}
    found: dict[tuple[str, int], Value] = {}
    for key, value in pairs:
        counts[key] = counts.get(key, 0) + 1
        found[key, counts[key]] = value
    return found


def _step(key: tuple[str, int]) -> str:
    name, number = key
    step = f".{name}" if _NAME.fullmatch(name) else f"[{json.dumps(name, ensure_ascii=False)}]"
    return step if number == 1 else f"{step}#{number}"


def _identities(items: list[Value]) -> list[object]:
    return [_identity(item) for item in items]


def _identity(item: Value) -> object:
    """Scalars are themselves, objects what names them, and else a short form of the value."""
    if isinstance(item, tuple):
        for key, value in item:
            if key in _NAMES_OF_ITEMS and isinstance(value, (str, bytes)):
                return (key, value)
    if isinstance(item, (tuple, list)):
        return ("", written(item, 200))
    return item


def _pieces(value: Value) -> Iterator[str]:
    if isinstance(value, str):
        yield json.dumps(value, ensure_ascii=False)
    elif isinstance(value, bytes):
        yield value.decode("ascii")
    elif isinstance(value, (tuple, list)):
        opening, closing = "{}" if isinstance(value, tuple) else "[]"
        yield opening
        for number, item in enumerate(value):
            if number:
                yield ", "
            if isinstance(value, tuple):
                key, inner = cast("tuple[str, Value]", item)
                yield json.dumps(key, ensure_ascii=False) + ": "
                yield from _pieces(inner)
            else:
                yield from _pieces(cast(Value, item))
        yield closing
    else:
        yield {None: "null", True: "true", False: "false"}[value]
