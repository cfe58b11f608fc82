"""One connection: bytes in, captures to the receiver, replies out in the order of the requests."""

from __future__ import annotations

import asyncio
from collections import deque
from enum import Enum, auto
from typing import Protocol, cast

from inspector.core.event import Capture, Reply, Request, State, Times
from inspector.core.http1.errors import BodyTooLargeError, MalformedError
from inspector.core.http1.head import TokenCache
from inspector.core.http1.parser import Message, RequestParser
from inspector.core.http1.reply import CONTINUE, RecentReply, plain_reply, reply_bytes
from inspector.core.quick import maker
from inspector.core.refusal import HEAD_KEPT_BYTES, Refusal
from inspector.net.clock import Clock
from inspector.net.exchange import Exchange
from inspector.net.gate import Gate
from inspector.net.limits import Limits
from inspector.net.receiver import Receiver

LINGER_IDLE_S = 2.0
LINGER_S = 30.0
_SECOND_NS = 1_000_000_000
_request, _times, _capture = maker(Request), maker(Times), maker(Capture)


class House(Protocol):
    """What a connection shares with the others of its listener."""

    receiver: Receiver
    limits: Limits
    clock: Clock
    gate: Gate
    tokens: TokenCache
    recent: RecentReply
    secure: bool

    def date(self) -> bytes:
        """The value of the Date header now."""

    def joined(self, connection: Connection) -> bool:
        """Take the connection in; False where there are too many."""

    def left(self, connection: Connection) -> None:
        """It is gone."""


class _Phase(Enum):
    READING = auto()
    CLOSING = auto()
    """No further request is read; replies that are owed go out first."""
    LINGERING = auto()
    """All is said; what still comes is thrown away, so that the client can read it (RFC 9112 section 9.6)."""
    CLOSED = auto()


class Connection(asyncio.Protocol):
    """The protocol of one accepted socket. All methods run on the I/O thread."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._clock = house.clock
        limits = house.limits
        self._parser = RequestParser(limits.head_bytes, limits.body_bytes, house.tokens)
        self._owed: deque[Exchange] = deque()
        self._last_words: Reply | None = None
        self._phase = _Phase.READING
        self._transport: asyncio.Transport | None = None
        self._remote = ""
        self._connected_ns = 0
        self._first_byte_ns = 0
        self._received_at_ns = 0
        self._headers_ns = 0
        self._head_since_ns = 0
        self._last_data_ns = 0
        self._close_by_ns = 0
        self._paused = False
        self._full = False
        self._unread = False
        self._continue_due = False
        self._served = False
        self._winding_down = False
        self._ended = False

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client connected."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own class has other ancestors
        now = self._clock.monotonic_ns()
        self._connected_ns = self._last_data_ns = self._head_since_ns = now
        self._remote = _address(transport.get_extra_info("peername"))
        if not self._house.joined(self):
            self._refuse(503, f"There are already {self._house.limits.connections:,} connections.", b"")

    def data_received(self, data: bytes) -> None:
        """Bytes came."""
        now = self._clock.monotonic_ns()
        self._last_data_ns = now
        if self._phase is not _Phase.READING:
            return
        parser = self._parser
        if not parser.under_way:
            self._begin(now)
        parser.feed(data)
        self._read(now)

    def eof_received(self) -> bool:
        """The client sends nothing more; it may still read its replies."""
        self._ended = True
        if self._phase is _Phase.READING:
            self._broken_off()
            self._phase = _Phase.CLOSING
        self._drop_held()
        if self._owed and not self._house.secure:
            return True
        self._phase = _Phase.CLOSED
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The socket is closed; what was under way is kept as incomplete."""
        self._transport = None
        if self._phase is _Phase.READING:
            self._broken_off()
        self._phase = _Phase.CLOSED
        self._drop(0)
        self._house.gate.forget(self)
        self._house.left(self)

    def pause_writing(self) -> None:
        """The client does not read its replies."""
        self._unread = True
        self._close_by_ns = self._clock.monotonic_ns() + int(LINGER_S * _SECOND_NS)

    def resume_writing(self) -> None:
        """It reads again."""
        self._unread = False
        self._read_on_soon()

    # For the listener

    def check_time(self, now: int) -> None:
        """Close what has waited too long; called several times within the shortest limit."""
        if self._phase is _Phase.READING and not self._unread:
            if not self._paused:
                self._check_reading(now)
        elif self._phase is _Phase.LINGERING:
            if now >= self._close_by_ns or now - self._last_data_ns > LINGER_IDLE_S * _SECOND_NS:
                self._close()
        elif (self._unread or self._phase is _Phase.CLOSED) and now >= self._close_by_ns > 0:
            self.abort()

    def wind_down(self) -> None:
        """Take no further request: close when idle, else after the reply that is due."""
        self._winding_down = True
        self._drop_held(endless=True)
        if self._phase is _Phase.LINGERING or (self._phase is _Phase.CLOSING and not self._owed):
            self._close()
        elif self._phase is _Phase.READING and not self._parser.under_way:
            self._phase = _Phase.CLOSING
            if not self._owed:
                self._close()

    def abort(self) -> None:
        """Close at once; a body under way is kept as incomplete."""
        if self._phase is _Phase.READING and self._parser.head is not None:
            self._keep_partial(State.INCOMPLETE, "The listener was stopped in the middle of the body.", 503)
        self._phase = _Phase.CLOSED
        if self._transport is not None:
            self._transport.abort()

    def let_go(self) -> None:
        """The gate is open again."""
        self._read_on_soon()

    # For the exchanges

    def answered(self, exchange: Exchange) -> None:
        """Send the replies that are due, in the order of their requests."""
        owed = self._owed
        while owed and owed[0].reply is not None:
            self._send(owed.popleft())
        if exchange.held is None:
            self._house.gate.leave(exchange.size_bytes)
        if not owed and self._phase is _Phase.CLOSING:
            self._finish()
        elif self._continue_due:
            self._send_continue()
        if self._full and len(owed) <= self._house.limits.pipelined // 2:
            self._full = False
            self._read_on_soon()

    def held(self, exchange: Exchange) -> None:
        """Its reply may never come: it counts no longer for the gate, which would close on all others."""
        self._house.gate.leave(exchange.size_bytes)
        if self._transport is None or self._ended or (self._winding_down and exchange.endless):
            self._drop_held()
            exchange.abandon()
            if not self._owed:
                self._close()

    def _drop_held(self, *, endless: bool = False) -> None:
        """The first exchange that is held (or endless), and all behind it, get no reply."""
        for at, each in enumerate(self._owed):
            if each.endless or (each.held is not None and not endless):
                self._drop(at)
                return

    def _drop(self, at: int) -> None:
        dropped = [*self._owed][at:]
        while len(self._owed) > at:
            self._owed.pop()
        for each in dropped:
            each.abandon()

    # Reading

    def _begin(self, now: int) -> None:
        self._first_byte_ns = self._head_since_ns = now
        self._received_at_ns = self._clock.wall_ns()
        self._headers_ns = 0

    def _read(self, now: int) -> None:
        parser = self._parser
        try:
            while self._phase is _Phase.READING:
                if self._full or self._unread or self._house.gate.closed:
                    self._pause()
                    return
                message = parser.next_request()
                if message is None:
                    break
                self._hand_on(message, self._headers_ns or now, now)
                if not parser.has_rest:
                    return
                self._begin(now)
        except BodyTooLargeError as trouble:
            self._keep_partial(State.REJECTED, str(trouble), 413)
        except MalformedError as trouble:
            began = parser.what_came()
            head = began.head.raw if began is not None else parser.rest(HEAD_KEPT_BYTES)
            self._refuse(trouble.status, trouble.reason, head)
        else:
            if parser.head is not None and not self._headers_ns:
                self._headers_ns = now
                self._continue_due = parser.head.framing.expects_continue and not parser.body_begun
                self._send_continue()

    def _hand_on(
        self,
        message: Message,
        headers_ns: int,
        body_ns: int,
        *,
        state: State = State.COMPLETE,
        trouble: str = "",
        status: int = 0,
    ) -> None:
        house = self._house
        head = message.head
        scheme = "https" if house.secure else "http"
        request = _request(head.line, head.headers, message.body, head.raw, scheme, self._remote)
        times = _times(self._received_at_ns, self._connected_ns, self._first_byte_ns, headers_ns, body_ns)
        exchange = Exchange(self, message, state, trouble, status)
        self._owed.append(exchange)
        self._served = True
        self._continue_due = False
        house.gate.enter(exchange.size_bytes)
        if self._winding_down:
            exchange.close = True
        if exchange.close:
            self._phase = _Phase.CLOSING
        elif len(self._owed) >= house.limits.pipelined:
            self._full = True
        house.receiver.receive(_capture(request, times, state, trouble), exchange.answer)

    def _keep_partial(self, state: State, trouble: str, status: int) -> None:
        message = self._parser.what_came()
        assert message is not None
        last = self._last_data_ns
        self._hand_on(message, self._headers_ns or last, last, state=state, trouble=trouble, status=status)

    def _broken_off(self) -> None:
        parser = self._parser
        if parser.head is not None:
            self._keep_partial(State.INCOMPLETE, "The client broke off in the middle of the body.", 400)
        elif parser.has_rest and not self._paused:
            reason = "The client broke off in the middle of the header block."
            self._refuse(400, reason, parser.rest(HEAD_KEPT_BYTES))

    def _check_reading(self, now: int) -> None:
        limits = self._house.limits
        parser = self._parser
        if parser.head is not None:
            if now - self._last_data_ns > limits.body_idle_s * _SECOND_NS:
                trouble = f"No more of the body came within {limits.body_idle_s:g} s."
                self._keep_partial(State.INCOMPLETE, trouble, 408)
        elif parser.has_rest or not self._served:
            if now - self._head_since_ns > limits.head_time_s * _SECOND_NS:
                reason = f"The header block was not complete within {limits.head_time_s:g} s."
                self._refuse(408, reason, parser.rest(HEAD_KEPT_BYTES))
        elif not self._owed and now - self._last_data_ns > limits.keep_alive_s * _SECOND_NS:
            self._close()

    def _pause(self) -> None:
        if self._house.gate.closed:
            self._house.gate.hold(self)
        transport = self._transport
        if not self._paused and transport is not None and not transport.is_closing():
            self._paused = True
            transport.pause_reading()

    def _read_on_soon(self) -> None:
        if self._paused:
            asyncio.get_running_loop().call_soon(self._read_on)

    def _read_on(self) -> None:
        if not self._paused or self._transport is None:
            return
        self._paused = False
        now = self._clock.monotonic_ns()
        self._last_data_ns = self._head_since_ns = now
        self._read(now)
        if not self._paused and not self._transport.is_closing():
            self._transport.resume_reading()

    # Writing

    def _send(self, exchange: Exchange) -> None:
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        house = self._house
        if self._phase is _Phase.CLOSING and not self._owed and self._last_words is None:
            exchange.close = True
        if exchange.reply is not None and exchange.reply.cut:
            self._drop(0)
            self._continue_due = False
            self._close()
            return
        transport.write(exchange.to_bytes(house.date(), house.recent))
        house.receiver.replied(exchange.token, self._clock.monotonic_ns())
        if exchange.close:
            self._drop(0)
            self._phase = _Phase.CLOSING
            self._last_words = None
            self._ended = self._ended or (exchange.complete and not self._parser.has_rest)

    def _send_continue(self) -> None:
        if self._continue_due and not self._owed and self._transport is not None:
            self._continue_due = False
            self._transport.write(CONTINUE)

    def _refuse(self, status: int, reason: str, head: bytes) -> None:
        """Turn the client away with a reply of our own, after those that are owed to earlier requests."""
        at_ns = self._clock.wall_ns()
        self._house.receiver.refused(Refusal(at_ns, self._remote, status, reason, head[:HEAD_KEPT_BYTES]))
        self._phase = _Phase.CLOSING
        self._last_words = plain_reply(status, reason)
        if not self._owed:
            self._finish()

    def _finish(self) -> None:
        """All replies that were owed are written: say the last words, then close without cutting them off."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        if self._last_words is not None:
            transport.write(reply_bytes(self._last_words, date=self._house.date(), close=True))
            self._last_words = None
        if self._ended or self._winding_down or not transport.can_write_eof():
            self._close()
            return
        self._phase = _Phase.LINGERING
        self._last_data_ns = self._clock.monotonic_ns()
        self._close_by_ns = self._last_data_ns + int(LINGER_S * _SECOND_NS)
        transport.write_eof()
        if self._paused:
            self._paused = False
            transport.resume_reading()

    def _close(self) -> None:
        self._phase = _Phase.CLOSED
        self._close_by_ns = self._clock.monotonic_ns() + int(LINGER_S * _SECOND_NS)
        if self._transport is not None:
            self._transport.close()


def _address(peer: object) -> str:
    """`host:port`, an IPv6 host in brackets, or empty where the socket has no such address."""
    if isinstance(peer, tuple) and len(peer) >= 2:
        host, port = str(peer[0]), peer[1]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return ""
