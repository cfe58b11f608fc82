"""Header fields as an ordered list of raw name and value bytes."""

from __future__ import annotations

from typing import TypeAlias

HeaderPairs: TypeAlias = tuple[tuple[bytes, bytes], ...]
"""Field lines in the order of the wire: names with their case, values without the white space around them."""


def values(headers: HeaderPairs, name: str | bytes) -> list[bytes]:
    """All values of the named field, in order. Names compare without case (RFC 9110 section 5.1)."""
    wanted = (name.encode("latin-1") if isinstance(name, str) else name).lower()
    return [value for key, value in headers if key.lower() == wanted]


def value(headers: HeaderPairs, name: str | bytes) -> bytes | None:
    """The values of the named field joined with ", " (RFC 9110 section 5.3), or None where there is none."""
    found = values(headers, name)
    return b", ".join(found) if found else None


def text(headers: HeaderPairs, name: str | bytes) -> str:
    """The joined value decoded byte by byte (Latin-1), or the empty string."""
    found = value(headers, name)
    return "" if found is None else found.decode("latin-1")
