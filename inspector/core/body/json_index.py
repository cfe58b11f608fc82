"""A tree over JSON bytes that copies nothing: one scan marks the big containers, the rest is found on demand.

Small values (five levels, 500 members, 64 KB) are taken by one regular expression each, which
checks them too; only containers beyond that leave a record: where each hundredth member starts.
No step holds the interpreter for more than about a millisecond, so the scan can run beside a window.
"""

from __future__ import annotations

import bisect
import json
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from inspector.core.body import json_grammar as grammar
from inspector.core.body.json_error import Break, BrokenError, bad_end, bad_key, bad_string, bad_value, place

_WINDOW = 64 * 1024
_SKIPPED = 63
_PIECE = 1024 * 1024
MAX_DEPTH = 200_000
"""Containers within containers; each that is open takes memory, and a compressed body can open millions."""
_OPEN_ARRAY, _OPEN_OBJECT, _QUOTE, _COMMA = 0x5B, 0x7B, 0x22, 0x2C


class Sort(StrEnum):
    """The sorts of JSON values (RFC 8259 section 3)."""

    OBJECT = "object"
    ARRAY = "array"
    STRING = "string"
    NUMBER = "number"
    BOOLEAN = "boolean"
    NULL = "null"


_SORTS = {
    0x7B: Sort.OBJECT,
    0x5B: Sort.ARRAY,
    0x22: Sort.STRING,
    0x74: Sort.BOOLEAN,
    0x66: Sort.BOOLEAN,
    0x6E: Sort.NULL,
}


class CancelledError(Exception):
    """The scan was told to stop."""


@dataclass(frozen=True, slots=True)
class Node:
    """One value: where it stands in the bytes, and its key or position in what holds it."""

    sort: Sort
    start: int
    end: int
    """Exclusive; of a container that is cut, where the text breaks."""
    ordinal: int = 0
    key: bytes | None = None
    """The lexeme of the key with its quotes, or None in an array and at the root."""
    key_start: int = -1
    whole: bool = True

    @property
    def is_container(self) -> bool:
        """Whether it can have children."""
        return self.sort in (Sort.OBJECT, Sort.ARRAY)


@dataclass(slots=True)
class _Frame:
    start: int
    is_object: bool
    count: int = 0
    marks: array[int] = field(default_factory=lambda: array("q"))
    end: int = -1
    whole: bool = False
    skip: int = 0
    """How many containers to walk without trying the pattern first: the ones before did not fit it."""


class JsonIndex:
    """The index over one JSON text. `scan` once, then ask from any thread."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._big: dict[int, _Frame] = {}
        self.broken: Break | None = None
        """The first place that is not JSON, or None."""
        self.root: Node | None = None
        """None where not even the first value could be read."""

    def scan(self, cancelled: Callable[[], bool] = lambda: False) -> JsonIndex:
        """Read the whole text once. Raises CancelledError; broken text is no error but `broken`."""
        start = self._space(3 if self.data.startswith(b"\xef\xbb\xbf") else 0)
        end = -1
        try:
            end = self._value(start, self._big, cancelled)
            after = self._space(end)
            if after < len(self.data):
                raise BrokenError(after, "the end of the text", "One JSON value ends before this place")
        except BrokenError as error:
            self.broken = place(self.data, error)
        if start < len(self.data) and (end >= 0 or start in self._big):
            whole = end >= 0
            self.root = Node(self._sort(start), start, end if whole else self._big[start].end, whole=whole)
        return self

    def lexeme(self, node: Node) -> bytes:
        """The value exactly as the sender wrote it."""
        return self.data[node.start : node.end]

    def count(self, node: Node) -> int:
        """How many children a container has."""
        big = self._big.get(node.start)
        if big is not None:
            return big.count
        return sum(1 for _ in self.members(node)) if node.is_container else 0

    def members(self, node: Node, first: int = 0, limit: int | None = None) -> Iterator[Node]:
        """The children from the one at position `first`, at most `limit`, in the order of the text."""
        if not node.is_container:
            return
        big = self._big.get(node.start)
        at, ordinal = self._space(node.start + 1), 0
        if big is not None and first:
            page = min(first // grammar.PAGE, len(big.marks) - 1)
            at, ordinal = big.marks[page], page * grammar.PAGE
        stop = first + limit if limit is not None else None
        while (big is None or ordinal < big.count) and (stop is None or ordinal < stop):
            child = self._member(node, at, ordinal)
            if child is None:
                return
            if ordinal >= first:
                yield child
            ordinal += 1
            if not child.whole:
                return
            at = self._space(child.end)
            if self.data[at : at + 1] != b",":
                return
            at = self._space(at + 1)

    def locate(self, offset: int) -> list[Node]:
        """The nodes from the root to the innermost one whose key or value holds the byte at `offset`."""
        path: list[Node] = []
        node = self.root
        while node is not None:
            path.append(node)
            node = self._child_at(node, offset) if offset >= node.start else None
        return path

    def _child_at(self, node: Node, offset: int) -> Node | None:
        big = self._big.get(node.start)
        first = 0
        if big is not None and big.marks:
            first = max(0, bisect.bisect_right(big.marks, offset) - 1) * grammar.PAGE
        for child in self.members(node, first):
            begin = child.key_start if child.key is not None else child.start
            if offset < begin:
                return None
            if offset < child.end:
                return child
        return None

    def _member(self, parent: Node, at: int, ordinal: int) -> Node | None:
        key: bytes | None = None
        key_start = -1
        if parent.sort is Sort.OBJECT:
            match = grammar.key.match(self.data, at)
            if match is None:
                return None
            key, key_start, at = match.group(1), at, match.end()
        if at >= len(self.data) or self.data[at] in b"]}":
            return None
        big = self._big.get(at)
        if big is not None:
            return Node(self._sort(at), at, big.end, ordinal, key, key_start, big.whole)
        try:
            end = self._value(at, {}, lambda: False)
        except BrokenError:
            return None
        return Node(self._sort(at), at, end, ordinal, key, key_start)

    def _sort(self, at: int) -> Sort:
        return _SORTS.get(self.data[at], Sort.NUMBER)

    def _space(self, at: int) -> int:
        match = grammar.space.match(self.data, at)
        return match.end() if match else at

    def _simple(self, at: int) -> int:
        """The end of a small value or a scalar at `at`; -1 where a container has to be walked."""
        limit = at + _WINDOW
        match = grammar.value.match(self.data, at, limit)
        if match is not None and match.end() < limit:
            return match.end()
        sign = self.data[at] if at < len(self.data) else 0
        if sign in (_OPEN_ARRAY, _OPEN_OBJECT):
            return -1
        if sign == _QUOTE:
            return self._string(at)
        match = grammar.scalar.match(self.data, at)
        if match is None:
            raise bad_value(self.data, at, after_comma=False)
        return match.end()

    def _string(self, at: int) -> int:
        """The end of a string of any length, in pieces."""
        inside = at + 1
        while True:
            match = grammar.string_piece.match(self.data, inside, inside + _PIECE)
            end = match.end() if match else inside
            if self.data[end : end + 1] == b'"':
                return end + 1
            if end == inside or end >= len(self.data):
                raise bad_string(self.data, at)
            inside = end

    def _value(self, at: int, big: dict[int, _Frame], cancelled: Callable[[], bool]) -> int:
        """The end of the value at `at`; big containers inside are recorded into `big`."""
        end = self._simple(at)
        if end >= 0:
            return end
        stack = [_Frame(at, self.data[at] == _OPEN_OBJECT)]
        try:
            return self._walk(stack, big, cancelled)
        except BrokenError as error:
            for depth, frame in enumerate(stack):
                frame.end, frame.count = error.offset, frame.count + (depth < len(stack) - 1)
                big[frame.start] = frame
            raise

    def _walk(self, stack: list[_Frame], big: dict[int, _Frame], cancelled: Callable[[], bool]) -> int:
        data, size = self.data, len(self.data)
        at, steps, after_comma = self._space(stack[-1].start + 1), 0, False
        while True:
            steps += 1
            if steps & 0x7F == 0 and cancelled():
                raise CancelledError
            frame = stack[-1]
            if not after_comma and at < size and data[at] == (0x7D if frame.is_object else 0x5D):
                end = at + 1
            else:
                if frame.count % grammar.PAGE == 0:
                    frame.marks.append(at)
                    batch = (grammar.members if frame.is_object else grammar.elements).match(
                        data, at, at + _WINDOW
                    )
                    if batch is not None and batch.end() < at + _WINDOW:
                        frame.count += grammar.PAGE
                        at, after_comma = batch.end(), True
                        steps |= 0x7F  # a batch takes as long as many steps
                        continue
                at = self._member_value(frame, at, after_comma)
                end = -1
                if frame.skip and data[at] in b"[{":
                    frame.skip -= 1
                else:
                    end = self._simple(at)
                    frame.skip = 0 if end >= 0 else _SKIPPED
                if end < 0:
                    if len(stack) >= MAX_DEPTH:
                        raise BrokenError(at, "an end", f"This nests deeper than {MAX_DEPTH:,} levels")
                    stack.append(_Frame(at, data[at] == _OPEN_OBJECT))
                    at, after_comma = self._space(at + 1), False
                    continue
                frame.count += 1
                end, at = -1, end
            while True:
                if end >= 0:
                    self._closed(stack.pop(), end, big)
                    if not stack:
                        return end
                    frame, at = stack[-1], end
                    frame.count += 1
                previous, at = at, self._space(at)
                sign = data[at] if at < size else 0
                if sign == _COMMA:
                    at, after_comma = self._space(at + 1), True
                    break
                if sign != (0x7D if frame.is_object else 0x5D):
                    raise bad_end(data, at, "}" if frame.is_object else "]", previous)
                end = at + 1

    def _member_value(self, frame: _Frame, at: int, after_comma: bool) -> int:
        if frame.is_object:
            match = grammar.key.match(self.data, at)
            if match is None:
                raise bad_key(self.data, at, after_comma=after_comma)
            at = match.end()
        if at >= len(self.data) or self.data[at] in b"]}":
            raise bad_value(self.data, at, after_comma=after_comma)
        return at

    @staticmethod
    def _closed(frame: _Frame, end: int, big: dict[int, _Frame]) -> None:
        frame.end, frame.whole = end, True
        if frame.count > grammar.PAGE or end - frame.start > _WINDOW:
            big[frame.start] = frame


def text_of(lexeme: bytes) -> str:
    """What a string lexeme says: escapes undone, lone surrogates kept, bad UTF-8 as U+FFFD."""
    try:
        value = json.loads(lexeme.decode("utf-8", "replace"), strict=False)
    except ValueError:
        return lexeme.decode("utf-8", "replace").strip('"')
    return value if isinstance(value, str) else lexeme.decode("utf-8", "replace")
