"""A raw HTTP request in a file, as `events show --raw` writes it or an editor left it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from inspector.core.headers import HeaderPairs, text, value

_HEAD_END = re.compile(rb"\r\n\r\n|\n\r?\n")
_LINE = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+ \S+(?: HTTP/\d(?:\.\d)?)?")
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


class RawFileError(ValueError):
    """The file is no HTTP request; the text says where."""


@dataclass(frozen=True, slots=True)
class RawRequest:
    """The parts of a raw request; `remark` says what is odd about the file."""

    line: bytes
    headers: HeaderPairs
    body: bytes
    remark: str = ""

    @property
    def method(self) -> str:
        """The method."""
        return self.line.split(b" ", 1)[0].decode("latin-1")

    @property
    def target(self) -> str:
        """The request target."""
        return self.line.split(b" ")[1].decode("latin-1")

    def public_url(self) -> str:
        """The URL as the outside saw it, as far as the request tells; empty without a host."""
        if not self.target.startswith("/") and "://" in self.target:
            return self.target
        host = text(self.headers, "x-forwarded-host").partition(",")[0].strip() or text(self.headers, "host")
        scheme = text(self.headers, "x-forwarded-proto").partition(",")[0].strip() or "https"
        return f"{scheme}://{host}{self.target}" if host else ""


def parse(raw: bytes) -> RawRequest:
    """Reads a request with CRLF or LF line ends; raises RawFileError.

    The body is everything after the empty line, whatever Content-Length says; chunks are joined where
    the body is well-formed chunks.
    """
    end = _HEAD_END.search(raw)
    head, body = (raw[: end.start()], raw[end.end() :]) if end else (raw.rstrip(b"\r\n"), b"")
    lines = [line.removesuffix(b"\r") for line in head.split(b"\n")]
    if not _LINE.fullmatch(lines[0]):
        raise RawFileError("line 1 is no request line such as POST /path HTTP/1.1")
    headers = _headers(lines[1:])
    remark = ""
    if text(headers, "transfer-encoding").lower().endswith("chunked"):
        joined = _unchunked(body)
        body = body if joined is None else joined
    stated = value(headers, "content-length")
    if stated is not None and stated.isdigit() and int(stated) != len(body):
        remark = (
            f"Content-Length says {int(stated):,} bytes, the file has {len(body):,} after the empty line."
        )
    return RawRequest(lines[0], headers, body, remark)


def _headers(lines: list[bytes]) -> HeaderPairs:
    found: list[tuple[bytes, bytes]] = []
    for number, line in enumerate(lines, 2):
        if line.startswith((b" ", b"\t")) and found:
            name, before = found.pop()
            found.append((name, (before + b" " + line.strip(b" \t")).strip(b" ")))
            continue
        name, colon, rest = line.partition(b":")
        if not colon or not _NAME.fullmatch(name):
            raise RawFileError(f"line {number} is no header such as Name: value")
        found.append((name, rest.strip(b" \t")))
    return tuple(found)


def _unchunked(body: bytes) -> bytes | None:
    """The chunks joined (RFC 9112 section 7.1), or None where these are not chunks."""
    parts: list[bytes] = []
    at = 0
    while True:
        line_end = body.find(b"\r\n", at)
        size = body[at:line_end].partition(b";")[0].strip() if line_end >= 0 else b""
        if not re.fullmatch(rb"[0-9A-Fa-f]{1,8}", size):
            return None
        start, length = line_end + 2, int(size, 16)
        if not length:
            return b"".join(parts)
        if body[start + length : start + length + 2] != b"\r\n":
            return None
        parts.append(body[start : start + length])
        at = start + length + 2


def render(line: bytes, headers: HeaderPairs, body: bytes) -> bytes:
    """A raw request with CRLF line ends; Content-Length is corrected and chunking dropped where it stands."""
    shown = []
    for name, content in headers:
        key = name.lower()
        if key == b"content-length":
            shown.append(name + b": " + str(len(body)).encode())
        elif key == b"transfer-encoding":
            shown.append(b"Content-Length: " + str(len(body)).encode())
        else:
            shown.append(name + b": " + content)
    return b"\r\n".join([line, *shown, b"", body])
