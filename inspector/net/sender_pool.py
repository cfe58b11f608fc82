"""Connections that wait for their next request, by route; the newest is taken first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from inspector.net.sender_connection import ClientConnection
from inspector.net.sender_options import Route

IDLE_S = 4.0
"""Below what servers of the trade allow (Node: 5 s), so that few are closed under our hands."""
MOST_IDLE = 256
_SECOND_NS = 1_000_000_000


class Pool:
    """Idle connections; they are closed when their time is over."""

    def __init__(self, monotonic_ns: Callable[[], int], idle_s: float = IDLE_S) -> None:
        self._monotonic_ns = monotonic_ns
        self._idle_s = idle_s
        self._idle: dict[Route, list[ClientConnection]] = {}
        self._count = 0
        self._sweep: asyncio.TimerHandle | None = None

    def take(self, route: Route) -> ClientConnection | None:
        """An idle connection that is still good, or None."""
        waiting = self._idle.get(route)
        now = self._monotonic_ns()
        while waiting:
            connection = waiting.pop()
            self._count -= 1
            if not waiting:
                del self._idle[route]
            if self._good(connection, now):
                return connection
            connection.abort()
        return None

    def put(self, route: Route, connection: ClientConnection) -> None:
        """Keep it for the next request, or close it where it has none to expect."""
        if not connection.usable or self._count >= MOST_IDLE or connection.idle_limit_ns == 0:
            connection.close()
            return
        connection.idle_since_ns = self._monotonic_ns()
        self._idle.setdefault(route, []).append(connection)
        self._count += 1
        if self._sweep is None:
            self._sweep = asyncio.get_running_loop().call_later(self._idle_s, self._close_old)

    async def close(self) -> None:
        """Close all and wait until they are closed."""
        if self._sweep is not None:
            self._sweep.cancel()
            self._sweep = None
        connections = [each for waiting in self._idle.values() for each in waiting]
        self._idle.clear()
        self._count = 0
        for connection in connections:
            connection.abort()
        for connection in connections:
            await connection.wait_closed()

    def _good(self, connection: ClientConnection, now: int) -> bool:
        limit_ns = int(self._idle_s * _SECOND_NS)
        if connection.idle_limit_ns is not None:
            limit_ns = min(limit_ns, connection.idle_limit_ns)
        return connection.usable and now - connection.idle_since_ns < limit_ns

    def _close_old(self) -> None:
        self._sweep = None
        now = self._monotonic_ns()
        for route, waiting in list(self._idle.items()):
            kept = [each for each in waiting if self._good(each, now)]
            for connection in waiting:
                if connection not in kept:
                    connection.close()
            self._count -= len(waiting) - len(kept)
            if kept:
                self._idle[route] = kept
            else:
                del self._idle[route]
        if self._idle:
            self._sweep = asyncio.get_running_loop().call_later(self._idle_s / 2, self._close_old)
