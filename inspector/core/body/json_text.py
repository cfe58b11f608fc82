"""JSON as text: indented with the source's own lexemes, searched, and its duplicate keys found."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

from inspector.core.body import json_grammar as grammar
from inspector.core.body.json_index import MAX_DEPTH, CancelledError, text_of

_INDENT = "  "
_PIECE = 256 * 1024
_MAX_INDENT = 200
_FEW = 10_000
_SETS = 256
_KEYS = re.compile(rb'("[^"\\]*+(?:\\.[^"\\]*+)*+")(\s*+:)?|([{}\[\]])', re.DOTALL)


def formatted(
    data: bytes, limit_chars: int | None = None, cancelled: Callable[[], bool] = lambda: False
) -> tuple[str, bool]:
    """The text indented by two spaces, every lexeme as it came; also for broken JSON.

    Returns the text and whether it is whole: it ends after `limit_chars` characters.
    """
    out: list[str] = []
    depth = size = 0
    before = ""
    for at, match in enumerate(grammar.token.finditer(data.removeprefix(b"\xef\xbb\xbf"))):
        if at & 0xFF == 0 and cancelled():
            raise CancelledError
        text = match.group().decode("utf-8", "replace")
        if text in ("]", "}"):
            depth = max(0, depth - 1)
            lead = "" if before in ("[", "{") else _line(depth)
        elif before in ("[", "{", ","):
            lead = _line(depth)
        elif before == ":":
            lead = " "
        else:
            lead = "" if text in (",", ":") or not before else " "
        if text in ("[", "{"):
            depth += 1
        out.append(lead + text)
        size += len(lead) + len(text)
        before = text
        if limit_chars is not None and size > limit_chars:
            return "".join(out)[:limit_chars], False
    return "".join(out), True


def _line(depth: int) -> str:
    return "\n" + _INDENT * min(depth, _MAX_INDENT)


def search(
    data: bytes, wanted: str, cancelled: Callable[[], bool] = lambda: False, limit: int = 10_000
) -> list[int]:
    """The byte offsets of `wanted` in keys, strings and other values, without regard to ASCII case.

    It is looked for as it is and as JSON may escape it. The bytes are read in slices.
    """
    if not wanted:
        return []
    forms = {wanted.encode("utf-8", "surrogatepass")}
    forms.update(
        json.dumps(wanted, ensure_ascii=escaped)[1:-1].encode("utf-8", "surrogatepass")
        for escaped in (False, True)
    )
    pattern = re.compile(b"|".join(re.escape(form) for form in sorted(forms)), re.IGNORECASE)
    longest = max(len(form) for form in forms)
    found: list[int] = []
    for start in range(0, len(data), _PIECE):
        if cancelled():
            raise CancelledError
        for match in pattern.finditer(data, start, min(len(data), start + _PIECE + longest - 1)):
            if match.start() < start + _PIECE and (not found or match.start() > found[-1]):
                found.append(match.start())
                if len(found) >= limit:
                    return found
    return found


def duplicate_keys(
    data: bytes, cancelled: Callable[[], bool] = lambda: False, limit: int = 10_000
) -> list[int]:
    """The offsets of keys that the same object already has, compared after their escapes are undone."""
    found: list[int] = []
    stack: list[_Names] = []
    for at, (offset, key, mark) in enumerate(_keys(data)):
        if at & 0xFF == 0 and cancelled():
            raise CancelledError
        if mark in (b"{", b"["):
            if len(stack) >= MAX_DEPTH:
                break  # the tree ends here too
            stack.append(_Names())
        elif mark:
            if stack:
                stack.pop()
        elif stack:
            name = text_of(key) if b"\\" in key else key[1:-1].decode("utf-8", "replace")
            if not stack[-1].add(name):
                found.append(offset)
                if len(found) >= limit:
                    break
    return found


class _Names:
    """The keys of one object. Many are spread over small sets: growing a large one stalls the interpreter."""

    __slots__ = ("_few", "_many")

    def __init__(self) -> None:
        self._few: set[str] = set()
        self._many: list[set[str]] | None = None

    def add(self, name: str) -> bool:
        """Whether the name is new."""
        if self._many is None:
            if len(self._few) < _FEW:
                size = len(self._few)
                self._few.add(name)
                return len(self._few) > size
            self._many = [set() for _ in range(_SETS)]
        if name in self._few:
            return False
        names = self._many[hash(name) % _SETS]
        size = len(names)
        names.add(name)
        return len(names) > size


def _keys(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Keys as (offset, lexeme, b"") and brackets as (offset, b"", bracket); other strings are passed over."""
    for match in _KEYS.finditer(data):
        mark = match.group(3)
        if mark is not None:
            yield match.start(), b"", mark
        elif match.group(2) is not None:
            yield match.start(), match.group(1), b""
