"""Back-pressure: reading pauses while too many requests wait for their replies."""

from __future__ import annotations

from typing import Protocol

from inspector.net.limits import Limits


class Held(Protocol):
    """A connection whose reading was paused."""

    def let_go(self) -> None:
        """Read on."""


class Gate:
    """Counts what waits in all connections; closed above the limit, open again below half of it."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._held: dict[Held, None] = {}
        self.requests = 0
        self.bytes = 0

    @property
    def closed(self) -> bool:
        """Whether no more should be read for now."""
        return self.requests >= self._limits.waiting_requests or self.bytes >= self._limits.waiting_bytes

    def enter(self, size_bytes: int) -> None:
        """A request with a body of this size waits."""
        self.requests += 1
        self.bytes += size_bytes

    def leave(self, size_bytes: int) -> None:
        """It was answered."""
        self.requests -= 1
        self.bytes -= size_bytes
        if self._held and self._half_empty():
            held, self._held = self._held, {}
            for connection in held:
                connection.let_go()

    def hold(self, connection: Held) -> None:
        """Remember whom to let go."""
        self._held[connection] = None

    def forget(self, connection: Held) -> None:
        """The connection is gone."""
        self._held.pop(connection, None)

    def _half_empty(self) -> bool:
        limits = self._limits
        return self.requests <= limits.waiting_requests // 2 and self.bytes <= limits.waiting_bytes // 2
