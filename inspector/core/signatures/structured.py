"""Structured field values (RFC 8941) as far as message signatures need them: parse and serialise."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import TypeAlias

_KEY = re.compile(r"[a-z*][a-z0-9_.*-]*")
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,3})?")
_TOKEN = re.compile(r"[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]*")
_STRING = re.compile(r'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"')
_BYTES = re.compile(r":([A-Za-z0-9+/=]*):")


class StructuredError(ValueError):
    """The text is not a structured field of the expected kind."""


@dataclass(frozen=True, slots=True)
class Token:
    """A bare word."""

    text: str


Bare: TypeAlias = str | int | float | bool | bytes | Token
Parameters: TypeAlias = tuple[tuple[str, Bare], ...]


@dataclass(frozen=True, slots=True)
class Item:
    """A bare value with parameters."""

    value: Bare
    parameters: Parameters = ()

    def parameter(self, name: str) -> Bare | None:
        """The value of the parameter, or None."""
        return dict(self.parameters).get(name)


@dataclass(frozen=True, slots=True)
class InnerList:
    """A list in parentheses, with parameters."""

    items: tuple[Item, ...]
    parameters: Parameters = ()

    def parameter(self, name: str) -> Bare | None:
        """The value of the parameter, or None."""
        return dict(self.parameters).get(name)


Member: TypeAlias = Item | InnerList


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def skip(self, spaces: str = " \t") -> None:
        while self.at < len(self.text) and self.text[self.at] in spaces:
            self.at += 1

    def peek(self, sign: str) -> bool:
        return self.text.startswith(sign, self.at)

    def take(self, sign: str) -> bool:
        if self.peek(sign):
            self.at += len(sign)
            return True
        return False

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.text, self.at)
        if found:
            self.at = found.end()
        return found

    def key(self) -> str:
        found = self.match(_KEY)
        if not found:
            raise StructuredError(f"expected a key at character {self.at + 1}")
        return found.group()

    def bare(self) -> Bare:
        if found := self.match(_STRING):
            return re.sub(r"\\(.)", r"\1", found.group(1))
        if found := self.match(_BYTES):
            try:
                return base64.b64decode(found.group(1), validate=True)
            except binascii.Error:
                raise StructuredError("a byte sequence is not base64") from None
        if found := self.match(_NUMBER):
            return float(found.group()) if "." in found.group() else int(found.group())
        if self.take("?1"):
            return True
        if self.take("?0"):
            return False
        if found := self.match(_TOKEN):
            return Token(found.group())
        raise StructuredError(f"expected a value at character {self.at + 1}")

    def parameters(self) -> Parameters:
        found: dict[str, Bare] = {}
        while self.take(";"):
            self.skip(" ")
            name = self.key()
            found[name] = self.bare() if self.take("=") else True
        return tuple(found.items())

    def member(self) -> Member:
        if not self.take("("):
            value = self.bare()
            return Item(value, self.parameters())
        items: list[Item] = []
        while True:
            self.skip(" ")
            if self.take(")"):
                return InnerList(tuple(items), self.parameters())
            value = self.bare()
            items.append(Item(value, self.parameters()))
            if not (self.peek(" ") or self.peek(")")):
                raise StructuredError(f"expected a space or ) at character {self.at + 1}")

    def comma(self) -> bool:
        """Whether another member follows."""
        self.skip()
        if self.at == len(self.text):
            return False
        if not self.take(","):
            raise StructuredError(f"expected a comma at character {self.at + 1}")
        self.skip()
        return True


def dictionary(text: str) -> dict[str, Member]:
    """A dictionary; raises StructuredError."""
    parser = _Parser(text.strip(" "))
    found: dict[str, Member] = {}
    more = bool(parser.text)
    while more:
        name = parser.key()
        member = parser.member() if parser.take("=") else Item(True, parser.parameters())
        found[name] = member
        more = parser.comma()
    return found


def listing(text: str) -> list[Member]:
    """A list; raises StructuredError."""
    parser = _Parser(text.strip(" "))
    found = []
    more = bool(parser.text)
    while more:
        found.append(parser.member())
        more = parser.comma()
    return found


def canonical(text: str) -> str:
    """The field parsed and serialised again, as a dictionary or else as a list (an item is a list of one)."""
    try:
        return ", ".join(f"{name}{_assigned(member)}" for name, member in dictionary(text).items())
    except StructuredError:
        return ", ".join(serialise(member) for member in listing(text))


def _assigned(member: Member) -> str:
    if isinstance(member, Item) and member.value is True:
        return _parameters(member.parameters)
    return f"={serialise(member)}"


def serialise(member: Member) -> str:
    """A member as text."""
    if isinstance(member, InnerList):
        return f"({' '.join(map(serialise, member.items))}){_parameters(member.parameters)}"
    return _bare(member.value) + _parameters(member.parameters)


def _parameters(parameters: Parameters) -> str:
    return "".join(f";{name}" if value is True else f";{name}={_bare(value)}" for name, value in parameters)


def _bare(value: Bare) -> str:
    if isinstance(value, bool):
        return "?1" if value else "?0"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    if isinstance(value, bytes):
        return f":{base64.b64encode(value).decode()}:"
    return value.text if isinstance(value, Token) else str(value)
