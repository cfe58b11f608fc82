"""Connections are kept open, and replaced only where nothing can have been done twice."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from inspector.net.sender import SendOptions
from tests.unit.net.conftest import Run
from tests.unit.net.sender_harness import OK, Talk, answering, handling, post, sending


def test_one_connection_serves_many_requests_and_many_at_once_get_their_own(run: Run) -> None:
    async def scene() -> None:
        async with handling(answering(OK)) as handler, sending() as sender:
            for _ in range(5):
                assert (await sender.send(post(handler.url))).succeeded
            assert handler.connections == 1
            many = await asyncio.gather(*[sender.send(post(handler.url)) for _ in range(10)])
            assert all(sent.succeeded for sent in many)
            assert handler.connections == 10
            fresh = await sender.send(post(handler.url), SendOptions(fresh=True))
            assert not fresh.reused

    run(scene())


@pytest.mark.parametrize(
    "response",
    [
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 unasked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    ids=["close", "old", "short", "more", "both"],
)
def test_a_connection_is_not_used_again_where_it_should_not(run: Run, response: bytes) -> None:
    async def scene() -> None:
        async with handling(answering(response)) as handler, sending() as sender:
            for _ in range(2):
                assert (await sender.send(post(handler.url))).succeeded
            assert handler.connections == 2

    run(scene())


def test_a_request_on_a_connection_that_was_closed_meanwhile_is_sent_anew(run: Run) -> None:
    async def behave(talk: Talk) -> None:
        await talk.hear()
        talk.say(OK)
        if talk.handler.connections == 1:
            await talk.hear()  # the second request is read, and the connection closed without a word
        else:
            await talk.until_closed()

    async def scene() -> None:
        async with handling(behave) as handler, sending() as sender:
            await sender.send(post(handler.url, b"1"))
            second = await sender.send(post(handler.url, b"2"))
            assert second.succeeded
            assert not second.reused
            assert [raw[-1:] for raw in handler.heard] == [b"1", b"2", b"2"]

    run(scene())


def test_nothing_is_sent_twice_once_a_byte_of_the_response_came(run: Run) -> None:
    async def behave(talk: Talk) -> None:
        await talk.hear()
        talk.say(OK)
        await talk.hear()
        talk.say(b"HTTP/1.1 2")

    async def scene() -> None:
        async with handling(behave) as handler, sending() as sender:
            await sender.send(post(handler.url))
            second = await sender.send(post(handler.url))
            assert second.failure is not None
            assert second.failure.kind == "reset"
            assert second.reused
            assert len(handler.heard) == 2

    run(scene())


def test_a_new_connection_that_is_closed_without_a_word_is_a_failure(run: Run) -> None:
    async def behave(talk: Talk) -> None:
        await talk.hear()

    async def scene() -> None:
        async with handling(behave) as handler, sending() as sender:
            sent = await sender.send(post(handler.url))
            assert sent.failure is not None
            assert sent.failure.kind == "reset"
            assert len(handler.heard) == 1

    run(scene())


def test_connections_are_not_shared_between_settings(run: Run) -> None:
    async def scene() -> None:
        async with handling(answering(OK)) as handler, sending() as sender:
            await sender.send(post(handler.url))
            through = await sender.send(post(handler.url), SendOptions(proxy=handler.url))
            assert not through.reused
            assert handler.heard[1].startswith(f"POST {handler.url}/ HTTP/1.1\r\n".encode())

    run(scene())


def test_cancelling_closes_the_socket(run: Run) -> None:
    heard = asyncio.Event()

    async def behave(talk: Talk) -> None:
        await talk.hear()
        heard.set()
        await talk.until_closed()

    async def scene() -> None:
        async with handling(behave) as handler, sending() as sender:
            task = asyncio.get_running_loop().create_task(sender.send(post(handler.url)))
            await heard.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await handler.closed.wait()

    run(scene())


def test_closing_the_sender_ends_what_is_under_way(run: Run) -> None:
    heard = asyncio.Event()

    async def behave(talk: Talk) -> None:
        await talk.hear()
        heard.set()
        await talk.until_closed()

    async def scene() -> None:
        async with handling(behave) as handler, sending() as sender:
            task = asyncio.get_running_loop().create_task(sender.send(post(handler.url)))
            await heard.wait()
            await sender.close()
            sent = await task
            assert sent.failure is not None
            assert sent.failure.kind == "cancelled"
            await handler.closed.wait()
            assert (await sender.send(post(handler.url))).failure == sent.failure

    run(scene())


def test_a_request_that_promises_more_than_it_has_breaks_off(run: Run) -> None:
    broken_off: list[bytes] = []

    async def behave(talk: Talk) -> None:
        await talk.reader.readuntil(b"\r\n\r\n")
        broken_off.append(await talk.reader.read(-1))
        talk.say(b"HTTP/1.1 400 Short\r\nContent-Length: 0\r\n\r\n")
        await talk.until_closed()

    async def scene() -> None:
        async with handling(behave) as handler, sending() as sender:
            whole = post(handler.url, b"123456789")
            sent = await sender.send(replace(whole, body=b"1234"))
            assert broken_off == [b"1234"]
            assert sent.response is not None
            assert sent.response.status == 400

    run(scene())
