"""Replies that come late or never hold up nobody else, and who holds them hears when a client left."""

from __future__ import annotations

import asyncio
import socket
import struct
import sys

import pytest

from inspector.core.event import Reply
from inspector.net import tasks
from inspector.net.limits import Limits
from inspector.net.receiver import Held
from tests.unit.net.harness import PATIENCE_S, House, house, until

POST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"
CLOSING = b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"
LATE = Reply(201, (), b"late")


async def hold(opened: House, gone: list[int], *, endless: bool = False) -> None:
    """Holds the newest request that waits."""
    await until(lambda: opened.recorder.waiting)
    answer, number = opened.recorder.waiting[-1]
    answer(Held(lambda: gone.append(number), endless), None)


def test_a_held_reply_is_answered_later() -> None:
    async def run() -> None:
        async with house(holding=True) as opened:
            gone: list[int] = []
            client = await opened.client()
            client.say(POST)
            await hold(opened, gone)
            opened.recorder.waiting[0][0](LATE, "token")
            assert await client.reply() == (201, b"late")
            assert opened.recorder.replies == ["token"]
            client.close()
            await until(lambda: not opened.listener.connections)
            assert gone == []
            assert opened.listener.gate.requests == 0

    asyncio.run(run())


@pytest.mark.parametrize("request_", [POST, CLOSING], ids=["keep-alive", "close"])
def test_who_holds_hears_once_that_the_client_left(request_: bytes) -> None:
    async def run() -> None:
        async with house(holding=True) as opened:
            gone: list[int] = []
            client = await opened.client()
            client.say(request_)
            await hold(opened, gone)
            client.close()
            await until(lambda: gone)
            opened.recorder.waiting[0][0](LATE, "too late")
            await until(lambda: not opened.listener.connections)
            assert gone == [1]
            assert opened.recorder.replies == []
            assert opened.listener.gate.requests == 0

    asyncio.run(run())


def test_a_client_that_left_before_it_was_held_is_told_of_too() -> None:
    async def run() -> None:
        async with house(holding=True) as opened:
            gone: list[int] = []
            client = await opened.client()
            client.say(POST)
            await until(lambda: opened.recorder.waiting)
            reset = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
            client.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
            client.writer.transport.abort()
            await until(lambda: not opened.listener.connections)
            await hold(opened, gone)
            assert gone == [1]
            assert opened.listener.gate.requests == 0

    asyncio.run(run())


def test_held_requests_do_not_close_the_gate_for_others() -> None:
    async def run() -> None:
        async with house(Limits(waiting_requests=2), holding=True) as opened:
            gone: list[int] = []
            for count in range(4):
                client = await opened.client()
                client.say(POST)
                await until(lambda count=count: len(opened.recorder.waiting) > count)
                await hold(opened, gone)
            opened.recorder.holding = False
            other = await opened.client()
            other.say(POST)
            assert await other.reply() == (200, b"kept")

    asyncio.run(run())


def test_replies_behind_a_held_one_keep_their_order() -> None:
    async def run() -> None:
        async with house(holding=True) as opened:
            client = await opened.client()
            client.say(POST)
            await hold(opened, [])
            opened.recorder.holding = False
            client.say(POST)
            await until(lambda: len(opened.recorder.captures) == 2)
            opened.recorder.waiting[0][0](LATE, "first")
            assert await client.reply() == (201, b"late")
            assert await client.reply() == (200, b"kept")

    asyncio.run(run())


@pytest.mark.parametrize("held", [False, True])
def test_a_cut_closes_without_an_answer(held: bool) -> None:
    async def run() -> None:
        async with house(holding=True) as opened:
            gone: list[int] = []
            client = await opened.client()
            client.say(POST)
            await until(lambda: opened.recorder.waiting)
            if held:
                await hold(opened, gone)
            opened.recorder.waiting[0][0](Reply(cut=True), "cut")
            assert await client.rest() == b""
            await until(lambda: not opened.listener.connections)
            assert (gone, opened.recorder.replies) == ([], [])
            assert opened.listener.gate.requests == 0

    asyncio.run(run())


def test_a_stop_does_not_wait_for_what_is_endless() -> None:
    async def run() -> None:
        async with house(holding=True) as opened:
            gone: list[int] = []
            client = await opened.client()
            client.say(POST)
            await hold(opened, gone, endless=True)
            async with asyncio.timeout(PATIENCE_S):
                await opened.listener.stop(grace_s=10 * PATIENCE_S)
            assert gone == [1]
            assert await client.rest() == b""

    asyncio.run(run())


def test_a_stop_waits_for_what_is_only_late() -> None:
    async def run() -> None:
        async with house(holding=True) as opened:
            gone: list[int] = []
            client = await opened.client()
            client.say(POST)
            await hold(opened, gone)
            stopping = tasks.start(opened.listener.stop(grace_s=PATIENCE_S), "stop")
            opened.recorder.waiting[0][0](LATE, None)
            assert await client.reply() == (201, b"late")
            await stopping
            assert gone == []

    asyncio.run(run())
