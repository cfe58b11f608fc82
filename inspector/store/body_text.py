"""The text of a body that can be searched: as it came, or with gzip and deflate taken off, within a bound."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from inspector.core.headers import HeaderPairs, text
from inspector.store.rows import headers_of, is_binary

if TYPE_CHECKING:
    from apsw import SQLiteValue  # only its type stubs have it

MOST_BYTES = 4 * 1024**2
"""A longer body is not in the index; of a compressed one, so much of the text is searched."""


def inflated(body: bytes, coding: str) -> bytes | None:
    """The body without gzip or deflate, at most MOST_BYTES; None where it has another coding or is broken."""
    windows: tuple[int, ...]
    if coding in {"gzip", "x-gzip"}:
        windows = (31,)
    elif coding == "deflate":  # RFC 9110 section 8.4.1.2: zlib's format; some send the bare stream
        windows = (15, -15)
    else:
        return None
    for window in windows:
        try:
            return zlib.decompressobj(window).decompress(body, MOST_BYTES)
        except zlib.error:
            continue
    return None


def searchable(headers: HeaderPairs, body: bytes) -> str | None:
    """The text to search, at most MOST_BYTES of it; None for a body that is no text."""
    coding = text(headers, "content-encoding").strip().lower()
    if coding and coding != "identity":
        plain = inflated(body, coding)
        if plain is None:
            return None
        body = plain
    body = body[:MOST_BYTES]
    if is_binary(body):
        return None
    return body.decode("utf-8", "replace")


def holds(*given: SQLiteValue) -> int:
    """The SQL function `body_holds`: whether an encoded body has the pieces (split by NUL) in that order."""
    blob, body, pieces = given
    assert isinstance(blob, bytes)
    assert isinstance(body, bytes)
    found = searchable(headers_of(blob), body)
    if found is None:
        return 0
    lowered = _ascii_lower(found)
    place = 0
    for piece in _ascii_lower(str(pieces)).split("\0"):
        place = lowered.find(piece, place)
        if place < 0:
            return 0
        place += len(piece)
    return 1


def _ascii_lower(value: str) -> str:
    return value.lower() if value.isascii() else value.translate(_LOWER)


_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
