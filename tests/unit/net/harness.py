"""A listener on a real socket with a receiver that remembers, and clients that speak in bytes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from inspector.core.event import Capture, Reply
from inspector.core.refusal import Refusal
from inspector.net.limits import Limits
from inspector.net.listener import Listener
from inspector.net.receiver import Answered

PATIENCE_S = 60.0
HELLO = Reply(200, (), b"kept")


@dataclass
class Recorder:
    """Takes all and answers at once, or keeps the answers back while `holding`."""

    holding: bool = False
    reply: Reply = HELLO
    captures: list[Capture] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    replies: list[object] = field(default_factory=list)
    waiting: list[tuple[Answered, int]] = field(default_factory=list)

    def receive(self, capture: Capture, answer: Answered) -> None:
        self.captures.append(capture)
        number = len(self.captures)
        if self.holding:
            self.waiting.append((answer, number))
        else:
            answer(self.reply, number)

    def replied(self, token: object, replied_ns: int) -> None:
        self.replies.append(token)

    def refused(self, refusal: Refusal) -> None:
        self.refusals.append(refusal)


@dataclass
class Client:
    """One connection to the listener."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def say(self, data: bytes) -> None:
        self.writer.write(data)

    async def hear(self, size: int) -> bytes:
        async with asyncio.timeout(PATIENCE_S):
            return await self.reader.readexactly(size)

    async def reply(self) -> tuple[int, bytes]:
        """Status and body of the next reply."""
        async with asyncio.timeout(PATIENCE_S):
            head = await self.reader.readuntil(b"\r\n\r\n")
            length = 0
            for line in head.split(b"\r\n"):
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            return int(head.split(b" ", 2)[1]), await self.reader.readexactly(length)

    async def rest(self) -> bytes:
        """All until the listener closes."""
        async with asyncio.timeout(PATIENCE_S):
            return await self.reader.read()

    def end(self) -> None:
        """Says no more, but listens on."""
        self.writer.write_eof()

    def close(self) -> None:
        self.writer.close()


@dataclass
class House:
    """The listener under test with its recorder."""

    listener: Listener
    recorder: Recorder
    host: str
    port: int
    clients: list[Client] = field(default_factory=list)

    async def client(self) -> Client:
        async with asyncio.timeout(PATIENCE_S):
            reader, writer = await asyncio.open_connection(self.host, self.port)
        client = Client(reader, writer)
        self.clients.append(client)
        return client

    async def exchange(self, data: bytes) -> bytes:
        """All that one connection gets for these bytes, when it says no more."""
        client = await self.client()
        client.say(data)
        client.end()
        return await client.rest()


async def until(condition: Callable[[], object]) -> None:
    """Wait for a condition."""
    async with asyncio.timeout(PATIENCE_S):
        while not condition():
            await asyncio.sleep(0.005)


@asynccontextmanager
async def house(limits: Limits | None = None, *, holding: bool = False) -> AsyncIterator[House]:
    """A listener on a free port of this computer."""
    recorder = Recorder(holding)
    listener = Listener(recorder, limits)
    host, port = await listener.start("127.0.0.1", 0)
    opened = House(listener, recorder, host, port)
    try:
        yield opened
    finally:
        for client in opened.clients:
            client.close()
        await listener.stop(0.5)
        for client in opened.clients:
            with suppress(OSError):
                await client.writer.wait_closed()
