"""Form bodies: application/x-www-form-urlencoded as pairs in order, with the source's own text beside."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

MAX_FIELDS = 50_000


@dataclass(frozen=True, slots=True)
class Field:
    """One pair of a form; `raw_name` and `raw_value` are the bytes as they came."""

    name: str
    value: str
    raw_name: bytes
    raw_value: bytes
    repeated: bool = False
    """Whether an earlier field has the same name."""


def fields(data: bytes, charset: str = "utf-8") -> list[Field]:
    """The pairs in order (WHATWG URL section 5.1); at most MAX_FIELDS of them."""
    out: list[Field] = []
    seen: set[str] = set()
    for piece in data.strip(b"\r\n").split(b"&", MAX_FIELDS)[:MAX_FIELDS]:
        if not piece:
            continue
        raw_name, _, raw_value = piece.partition(b"=")
        name = _decoded(raw_name, charset)
        out.append(Field(name, _decoded(raw_value, charset), raw_name, raw_value, name in seen))
        seen.add(name)
    return out


def _decoded(raw: bytes, charset: str) -> str:
    return unquote_to_bytes(raw.replace(b"+", b" ")).decode(charset, "replace")
