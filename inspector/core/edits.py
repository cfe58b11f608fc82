"""Changing a captured request before it is sent again: what is not named here stays byte for byte."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias
from urllib.parse import quote

from inspector.core.event import Arrival, Capture, Request, Times
from inspector.core.headers import HeaderPairs, text, values
from inspector.core.json_edit import Assignment, JsonEditError, set_value

EDITED = "edited"
"""The mark of an event that was made from another one."""

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_SAFE = "".join(map(chr, range(0x21, 0x7F)))


class EditError(ValueError):
    """The edit would not give a request that can be sent; the text is a sentence."""


@dataclass(frozen=True, slots=True)
class SetHeader:
    """The field gets this value in the place where it first stands, or at the end; others of its name go."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class AddHeader:
    """One more field line at the end, whatever stands there already."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class RemoveHeader:
    """All field lines of the name go."""

    name: str


HeaderEdit: TypeAlias = SetHeader | AddHeader | RemoveHeader


@dataclass(frozen=True, slots=True)
class Edits:
    """What shall be different; None and empty stand for `as captured`.

    Done in this order: line, the whole list of headers, single headers, the whole body, single values.
    """

    method: str | None = None
    path: str | None = None
    query: str | None = None
    """Without its question mark; the empty text takes the query away."""
    headers: HeaderPairs | None = None
    header_edits: tuple[HeaderEdit, ...] = ()
    body: bytes | None = None
    values: tuple[Assignment, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether the request stays as it is."""
        return self == Edits()


def edited(request: Request, edits: Edits) -> Request:
    """The request with the edits done; raises EditError.

    Content-Length follows the body, whatever the edits say of it: a wrong one could not be sent.
    """
    if edits.nothing:
        return request
    line = _line(request, edits)
    headers = request.headers if edits.headers is None else edits.headers
    for pair in edits.headers or ():
        _checked(pair[0].decode("latin-1"), pair[1].decode("latin-1"))
    for step in edits.header_edits:
        headers = _with_header(headers, step)
    body = request.body if edits.body is None else edits.body
    if edits.values:
        body = _with_values(body, headers, edits.values)
    named = {step.name.lower() for step in edits.header_edits}
    if body != request.body or "content-length" in named:
        headers = with_length(headers, len(body))
    return rebuilt(request, line=line, headers=headers, body=body)


def rebuilt(
    request: Request,
    *,
    line: bytes | None = None,
    headers: HeaderPairs | None = None,
    body: bytes | None = None,
) -> Request:
    """The request with other parts and the head that belongs to them; equal parts leave it as it is."""
    line = request.line if line is None else line
    headers = request.headers if headers is None else headers
    body = request.body if body is None else body
    if (line, headers) == (request.line, request.headers):
        return request if body == request.body else replace(request, body=body)
    fields = (name + b": " + value for name, value in headers)
    head = b"\r\n".join((line, *fields, b"", b""))
    return replace(request, line=line, headers=headers, body=body, raw_head=head)


def with_length(headers: HeaderPairs, size_bytes: int) -> HeaderPairs:
    """With a true Content-Length in the place of the old one; at the end where nothing frames a body."""
    stated = str(size_bytes).encode()
    found = values(headers, "content-length")
    if found:
        return tuple(
            (name, stated if name.lower() == b"content-length" else value) for name, value in headers
        )
    if values(headers, "transfer-encoding") or not size_bytes:
        return headers
    return (*headers, (b"Content-Length", stated))


def kept_event(request: Request, *, source: str, dialect: str, parent: int | None, at_ns: int) -> Arrival:
    """The edited request as an event of its own, to be given to the inbox. `at_ns` is the wall clock."""
    return Arrival(Capture(request, Times(at_ns, 0, 0, 0, 0)), source, dialect, mark=EDITED, parent=parent)


def header_lines(headers: HeaderPairs) -> str:
    """The fields as an editor shows them, one a line; the bytes one by one (Latin-1)."""
    return "\n".join(f"{name.decode('latin-1')}: {value.decode('latin-1')}" for name, value in headers)


def parse_header_lines(lines: str) -> HeaderPairs:
    """The fields of an editor's lines; empty lines do not count. Raises EditError with the line's number."""
    found = []
    for number, line in enumerate(lines.splitlines(), 1):
        if line.strip():
            try:
                found.append(parse_header(line))
            except EditError as error:
                raise EditError(f"Line {number}: {error}") from None
    return tuple((name.encode("latin-1"), _value_bytes(value)) for name, value in found)


def parse_header(line: str) -> tuple[str, str]:
    """Name and value of `Name: value`; raises EditError."""
    name, colon, value = line.partition(":")
    if not colon:
        raise EditError(f"{line!r} is no header; write Name: value.")
    value = value.strip(" \t")
    _checked(name, value)
    return name, value


def _checked(name: str, value: str) -> None:
    """RFC 9110 sections 5.1 and 5.5."""
    if not _TOKEN.fullmatch(name):
        raise EditError(f"{name!r} is no name for a header.")
    if any(sign in value for sign in "\r\n\0"):
        raise EditError(f"The value of {name} has a line end or a NUL.")


def _value_bytes(value: str) -> bytes:
    """Bytes one by one as they were captured; what is beyond them as UTF-8."""
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode("utf-8", "surrogateescape")


def _with_header(headers: HeaderPairs, edit: HeaderEdit) -> HeaderPairs:
    _checked(edit.name, "" if isinstance(edit, RemoveHeader) else edit.value)
    name = edit.name.encode("latin-1")
    if isinstance(edit, RemoveHeader):
        return tuple(pair for pair in headers if pair[0].lower() != name.lower())
    value = _value_bytes(edit.value)
    if isinstance(edit, AddHeader):
        return (*headers, (name, value))
    found: list[tuple[bytes, bytes]] = []
    done = False
    for key, old in headers:
        if key.lower() != name.lower():
            found.append((key, old))
        elif not done:
            found.append((key, value))
            done = True
    return tuple(found) if done else (*found, (name, value))


def _with_values(body: bytes, headers: HeaderPairs, assignments: Iterable[Assignment]) -> bytes:
    coding = text(headers, "content-encoding").strip().lower()
    if coding not in ("", "identity"):
        raise EditError(f"The body is compressed ({coding}); its values cannot be set one by one.")
    try:
        for assignment in assignments:
            body = set_value(body, assignment)
    except JsonEditError as error:
        raise EditError(str(error)) from None
    return body


def _line(request: Request, edits: Edits) -> bytes:
    if edits.method is None and edits.path is None and edits.query is None:
        return request.line
    method = request.method if edits.method is None else edits.method
    if not _TOKEN.fullmatch(method):
        raise EditError(f"{method!r} is no method.")
    old_path, mark, old_query = request.target.decode("latin-1").partition("?")
    path, query = old_path, mark + old_query
    if edits.path is not None and edits.path != old_path:
        if not edits.path.startswith(("/", "http://", "https://")) and edits.path != "*":
            raise EditError("A path begins with a slash.")
        if "?" in edits.path:
            raise EditError("A path has no question mark; give the query apart.")
        path = _escaped(edits.path, old_path)
    if edits.query is not None and edits.query != old_query:
        query = "?" + _escaped(edits.query, old_query) if edits.query else ""
    parts = request.line.split(b" ")
    version = parts[2] if len(parts) > 2 else b"HTTP/1.1"
    return b" ".join((method.encode(), (path + query).encode("latin-1"), version))


def _escaped(wanted: str, old: str) -> str:
    """What a request line cannot carry is percent-encoded as UTF-8; bytes that were captured stay."""
    if "#" in wanted and "#" not in old:
        raise EditError("A fragment (#…) is never sent; write %23 for the sign itself.")
    kept = {sign for sign in old if ord(sign) > 0x7E}
    return "".join(sign if sign in _SAFE or sign in kept else quote(sign, safe="") for sign in wanted)
