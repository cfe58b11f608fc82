"""The listener: takes connections on one address until it is stopped."""

from __future__ import annotations

import asyncio
import ssl

from inspector.core.http1.head import TokenCache
from inspector.core.http1.reply import RecentReply, http_date
from inspector.net import tasks
from inspector.net.clock import Clock
from inspector.net.connection import Connection
from inspector.net.gate import Gate
from inspector.net.limits import Limits
from inspector.net.ports import bind, listen_problem
from inspector.net.receiver import Answered, Receiver

__all__ = ["Answered", "Limits", "Listener", "Receiver"]

_BACKLOG = 1024
_TURNED_AWAY = 100
"""How many connections above the limit may wait for their 503 to be read."""


class Listener:
    """Serves one address with captures for `receiver`; all on the loop that runs `start`."""

    def __init__(
        self,
        receiver: Receiver,
        limits: Limits | None = None,
        clock: Clock | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.receiver = receiver
        self.limits = limits if limits is not None else Limits()
        self.clock = clock if clock is not None else Clock()
        self.gate = Gate(self.limits)
        self.tokens = TokenCache()
        self.recent = RecentReply()
        self.secure = tls is not None
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._watch: asyncio.Task[None] | None = None
        self._connections: set[Connection] = set()
        self._turned_away: set[Connection] = set()
        self._empty: asyncio.Event | None = None
        self._date_s = 0
        self._date = b""

    @property
    def connections(self) -> int:
        """How many are open."""
        return len(self._connections)

    async def start(self, host: str, port: int) -> tuple[str, int]:
        """Listen on `host` and `port` (0: any free one); returns the address that is listened on.

        Raises ProblemError: `port-taken` (a PortTakenError with the next free port), `port-forbidden`,
        `address-unusable`.
        """
        if self._server is not None:
            raise RuntimeError("The listener is started already.")
        loop = asyncio.get_running_loop()
        bound = await bind(host, port)
        try:
            self._server = await loop.create_server(
                lambda: Connection(self), sock=bound, ssl=self._tls, backlog=_BACKLOG
            )
        except OSError as failure:
            bound.close()
            raise listen_problem(host, port, failure) from failure
        self._watch = tasks.start(self._watch_times(), "listener: time limits")
        address = bound.getsockname()
        return str(address[0]), int(address[1])

    async def stop(self, grace_s: float = 5.0) -> None:
        """Take no more connections, let running requests be answered, then close what is left."""
        server, self._server = self._server, None
        if server is None:
            return
        server.close()
        for connection in [*self._connections, *self._turned_away]:
            connection.wind_down()
        await self._wait_until_empty(grace_s)
        for connection in [*self._connections, *self._turned_away]:
            connection.abort()
        await self._wait_until_empty(1.0)
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None

    # For the connections

    def date(self) -> bytes:
        """The value of the Date header, made once a second."""
        now_s = self.clock.wall_ns() // 1_000_000_000
        if now_s != self._date_s:
            self._date_s = now_s
            self._date = http_date(now_s)
        return self._date

    def joined(self, connection: Connection) -> bool:
        """Take the connection in; False where there are too many."""
        if len(self._connections) < self.limits.connections:
            self._connections.add(connection)
            if self._server is None:
                connection.wind_down()
            return True
        if len(self._turned_away) >= _TURNED_AWAY:
            self._turned_away.pop().abort()
        self._turned_away.add(connection)
        return False

    def left(self, connection: Connection) -> None:
        """The connection is gone."""
        self._connections.discard(connection)
        self._turned_away.discard(connection)
        if self._empty is not None and not self._connections and not self._turned_away:
            self._empty.set()

    async def _wait_until_empty(self, at_most_s: float) -> None:
        if not self._connections and not self._turned_away:
            return
        self._empty = asyncio.Event()
        try:
            async with asyncio.timeout(at_most_s):
                await self._empty.wait()
        except TimeoutError:
            pass
        finally:
            self._empty = None

    async def _watch_times(self) -> None:
        """Look at all connections a few times within the shortest limit: cheaper than a timer for each."""
        pause_s = min(
            1.0, min(self.limits.head_time_s, self.limits.body_idle_s, self.limits.keep_alive_s) / 5
        )
        while True:
            await asyncio.sleep(pause_s)
            now = self.clock.monotonic_ns()
            for connection in [*self._connections, *self._turned_away]:
                connection.check_time(now)
