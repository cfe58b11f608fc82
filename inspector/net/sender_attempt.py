"""One request over one connection: opened or reused, through a proxy or not, each phase with its time."""

from __future__ import annotations

import asyncio
import base64
import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from inspector.core import headers
from inspector.core.delivery import FailureKind, Phases, Response
from inspector.core.headers import HeaderPairs
from inspector.core.http1.head import TokenCache
from inspector.core.outgoing import Outgoing, url_parts, wire_head
from inspector.net.sender_connection import BrokenError, ClientConnection, Exchange
from inspector.net.sender_dial import Place, broken, connect, literal, resolve
from inspector.net.sender_options import Route, SendOptions, address, route_of
from inspector.net.sender_pool import Pool
from inspector.net.sender_tls import TlsContexts, tls_broken

_SECOND_NS = 1_000_000_000
_STAYS = re.compile(rb"timeout\s*=\s*([0-9]{1,6})", re.IGNORECASE)
_CONNECT_LIMIT_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Means:
    """What all attempts of a sender share."""

    pool: Pool
    contexts: TlsContexts
    tokens: TokenCache
    monotonic_ns: Callable[[], int]


class Attempt:
    """How far one request has come; readable at any time, also after it was cancelled."""

    def __init__(self, means: Means, outgoing: Outgoing, options: SendOptions) -> None:
        self._means = means
        self._outgoing = outgoing
        self._options = options
        self._phase: FailureKind = "timeout-connect"
        self._dns_ns: int | None = None
        self._connect_ns: int | None = None
        self._tls_ns: int | None = None
        self._exchange: Exchange | None = None
        self.remote = ""
        self.reused = False

    async def run(self) -> Response:
        """Send it and read the response. Raises BrokenError and UnsendableError.

        A connection that was kept open and turns out to be closed before anything came is replaced once
        (RFC 9112 section 9.3.1). When cancelled, the socket is closed at once.
        """
        options = self._options
        parts = url_parts(self._outgoing.url)
        proxy = url_parts(options.proxy) if options.proxy else None
        plain_proxy = proxy is not None and parts.scheme == "http"
        extra = _proxy_fields(options.proxy_login) if plain_proxy else ()
        head = wire_head(self._outgoing, absolute=plain_proxy, extra=extra)
        route = route_of(parts, options, proxy)
        connection = None if options.fresh else self._means.pool.take(route)
        if connection is not None:
            self.reused = True
            try:
                return await self._exchange_on(connection, route, head)
            except BrokenError as error:
                exchange = self._exchange
                if error.kind != "reset" or exchange is None or exchange.parser.begun:
                    raise
            self.reused = False
            self._exchange = None
        connection = await self._open(route)
        return await self._exchange_on(connection, route, head)

    def timed_out_in(self) -> FailureKind:
        """The phase in which a time-out falls now."""
        if self._exchange is not None:
            return self._exchange.waiting_for()
        return self._phase

    def partial(self) -> Response | None:
        """What came of the response so far."""
        return None if self._exchange is None else self._exchange.response()

    def phases(self) -> Phases:
        """The times of the phases; the one in which it failed ends with the failure."""
        exchange = self._exchange
        if exchange is None:
            return Phases(self._dns_ns, self._connect_ns, self._tls_ns)
        begun, last = exchange.begun_ns, exchange.last_byte_ns
        first, sent = exchange.first_byte_ns, exchange.sent_ns
        if first is not None:  # a response that comes before the request is out ends the sending
            sent = first if sent is None else min(sent, first)
        sent_to = last if sent is None else sent
        first_to = last if first is None else first
        return Phases(
            self._dns_ns,
            self._connect_ns,
            self._tls_ns,
            None if sent_to is None else sent_to - begun,
            None if first_to is None or sent is None else first_to - sent,
            None if first is None or last is None else last - first,
        )

    async def _exchange_on(self, connection: ClientConnection, route: Route, head: bytes) -> Response:
        outgoing, means = self._outgoing, self._means
        transport = connection.transport
        if transport is not None and not self.remote:
            peer = transport.get_extra_info("peername")
            self.remote = address(str(peer[0]), int(peer[1])) if isinstance(peer, tuple) else ""
        exchange = Exchange(outgoing.method, self._options.response_limit_bytes, means.tokens)
        self._exchange = exchange
        try:
            connection.send(exchange, head, outgoing.body)
            missing = _missing_bytes(outgoing)
            if missing > 0:
                connection.end_sending()
            await exchange.finished
        except BaseException:
            connection.abort()
            raise
        finally:
            if exchange.last_byte_ns is None:
                exchange.last_byte_ns = means.monotonic_ns()
        response = exchange.response()
        assert response is not None
        connection.release()
        if missing:
            connection.usable = False
        else:
            connection.idle_limit_ns = _idle_limit_ns(response.headers)
        means.pool.put(route, connection)
        if route.proxy is not None and response.status == 407:
            raise BrokenError("proxy", f"The proxy answered 407 {response.reason}: it wants a login.")
        return response

    async def _open(self, route: Route) -> ClientConnection:
        proxy = route.proxy
        if proxy is None:
            connection = await self._dial(route.host, route.port)
        else:
            try:
                connection = await self._dial(proxy.host, proxy.port)
            except BrokenError as error:
                if error.kind.startswith("timeout"):
                    raise
                raise BrokenError("proxy", f"The proxy does not answer. {error.detail}") from error
        if route.secure:
            try:
                if proxy is not None:
                    await self._tunnel(connection, route)
                await self._secure(connection, route)
            except BaseException:
                connection.abort()
                raise
        return connection

    async def _dial(self, host: str, port: int) -> ClientConnection:
        clock = self._means.monotonic_ns
        where = address(host, port)
        places = literal(host, port)
        begun = clock()
        if not places:
            self._phase = "dns"
            try:
                places = await resolve(host, port)
            finally:
                now = clock()
                self._dns_ns, begun = now - begun, now
            self._phase = "timeout-connect"
        try:
            return await self._connect(places, where)
        finally:
            self._connect_ns = clock() - begun

    async def _connect(self, places: list[Place], where: str) -> ClientConnection:
        clock = self._means.monotonic_ns
        sock = await connect(places, where)
        try:
            loop = asyncio.get_running_loop()
            _, connection = await loop.create_connection(lambda: ClientConnection(clock), sock=sock)
        except OSError as error:
            sock.close()
            raise broken(error, where) from error
        except BaseException:
            sock.close()
            raise
        return connection

    async def _tunnel(self, connection: ClientConnection, route: Route) -> None:
        """Ask the proxy for a tunnel (RFC 9110 section 9.3.6)."""
        clock = self._means.monotonic_ns
        begun = clock()
        where = route.where
        fields = ((b"Host", where.encode("latin-1", "replace")), *_proxy_fields(route.proxy_login))
        lines = [b"CONNECT %b HTTP/1.1" % where.encode("latin-1", "replace")]
        lines += [b"%b: %b" % pair for pair in fields]
        exchange = Exchange("CONNECT", _CONNECT_LIMIT_BYTES, self._means.tokens)
        connection.send(exchange, b"\r\n".join([*lines, b"", b""]), b"")
        try:
            await exchange.finished
        except BrokenError as error:
            raise BrokenError("proxy", f"The proxy did not open a tunnel. {error.detail}") from error
        finally:
            self._connect_ns = (self._connect_ns or 0) + clock() - begun
        connection.release()
        connection.used = 0
        head = exchange.parser.head
        assert head is not None
        if not 200 <= head.status <= 299:
            reason = f"{head.status} {head.reason}".strip()
            raise BrokenError("proxy", f"The proxy opened no tunnel to {where}: {reason}.")

    async def _secure(self, connection: ClientConnection, route: Route) -> None:
        clock = self._means.monotonic_ns
        self._phase = "timeout-tls"
        begun = clock()
        try:
            await self._handshake(connection, route)
        finally:
            self._tls_ns = clock() - begun

    async def _handshake(self, connection: ClientConnection, route: Route) -> None:
        context = await self._means.contexts.get(route.verify_tls, route.ca_file)
        transport = connection.transport
        if transport is None:
            raise tls_broken(ConnectionResetError(), route.where)
        try:
            secured = await asyncio.get_running_loop().start_tls(
                transport,
                connection,
                context,
                server_hostname=route.host.rstrip(".").partition("%")[0],
                ssl_handshake_timeout=max(1.0, self._options.timeout_s * 2),
                ssl_shutdown_timeout=1.0,
            )
        except (OSError, ssl.CertificateError, ValueError) as error:
            raise tls_broken(error, route.where) from error
        if secured is None:
            raise tls_broken(ConnectionResetError(), route.where)
        connection.connection_made(secured)


def _proxy_fields(login: str) -> HeaderPairs:
    """RFC 7617."""
    if not login:
        return ()
    return ((b"Proxy-Authorization", b"Basic " + base64.b64encode(login.encode("utf-8", "surrogateescape"))),)


def _missing_bytes(outgoing: Outgoing) -> int:
    """How many bytes the Content-Length promises beyond the body; negative where it promises too few."""
    stated = headers.values(outgoing.headers, b"content-length")
    if not stated or not stated[0].isdigit() or headers.values(outgoing.headers, b"transfer-encoding"):
        return 0
    return int(stated[0][:18]) - len(outgoing.body)


def _idle_limit_ns(found: HeaderPairs) -> int | None:
    """What `Keep-Alive: timeout=5` allows, less a second for the way."""
    match = _STAYS.search(headers.value(found, b"keep-alive") or b"")
    return None if match is None else max(0, int(match[1]) - 1) * _SECOND_NS
