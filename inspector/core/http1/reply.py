"""A reply as the bytes of the wire: the framing is the listener's, the rest the user's own."""

from __future__ import annotations

import re
from email.utils import formatdate
from http import HTTPStatus

from inspector.core.event import Reply

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_REASONS = {status.value: status.phrase.encode("ascii") for status in HTTPStatus}
_FRAMING = frozenset((b"content-length", b"transfer-encoding", b"connection", b"date"))
_LINE_BREAKING = re.compile(rb"[\r\n\x00]")


def http_date(at_s: int) -> bytes:
    """The value of a Date header (RFC 9110 section 5.6.7) for a wall clock in whole seconds."""
    return formatdate(at_s, usegmt=True).encode("ascii")


def reply_bytes(
    reply: Reply, *, date: bytes, close: bool, to_head: bool = False, legacy: bool = False
) -> bytes:
    """The reply with its framing: Date, Content-Length and, where it must be said, Connection.

    `to_head`: it answers HEAD, so no body; `legacy`: it answers HTTP/1.0, where staying open is said.
    204 and 304 go without body and length (RFC 9110 sections 15.3.5 and 15.4.5). The reply's own headers
    keep their case and order; its Date wins, its framing does not, and a line break in one becomes a space.
    """
    status = reply.status if 200 <= reply.status <= 999 else 500
    bodiless = status in (204, 304)
    parts = [b"HTTP/1.1 %d %s\r\n" % (status, _REASONS.get(status, b""))]
    dated = False
    for name, value in reply.headers:
        key = name.lower()
        if key in _FRAMING and key != b"date":
            continue
        dated = dated or key == b"date"
        parts.append(b"%s: %s\r\n" % (_one_line(name), _one_line(value)))
    if not dated:
        parts.append(b"Date: %s\r\n" % date)
    if not bodiless:
        parts.append(b"Content-Length: %d\r\n" % len(reply.body))
    if close:
        parts.append(b"Connection: close\r\n")
    elif legacy:
        parts.append(b"Connection: keep-alive\r\n")
    parts.append(b"\r\n")
    if not bodiless and not to_head:
        parts.append(reply.body)
    return b"".join(parts)


class RecentReply:
    """The bytes of the reply that was asked for last: nearly all requests of a second get the same."""

    __slots__ = ("_bytes", "_date", "_reply")

    def __init__(self) -> None:
        self._reply: Reply | None = None
        self._date = b""
        self._bytes = b""

    def to_bytes(self, reply: Reply, date: bytes) -> bytes:
        """As `reply_bytes`, on a connection that stays open."""
        if reply is not self._reply or date is not self._date:
            self._bytes = reply_bytes(reply, date=date, close=False)
            self._reply, self._date = reply, date
        return self._bytes


def asks_to_close(reply: Reply) -> bool:
    """Whether the reply's own headers say `Connection: close`."""
    return any(name.lower() == b"connection" and b"close" in value.lower() for name, value in reply.headers)


def plain_reply(status: int, text: str, headers: tuple[tuple[bytes, bytes], ...] = ()) -> Reply:
    """A reply with a sentence as its body."""
    return Reply(status, ((b"Content-Type", b"text/plain; charset=utf-8"), *headers), text.encode() + b"\n")


def _one_line(text: bytes) -> bytes:
    return _LINE_BREAKING.sub(b" ", text)
