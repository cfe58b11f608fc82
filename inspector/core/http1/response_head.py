"""The head of a response: status line, field lines, and where the body ends.

Rules: RFC 9112 sections 4 (status line), 5 (field lines) and 6.3 (length of the body), RFC 9110 section 9.3.
Read leniently where it harms nobody, because the handler under development shall see what it sent: a bare
LF ends a line, the reason may be missing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from inspector.core.headers import HeaderPairs, values
from inspector.core.http1.errors import MalformedError
from inspector.core.http1.head import TokenCache

_STATUS_LINE = re.compile(rb"HTTP/1\.([0-9]) ([1-9][0-9]{2})(?: ([^\r\n\x00]*))?")
_LENGTH = re.compile(rb"[0-9]{1,18}")
_SHOWN_BYTES = 60
_TLS_RECORDS = (0x15, 0x16)


@dataclass(frozen=True, slots=True)
class ResponseHead:
    """A parsed head; how its body is framed depends on the request, see `body_of`."""

    status: int
    reason: str
    headers: HeaderPairs
    modern: bool
    """HTTP/1.1, where a connection stays open unless it is said otherwise."""


@dataclass(frozen=True, slots=True)
class BodyFraming:
    """How long the body is: counted, chunked, or (neither) until the connection ends."""

    length: int | None
    chunked: bool
    keep_alive: bool


def parse_response_head(raw: bytes, tokens: TokenCache) -> ResponseHead:
    """The head in `raw`, which ends with its empty line. Raises MalformedError with a sentence."""
    lines = raw.replace(b"\r\n", b"\n").split(b"\n")
    match = _STATUS_LINE.fullmatch(lines[0])
    if match is None:
        raise not_http(lines[0])
    if b"\0" in raw or b"\r" in b"".join(lines):
        raise MalformedError("The response's header block has a bare carriage return or a NUL.")
    headers = _fields(lines[1:-2], tokens)
    reason = (match[3] or b"").decode("latin-1")
    return ResponseHead(int(match[2]), reason, headers, match[1] != b"0")


def body_of(head: ResponseHead, method: str) -> BodyFraming:
    """Where the body of a response to `method` ends (RFC 9112 section 6.3). Raises MalformedError."""
    keep_alive = _keep_alive(head)
    if method == "HEAD" or head.status < 200 or head.status in (204, 304):
        return BodyFraming(0, False, keep_alive)
    codings = b",".join(values(head.headers, b"transfer-encoding")).lower()
    lengths = _members(values(head.headers, b"content-length"))
    if codings:
        chunked = codings.rpartition(b",")[2].strip(b" \t") == b"chunked"
        if codings.strip(b" \t") != b"chunked":
            keep_alive = False
        return BodyFraming(None, chunked, keep_alive and chunked and not lengths)
    if not lengths:
        return BodyFraming(None, False, False)
    if len(set(lengths)) > 1 or _LENGTH.fullmatch(lengths[0]) is None:
        shown = b", ".join(lengths)[:_SHOWN_BYTES].decode("latin-1")
        raise MalformedError(f"The response's Content-Length is no number, or several: {shown!a}.")
    return BodyFraming(int(lengths[0]), False, keep_alive)


def not_http(began: bytes) -> MalformedError:
    """What came does not begin with a status line."""
    if began[:1] and began[0] in _TLS_RECORDS:
        return MalformedError("The answer is TLS: the URL should begin with https://.")
    shown = ascii(began[:_SHOWN_BYTES].decode("latin-1"))
    return MalformedError(f"The answer does not begin with an HTTP/1.x status line but with {shown}.")


def _fields(lines: list[bytes], tokens: TokenCache) -> HeaderPairs:
    fields: list[tuple[bytes, bytes]] = []
    for line in lines:
        name, colon, value = line.partition(b":")
        if colon and tokens.is_token(name):
            fields.append((name, value.strip(b" \t")))
        elif line[:1] in (b" ", b"\t") and fields:
            before, so_far = fields[-1]
            fields[-1] = (before, (so_far + b" " + line.strip(b" \t")).strip(b" \t"))
        else:
            shown = ascii(line[:_SHOWN_BYTES].decode("latin-1"))
            raise MalformedError(f"A header line of the response has no name and colon: {shown}.")
    return tuple(fields)


def _keep_alive(head: ResponseHead) -> bool:
    options = _members(values(head.headers, b"connection"))
    if b"close" in options:
        return False
    return head.modern or b"keep-alive" in options


def _members(found: list[bytes]) -> list[bytes]:
    return [member.strip(b" \t").lower() for each in found for member in each.split(b",")]
