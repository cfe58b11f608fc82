"""Work that can wait gives way to bursts of capture."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

WINDOW_S = 0.25
BUSY_PER_S = 400.0


class Pace:
    """Knows how fast events come in; written by the writer's thread, read by those that can wait."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since = 0.0
        self._count = 0
        self._rate = 0.0

    def note(self, stored: Sequence[object]) -> None:
        """A commit kept these."""
        now = self._clock()
        self._count += len(stored)
        passed = now - self._since
        if passed >= WINDOW_S:
            self._rate = self._count / passed
            self._since, self._count = now, 0

    def is_busy(self) -> bool:
        """Whether capture has a burst right now."""
        if self._clock() - self._since > 2 * WINDOW_S:
            return self._count / (2 * WINDOW_S) > BUSY_PER_S
        return self._rate > BUSY_PER_S
