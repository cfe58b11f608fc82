"""One way of reading JSON and writing it again, and the bytes that come out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from inspector.core.reserialise import strings
from inspector.core.reserialise.document import STRINGS, Array, Object, Scalar, Value, decode_string, parse

_ARRAY_INDEX = re.compile(r"0|[1-9][0-9]{0,9}")
_LARGEST_INDEX = 2**32 - 2
_LONE = re.compile("[\ud800-\udfff]")
_MAYBE_LONE = re.compile(r"\\u[dD][89a-fA-F]")


@dataclass(frozen=True, slots=True)
class Writer:
    """One way in which a language reads JSON and writes it again."""

    language: str
    """As people call it: JavaScript, Python, Go, PHP, Ruby."""
    how: str
    """The call as it stands in a handler's code."""
    number: Callable[[str], str | None]
    string: strings.Encode
    comma: str = ","
    colon: str = ":"
    indent: int = 0
    """Spaces of one level; 0: all in one line."""
    fill: str = " "
    """What one step of the indent is made of."""
    order: Literal["kept", "indexes first", "sorted"] = "kept"
    end: str = ""
    """What follows the text: an Encoder of Go ends with a line feed."""
    errors: Literal["strict", "replace", "surrogatepass"] = "strict"
    """What the language does with bytes that are not UTF-8."""
    lone: Literal["kept", "replaced", "refused"] = "kept"
    """What it does with a lone surrogate."""
    bom: bool = False
    """Whether its usual reader drops a byte order mark."""
    lists: bool = False
    """Whether an object with the names 0, 1, 2 … is written as a list (PHP's associative arrays)."""
    nul_names: bool = True
    """Whether it takes names that begin with U+0000 (PHP's objects do not)."""
    depth: int = 0
    """The deepest nesting that it reads; 0: any."""


def rewrite(body: bytes, writer: Writer) -> bytes | None:
    """The body as `writer` would send it on, or None where it is no JSON or the language refuses it."""
    root = read(body, writer)
    return None if root is None else write(root, writer)


def read(body: bytes, writer: Writer) -> Value | None:
    """The tree that the language gets from the body's bytes, or None where it refuses them."""
    if body.startswith(b"\xef\xbb\xbf"):
        if not writer.bom:
            return None
        body = body[3:]
    try:
        text = body.decode("utf-8", writer.errors)
    except UnicodeDecodeError:
        return None
    if writer.lone == "refused" and _MAYBE_LONE.search(text) and _has_lone(text):
        return None
    return parse(text)


def _has_lone(text: str) -> bool:
    return any(_LONE.search(decode_string(match.group())) for match in STRINGS.finditer(text))


Memo: TypeAlias = dict[object, dict[str, str]]
"""Scalars and names that were written before: writers share their ways of writing strings and numbers."""


class _RefusedError(ValueError):
    """The language cannot hold or write it."""


def write(root: Value, writer: Writer, memo: Memo | None = None) -> bytes | None:
    """The tree as bytes, or None where the language cannot hold or write it."""
    try:
        return (_Writing(writer, {} if memo is None else memo).text(root) + writer.end).encode("utf-8")
    except (_RefusedError, UnicodeEncodeError):
        return None


class _Writing:
    """One tree on its way to text."""

    def __init__(self, writer: Writer, memo: Memo) -> None:
        self._writer = writer
        self._scalars = memo.setdefault((writer.string, writer.number, writer.lone), {})
        self._names = memo.setdefault((writer.string, writer.colon), {})
        self._pending: list[str | tuple[Array | Object, int]] = []

    def text(self, root: Value) -> str:
        """The whole text; raises _RefusedError."""
        if isinstance(root, Scalar):
            return self._scalar(root.lexeme)
        out: list[str] = []
        pending = self._pending = [(root, 0)]
        while pending:
            item = pending.pop()
            if isinstance(item, str):
                out.append(item)
            else:
                self._open(*item)
        return "".join(out)

    def _open(self, value: Array | Object, depth: int) -> None:
        """Puts a container's parts on the pile in the order in which they will be taken off again."""
        writer, pending = self._writer, self._pending
        if writer.depth and depth >= writer.depth:
            raise _RefusedError
        names: list[str] = []
        brackets = "[]"
        if isinstance(value, Object):
            members = _ordered(value, writer)
            items = [member for _, member in members]
            if not (writer.lists and all(name == str(index) for index, (name, _) in enumerate(members))):
                brackets = "{}"
                names = [self._name(name) for name, _ in members]
        else:
            items = value.items
        if not items:
            pending.append(brackets)
            return
        pad = "\n" + writer.fill * (writer.indent * (depth + 1)) if writer.indent else ""
        pending.append((pad[: -writer.indent] if pad else "") + brackets[1])
        between, first = writer.comma + pad, brackets[0] + pad
        for index in range(len(items) - 1, -1, -1):
            before = between if index else first
            if names:
                before += names[index]
            item = items[index]
            if isinstance(item, Scalar):
                pending.append(before + self._scalar(item.lexeme))
            else:
                pending.append((item, depth + 1))
                pending.append(before)

    def _name(self, name: str) -> str:
        if not self._writer.nul_names and name.startswith("\0"):
            raise _RefusedError
        known = self._names.get(name)
        if known is None:
            known = self._names[name] = f'"{self._writer.string(name)}"{self._writer.colon}'
        return known

    def _scalar(self, lexeme: str) -> str:
        known = self._scalars.get(lexeme)
        if known is None:
            known = self._scalars[lexeme] = _scalar(lexeme, self._writer)
        return known


def _ordered(value: Object, writer: Writer) -> list[tuple[str, Value]]:
    """The members as the language's map gives them: the last of equal names, in the place of the first."""
    if writer.lone == "replaced":
        found = {_LONE.sub("\ufffd", name): member for name, member in value.members}
    else:
        found = dict(value.members)
    if writer.order == "sorted":
        return sorted(found.items())
    if writer.order == "indexes first":
        indexes = [name for name in found if _is_index(name)]
        if indexes:
            indexes.sort(key=int)
            rest = [(name, member) for name, member in found.items() if not _is_index(name)]
            return [(name, found[name]) for name in indexes] + rest
    return list(found.items())


def _is_index(name: str) -> bool:
    """Whether ECMAScript orders the name as an array index (section 10.1.11.1)."""
    return bool(_ARRAY_INDEX.fullmatch(name)) and int(name) <= _LARGEST_INDEX


def _scalar(lexeme: str, writer: Writer) -> str:
    first = lexeme[0]
    if first == '"':
        text = decode_string(lexeme)
        if writer.lone == "replaced" and not text.isascii():
            text = _LONE.sub("\ufffd", text)
        return f'"{writer.string(text)}"'
    if first in "tfn":
        return lexeme
    number = writer.number(lexeme)
    if number is None:
        raise _RefusedError
    return number
