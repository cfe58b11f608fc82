"""Multipart bodies as parts, byte for byte (RFC 2046 section 5.1, RFC 7578)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from inspector.core import headers
from inspector.core.body import charset
from inspector.core.headers import HeaderPairs

MAX_PARTS = 10_000


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its header fields and its bytes, untouched."""

    headers: HeaderPairs
    body: bytes
    name: str = ""
    filename: str | None = None
    """As the sender wrote it: text to show, never a path to use."""
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a multipart body holds, and what is wrong with it."""

    parts: tuple[Part, ...]
    trouble: str = ""


def parts(data: bytes, content_type: str) -> Parts:
    """Split at the boundary that the content type names; a missing end is told, not fatal."""
    boundary = charset.parameters(content_type)[1].get("boundary", "")
    if not boundary:
        return Parts((), "the content type names no boundary")
    mark = re.escape(b"--" + boundary.encode("latin-1", "replace"))
    delimiters = re.compile(rb"(?:\A|\r?\n)" + mark + rb"(--)?[ \t]*(?:\r?\n|\Z)")
    found: list[Part] = []
    start = -1
    at = 0
    while (match := delimiters.search(data, at)) is not None:
        if start >= 0:
            found.append(_part(data[start : match.start()]))
        if match.group(1):
            return Parts(tuple(found))
        if len(found) >= MAX_PARTS:
            return Parts(tuple(found), f"only the first {MAX_PARTS:,} parts are shown")
        start = match.end()
        # The line end that closes a delimiter may open the next one: an empty part has no other.
        at = (
            max(match.end() - 2, match.start() + 1)
            if data[match.end() - 2 : match.end()] == b"\r\n"
            else match.end() - 1
        )
    if start < 0:
        return Parts((), f"the boundary “{boundary}” does not occur in the body")
    found.append(_part(data[start:]))
    return Parts(tuple(found), "the closing boundary is missing: the body was cut short")


def _part(raw: bytes) -> Part:
    if raw.startswith((b"\r\n", b"\n")):
        head, body = b"", raw[2 if raw[:1] == b"\r" else 1 :]
    else:
        match = re.search(rb"\r?\n\r?\n", raw)
        head, body = (raw[: match.start()], raw[match.end() :]) if match else (raw, b"")
    pairs: list[tuple[bytes, bytes]] = []
    for line in re.split(rb"\r?\n(?![ \t])", head):
        name, sign, value = line.partition(b":")
        if sign:
            pairs.append((name.strip(), value.strip()))
    fields = tuple(pairs)
    raw_disposition = headers.value(fields, "content-disposition") or b""
    disposition = charset.parameters(raw_disposition.decode("utf-8", "replace"))[1]
    filename = disposition.get("filename")
    if "filename*" in disposition:
        filename = _extended(disposition["filename*"]) or filename
    return Part(fields, body, disposition.get("name", ""), filename, headers.text(fields, "content-type"))


def _extended(value: str) -> str:
    """RFC 8187: charset'language'percent-encoded."""
    pieces = value.split("'", 2)
    if len(pieces) != 3:
        return ""
    try:
        return unquote(pieces[2], encoding=pieces[0] or "utf-8", errors="replace")
    except LookupError:
        return ""
