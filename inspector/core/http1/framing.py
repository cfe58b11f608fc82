"""Where a request's body ends, and whether the connection stays: decided by the header fields.

Rules: RFC 9112 sections 3.2 (Host), 6 (message body), 9.3 (persistence), RFC 9110 sections 8.6 and 10.1.1.
Whatever two readers could understand in two ways is refused: both Content-Length and
Transfer-Encoding, several lengths that differ, transfer codings other than chunked.
"""

from __future__ import annotations

from dataclasses import dataclass

from inspector.core.headers import HeaderPairs
from inspector.core.http1.errors import MalformedError

_LENGTH_DIGITS = 18
WATCHED = frozenset((b"content-length", b"transfer-encoding", b"connection", b"host", b"expect"))


@dataclass(frozen=True, slots=True)
class Framing:
    """How to read what follows the head."""

    length: int
    """Bytes of the body; 0 where it is chunked or there is none."""
    chunked: bool
    keep_alive: bool
    expects_continue: bool


def framing_of(headers: HeaderPairs, version: tuple[int, int]) -> Framing:
    """The framing that `headers` declare. Raises MalformedError (400; 501 for an unknown transfer coding)."""
    found: dict[bytes, list[bytes]] = {}
    for name, value in headers:
        key = name.lower()
        if key in WATCHED:
            found.setdefault(key, []).append(value)
    modern = version >= (1, 1)
    hosts = found.get(b"host")
    if hosts is None:
        if modern:
            raise MalformedError("There is no Host header (required since HTTP/1.1).")
    elif len(hosts) > 1:
        raise MalformedError("There is more than one Host header.")
    codings = found.get(b"transfer-encoding")
    lengths = found.get(b"content-length")
    if codings is not None:
        if lengths is not None:
            raise MalformedError(
                "There are both Content-Length and Transfer-Encoding: where the body ends is unsure."
            )
        _check_codings(codings, modern)
    length = 0 if lengths is None else _length(lengths)
    keep_alive = _keep_alive(found.get(b"connection"), modern)
    expects = found.get(b"expect")
    expects_continue = modern and expects is not None and b"100-continue" in _members(expects)
    return Framing(length, codings is not None, keep_alive, expects_continue)


def _members(values: list[bytes]) -> list[bytes]:
    """The members of a list field, in lower case (RFC 9110 section 5.6.1)."""
    return [member.strip(b" \t").lower() for member in b",".join(values).split(b",")]


def _check_codings(codings: list[bytes], modern: bool) -> None:
    if not modern:
        raise MalformedError("There is Transfer-Encoding in an HTTP/1.0 request.")
    members = _members(codings)
    if members == [b"chunked"]:
        return
    if members[-1] != b"chunked" or members.count(b"chunked") > 1:
        raise MalformedError("Transfer-Encoding does not end with one “chunked”: its end is unsure.")
    raise MalformedError("Only the transfer coding “chunked” is understood.", status=501)


def _length(lengths: list[bytes]) -> int:
    first = lengths[0]
    if len(lengths) > 1 or b"," in first:
        members = {member.strip(b" \t") for member in b",".join(lengths).split(b",")}
        if len(members) > 1:
            raise MalformedError("There are several Content-Length values that differ.")
        first = members.pop()
    if not first.isdigit() or len(first) > _LENGTH_DIGITS:
        raise MalformedError("Content-Length is not a number.")
    return int(first)


def _keep_alive(connection: list[bytes] | None, modern: bool) -> bool:
    if connection is None:
        return modern
    members = _members(connection)
    if b"close" in members:
        return False
    return modern or b"keep-alive" in members
