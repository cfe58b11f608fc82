"""The head of a request: request line and field lines, split in one pass and kept byte for byte.

Rules: RFC 9112 sections 2.2 (line ends), 3 (request line) and 5 (field lines), RFC 9110 section 5.5.
A bare LF ends a line; a folded line is joined with one space; a bare CR, a NUL, white space before
the colon and white space before the first field are refused, because two readers of the same bytes
would see two different requests there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from inspector.core.headers import HeaderPairs
from inspector.core.http1.errors import MalformedError
from inspector.core.http1.framing import WATCHED, Framing, framing_of

K = TypeVar("K")
V = TypeVar("V")

_TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+\Z")
_BAD_IN_TARGET = re.compile(rb"[\x00-\x20\x7f]")
_VERSION = re.compile(rb"HTTP/([0-9])\.([0-9])\Z")
_LINE_END = re.compile(rb"\r?\n")
_SHOWN_BYTES = 60
_REMEMBERED_BYTES = 200

RequestLine: TypeAlias = tuple[bytes, tuple[int, int]]
"""Method and version."""


@dataclass(slots=True)
class Head:
    """A parsed head; `raw` is its exact bytes with the empty line that ends it.

    Not frozen, as all that is made for every request and does not leave this room: freezing triples its cost.
    """

    line: bytes
    method: bytes
    version: tuple[int, int]
    headers: HeaderPairs
    raw: bytes
    framing: Framing


Field: TypeAlias = tuple[tuple[bytes, bytes], bool]
"""Name and value of a line, and whether the framing depends on it."""


class TokenCache:
    """What was read before: names that are tokens, and whole lines, since senders repeat themselves.

    Bounded, because senders choose them.
    """

    __slots__ = ("_fields", "_framings", "_known", "_requests", "_size")

    def __init__(self, size: int = 512) -> None:
        self._size = size
        self._known: set[bytes] = set()
        self._fields: dict[bytes, Field] = {}
        self._requests: dict[bytes, RequestLine] = {}
        self._framings: dict[tuple[tuple[int, int], HeaderPairs], Framing] = {}

    def request_line(self, line: bytes) -> RequestLine:
        """Method and version. Raises MalformedError."""
        found = self._requests.get(line)
        if found is None:
            found = _request_line(line, self)
            self._remember(self._requests, line, found, len(line))
        return found

    def fields(self, lines: list[bytes]) -> tuple[HeaderPairs, HeaderPairs]:
        """All fields, and those that the framing depends on. Raises MalformedError."""
        known = self._fields
        fields: list[tuple[bytes, bytes]] = []
        framing: list[tuple[bytes, bytes]] = []
        folded = False
        for line in lines:
            found = known.get(line)
            if found is None:
                field = _field(line, self)
                if field is None:
                    _fold(fields, line)
                    folded = True
                    continue
                found = (field, field[0].lower() in WATCHED)
                self._remember(known, line, found, len(line))
            fields.append(found[0])
            if found[1]:
                framing.append(found[0])
        return tuple(fields), tuple(fields if folded else framing)

    def framing(self, fields: HeaderPairs, version: tuple[int, int]) -> Framing:
        """As `framing_of`, for the fields that it depends on. Raises MalformedError."""
        key = (version, fields)
        found = self._framings.get(key)
        if found is None:
            found = framing_of(fields, version)
            self._remember(self._framings, key, found, sum(len(value) for _, value in fields))
        return found

    def _remember(self, where: dict[K, V], key: K, value: V, size_bytes: int) -> None:
        if size_bytes <= _REMEMBERED_BYTES:
            if len(where) >= self._size:
                where.clear()
            where[key] = value

    def is_token(self, name: bytes) -> bool:
        """Whether `name` is a token (RFC 9110 section 5.6.2)."""
        if name in self._known:
            return True
        if _TOKEN.match(name) is None:
            return False
        if len(self._known) < self._size and len(name) <= _SHOWN_BYTES:
            self._known.add(name)
        return True


def parse_head(raw: bytes, tokens: TokenCache) -> Head:
    """The head in `raw`, which ends with its empty line.

    Raises MalformedError with status 400, 501 (unknown transfer coding) or 505 (not HTTP/1.x).
    """
    ends = raw.count(b"\r\n")
    if raw.count(b"\n") == ends:
        lines = raw.split(b"\r\n")
    else:
        lines = _LINE_END.split(raw)
    if len(lines) < 3:
        raise MalformedError("The header block does not end with an empty line.")
    del lines[-2:]
    if raw.count(b"\r") != ends or b"\0" in raw:
        raise MalformedError("The header block contains a bare carriage return or a NUL.")
    line = lines[0]
    method, version = tokens.request_line(line)
    del lines[0]
    headers, framing = tokens.fields(lines)
    return Head(line, method, version, headers, raw, tokens.framing(framing, version))


def parse_trailers(raw: bytes, tokens: TokenCache) -> HeaderPairs:
    """The field lines in `raw`, each ended by CRLF (RFC 9112 section 7.1.2). Raises MalformedError."""
    if b"\0" in raw or raw.count(b"\r") != raw.count(b"\r\n"):
        raise MalformedError("The trailers contain a bare carriage return or a NUL.")
    return tokens.fields(raw.split(b"\r\n")[:-1])[0]


def _request_line(line: bytes, tokens: TokenCache) -> RequestLine:
    parts = line.split(b" ")
    if len(parts) != 3:
        raise MalformedError(f"The request line is not “method target version”: {_shown(line)}")
    method, target, version = parts
    if version == b"HTTP/1.1":
        number = (1, 1)
    else:
        match = _VERSION.match(version)
        if match is None:
            raise MalformedError(f"The request line does not end with an HTTP version: {_shown(line)}")
        number = (int(match[1]), int(match[2]))
        if number[0] != 1:
            raise MalformedError(f"Only HTTP/1.0 and 1.1 are spoken here, not {_shown(version)}.", status=505)
    if not tokens.is_token(method):
        raise MalformedError(f"The method is not a token: {_shown(method)}")
    if not target or _BAD_IN_TARGET.search(target):
        raise MalformedError(f"The request target is empty or contains control characters: {_shown(target)}")
    return method, number


def _field(line: bytes, tokens: TokenCache) -> tuple[bytes, bytes] | None:
    """Name and value, or None for a line that is folded to the one before it."""
    name, colon, value = line.partition(b":")
    if colon and tokens.is_token(name):
        return name, value.strip(b" \t")
    if line[:1] in (b" ", b"\t"):
        return None
    raise MalformedError(_field_trouble(line, name, colon))


def _fold(fields: list[tuple[bytes, bytes]], line: bytes) -> None:
    """Join an obsolete folded line to the field before it (RFC 9112 section 5.2)."""
    if not fields:
        raise MalformedError("There is white space before the first header.")
    name, value = fields[-1]
    fields[-1] = (name, (value + b" " + line.strip(b" \t")).strip(b" \t"))


def _field_trouble(line: bytes, name: bytes, colon: bytes) -> str:
    if not colon:
        return f"A header line has no colon: {_shown(line)}"
    if name.rstrip(b" \t") != name:
        return f"There is white space between a header's name and its colon: {_shown(line)}"
    return f"A header's name is not a token: {_shown(name)}"


def _shown(data: bytes) -> str:
    """`data` for a message: printable ASCII, shortened."""
    short = data[:_SHOWN_BYTES]
    return ascii(short.decode("latin-1")) + ("…" if len(data) > _SHOWN_BYTES else "")
