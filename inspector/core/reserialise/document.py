"""JSON text as a tree that remembers every lexeme, and back, without recursion at any depth."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Scalar:
    """A string, number, `true`, `false` or `null` exactly as it was written."""

    lexeme: str


@dataclass(frozen=True, slots=True)
class Array:
    """An array in order."""

    items: list[Value]


@dataclass(frozen=True, slots=True)
class Object:
    """An object's members in order, names as decoded text; a name may come more than once."""

    members: list[tuple[str, Value]]


Value: TypeAlias = "Scalar | Array | Object"

_ESCAPE = r'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})'
_STRING = rf'"[^"\\\x00-\x1f]*(?:{_ESCAPE}[^"\\\x00-\x1f]*)*"'
_NUMBER = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
_TOKEN = re.compile(rf"[ \t\n\r]*({_STRING}|[{{}}\[\],:]|{_NUMBER}|true|false|null)")
_SPACE = re.compile(r"[ \t\n\r]*")
STRINGS = re.compile(_STRING)
"""Finds every string of a JSON text, names included."""

_ESCAPES = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_PAIRS = re.compile("([\ud800-\udbff])([\udc00-\udfff])")
_SHORT = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


def decode_string(lexeme: str) -> str:
    """The text that a string lexeme with its quotes stands for; lone surrogates stay as they are."""
    inner = lexeme[1:-1]
    if "\\" not in inner:
        return inner

    def plain(match: re.Match[str]) -> str:
        code = match.group(1)
        if code:
            return chr(int(code, 16))
        return _SHORT.get(match.group(2), match.group(2))

    decoded = _ESCAPES.sub(plain, inner)
    return _PAIRS.sub(join_surrogates, decoded)


def join_surrogates(match: re.Match[str]) -> str:
    """The one character that a high and a low surrogate stand for."""
    high, low = ord(match.group(1)), ord(match.group(2))
    return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))


def split(text: str) -> list[str] | None:
    """All tokens of a JSON text without the white space between them, or None where one is foreign."""
    tokens = []
    at = 0
    while match := _TOKEN.match(text, at):
        tokens.append(match.group(1))
        at = match.end()
    end = _SPACE.match(text, at)
    return tokens if end is not None and end.end() == len(text) else None


@dataclass(slots=True)
class _Open:
    """A container that is not closed yet; `name` is that of the member under way."""

    value: Array | Object
    name: str = ""


def parse(text: str) -> Value | None:
    """The tree of a JSON text by RFC 8259, or None where it is not one."""
    tokens = split(text)
    if not tokens:
        return None
    open_containers: list[_Open] = []
    at, last = 0, len(tokens)
    while at < last:
        sign = tokens[at]
        at += 1
        value: Value
        if sign in ("{", "["):
            value = Object([]) if sign == "{" else Array([])
            open_containers.append(_Open(value))
            if at < last and tokens[at] == ("}" if sign == "{" else "]"):
                at += 1
                open_containers.pop()
            elif isinstance(value, Object):
                at = _name(tokens, at, open_containers[-1])
                if at < 0:
                    return None
                continue
            else:
                continue
        elif sign in ("}", "]", ",", ":"):
            return None
        else:
            value = Scalar(sign)
        while True:  # a value is complete: hang it up, and close what closes after it
            if not open_containers:
                return value if at == last else None
            top = open_containers[-1]
            if isinstance(top.value, Object):
                top.value.members.append((top.name, value))
            else:
                top.value.items.append(value)
            sign = tokens[at] if at < last else ""
            at += 1
            if sign == ",":
                if isinstance(top.value, Object):
                    at = _name(tokens, at, top)
                    if at < 0:
                        return None
                break
            if sign != ("}" if isinstance(top.value, Object) else "]"):
                return None
            value = top.value
            open_containers.pop()
    return None


def _name(tokens: list[str], at: int, holder: _Open) -> int:
    """Reads `"name" :` at the position; the position after it, or -1 where it is not there."""
    if at + 1 >= len(tokens) or tokens[at][0] != '"' or tokens[at + 1] != ":":
        return -1
    holder.name = decode_string(tokens[at])
    return at + 2
