"""What judging one request found, cheap to make; the steps for people are written from it when asked for."""

from __future__ import annotations

from collections.abc import Sequence

from inspector.core.event import Verdict
from inspector.core.signatures.reading import Reading
from inspector.core.signatures.scheme import Scheme


class Judgement:
    """The verdict with everything that was found on the way. Filled once by `judge`, then only read."""

    __slots__ = (
        "age_s",
        "expected",
        "future_s",
        "key",
        "keys",
        "parts",
        "past_s",
        "picked",
        "raw",
        "raw_timestamp",
        "reading",
        "recipe",
        "remarks",
        "scheme",
        "timestamp_s",
        "trouble",
        "verdict",
        "words",
    )

    def __init__(self, scheme: Scheme, reading: Reading) -> None:
        self.scheme = scheme
        self.reading = reading
        self.verdict = Verdict.INVALID
        self.trouble = ""
        """The first thing that failed, as in Outcome; empty for a valid one."""
        self.words = ""
        """The trouble in a sentence."""
        self.key = ""
        """The name of the key that verified it."""
        self.keys = 0
        """How many keys were tried."""
        self.raw: list[str] = []
        self.picked: list[str] = []
        self.parts: Sequence[bytes] | None = None
        """The signed bytes in parts, of the recipe that matched, or else of the first."""
        self.expected = ""
        self.recipe = ""
        """The template that `parts` was built by."""
        self.raw_timestamp: bytes | None = None
        self.timestamp_s: float | None = None
        self.age_s: float | None = None
        self.past_s: float | None = None
        self.future_s: float | None = None
        self.remarks: tuple[str, ...] = ()

    def fail(self, trouble: str, words: str, verdict: Verdict = Verdict.INVALID) -> Judgement:
        """Sets the trouble and gives itself back."""
        self.verdict = verdict
        self.trouble = trouble
        self.words = words
        return self
