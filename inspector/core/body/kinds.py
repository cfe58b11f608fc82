"""What a body is: by what its content type says and by what its bytes show."""

from __future__ import annotations

import re
from enum import StrEnum

from inspector.core.body import charset


class Kind(StrEnum):
    """The kinds of body that have a view of their own."""

    EMPTY = "empty"
    JSON = "json"
    FORM = "form"
    MULTIPART = "multipart"
    XML = "xml"
    TEXT = "text"
    IMAGE = "image"
    BINARY = "binary"


_IMAGES = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"BM", "bmp"),
    (b"\0\0\1\0", "ico"),
)
_JSON_START = re.compile(rb"[ \t\r\n]*+(?:\{[ \t\r\n]*+[\"}]|\[[ \t\r\n]*+[\[\]{\"\-0-9tfn])")
_FORM = re.compile(rb"[\w.\-+%*~\[\]]+=[^\s&=<>{}\"]*(?:&[\w.\-+%*~\[\]]+=[^\s&=<>{}\"]*)*\s*\Z")
_XML_START = re.compile(rb"\s*<(?:\?xml|!DOCTYPE|!--|[A-Za-z_][\w:.\-]*[\s/>])")
_CONTROLS = bytes(set(range(32)) - {9, 10, 12, 13, 27}) + b"\x7f"


def image_format(data: bytes) -> str:
    """The format that the first bytes show (png, jpeg, gif, bmp, ico, webp), or the empty string."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    for magic, name in _IMAGES:
        if data.startswith(magic) and (name != "bmp" or data[6:10] == b"\0\0\0\0"):
            return name
    return ""


def kind_of(data: bytes, content_type: str = "") -> Kind:
    """The kind of a decoded body: the content type where it is believable, else the look of the bytes."""
    if not data:
        return Kind.EMPTY
    media = charset.parameters(content_type)[0]
    if image_format(data):
        return Kind.IMAGE
    named = _named(media, content_type)
    if named is Kind.FORM and _looks_json(data):
        return Kind.JSON
    if named is not None and (named is Kind.MULTIPART or looks_textual(data, content_type)):
        return named
    return _by_look(data, content_type, multipart=media.startswith("multipart/"))


def _named(media: str, content_type: str) -> Kind | None:
    if media in ("application/json", "text/json") or media.endswith("+json"):
        return Kind.JSON
    if media == "application/x-www-form-urlencoded":
        return Kind.FORM
    if media.startswith("multipart/") and charset.parameters(content_type)[1].get("boundary"):
        return Kind.MULTIPART
    if media in ("application/xml", "text/xml", "text/html") or media.endswith("+xml"):
        return Kind.XML
    return None


def _looks_json(data: bytes) -> bool:
    return _JSON_START.match(data.removeprefix(b"\xef\xbb\xbf")) is not None


def _by_look(data: bytes, content_type: str, *, multipart: bool) -> Kind:
    if not looks_textual(data, content_type):
        return Kind.BINARY
    head = data[:65536]
    if _looks_json(head):
        return Kind.JSON
    if _XML_START.match(head):
        return Kind.XML
    if not multipart and len(data) <= 65536 and _FORM.match(head) and not content_type.startswith("text/"):
        return Kind.FORM
    return Kind.TEXT


def looks_textual(data: bytes, content_type: str = "") -> bool:
    """Whether the bytes read as text: no control characters to speak of, in the charset that they show."""
    name, found_by, _skip, _trouble = charset.charset_of(data, content_type)
    if name.startswith(("utf-16", "utf-32")):
        return True
    head = data[:8192]
    controls = len(head) - len(head.translate(None, _CONTROLS))
    # A sender that calls it text is believed further than the look alone, but not with NUL in it.
    called_text = charset.parameters(content_type)[0].startswith("text/") and 0 not in head
    if controls * (5 if called_text else 100) > len(head):
        return False
    if found_by == "fallback":
        high = sum(sign >= 0x80 for sign in head)
        return controls == 0 and high * 100 <= 30 * len(head)
    return True
