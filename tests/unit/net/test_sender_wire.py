"""What a raw socket hears is what was captured, and what it says is what is kept."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.core.event import Request
from inspector.core.http1.parser import RequestParser
from inspector.core.outgoing import Outgoing, outgoing
from inspector.core.target import Target
from inspector.net.sender import SendOptions, Sent
from tests.unit.net.conftest import Run
from tests.unit.net.sender_harness import OK, Talk, answering, handling, post, sending

VALUES = st.binary(max_size=20).map(lambda data: data.translate(None, b"\r\n\0").strip(b" \t"))
NAMES = st.from_regex(rb"\A[!#$%&'*+.^_`|~0-9A-Za-z-]{1,10}\Z")
TARGETS = st.from_regex(rb"\A/[!-~\x80-\xff]{0,20}\Z")
METHODS = st.sampled_from([b"POST", b"PUT", b"get", b"DELETE", b"X-Y.z"])
SET_BY_HTTP = {
    *(b"host", b"content-length", b"connection", b"keep-alive", b"te", b"trailer"),
    *(b"transfer-encoding", b"upgrade", b"expect"),
}


def captured(raw: bytes) -> Request:
    """The request as the listener reads it from the wire."""
    parser = RequestParser(1 << 20, 1 << 26)
    parser.feed(raw)
    message = parser.next_request()
    assert message is not None
    return Request(message.head.line, message.head.headers, message.body, message.head.raw)


@given(
    METHODS, TARGETS, st.lists(st.tuples(NAMES, VALUES), max_size=10), st.binary(max_size=200), st.booleans()
)
def test_the_wire_hears_what_was_captured(
    method: bytes, target: bytes, fields: list[tuple[bytes, bytes]], body: bytes, keep_host: bool
) -> None:
    lines = [b"%b %b HTTP/1.1" % (method, target)]
    fields = [
        pair
        for pair in fields
        if pair[0].lower() not in SET_BY_HTTP and not pair[0].lower().startswith(b"proxy-")
    ]
    middle = len(fields) // 2
    lines += [b"%b: %b" % pair for pair in fields[:middle]]
    lines.append(b"hOST: hooks.example.com")
    if body:
        lines.append(b"Content-length: %d" % len(body))
    lines += [b"%b: %b" % pair for pair in fields[middle:]]
    raw = b"\r\n".join([*lines, b"", body])

    async def scene() -> None:
        async with handling(answering(OK)) as handler, sending() as sender:
            made = outgoing(captured(raw), Target("", handler.url, keep_host=keep_host))
            sent = await sender.send(made)
            assert sent.succeeded
            expected = raw
            if not keep_host:
                host = handler.url.removeprefix("http://").encode()
                expected = raw.replace(b"hOST: hooks.example.com", b"hOST: " + host, 1)
            assert handler.heard == [expected]

    asyncio.run(scene())


def test_a_chunked_capture_is_heard_with_its_length(run: Run) -> None:
    raw = (
        b"POST /in HTTP/1.1\r\nHost: a\r\nX-1: x\r\nTransfer-Encoding: chunked\r\nx-1: y\r\n\r\n"
        b"3;ext=1\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    )

    async def scene() -> None:
        async with handling(answering(OK)) as handler, sending() as sender:
            await sender.send(outgoing(captured(raw), Target("", handler.url)))
            host = handler.url.removeprefix("http://").encode()
            assert handler.heard == [
                b"POST /in HTTP/1.1\r\nHost: %b\r\nX-1: x\r\nContent-Length: 5\r\nx-1: y\r\n\r\nabcde" % host
            ]

    run(scene())


def test_a_large_body_arrives_whole(run: Run) -> None:
    body = bytes(range(256)) * 40_000

    async def scene() -> None:
        async with handling(answering(OK)) as handler, sending() as sender:
            sent = await sender.send(post(handler.url + "/", body), SendOptions(timeout_s=60))
            assert sent.failure is None
            assert handler.heard[0].endswith(b"\r\n\r\n" + body)
            assert sent.phases.sent_ns

    run(scene())


async def _answer(response: bytes, method: str = "POST", *, close: bool = False) -> Sent:
    async def behave(talk: Talk) -> None:
        await talk.hear()
        talk.say(response)
        if not close:
            await talk.until_closed()

    async with handling(behave) as handler, sending() as sender:
        return await sender.send(Outgoing(method, handler.url + "/", ((b"Host", b"h"),)), SendOptions(60))


@pytest.mark.parametrize(
    ("response", "status", "body"),
    [
        (b"HTTP/1.1 200 Fine by me\r\nContent-Length: 3\r\n\r\nabc", 200, b"abc"),
        (b"HTTP/1.1 201\r\nContent-Length: 0\r\n\r\n", 201, b""),
        (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b""),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n", 304, b""),
        (b"HTTP/1.1 200 OK\nContent-Length: 1\n\nx", 200, b"x"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x\r\nc\r\n0\r\nA: b\r\n\r\n",
            200,
            b"abc",
        ),
        (
            b"HTTP/1.1 100 C\r\n\r\nHTTP/1.1 103 E\r\nA: x\r\n\r\nHTTP/1.1 500\r\nContent-Length: 1\r\n\r\n!",
            500,
            b"!",
        ),
    ],
    ids=["length", "no-reason", "204", "304", "bare-lf", "chunked", "interim"],
)
def test_responses_are_read_to_their_end(run: Run, response: bytes, status: int, body: bytes) -> None:
    async def scene() -> None:
        sent = await _answer(response)
        assert sent.failure is None
        assert sent.response is not None
        assert (sent.response.status, sent.response.body) == (status, body)
        assert not sent.response.truncated

    run(scene())


def test_the_response_keeps_its_reason_and_the_order_and_case_of_its_fields(run: Run) -> None:
    async def scene() -> None:
        raw = b"HTTP/1.1 200 \xfcber\r\nset-COOKIE: a\r\nX:  \r\nSet-Cookie:b\r\ncontent-length: 0\r\n\r\n"
        response = (await _answer(raw)).response
        assert response is not None
        assert response.reason == "\xfcber"
        fields = ((b"set-COOKIE", b"a"), (b"X", b""), (b"Set-Cookie", b"b"), (b"content-length", b"0"))
        assert response.headers == fields

    run(scene())


def test_a_response_to_head_has_no_body(run: Run) -> None:
    async def scene() -> None:
        sent = await _answer(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", "HEAD")
        assert sent.failure is None
        assert sent.response is not None
        assert (sent.response.body, sent.response.body_bytes, sent.response.truncated) == (b"", 0, False)

    run(scene())


def test_without_a_length_the_body_ends_with_the_connection(run: Run) -> None:
    async def scene() -> None:
        sent = await _answer(b"HTTP/1.0 200 OK\r\n\r\nall of it", close=True)
        assert sent.failure is None
        assert sent.response is not None
        assert sent.response.body == b"all of it"

    run(scene())


@pytest.mark.parametrize("framing", ["length", "chunked", "close"])
def test_a_body_past_the_limit_is_marked_and_its_size_told(run: Run, framing: str) -> None:
    head = {
        "length": b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n",
        "chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1388\r\n",
        "close": b"HTTP/1.1 200 OK\r\n\r\n",
    }[framing]
    tail = b"\r\n0\r\n\r\n" if framing == "chunked" else b""

    async def behave(talk: Talk) -> None:
        await talk.hear()
        talk.say(head + b"x" * 5000 + tail)
        if framing != "close":
            await talk.until_closed()

    async def scene() -> None:
        async with handling(behave) as handler, sending() as sender:
            sent = await sender.send(post(handler.url), SendOptions(60, response_limit_bytes=100))
            assert sent.succeeded
            assert sent.response is not None
            assert sent.response.body == b"x" * 100
            assert (sent.response.body_bytes, sent.response.truncated) == (5000, True)

    run(scene())


def test_phases_follow_one_another(run: Run) -> None:
    async def scene() -> None:
        async with handling(answering(OK)) as handler, sending() as sender:
            url = f"http://localhost:{handler.port}/"
            first = (await sender.send(post(url))).phases
            again = await sender.send(post(url))
        assert first.tls_ns is None
        assert None not in (
            first.dns_ns,
            first.connect_ns,
            first.sent_ns,
            first.first_byte_ns,
            first.last_byte_ns,
        )
        assert first.total_ns > first.handler_ns > 0
        assert again.reused
        assert (again.phases.dns_ns, again.phases.connect_ns) == (None, None)

    run(scene())
