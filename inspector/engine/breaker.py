"""The circuit breaker of a target: after failures in a row it pauses, then sends one probe at a time."""

from __future__ import annotations

from inspector.core.delivery_queue import BreakerState

FAILURES = 5
"""So many in a row open it."""
FIRST_PAUSE_S = 5.0
LONGEST_PAUSE_S = 60.0


class Breaker:
    """Pure state; every moment is given, in seconds of one monotonic clock."""

    def __init__(
        self,
        failures: int = FAILURES,
        first_pause_s: float = FIRST_PAUSE_S,
        longest_pause_s: float = LONGEST_PAUSE_S,
    ) -> None:
        self.state = BreakerState.CLOSED
        self.failures = 0
        self.probe_at_s: float | None = None
        """When the next probe may go; None while closed."""
        self._most = failures
        self._first_pause_s = first_pause_s
        self._longest_pause_s = longest_pause_s
        self._pause_s = first_pause_s

    def admits(self, now_s: float) -> bool:
        """Whether a delivery may start now; while open only a probe, and only when it is time."""
        if self.state is BreakerState.CLOSED:
            return True
        return self.state is BreakerState.OPEN and now_s >= (self.probe_at_s or 0.0)

    def begun(self) -> bool:
        """A delivery starts; True where it is a probe."""
        if self.state is BreakerState.OPEN:
            self.state = BreakerState.PROBING
            return True
        return False

    def succeeded(self) -> bool:
        """A delivery succeeded; True where that ends a pause."""
        ended = self.state is not BreakerState.CLOSED
        self.state = BreakerState.CLOSED
        self.failures = 0
        self.probe_at_s = None
        self._pause_s = self._first_pause_s
        return ended

    def failed(self, now_s: float, *, probe: bool) -> bool:
        """A delivery failed; True where a pause begins or goes on."""
        self.failures += 1
        if self.state is BreakerState.CLOSED:
            if self.failures < self._most:
                return False
            self._pause(now_s)
            return True
        if probe:
            self._pause_s = min(self._pause_s * 2, self._longest_pause_s)
            self._pause(now_s)
        return True

    def try_now(self, now_s: float) -> None:
        """Let the next probe go at once."""
        if self.state is BreakerState.OPEN:
            self.probe_at_s = now_s

    def _pause(self, now_s: float) -> None:
        self.state = BreakerState.OPEN
        self.probe_at_s = now_s + self._pause_s
