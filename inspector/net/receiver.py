"""Who takes what the listener captures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from inspector.core.event import Capture, Reply
from inspector.core.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Held:
    """Given in the place of a reply that comes much later, or never: the request holds up nobody else."""

    gone: Callable[[], object]
    """Called once when the client left before its reply; an answer after that has no effect."""
    endless: bool = False
    """No reply will come: a listener that is stopped does not wait for it."""


Answered: TypeAlias = Callable[[Reply | Held, object], None]
"""(reply, token): to be called on the I/O thread once with a reply; before that, at most once with Held."""


class Receiver(Protocol):
    """The use case behind the listener; all three are called on the I/O thread and must not block."""

    def receive(self, capture: Capture, answer: Answered) -> None:
        """Take a request; call `answer` now or later."""

    def replied(self, token: object, replied_ns: int) -> None:
        """The last byte of the reply was handed to the socket at this monotonic time."""

    def refused(self, refusal: Refusal) -> None:
        """A connection was turned away before there was a request."""
