"""From bytes to text: the charset that was named, the one that shows, and what does not fit."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ALIASES = {
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
}
"""Labels that the WHATWG Encoding Standard reads as a larger set."""


@dataclass(frozen=True, slots=True)
class Text:
    """Decoded text with the charset it was read in."""

    text: str
    charset: str
    found_by: str
    """`header`, `mark` (byte order mark), `look` (its bytes) or `fallback`."""
    trouble: str = ""


def parameters(content_type: str) -> tuple[str, dict[str, str]]:
    """The media type in lower case and its parameters (RFC 9110 section 8.3.1), quotes undone."""
    media, *rest = _split(content_type)
    found: dict[str, str] = {}
    for part in rest:
        name, sign, value = part.partition("=")
        if not sign:
            continue
        value = value.strip()
        if len(value) >= 2 and value[0] == value[-1] == '"':
            value = _unquoted(value[1:-1])
        found.setdefault(name.strip().lower(), value)
    return media.strip().lower(), found


def _unquoted(text: str) -> str:
    out: list[str] = []
    signs = iter(text)
    for sign in signs:
        out.append(next(signs, "") if sign == "\\" else sign)
    return "".join(out)


def _split(text: str) -> list[str]:
    """At semicolons outside quotes."""
    parts: list[str] = []
    start = 0
    quoted = escaped = False
    for at, sign in enumerate(text):
        if escaped:
            escaped = False
        elif quoted and sign == "\\":
            escaped = True
        elif sign == '"':
            quoted = not quoted
        elif sign == ";" and not quoted:
            parts.append(text[start:at])
            start = at + 1
    parts.append(text[start:])
    return parts


def charset_of(data: bytes, content_type: str) -> tuple[str, str, int, str]:
    """Python's name of the charset, how it was found, the bytes of a mark to skip, and trouble in words."""
    for mark, name in _BOMS:
        if data.startswith(mark):
            return name, "mark", len(mark), ""
    named = parameters(content_type)[1].get("charset", "")
    trouble = ""
    if named:
        name = _ALIASES.get(named.lower(), named)
        try:
            info = codecs.lookup(name)
            if info._is_text_encoding:
                return info.name, "header", 0, ""
        except (LookupError, ValueError):
            pass
        trouble = f"the charset “{named}” is not known"
    name = _by_look(data)
    return name, ("fallback" if name == "cp1252" else "look"), 0, trouble


def _by_look(data: bytes) -> str:
    head = data[:4096]
    if len(head) >= 6 and 0 in head:
        even, odd = head[0::2].count(0), head[1::2].count(0)
        if head[:3] == b"\0\0\0":
            return "utf-32-be"
        if head[1:4] == b"\0\0\0":
            return "utf-32-le"
        if even > len(head) * 0.3 and odd == 0:
            return "utf-16-be"
        if odd > len(head) * 0.3 and even == 0:
            return "utf-16-le"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data[:262144], final=len(data) <= 262144)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def to_text(data: bytes, content_type: str = "") -> Text:
    """Decode without ever failing: what does not fit becomes U+FFFD, and the first such place is named."""
    name, found_by, skip, trouble = charset_of(data, content_type)
    body = data[skip:] if skip else data
    try:
        return Text(body.decode(name), name, found_by, trouble)
    except UnicodeDecodeError as error:
        place = f"byte {error.start + skip} is not {_shown(name)}"
        return Text(body.decode(name, "replace"), name, found_by, "; ".join(t for t in (trouble, place) if t))
    except (LookupError, ValueError):
        return Text(body.decode("latin-1"), "latin-1", "fallback", f"“{name}” cannot be decoded")


def _shown(name: str) -> str:
    return name.upper() if name.startswith("utf") else name
