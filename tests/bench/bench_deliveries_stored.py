"""Deliveries a second, each stored, against a bare aiohttp client on the same handler in the same run."""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from inspector.core.event import Arrival, Capture, Request, Times
from inspector.core.target import Target
from inspector.engine.announcements import Announcement, EventsChecked, QueueChanged
from inspector.engine.inspector import Inspector, Options
from inspector.engine.paths import Folders
from tests.bench.row import Row

AT_ONCE = 10
"""The provider's own batch."""
BODY = b'{"id":"evt_1","type":"challenge.completed","data":"' + b"x" * 950 + b'"}'
HEADERS = (
    (b"Host", b"localhost"),
    (b"Content-Type", b"application/json"),
    (b"User-Agent", b"bench"),
    (b"X-Signature", b"a" * 64),
    (b"Content-Length", str(len(BODY)).encode()),
)


def run(quick: bool) -> list[Row]:
    """Three rounds of each kind, one after the other; the ratio of the medians."""
    count, rounds = (500, 1) if quick else (4_000, 3)
    handler = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.bench_deliveries_stored"], stdout=subprocess.PIPE
    )
    assert handler.stdout is not None
    try:
        url = f"http://127.0.0.1:{int(handler.stdout.readline())}"
        with tempfile.TemporaryDirectory() as folder:
            bench = _Bench(Path(folder), url, count)
            bare, queued, direct = [], [], []
            for _ in range(rounds):
                bare.append(asyncio.run(_aiohttp(url, count)))
                queued.append(bench.through_the_queue())
                direct.append(bench.past_the_queue())
            bench.close()
    finally:
        handler.kill()
        handler.wait()
        handler.stdout.close()
    reference = statistics.median(bare)
    found = {"past the queue": statistics.median(direct), "of the queue": statistics.median(queued)}
    return [
        Row("bare aiohttp client", reference, "requests/s"),
        *(Row(f"deliveries {name}, stored", figure, "deliv./s") for name, figure in found.items()),
        *(
            Row(f"deliveries {name}, of aiohttp's", figure / reference, "ratio", 0.7, at_least=True)
            for name, figure in found.items()
        ),
    ]


class _Bench:
    """The engine with that many events, all of them judged."""

    def __init__(self, folder: Path, url: str, count: int) -> None:
        self._news = threading.Condition()
        self._checked = 0
        self._inspector = Inspector(Options(folders=Folders(folder / "data", folder / "config")))
        self._inspector.announcements.subscribe(self._hear)
        self._inspector.start()
        request = Request(b"POST /webhooks/nudj HTTP/1.1", HEADERS, BODY)
        arrival = Arrival(Capture(request, Times(time.time_ns(), 1, 1, 2, 3)), "nudj")
        self._ids = self._inspector.inbox.add([arrival] * count)
        self._inspector.deliveries.targets.add(Target("t", url, concurrency=AT_ONCE))
        with self._news:
            assert self._news.wait_for(lambda: self._checked >= count, 120)

    def close(self) -> None:
        self._inspector.stop()

    def through_the_queue(self) -> float:
        begun = time.perf_counter()
        self._inspector.deliveries.enqueue(self._ids, "t").result()
        with self._news:
            assert self._news.wait_for(lambda: not self._inspector.deliveries.jobs(limit=1), 300)
        return len(self._ids) / (time.perf_counter() - begun)

    def past_the_queue(self) -> float:
        waiting = iter(self._ids)
        guard = threading.Semaphore(AT_ONCE)
        begun = time.perf_counter()
        futures = []
        for number in waiting:
            guard.acquire()
            future = self._inspector.deliveries.send(number, "t")
            future.add_done_callback(lambda _: guard.release())
            futures.append(future)
        assert all(future.result(300).succeeded for future in futures)
        return len(futures) / (time.perf_counter() - begun)

    def _hear(self, announcement: Announcement) -> None:
        with self._news:
            if isinstance(announcement, EventsChecked):
                self._checked += len(announcement.ids)
            if isinstance(announcement, EventsChecked | QueueChanged):
                self._news.notify_all()


async def _aiohttp(url: str, count: int) -> float:
    import aiohttp

    headers = {name.decode(): value.decode() for name, value in HEADERS[1:4]}

    async def worker(session: aiohttp.ClientSession, waiting: Iterator[int]) -> None:
        for _ in waiting:
            async with session.post(f"{url}/webhooks/nudj", data=BODY, headers=headers) as response:
                await response.read()

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE)) as session:
        waiting = iter(range(count))
        begun = time.perf_counter()
        await asyncio.gather(*(worker(session, waiting) for _ in range(AT_ONCE)))
        return count / (time.perf_counter() - begun)


class _Handler(asyncio.Protocol):
    """Reads a request, says 200, as quickly as Python can."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._data = b""

    def data_received(self, data: bytes) -> None:
        self._data += data
        while (end := self._data.find(b"\r\n\r\n")) >= 0:
            length = self._data[:end].lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
            whole = end + 4 + int(length or 0)
            if len(self._data) < whole:
                return
            self._data = self._data[whole:]
            assert isinstance(self._transport, asyncio.WriteTransport)
            self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(_Handler, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())
