"""Through an HTTP proxy: the absolute form for http, a tunnel for https, and the proxy's own failures."""

from __future__ import annotations

import asyncio
import base64
from contextlib import suppress
from pathlib import Path

import pytest

from inspector.net import tasks
from inspector.net.sender import SendOptions
from tests.unit.net.conftest import Run
from tests.unit.net.sender_harness import OK, Handler, Talk, answering, handling, post, sending
from tests.unit.net.test_sender_tls import Authority, authority, server_side

__all__ = ["authority"]  # the fixture

LONG_S = 60.0
LOGIN = b"Proxy-Authorization: Basic " + base64.b64encode(b"me:open sesame")


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()


async def forwarding(talk: Talk) -> None:
    """A proxy that wants a login: CONNECT opens a tunnel, the absolute form goes on in origin form."""
    head = await talk.reader.readuntil(b"\r\n\r\n")
    talk.handler.heard.append(head)
    method, target, _ = head.split(b"\r\n")[0].split(b" ")
    if LOGIN not in head:
        talk.say(b"HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n")
        await talk.until_closed()
        return
    authority = target if method == b"CONNECT" else target.split(b"/")[2]
    host, _, port = authority.decode().rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        if method == b"CONNECT":
            talk.say(b"HTTP/1.1 200 Tunnel\r\n\r\n")
        else:
            path = target.split(authority, 1)[1]
            writer.write(head.replace(target, path, 1).replace(LOGIN + b"\r\n", b""))
        up = tasks.start(_pipe(talk.reader, writer), "up")
        await _pipe(reader, talk.writer)
        up.cancel()
    finally:
        writer.close()


def _options(proxy: Handler, login: str = "me:open sesame", ca_file: Path | None = None) -> SendOptions:
    return SendOptions(LONG_S, proxy=proxy.url, proxy_login=login, ca_file=str(ca_file or ""))


def test_http_goes_in_absolute_form_and_arrives_as_it_was(run: Run) -> None:
    async def scene() -> None:
        async with handling(answering(OK)) as handler, handling(forwarding) as proxy, sending() as sender:
            made = post(handler.url + "/in?a=%20", b"{}", ((b"X-cAsE", b"1"),))
            sent = await sender.send(made, _options(proxy))
            assert sent.succeeded
            assert sent.remote == f"127.0.0.1:{proxy.port}"
            assert proxy.heard[0].startswith(b"POST %b/in?a=%%20 HTTP/1.1\r\n" % handler.url.encode())
            host = handler.url.removeprefix("http://").encode()
            fields = b"Host: %b\r\nX-cAsE: 1\r\nContent-Length: 2\r\n" % host
            assert handler.heard == [b"POST /in?a=%20 HTTP/1.1\r\n" + fields + b"\r\n{}"]

    run(scene())


def test_https_goes_through_a_tunnel(run: Run, authority: Authority) -> None:
    async def scene() -> None:
        tls = server_side(authority.good)
        async with (
            handling(answering(OK), tls) as handler,
            handling(forwarding) as proxy,
            sending() as sender,
        ):
            url = f"https://localhost:{handler.port}/in"
            options = _options(proxy, ca_file=authority.ca_file)
            first = await sender.send(post(url), options)
            second = await sender.send(post(url), options)
        assert first.succeeded
        assert first.phases.tls_ns
        assert second.succeeded
        assert second.reused
        (asked,) = proxy.heard
        assert asked.startswith(b"CONNECT localhost:%d HTTP/1.1\r\n" % handler.port)
        assert LOGIN in asked
        assert LOGIN not in b"".join(handler.heard)
        assert handler.heard[0].startswith(b"POST /in HTTP/1.1\r\n")

    run(scene())


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_wants_a_login_is_a_failure(run: Run, scheme: str) -> None:
    async def scene() -> None:
        async with handling(answering(OK)) as handler, handling(forwarding) as proxy, sending() as sender:
            url = f"{scheme}://localhost:{handler.port}/"
            sent = await sender.send(post(url), _options(proxy, login="me:wrong"))
            assert sent.failure is not None
            assert sent.failure.kind == "proxy"
            assert "407" in sent.failure.detail
            assert handler.connections == 0

    run(scene())


@pytest.mark.parametrize("answer", [b"HTTP/1.1 502 No\r\n\r\n", b"", b"rubbish\r\n\r\n"], ids=range(3))
def test_a_tunnel_that_does_not_open(run: Run, answer: bytes) -> None:
    async def behave(talk: Talk) -> None:
        await talk.hear()
        talk.say(answer)

    async def scene() -> None:
        async with handling(behave) as proxy, sending() as sender:
            sent = await sender.send(post("https://handler.invalid/"), _options(proxy))
            assert sent.failure is not None
            assert sent.failure.kind == "proxy"
            assert sent.response is None

    run(scene())


def test_a_proxy_that_is_not_there(run: Run) -> None:
    async def scene() -> None:
        async with handling(answering(OK)) as gone:
            pass
        async with sending() as sender:
            sent = await sender.send(post("http://handler.invalid/"), _options(gone))
            assert sent.failure is not None
            assert sent.failure.kind == "proxy"

    run(scene())
