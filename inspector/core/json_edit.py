"""Changing values of a JSON body by their paths: every other byte, lexeme and space stays as it was.

Paths are the ones that the body's view shows: the singular queries of JSONPath (RFC 9535 section 2.3.5.1).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from inspector.core.body import json_grammar as grammar
from inspector.core.body.json_index import JsonIndex, Node, Sort, text_of
from inspector.core.body.json_text import formatted

Step: TypeAlias = str | int
"""A member's name, or an element's position; a negative one counts from the end."""

_NAME = re.compile(r"\.([^\s.\[\]=$'\"]+)")
_INDEX = re.compile(r"\[\s*(-?(?:0|[1-9][0-9]{0,14}))\s*\]")
_QUOTED = re.compile(r"""\[\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*\]""", re.DOTALL)


class JsonEditError(ValueError):
    """The path, the value or the body cannot be used; the text is a sentence that says where."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """A value for a place: `lexeme` is JSON as it shall stand there."""

    path: tuple[Step, ...]
    lexeme: bytes


def parse_path(text: str) -> tuple[Step, ...]:
    """The steps of `$.data.items[0]['odd key']`; raises JsonEditError."""
    steps, end = _steps(text)
    if end != len(text):
        raise JsonEditError(f"The path {text!r} cannot be read from character {end + 1} on.")
    return steps


def parse_assignment(text: str) -> Assignment:
    """Reads `PATH=VALUE`; raises JsonEditError.

    A value that is JSON stands as it is written, `1.0` with its point; any other is taken for a string.
    """
    steps, end = _steps(text)
    if text[end : end + 1] != "=":
        raise JsonEditError(f"{text!r} is no assignment; write for example $.data.score=100.")
    value = text[end + 1 :].strip()
    raw = value.encode("utf-8", "surrogatepass")
    return Assignment(steps, raw if is_json(raw) else string(text[end + 1 :]))


def string(text: str) -> bytes:
    """The text as a JSON string."""
    try:
        return json.dumps(text, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # half a surrogate pair, which only an escape can say
        return json.dumps(text).encode()


def _steps(text: str) -> tuple[tuple[Step, ...], int]:
    if not text.startswith("$"):
        raise JsonEditError(f"The path {text!r} must begin with $, for example $.data.score.")
    steps: list[Step] = []
    at = 1
    while at < len(text):
        if found := _NAME.match(text, at):
            steps.append(found.group(1))
        elif found := _INDEX.match(text, at):
            steps.append(int(found.group(1)))
        elif found := _QUOTED.match(text, at):
            steps.append(_unquoted(found))
        else:
            break
        at = found.end()
    return tuple(steps), at


def _unquoted(found: re.Match[str]) -> str:
    if found.group(1) is None:
        inner = found.group(2)
    else:  # as a string in double quotes, which JSON reads
        inner = re.sub(r'\\.|"', lambda one: {"\\'": "'", '"': '\\"'}.get(one[0], one[0]), found.group(1))
    try:
        return str(json.loads(f'"{inner}"'))
    except ValueError:
        raise JsonEditError(f"The name {found.group()} in the path has a wrong escape.") from None


def is_json(raw: bytes) -> bool:
    """Whether the bytes are one JSON value without space around it."""
    index = JsonIndex(raw).scan()
    return index.broken is None and index.root is not None and index.root.end - index.root.start == len(raw)


def set_value(body: bytes, assignment: Assignment) -> bytes:
    """The body with the value at the path replaced, or added at the end of its object or list.

    Of a name that an object has twice, the last one is meant, as nearly all parsers do. Raises JsonEditError.
    """
    index = _index(body)
    node = _root(index)
    for depth, step in enumerate(assignment.path):
        child = _child(index, node, step, assignment.path[:depth])
        if child is None:
            return _with_member(index, node, assignment, depth)
        node = child
    return body[: node.start] + assignment.lexeme + body[node.end :]


def remove_value(body: bytes, path: Sequence[Step]) -> bytes:
    """The body without the member or element at the path and one comma; raises JsonEditError."""
    index = _index(body)
    node, parents = _root(index), list[Node]()
    for depth, step in enumerate(path):
        child = _child(index, node, step, path[:depth])
        if child is None:
            raise JsonEditError(f"The body has nothing at {shown(path[: depth + 1])}.")
        parents.append(node)
        node = child
    if not parents:
        raise JsonEditError("The whole body cannot be taken out of itself.")
    start = node.key_start if node.key is not None else node.start
    end = _space(body, node.end)
    if body[end : end + 1] == b",":
        return body[:start] + body[_space(body, end + 1) :]
    before = body[:start].rstrip(b" \t\r\n")
    return (before[:-1] if before.endswith(b",") else body[:start]) + body[node.end :]


def value_at(body: bytes, path: Sequence[Step]) -> bytes | None:
    """The value at the path exactly as it stands there; None where there is none or the body is no JSON."""
    index = JsonIndex(body).scan()
    node = index.root
    for depth, step in enumerate(path):
        try:
            node = None if node is None else _child(index, node, step, path[:depth])
        except JsonEditError:
            return None
    return None if node is None else index.lexeme(node)


def pretty(body: bytes) -> bytes:
    """The body indented by two spaces; numbers and strings keep their lexemes. Raises JsonEditError."""
    index = _index(body)
    if not _is_utf8(body):
        raise JsonEditError("The body is not UTF-8; it is left as it is.")
    bom = b"\xef\xbb\xbf" if index.data.startswith(b"\xef\xbb\xbf") else b""
    return bom + formatted(body)[0].encode("utf-8")


def compact(body: bytes) -> bytes:
    """The body without the space between its values; every lexeme is kept. Raises JsonEditError."""
    _index(body)
    return b"".join(found.group() for found in grammar.token.finditer(body))


def shown(path: Sequence[Step]) -> str:
    """The path as text."""
    return "$" + "".join(_shown(step) for step in path)


def _shown(step: Step) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", step) else f"[{json.dumps(step)}]"


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _index(body: bytes) -> JsonIndex:
    index = JsonIndex(body).scan()
    if index.broken is not None:
        raise JsonEditError(str(index.broken))
    if index.root is None:
        raise JsonEditError("The body is empty.")
    return index


def _root(index: JsonIndex) -> Node:
    assert index.root is not None
    return index.root


def _child(index: JsonIndex, node: Node, step: Step, above: Sequence[Step]) -> Node | None:
    """The child that the step names; None where a new one may stand there."""
    if isinstance(step, int):
        if node.sort is not Sort.ARRAY:
            raise JsonEditError(f"{shown(above)} is {_article(node)}, so [{step}] leads nowhere.")
        count = index.count(node)
        position = step + count if step < 0 else step
        if not 0 <= position <= count or (step < 0 and position == count):
            raise JsonEditError(f"{shown(above)} has {count:,} elements, so [{step}] leads nowhere.")
        return next(index.members(node, position, 1), None)
    if node.sort is not Sort.OBJECT:
        raise JsonEditError(f"{shown(above)} is {_article(node)}, so {_shown(step)} leads nowhere.")
    found = None
    for child in index.members(node):
        assert child.key is not None
        if text_of(child.key) == step:
            found = child
    return found


def _article(node: Node) -> str:
    return f"{'an' if node.sort.value[0] in 'ao' else 'a'} {node.sort.value}"


def _with_member(index: JsonIndex, node: Node, assignment: Assignment, depth: int) -> bytes:
    """With a new last member in `node`, set apart as the ones before it are."""
    body, lexeme = index.data, assignment.lexeme
    for step in reversed(assignment.path[depth + 1 :]):
        if isinstance(step, int) and step != 0:
            raise JsonEditError(f"{shown(assignment.path[: depth + 1])} is new, so [{step}] leads nowhere.")
        lexeme = b"[" + lexeme + b"]" if isinstance(step, int) else b"{" + string(step) + b":" + lexeme + b"}"
    last = None
    for last in index.members(node):  # noqa: B007 - the last one is wanted
        pass
    step = assignment.path[depth]
    colon = b":"
    if last is not None and last.key is not None:
        colon = body[last.key_start + len(last.key) : last.start]
    name = b"" if isinstance(step, int) else string(step) + colon
    if last is None:
        return body[: node.start + 1] + name + lexeme + body[node.end - 1 :]
    begin = last.key_start if last.key is not None else last.start
    lead = body[len(body[:begin].rstrip(b" \t\r\n")) : begin]
    return body[: last.end] + b"," + lead + name + lexeme + body[last.end :]


def _space(body: bytes, at: int) -> int:
    found = grammar.space.match(body, at)
    return found.end() if found else at
