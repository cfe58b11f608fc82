"""Handlers that speak in bytes, for the sender: what they heard is kept exactly as it came."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeAlias

from inspector.core.headers import HeaderPairs
from inspector.core.outgoing import Outgoing
from inspector.net.sender import Sender

PATIENCE_S = 60.0
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]+)", re.IGNORECASE)


@dataclass
class Talk:
    """One connection at the handler's side."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    handler: Handler

    async def hear(self) -> bytes:
        """The next whole request as it came; raises IncompleteReadError at the end."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        match = _LENGTH.search(head)
        raw = head + (await self.reader.readexactly(int(match[1])) if match else b"")
        self.handler.heard.append(raw)
        return raw

    def say(self, data: bytes) -> None:
        self.writer.write(data)

    async def until_closed(self) -> bytes:
        """Wait for the sender to close; returns what came before."""
        with suppress(ConnectionError):
            return await self.reader.read(-1)
        return b""


Behaviour: TypeAlias = Callable[[Talk], Awaitable[None]]


@dataclass
class Handler:
    """A listening socket with a behaviour for each connection."""

    port: int = 0
    heard: list[bytes] = field(default_factory=list)
    connections: int = 0
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a connection's behaviour ended."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def answering(*responses: bytes) -> Behaviour:
    """Answers each request with the next of the responses, the last one again and again."""
    left = list(responses)

    async def behave(talk: Talk) -> None:
        while True:
            await talk.hear()
            talk.say(left.pop(0) if len(left) > 1 else left[0])

    return behave


@asynccontextmanager
async def handling(behave: Behaviour, tls: ssl.SSLContext | None = None) -> AsyncIterator[Handler]:
    """A handler on a free port."""
    handler = Handler()
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        handler.connections += 1
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError, ssl.SSLError):
                await behave(Talk(reader, writer, handler))
        finally:
            tasks.discard(task)
            handler.closed.set()
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls, limit=1 << 24)
    handler.port = server.sockets[0].getsockname()[1]
    try:
        yield handler
    finally:
        server.close()
        left = list(tasks)
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=PATIENCE_S)


@asynccontextmanager
async def sending(*, idle_s: float = 60.0) -> AsyncIterator[Sender]:
    """A sender that is closed at the end; in reach of the slowest machine, connections do not age."""
    sender = Sender(idle_s=idle_s)
    try:
        async with asyncio.timeout(PATIENCE_S):
            yield sender
    finally:
        await sender.close()


def post(url: str, body: bytes = b"{}", headers: HeaderPairs = ()) -> Outgoing:
    """A small request."""
    host = url.partition("://")[2].partition("/")[0].encode()
    length = ((b"Content-Length", str(len(body)).encode()),) if body else ()
    return Outgoing("POST", url, ((b"Host", host), *headers, *length), body)
