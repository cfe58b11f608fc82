"""One client connection: a request out, its response in, and the times of both."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from typing import cast

from inspector.core.delivery import FailureKind, Response
from inspector.core.http1.errors import MalformedError
from inspector.core.http1.head import TokenCache
from inspector.core.http1.response import ResponseParser

WRITE_AT_ONCE_BYTES = 64 * 1024
"""Up to this size head and body go out in one write, and so in one packet where they fit."""


class BrokenError(Exception):
    """The exchange did not end well: the kind and a sentence."""

    def __init__(self, kind: FailureKind, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail


class Exchange:
    """The times and the parser of one request and its response; all in ns of the monotonic clock."""

    __slots__ = ("begun_ns", "finished", "first_byte_ns", "last_byte_ns", "parser", "sent_ns")

    def __init__(self, method: str, limit_bytes: int, tokens: TokenCache) -> None:
        self.parser = ResponseParser(method, limit_bytes, tokens)
        self.finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.begun_ns = 0
        self.sent_ns: int | None = None
        self.first_byte_ns: int | None = None
        self.last_byte_ns: int | None = None

    def response(self) -> Response | None:
        """What came so far."""
        return self.parser.response()

    def waiting_for(self) -> FailureKind:
        """The phase in which a time-out falls now."""
        if self.first_byte_ns is not None and self.parser.head is not None:
            return "timeout-body"
        return "timeout-first-byte" if self.sent_ns is not None else "timeout-send"

    def fail(self, kind: FailureKind, detail: str) -> None:
        """End it, unless it ended."""
        if not self.finished.done():
            self.finished.set_exception(BrokenError(kind, detail))


class ClientConnection(asyncio.Protocol):
    """The protocol of one socket to a handler or a proxy. All methods run on the loop's thread."""

    def __init__(self, monotonic_ns: Callable[[], int]) -> None:
        self._monotonic_ns = monotonic_ns
        self._transport: asyncio.Transport | None = None
        self._exchange: Exchange | None = None
        self._closed = asyncio.get_running_loop().create_future()
        self._blocked = False
        self.usable = True
        """False once the peer closed it, said something unasked, or asked for its end."""
        self.used = 0
        """Exchanges that were begun."""
        self.idle_since_ns = 0
        self.idle_limit_ns: int | None = None
        """How long the peer says that it keeps an idle connection."""

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Connected, or, after CONNECT, inside TLS."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own class has other ancestors
        self._transport.set_write_buffer_limits(0)

    def data_received(self, data: bytes) -> None:
        """Bytes came."""
        exchange = self._exchange
        if exchange is None or exchange.finished.done():
            self.usable = False
            self.abort()
            return
        now = self._monotonic_ns()
        if exchange.first_byte_ns is None:
            exchange.first_byte_ns = now
        parser = exchange.parser
        try:
            parser.feed(data)
        except MalformedError as trouble:
            exchange.last_byte_ns = now
            exchange.fail("protocol", trouble.reason)
            self.abort()
            return
        if parser.done:
            exchange.last_byte_ns = now
            exchange.finished.set_result(None)

    def eof_received(self) -> bool:
        """The peer sends nothing more."""
        self.usable = False
        self._end("")
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The socket is closed."""
        self.usable = False
        self._transport = None
        if isinstance(exc, ssl.SSLError) and self._exchange is not None:
            reason = (exc.reason or str(exc)).lower().replace("_", " ")
            self._exchange.fail("tls", f"The TLS connection broke: {reason}.")
        self._end("" if exc is None else (getattr(exc, "strerror", None) or str(exc)))
        if not self._closed.done():
            self._closed.set_result(None)

    def pause_writing(self) -> None:
        """The socket takes no more for now."""
        self._blocked = True

    def resume_writing(self) -> None:
        """All that was written is handed to the socket."""
        self._blocked = False
        exchange = self._exchange
        if exchange is not None and exchange.sent_ns is None:
            exchange.sent_ns = self._monotonic_ns()

    # For the sender

    @property
    def transport(self) -> asyncio.Transport | None:
        """The transport while it is open."""
        return self._transport

    def send(self, exchange: Exchange, head: bytes, body: bytes) -> None:
        """Write a request; `exchange.finished` tells when its response is whole, or raises BrokenError."""
        self.used += 1
        self._exchange = exchange
        exchange.begun_ns = self._monotonic_ns()
        transport = self._transport
        if transport is None or transport.is_closing():
            exchange.fail("reset", "The connection was closed before the request was sent.")
            return
        if len(body) <= WRITE_AT_ONCE_BYTES:
            transport.write(head + body)
        else:
            transport.write(head)
            transport.write(body)
        if not self._blocked and transport.get_write_buffer_size() == 0:
            exchange.sent_ns = self._monotonic_ns()
        else:
            self._blocked = True

    def end_sending(self) -> None:
        """Say that nothing more comes, where the request is shorter than it promised."""
        transport = self._transport
        if transport is not None and not transport.is_closing() and transport.can_write_eof():
            transport.write_eof()

    def release(self) -> None:
        """The exchange is over; the next may begin."""
        exchange, self._exchange = self._exchange, None
        self.usable = (
            self.usable
            and exchange is not None
            and exchange.parser.done
            and exchange.parser.keep_alive
            and exchange.sent_ns is not None
            and self._transport is not None
            and not self._transport.is_closing()
        )

    def close(self) -> None:
        """Close in good order."""
        self.usable = False
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """Close at once."""
        self.usable = False
        if self._transport is not None:
            self._transport.abort()

    async def wait_closed(self) -> None:
        """Return once the socket is closed."""
        if self._transport is not None:
            await asyncio.shield(self._closed)

    def _end(self, why: str) -> None:
        """The connection ended: that ends a response without a length, and breaks any other."""
        exchange = self._exchange
        if exchange is None or exchange.finished.done():
            return
        exchange.last_byte_ns = self._monotonic_ns()
        if why:
            when = " while the request was being sent" if exchange.sent_ns is None else ""
            exchange.fail("reset", f"The connection was reset{when}: {why}.")
            return
        try:
            exchange.parser.ended()
        except MalformedError as trouble:
            exchange.fail("reset", trouble.reason)
        else:
            exchange.finished.set_result(None)
