"""Who takes what the listener captures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias

from inspector.core.event import Capture, Reply
from inspector.core.refusal import Refusal

Answered: TypeAlias = Callable[[Reply, object], None]
"""(reply, token): to be called on the I/O thread, exactly once."""


class Receiver(Protocol):
    """The use case behind the listener; all three are called on the I/O thread and must not block."""

    def receive(self, capture: Capture, answer: Answered) -> None:
        """Take a request; call `answer` now or later."""

    def replied(self, token: object, replied_ns: int) -> None:
        """The last byte of the reply was handed to the socket at this monotonic time."""

    def refused(self, refusal: Refusal) -> None:
        """A connection was turned away before there was a request."""
