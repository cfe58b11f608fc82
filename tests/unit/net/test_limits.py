"""What the listener turns away, and what stays of it."""

from __future__ import annotations

import asyncio

import pytest

from inspector.core.event import Reply, State
from inspector.net.limits import Limits
from tests.unit.net.conftest import Run
from tests.unit.net.harness import house, until

GET = b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n"
CHUNKED = b"POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"


def test_too_large_a_body_gets_413_and_is_kept_as_rejected(run: Run) -> None:
    async def scene() -> None:
        async with house(Limits(body_bytes=8)) as home:
            reply = await home.exchange(POST % 9 + b"abc")
            assert reply.startswith(b"HTTP/1.1 413 ")
            (capture,) = home.recorder.captures
            assert (capture.state, capture.request.body) == (State.REJECTED, b"abc")
            assert "8 bytes" in capture.trouble

    run(scene())


def test_a_client_that_asks_first_hears_413_and_no_continue(run: Run) -> None:
    async def scene() -> None:
        async with house(Limits(body_bytes=8)) as home:
            client = await home.client()
            client.say(POST.replace(b"Host", b"Expect: 100-continue\r\nHost") % 9)
            assert (await client.rest()).startswith(b"HTTP/1.1 413 ")
            assert home.recorder.captures[0].state is State.REJECTED

    run(scene())


def test_a_sender_of_far_too_much_can_read_why(run: Run) -> None:
    async def scene() -> None:
        async with house(Limits(body_bytes=8)) as home:
            client = await home.client()
            client.say(CHUNKED + b"200000\r\n" + b"x" * 0x200000 + b"\r\n0\r\n\r\n")
            assert (await client.reply())[0] == 413
            assert home.recorder.captures[0].request.body == b"x" * 8

    run(scene())


def test_a_client_that_breaks_off_leaves_an_incomplete_event(run: Run) -> None:
    async def scene() -> None:
        async with house() as home:
            for sent, end in ((POST % 9 + b"abc", True), (CHUNKED + b"5\r\nabc", False)):
                client = await home.client()
                client.say(sent)
                if end:
                    client.end()
                else:
                    client.close()
            await until(lambda: len(home.recorder.captures) == 2)
            for capture in home.recorder.captures:
                assert (capture.state, capture.request.body) == (State.INCOMPLETE, b"abc")
                assert "broke off" in capture.trouble

    run(scene())


def test_a_body_that_stops_coming_gets_408_and_is_kept_as_incomplete(run: Run) -> None:
    async def scene() -> None:
        async with house(Limits(body_idle_s=0.2)) as home:
            client = await home.client()
            client.say(POST % 9 + b"abc")
            assert (await client.rest()).startswith(b"HTTP/1.1 408 ")
            (capture,) = home.recorder.captures
            assert (capture.state, capture.request.body) == (State.INCOMPLETE, b"abc")

    run(scene())


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHost: a\r\nX-"], ids=["silent", "half a head"])
def test_a_head_that_does_not_end_gets_408(run: Run, sent: bytes) -> None:
    async def scene() -> None:
        async with house(Limits(head_time_s=0.2)) as home:
            client = await home.client()
            client.say(sent)
            assert (await client.rest()).startswith(b"HTTP/1.1 408 ")
            (refusal,) = home.recorder.refusals
            assert (refusal.status, refusal.head) == (408, sent)

    run(scene())


def test_an_idle_connection_is_closed_without_a_word(run: Run) -> None:
    async def scene() -> None:
        async with house(Limits(keep_alive_s=0.2)) as home:
            client = await home.client()
            client.say(GET % 1)
            await client.reply()
            assert await client.rest() == b""
            assert home.recorder.refusals == []

    run(scene())


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"rubbish\r\n\r\n", 400),
        (b"\x16\x03\x01\x00\xff", 400),
        (CHUNKED + b"zz\r\n", 400),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200, 431),
        (b"GET / HTTP/1.1\r\nHost: a", 400),
    ],
    ids=["rubbish", "tls", "chunk", "endless", "broken-off"],
)
def test_malformed_http_is_refused_and_reported(run: Run, sent: bytes, status: int) -> None:
    async def scene() -> None:
        async with house(Limits(head_bytes=1024)) as home:
            reply = await home.exchange(sent)
            assert reply.startswith(b"HTTP/1.1 %d " % status)
            assert home.recorder.captures == []
            (refusal,) = home.recorder.refusals
            assert refusal.status == status
            assert sent.startswith(refusal.head)
            assert refusal.remote.startswith("127.0.0.1:")

    run(scene())


def test_requests_before_the_malformed_one_are_answered_first(run: Run) -> None:
    async def scene() -> None:
        async with house(holding=True) as home:
            client = await home.client()
            client.say(GET % 1 + b"rubbish\r\n\r\n" + GET % 2)
            await until(lambda: home.recorder.refusals)
            home.recorder.waiting.pop()[0](Reply(200, (), b"first"), 1)
            assert await client.reply() == (200, b"first")
            assert (await client.rest()).startswith(b"HTTP/1.1 400 ")
            assert len(home.recorder.captures) == 1

    run(scene())


def test_one_connection_too_many_gets_503(run: Run) -> None:
    async def scene() -> None:
        async with house(Limits(connections=2)) as home:
            first, second = await home.client(), await home.client()
            await until(lambda: home.listener.connections == 2)
            third = await home.client()
            assert (await third.rest()).startswith(b"HTTP/1.1 503 ")
            assert [refusal.status for refusal in home.recorder.refusals] == [503]
            first.close()
            await until(lambda: home.listener.connections == 1)
            second.say(GET % 1)
            assert (await second.reply())[0] == 200
            fourth = await home.client()
            fourth.say(GET % 2)
            assert (await fourth.reply())[0] == 200

    run(scene())


def test_a_thousand_slow_connections_do_not_hinder_a_quick_one(run: Run) -> None:
    async def scene() -> None:
        async with house(Limits(connections=1001)) as home:
            slow = [await home.client() for _ in range(1000)]
            for client in slow:
                client.say(b"POST /slow HTTP/1.1\r\nHost: a\r\n")
            quick = await home.client()
            quick.say(GET % 1)
            assert await quick.reply() == (200, b"kept")
            for client in slow:
                client.say(b"Content-Length: 1\r\n\r\nx")
            statuses = await asyncio.gather(*(client.reply() for client in slow))
            assert statuses == [(200, b"kept")] * 1000
            assert len(home.recorder.captures) == 1001

    run(scene())


def test_a_client_that_reads_no_replies_is_not_read_either(run: Run) -> None:
    async def scene() -> None:
        async with house() as home:
            home.recorder.reply = Reply(200, (), b"x" * 1_000_000)
            client = await home.client()
            client.writer.transport.pause_reading()
            client.say(b"".join(GET % number for number in range(50)))
            await until(lambda: home.recorder.captures)
            assert len(home.recorder.captures) < 50
            client.writer.transport.resume_reading()
            for _ in range(50):
                assert (await client.reply())[0] == 200
            assert len(home.recorder.captures) == 50

    run(scene())
