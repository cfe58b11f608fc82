"""Each kind of failure, and handlers that mean no good: always an outcome, within bounds."""

from __future__ import annotations

import asyncio
import socket
import struct

import pytest

from inspector.net.sender import SendOptions, Sent
from inspector.net.sender_options import Route
from tests.unit.net.conftest import Run
from tests.unit.net.sender_harness import OK, Behaviour, Talk, answering, handling, post, sending

LONG_S = 60.0
SHORT_S = 3.0


async def _sent_to(behave: Behaviour, timeout_s: float = LONG_S, body: bytes = b"{}") -> Sent:
    async with handling(behave) as handler, sending() as sender:
        return await sender.send(post(handler.url, body), SendOptions(timeout_s))


def _kind(sent: Sent) -> str:
    assert sent.failure is not None
    assert sent.failure.detail
    assert sent.failure.detail.endswith(".")
    return sent.failure.kind


def test_refused(run: Run) -> None:
    async def scene() -> None:
        with socket.socket() as bound:  # bound and not listening: nobody else gets the port
            bound.bind(("127.0.0.1", 0))
            port = bound.getsockname()[1]
            async with sending() as sender:
                sent = await sender.send(post(f"http://127.0.0.1:{port}/"))
        assert _kind(sent) == "refused"
        assert sent.response is None
        assert sent.phases.connect_ns
        assert str(port) in str(sent.failure)

    run(scene())


@pytest.mark.parametrize("host", ["name.invalid", "a" * 70, "bad..name"], ids=["unknown", "label", "empty"])
def test_dns(run: Run, host: str) -> None:
    async def scene() -> None:
        async with sending() as sender:
            sent = await sender.send(post(f"http://{host}/"), SendOptions(LONG_S))
        assert _kind(sent) == "dns"

    run(scene())


def test_unreachable(run: Run) -> None:
    async def scene() -> None:
        async with sending() as sender:
            sent = await sender.send(post("http://255.255.255.255:9/"), SendOptions(LONG_S))
        assert _kind(sent) == "unreachable"

    run(scene())


def test_a_handler_that_does_not_accept_times_out_in_connecting_or_waiting(run: Run) -> None:
    async def scene() -> None:
        with socket.socket() as full:
            full.bind(("127.0.0.1", 0))
            full.listen(0)
            where = full.getsockname()
            crowd = [socket.socket() for _ in range(8)]
            try:
                for each in crowd:
                    each.setblocking(False)
                    each.connect_ex(where)
                async with sending() as sender:
                    sent = await sender.send(post(f"http://127.0.0.1:{where[1]}/"), SendOptions(0.5))
            finally:
                for each in crowd:
                    each.close()
        assert _kind(sent) in ("timeout-connect", "timeout-first-byte")

    run(scene())


def test_time_outs_name_the_phase_they_fell_in(run: Run) -> None:
    async def silent(talk: Talk) -> None:
        await talk.until_closed()

    async def deaf(talk: Talk) -> None:
        talk.writer.transport.pause_reading()  # type: ignore[attr-defined] # a read transport too
        await asyncio.Event().wait()

    async def drip(talk: Talk) -> None:
        await talk.hear()
        talk.say(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        while not talk.writer.is_closing():
            talk.say(b".")
            await asyncio.sleep(0.01)

    async def send(behave: Behaviour, scheme: str, body: bytes) -> Sent:
        async with handling(behave) as handler, sending() as sender:
            return await sender.send(
                post(f"{scheme}://127.0.0.1:{handler.port}/", body), SendOptions(SHORT_S)
            )

    async def scene() -> None:
        tls, sending_, waiting, body = await asyncio.gather(
            send(silent, "https", b"{}"),
            send(deaf, "http", bytes(60_000_000)),
            send(silent, "http", b"{}"),
            send(drip, "http", b"{}"),
        )
        assert _kind(tls) == "timeout-tls"
        assert tls.phases.connect_ns is not None
        assert tls.phases.tls_ns is not None
        assert _kind(sending_) == "timeout-send"
        assert sending_.phases.sent_ns is not None
        assert sending_.phases.first_byte_ns is None
        assert _kind(waiting) == "timeout-first-byte"
        assert waiting.phases.first_byte_ns is not None
        assert waiting.phases.last_byte_ns is None
        assert _kind(body) == "timeout-body"
        assert not body.succeeded
        assert body.response is not None
        assert (body.response.status, body.response.truncated) == (200, True)
        assert body.response.body.startswith(b".")

    run(scene())


def test_reset(run: Run) -> None:
    async def reset(talk: Talk) -> None:
        await talk.hear()
        sock = talk.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        talk.writer.transport.abort()

    async def scene() -> None:
        assert _kind(await _sent_to(reset)) == "reset"

    run(scene())


@pytest.mark.parametrize(
    "began",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfour",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nfew",
    ],
    ids=["nothing", "head", "length", "chunked"],
)
def test_a_connection_that_ends_too_early(run: Run, began: bytes) -> None:
    async def behave(talk: Talk) -> None:
        await talk.hear()
        talk.say(began)

    async def scene() -> None:
        sent = await _sent_to(behave)
        assert _kind(sent) == "reset"
        if b"\r\n\r\n" in began:
            assert sent.response is not None
            assert sent.response.truncated
            assert sent.response.body in (b"four", b"few")

    run(scene())


@pytest.mark.parametrize(
    "rubbish",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"\x15\x03\x01\x00\x02\x02\x50",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
    ],
    ids=range(11),
)
def test_what_is_no_http(run: Run, rubbish: bytes) -> None:
    async def behave(talk: Talk) -> None:
        await talk.hear()
        talk.say(rubbish)
        await talk.until_closed()

    async def scene() -> None:
        assert _kind(await _sent_to(behave)) == "protocol"

    run(scene())


@pytest.mark.parametrize(
    ("begin", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"X-Y: 0123456789\r\n" * 100),
        (b"HTTP/1.1 200 ", b"endless reason " * 100),
        (b"", b"HTTP/1.1 102 Processing\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1;" + b"e" * 4000 + b"\r\nx\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"T: " + b"t" * 4000 + b"\r\n"),
    ],
    ids=["headers", "reason", "interim", "extensions", "trailers"],
)
def test_an_endless_head_fails_at_its_bound(run: Run, begin: bytes, piece: bytes) -> None:
    async def behave(talk: Talk) -> None:
        await talk.hear()
        talk.say(begin)
        while not talk.writer.is_closing():
            talk.say(piece)
            await talk.writer.drain()

    async def scene() -> None:
        assert _kind(await _sent_to(behave)) == "protocol"

    run(scene())


@pytest.mark.parametrize(
    "framing",
    [b"Transfer-Encoding: chunked", b"Content-Length: 999999999999", b"X: y"],
    ids=["chunked", "length", "close"],
)
def test_an_endless_body_is_cut_off_and_marked(run: Run, framing: bytes) -> None:
    piece = b"1000\r\n" + bytes(4096) + b"\r\n"

    async def behave(talk: Talk) -> None:
        await talk.hear()
        talk.say(b"HTTP/1.1 200 OK\r\n" + framing + b"\r\n\r\n")
        while not talk.writer.is_closing():
            talk.say(piece)
            await talk.writer.drain()

    async def scene() -> None:
        async with handling(behave) as handler, sending() as sender:
            options = SendOptions(LONG_S, response_limit_bytes=100_000)
            sent = await sender.send(post(handler.url), options)
            assert sent.succeeded
            assert sent.response is not None
            assert len(sent.response.body) == 100_000
            assert sent.response.truncated
            assert sent.response.body_bytes > 100_000
            await handler.closed.wait()

    run(scene())


def test_what_cannot_be_written_is_not_sent(run: Run) -> None:
    async def scene() -> None:
        async with handling(answering(OK)) as handler, sending() as sender:
            sent = await sender.send(post(handler.url, headers=((b"A", b"1\r\nB: 2"),)))
            assert _kind(sent) == "protocol"
            assert handler.connections == 0

    run(scene())


def test_a_response_before_the_request_is_read_counts(run: Run) -> None:
    async def hasty(talk: Talk) -> None:
        await talk.reader.readuntil(b"\r\n\r\n")
        talk.say(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
        await talk.until_closed()

    async def scene() -> None:
        sent = await _sent_to(hasty, LONG_S, bytes(30_000_000))
        assert sent.response is not None
        assert sent.response.status == 413
        assert sent.failure is None

    run(scene())


def test_logins_never_show() -> None:
    assert "sesame" not in repr(SendOptions(proxy_login="me:sesame"))
    assert "sesame" not in repr(Route("http", "h", 80, proxy_login="me:sesame"))
