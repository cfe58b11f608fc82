"""How fast one target is sent to: a rate, and a slow start after a pause."""

from __future__ import annotations


class RateLimit:
    """At most so many starts a second, evenly spaced; moments are seconds of one monotonic clock."""

    def __init__(self, per_s: float | None) -> None:
        self.per_s = per_s
        self._next_s = 0.0

    def wait_s(self, now_s: float) -> float:
        """How long the next start has to wait; 0 where it may go."""
        return 0.0 if self.per_s is None else max(0.0, self._next_s - now_s)

    def started(self, now_s: float) -> None:
        """One starts now."""
        if self.per_s is not None:
            self._next_s = max(self._next_s, now_s) + 1 / self.per_s


class SlowStart:
    """How many may be under way at once: as many as the target allows, but after a pause one, then one more
    with each success, so that a handler that comes back is not flooded.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._allowed = most

    @property
    def allowed(self) -> int:
        """How many may be under way now."""
        return min(self._allowed, self.most)

    def begin(self) -> None:
        """The target came back from a pause."""
        self._allowed = 1

    def succeeded(self) -> None:
        """One delivery succeeded."""
        if self._allowed < self.most:
            self._allowed = min(self.most, self._allowed + 1)

    def resized(self, most: int) -> None:
        """The target allows another number now."""
        if self._allowed >= self.most:
            self._allowed = most
        self.most = most
