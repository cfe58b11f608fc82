"""Other forms that a body may have had when it was signed."""

from __future__ import annotations

import base64
import binascii
import json
import unicodedata
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, quote_plus, urlencode

from inspector.core import headers
from inspector.core.headers import HeaderPairs
from inspector.core.reserialise import restyled, rewrites

REWRITE_BYTES = 512 * 1024
"""Larger bodies are not written anew: forty ways would take seconds."""
_CHARSET_BYTES = 4 * 1024 * 1024
_INFLATED_BYTES = 16 * 1024 * 1024
_PREFIXES = (*(2**power for power in range(8, 24)), 1000, 10_000, 100_000, 1_000_000, 102_400)
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Variant:
    """One other form of the body."""

    cause: str
    """The id of the cause that holds when this form verifies."""
    how: str
    """What the form is, to go on after "the signature is that of the body ..."."""
    body: bytes
    language: str = ""
    """Whose serialiser wrote it, if one did."""


def variants(body: bytes, fields: HeaderPairs) -> Iterator[Variant]:
    """Every other form of the body that is worth a try, the likely ones first; each body once."""
    seen = {hash(body)}  # hashes, so that large variants are not all kept
    for variant in _all(body, fields):
        mark = hash(variant.body)
        if mark not in seen:
            seen.add(mark)
            yield variant


def _all(body: bytes, fields: HeaderPairs) -> Iterator[Variant]:
    yield Variant("empty-body", "when it is empty", b"")
    if body.startswith(_BOM):
        yield Variant("charset", "without the byte order mark at its start", body[3:])
    else:
        yield Variant("charset", "with a UTF-8 byte order mark at its start", _BOM + body)
    yield from _newlines(body)
    if len(body) <= REWRITE_BYTES:
        yield from _rewritten(body)
    if len(body) <= _CHARSET_BYTES:
        yield from _charsets(body, fields)
    yield from _packed(body)
    yield from _forms(body)
    yield from _cut(body, fields)


def _newlines(body: bytes) -> Iterator[Variant]:
    """Line ends added, cut or changed."""
    unix = body.replace(b"\r\n", b"\n")
    bare = body.rstrip(b"\r\n")
    windows = unix.replace(b"\n", b"\r\n")
    for how, other in (
        ("with a line feed (LF) at its end", body + b"\n"),
        ("with CRLF at its end", body + b"\r\n"),
        ("without the line end at its end", bare),
        ("with LF instead of CRLF", unix),
        ("with CRLF instead of LF", windows),
        ("with LF instead of CRLF and a line feed at its end", unix + b"\n"),
        ("with CRLF instead of LF and CRLF at its end", windows + b"\r\n"),
        ("with LF instead of CRLF and without the line end at its end", unix.rstrip(b"\n")),
        ("with CRLF instead of LF and without the line end at its end", windows.rstrip(b"\r\n")),
        ("with one LF instead of its last line end", bare + b"\n"),
        ("with one CRLF instead of its last line end", bare + b"\r\n"),
        ("with CR instead of every line end", unix.replace(b"\n", b"\r")),
        ("without the white space around it", body.strip()),
        ("without any line end", unix.replace(b"\n", b"")),
    ):
        yield Variant("newline", how, other)


def _rewritten(body: bytes) -> Iterator[Variant]:
    """JSON written anew by a language, or its strings escaped in another way."""
    for writer, other in rewrites(body):
        yield Variant("reserialized", f"after {writer.how}", other, writer.language)
        if len(body) <= REWRITE_BYTES // 8:
            yield Variant(
                "reserialized", f"after {writer.how}, with a line feed", other + b"\n", writer.language
            )
            if b"\n" in other:
                windows = other.replace(b"\n", b"\r\n")
                yield Variant("reserialized", f"after {writer.how}, with CRLF", windows, writer.language)
    for name, other in restyled(body):
        yield Variant("escape-style", f"with {name}", other)
    stripped = body.strip()
    if stripped.startswith(b'"'):  # a JSON string that holds the JSON
        try:
            inner = json.loads(stripped)
        except (ValueError, RecursionError):
            return
        if isinstance(inner, str):
            yield Variant("reserialized", "once out of the JSON string it is wrapped in", _utf8(inner))
    elif stripped[:1] in (b"{", b"["):
        text = stripped.decode("utf-8", "replace")
        yield Variant("reserialized", "wrapped in a JSON string", json.dumps(text).encode(), "JavaScript")


def _charsets(body: bytes, fields: HeaderPairs) -> Iterator[Variant]:
    """The same text in another encoding: read in one and written in another on the way."""
    if not body.isascii():
        declared = _charset(fields)
        for read_as in dict.fromkeys((declared, "utf-8", "latin-1", "cp1252", "utf-16")):
            for written_as in ("utf-8", "latin-1", "cp1252", "utf-16-le"):
                other = _recoded(body, read_as, written_as)
                if other is not None:
                    yield Variant(
                        "charset", f"read as {_name(read_as)} and written as {_name(written_as)}", other
                    )
        text = body.decode("utf-8", "replace")
        yield Variant("charset", "with ? for everything beyond ASCII", text.encode("ascii", "replace"))
        yield Variant("charset", "without anything beyond ASCII", text.encode("ascii", "ignore"))
        yield Variant("charset", "with U+FFFD for what is not UTF-8", text.encode())
        ascii_only = body.decode("ascii", "replace")
        yield Variant("charset", "with U+FFFD for every byte beyond ASCII", ascii_only.encode())
        if len(body) <= REWRITE_BYTES:
            for form in ("NFC", "NFD"):
                yield Variant(
                    "charset", f"in the Unicode form {form}", _utf8(unicodedata.normalize(form, text))
                )
    for name in ("utf-16-le", "utf-16-be", "utf-16"):
        other = _recoded(body, "utf-8", name)
        if other is not None:
            yield Variant("charset", f"written as {_name(name)}", other)


def _charset(fields: HeaderPairs) -> str:
    kind = headers.text(fields, "content-type").lower()
    name = kind.partition("charset=")[2].partition(";")[0].strip(' "')
    try:
        "".encode(name or "utf-8")
    except LookupError:
        return "utf-8"
    return name or "utf-8"


def _name(codec: str) -> str:
    return {"latin-1": "Latin-1", "cp1252": "Windows-1252"}.get(codec, codec.upper())


def _recoded(body: bytes, read_as: str, written_as: str) -> bytes | None:
    try:
        return body.decode(read_as).encode(written_as)
    except (UnicodeError, LookupError):
        return None


def _packed(body: bytes) -> Iterator[Variant]:
    """base64 by a gateway, gateways' envelopes, compression."""
    compact = body.strip().strip(b'"')
    with suppress(binascii.Error):
        yield Variant("body-base64", "decoded from base64", base64.b64decode(compact, validate=True))
    yield Variant("body-base64", "encoded in base64", base64.b64encode(body))
    for wbits, name in ((31, "gzip"), (15, "deflate")):
        if body[:2] == b"\x1f\x8b" or (name == "deflate" and body[:1] == b"\x78"):
            try:
                plain = zlib.decompressobj(wbits).decompress(body, _INFLATED_BYTES)
            except zlib.error:
                continue
            yield Variant("content-encoding", f"unpacked from {name}", plain)
    if body.lstrip().startswith(b"{") and b'"body"' in body and len(body) <= REWRITE_BYTES:
        yield from _envelope(body)


def _envelope(body: bytes) -> Iterator[Variant]:
    """The event of an API gateway, with the request's body as a string in it."""
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        return
    inner = event.get("body") if isinstance(event, dict) else None
    if not isinstance(inner, str):
        return
    yield Variant("body-wrapped", "taken out of the gateway's envelope", _utf8(inner))
    try:
        plain = base64.b64decode(inner, validate=True)
    except (binascii.Error, ValueError):
        return
    yield Variant("body-base64", "taken out of the gateway's envelope and decoded from base64", plain)


def _forms(body: bytes) -> Iterator[Variant]:
    """Forms that were read and written again, and JSON that came as a field of a form."""
    if len(body) > REWRITE_BYTES:
        return
    if body.lstrip()[:1] in (b"{", b"["):
        text = body.decode("utf-8", "replace")
        for name in ("payload", "data", "body"):
            yield Variant(
                "form-unwrapped", f"as the field {name} of a form", f"{name}={quote_plus(text)}".encode()
            )
            yield Variant(
                "form-unwrapped", f"as the field {name} of a form", f"{name}={quote(text, safe='')}".encode()
            )
        return
    if b"=" not in body or b"\n" in body:
        return
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=2000)
    except ValueError:
        return
    for _, value in pairs[:20]:
        if value[:1] in ("{", "["):
            yield Variant("form-unwrapped", "taken out of its form's field", _utf8(value))
    for how, chosen in (("", pairs), (", fields sorted", sorted(pairs))):
        yield Variant("reserialized", f"after its form was read and written again{how}", _form(chosen))
        spaced = urlencode(chosen, quote_via=quote, safe="", errors="replace").encode()
        yield Variant("reserialized", f"after its form was written again with %20{how}", spaced)
        marks = urlencode(chosen, quote_via=quote, safe="!'()*", errors="replace").encode()
        yield Variant("reserialized", f"after URLSearchParams or qs wrote its form{how}", marks)
    filled = [(name, value) for name, value in pairs if value]
    yield Variant("reserialized", "after its form was written again without empty fields", _form(filled))


def _form(pairs: list[tuple[str, str]]) -> bytes:
    return urlencode(pairs, errors="replace").encode()


def _cut(body: bytes, fields: HeaderPairs) -> Iterator[Variant]:
    """Only the beginning of the body."""
    declared = headers.text(fields, "content-length")
    if declared.isdigit() and len(declared) < 12 and int(declared) < len(body):
        yield Variant(
            "truncated", f"cut off after the {declared} bytes of Content-Length", body[: int(declared)]
        )
    yield Variant("truncated", "without its last byte", body[:-1])
    yield Variant("truncated", "without its first byte", body[1:])
    for size in _PREFIXES:
        for length in (size, size - 1):
            if length < len(body):
                yield Variant("truncated", f"cut off after {length} bytes", body[:length])


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "replace")
