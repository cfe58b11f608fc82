"""Deliveries a second by the sender alone, against a bare aiohttp client on the same handler.

The handler is a process of its own that answers at once. Both clients take turns on it within each round,
on the same loop and with the same number at a time; the ratio is taken within the round, and the median of
the rounds is told.
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp

from inspector.core.outgoing import Outgoing
from inspector.net.sender import Sender
from tests.bench.row import Row

ROOT = Path(__file__).parents[2]
BODY = b'{"id": "evt_1", "type": "invoice.paid", "data": "' + b"x" * 1000 + b'"}'
HEADERS = (
    (b"Host", b"127.0.0.1"),
    (b"User-Agent", b"Provider/1.0"),
    (b"Content-Type", b"application/json"),
    (b"X-Signature", b"t=1700000000,v1=" + b"0" * 64),
    (b"Content-Length", str(len(BODY)).encode()),
)
RESPONSE = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{"ok":true}'
GOAL = 0.7


def run(quick: bool) -> list[Row]:
    """The table's rows."""
    rounds, seconds = (2, 1.0) if quick else (5, 3.0)
    command = [sys.executable, "-m", "tests.bench.bench_deliveries"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as handler:
        assert handler.stdout is not None
        try:
            url = f"http://127.0.0.1:{int(handler.stdout.readline())}/hook"
            return [row for width in (1, 10, 100) for row in _rows(url, width, rounds, seconds)]
        finally:
            handler.kill()


def _rows(url: str, width: int, rounds: int, seconds: float) -> list[Row]:
    found = [_on_loop(_round(url, width, seconds, turn % 2 == 1)) for turn in range(rounds)]
    ratio = statistics.median([ours / bare for ours, bare in found])
    return [
        Row(
            f"{width} at a time: bare aiohttp client",
            statistics.median([bare for _, bare in found]),
            "sent/s",
        ),
        Row(f"{width} at a time: sender", statistics.median([ours for ours, _ in found]), "sent/s"),
        Row(f"{width} at a time: sender, of aiohttp's", ratio, "ratio", GOAL, at_least=True),
    ]


async def _round(url: str, width: int, seconds: float, ours_first: bool) -> tuple[float, float]:
    """Requests a second of the sender and of aiohttp."""
    if ours_first:
        ours = await _ours(url, width, seconds)
        return ours, await _aiohttp(url, width, seconds)
    bare = await _aiohttp(url, width, seconds)
    return await _ours(url, width, seconds), bare


async def _ours(url: str, width: int, seconds: float) -> float:
    sender = Sender()
    outgoing = Outgoing("POST", url, HEADERS, BODY)

    async def one() -> None:
        sent = await sender.send(outgoing)
        if not sent.succeeded:
            raise RuntimeError(str(sent.failure))

    try:
        return await _rate(one, width, seconds)
    finally:
        await sender.close()


async def _aiohttp(url: str, width: int, seconds: float) -> float:
    headers = [(name.decode(), value.decode()) for name, value in HEADERS[1:-1]]
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, auto_decompress=False) as session:

        async def one() -> None:
            async with session.post(url, data=BODY, headers=headers) as response:
                await response.read()
                if response.status != 200:
                    raise RuntimeError(str(response.status))

        return await _rate(one, width, seconds)


async def _rate(one: Callable[[], Awaitable[None]], width: int, seconds: float) -> float:
    """How often `one` ends in a second, with `width` at a time; the first tenth warms up."""
    warm = time.perf_counter() + seconds / 10
    end = warm + seconds
    count = 0

    async def again() -> None:
        nonlocal count
        while (now := time.perf_counter()) < end:
            await one()
            count += now >= warm

    await asyncio.gather(*[again() for _ in range(width)])
    return count / (time.perf_counter() - warm)


def _on_loop(coro: Awaitable[tuple[float, float]]) -> tuple[float, float]:
    """As the program does: uvloop where it is installed."""
    try:
        from uvloop import new_event_loop
    except ImportError:
        from asyncio import new_event_loop

    async def main() -> tuple[float, float]:
        return await coro

    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(main())


class _Handler(asyncio.Protocol):
    """Answers each whole request at once."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._data = b""

    def data_received(self, data: bytes) -> None:
        self._data += data
        while (end := self._data.find(b"\r\n\r\n")) >= 0:
            whole = end + 4 + len(BODY)
            if len(self._data) < whole:
                return
            self._data = self._data[whole:]
            self._transport.write(RESPONSE)  # type: ignore[attr-defined] # a stream's


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(_Handler, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    try:
        import uvloop

        uvloop.run(_serve())
    except ImportError:
        asyncio.run(_serve())
