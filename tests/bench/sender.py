"""The load: keep-alive senders in a process of its own, as raw asyncio protocols.

`python -m tests.bench.sender PORT SENDERS SECONDS` sends as fast as replies come;
with a fourth argument, that many requests a second in all. Prints one JSON object.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import cast

BODY = json.dumps(
    {
        "id": "evt_000000000000",
        "type": "challenge.completed",
        "createdAt": "2026-11-23T10:00:00.000Z",
        "data": {
            "user": {"id": "user_123", "email": "someone@example.com"},
            "points": 1.0,
            "tags": ["a", "b"] * 20,
        },
    }
).encode()
REQUEST = (
    b"POST /webhooks/nudj HTTP/1.1\r\nHost: 127.0.0.1:8787\r\nUser-Agent: bench/1.0\r\nAccept: */*\r\n"
    b"Content-Type: application/json\r\nX-Request-Id: 0f8fad5b-d9cb-469f-a165-70867728950e\r\n"
    b"X-Signature: sha256=5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef\r\n"
    b"Content-Length: %d\r\n\r\n" % len(BODY)
) + BODY


class Sender(asyncio.Protocol):
    """One connection; counts replies, and notes how long each took."""

    def __init__(self, took_ns: list[int], *, eager: bool) -> None:
        self._took_ns = took_ns
        self._eager = eager
        self._sent_ns = 0
        self._came = b""
        self._transport: asyncio.Transport | None = None
        self.free = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own class has other ancestors
        if self._eager:
            self.send()

    def send(self) -> None:
        """Send one request; its reply frees the connection."""
        assert self._transport is not None
        self.free = False
        self._sent_ns = time.perf_counter_ns()
        self._transport.write(REQUEST)

    def data_received(self, data: bytes) -> None:
        self._came += data
        end = self._came.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self._came[:end].lower()
        at = head.find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self._came) < end + 4 + length:
            return
        if not head.startswith(b"http/1.1 200"):
            raise RuntimeError(f"the reply was {head[:40]!r}")
        self._came = b""
        self._took_ns.append(time.perf_counter_ns() - self._sent_ns)
        self.free = True
        if self._eager:
            self.send()

    def close(self) -> None:
        """End."""
        self._eager = False
        if self._transport is not None:
            self._transport.abort()


async def load(port: int, senders: int, seconds: float, rate: float) -> dict[str, float]:
    """Requests a second and the quantiles of the time to the reply."""
    loop = asyncio.get_running_loop()
    took_ns: list[int] = []
    crowd: list[Sender] = []
    for _ in range(senders):
        _, sender = await loop.create_connection(lambda: Sender(took_ns, eager=not rate), "127.0.0.1", port)
        crowd.append(sender)
    await asyncio.sleep(0.3)
    took_ns.clear()
    begun = time.perf_counter()
    if rate:
        await _paced(crowd, seconds, rate)
    else:
        await asyncio.sleep(seconds)
    elapsed = time.perf_counter() - begun
    for sender in crowd:
        sender.close()
    took_ns.sort()
    count = len(took_ns)
    return {
        "count": count,
        "rate": count / elapsed,
        "p50_ms": took_ns[count // 2] / 1e6,
        "p99_ms": took_ns[min(count - 1, count * 99 // 100)] / 1e6,
    }


async def _paced(crowd: list[Sender], seconds: float, rate: float) -> None:
    begun = time.perf_counter()
    sent = turn = 0
    while (now := time.perf_counter() - begun) < seconds:
        while sent < now * rate:
            sent += 1
            for _ in crowd:
                turn = (turn + 1) % len(crowd)
                if crowd[turn].free:
                    crowd[turn].send()
                    break
        await asyncio.sleep(max(0.0, sent / rate - (time.perf_counter() - begun)))
    await asyncio.sleep(0.2)


def main() -> None:
    """Run on uvloop where it is installed."""
    try:
        import uvloop
    except ImportError:
        factory = asyncio.new_event_loop
    else:
        factory = uvloop.new_event_loop
    port, senders, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    rate = float(sys.argv[4]) if len(sys.argv) > 4 else 0.0
    with asyncio.Runner(loop_factory=factory) as runner:
        print(json.dumps(runner.run(load(port, senders, seconds, rate))))


if __name__ == "__main__":
    main()
