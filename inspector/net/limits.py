"""How much the listener takes, and how long it waits."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one listener; every one has an answer that the sender gets when it is passed."""

    body_bytes: int = 64 * MIB
    """413; what had come is kept as a rejected event."""
    head_bytes: int = 64 * 1024
    """431, or 414 where the request line alone is longer."""
    head_time_s: float = 10.0
    """408: from the connection, or the first byte of a later request, to the end of the head."""
    body_idle_s: float = 30.0
    """408: between two pieces of a body; what had come is kept as an incomplete event."""
    connections: int = 1000
    """503 for each one more."""
    keep_alive_s: float = 75.0
    """An idle connection is closed after this time without a word."""
    pipelined: int = 64
    """Requests of one connection that may wait for their replies before reading pauses."""
    waiting_requests: int = 4096
    """Requests of all connections that may wait before reading pauses."""
    waiting_bytes: int = 256 * MIB
    """Their bodies together."""
