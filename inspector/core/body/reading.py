"""One body read for the window: decoded, its kind found, the parts that its view needs made ready."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from inspector.core import headers
from inspector.core.body import charset, encoding, forms, json_text, kinds, multipart, visible
from inspector.core.body.json_index import CancelledError, JsonIndex
from inspector.core.body.kinds import Kind
from inspector.core.headers import HeaderPairs

_EAGER_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class BodyReading:
    """What there is to show of a body."""

    kind: Kind
    raw: bytes
    """As it came."""
    data: bytes
    """With its content encodings undone, as far as that went."""
    content_type: str = ""
    encodings: tuple[str, ...] = ()
    trouble: str = ""
    charset: str = "utf-8"
    json: JsonIndex | None = None
    duplicates: tuple[int, ...] | None = ()
    """Offsets of duplicate keys in `json.data`; None where they have not been looked for yet."""
    fields: tuple[forms.Field, ...] = ()
    parts: tuple[multipart.Part, ...] = ()


def read(raw: bytes, fields: HeaderPairs, cancelled: Callable[[], bool] = lambda: False) -> BodyReading:
    """Read the body of a request or a part with these header fields. Raises CancelledError only."""
    content_type = headers.text(fields, "content-type")
    decoded = encoding.decode(raw, headers.text(fields, "content-encoding"))
    if cancelled():
        raise CancelledError
    data = decoded.data
    kind = kinds.kind_of(data, content_type)
    name, _found_by, skip, trouble = charset.charset_of(data, content_type)
    troubles = [decoded.trouble, trouble if kind is not Kind.IMAGE else ""]
    index: JsonIndex | None = None
    duplicates: tuple[int, ...] | None = ()
    form: tuple[forms.Field, ...] = ()
    parts: tuple[multipart.Part, ...] = ()
    if kind is Kind.JSON:
        text = data
        if not name.startswith(("utf-8", "ascii")) and (name.startswith("utf-") or _is_named(content_type)):
            text = data[skip:].decode(name, "replace").encode("utf-8", "surrogatepass")
        index = JsonIndex(text).scan(cancelled)
        duplicates = tuple(json_text.duplicate_keys(text, cancelled)) if len(text) <= _EAGER_BYTES else None
    elif kind is Kind.FORM:
        form = tuple(forms.fields(data, name))
    elif kind is Kind.MULTIPART:
        split = multipart.parts(data, content_type)
        parts = split.parts
        troubles.append(split.trouble)
    shown = "; ".join(text for text in troubles if text)
    return BodyReading(
        kind, raw, data, content_type, decoded.encodings, shown, name, index, duplicates, form, parts
    )


def _is_named(content_type: str) -> bool:
    return "charset" in charset.parameters(content_type)[1]


def size_text(count: int) -> str:
    """A count of bytes in words: 612 B, 2.1 KB, 25.0 MB (steps of 1,000)."""
    if count < 1000:
        return f"{count} B"
    for unit, size in (("KB", 1e3), ("MB", 1e6)):
        if count < size * 999.95:
            return f"{count / size:.1f} {unit}"
    return f"{count / 1e9:.1f} GB"


def shown_text(data: bytes, content_type: str, limit_chars: int, line_chars: int) -> tuple[str, str]:
    """Text to put into a view, and in words what was left out; hidden characters are made visible."""
    decoded = charset.to_text(data[: limit_chars * 4], content_type)
    return bounded(decoded.text, len(data) > limit_chars * 4, limit_chars, line_chars)


def bounded(text: str, more: bool, limit_chars: int, line_chars: int) -> tuple[str, str]:
    """Cut text and its lines to what a text view takes without a stall."""
    notes: list[str] = []
    if len(text) > limit_chars:
        text, more = text[:limit_chars], True
    if more:
        notes.append(f"the first {len(text):,} characters are shown")
    lines = visible.text(text).split("\n")
    if any(len(line) > line_chars for line in lines):
        lines = [
            line
            if len(line) <= line_chars
            else f"{line[:line_chars]} … {len(line) - line_chars:,} more characters"
            for line in lines
        ]
        notes.append(f"lines are cut after {line_chars:,} characters")
    return "\n".join(lines), "; ".join(notes)
