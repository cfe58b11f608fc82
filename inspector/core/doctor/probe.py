"""Tries one combination of request, scheme and secrets after another, within a budget of work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from inspector.core.event import Verdict
from inspector.core.signatures.judgement import Judgement
from inspector.core.signatures.outcome import Key, SignedRequest
from inspector.core.signatures.scheme import Scheme
from inspector.core.signatures.verify import judge

BUDGET_BYTES = 400 * 1024 * 1024
"""So much is hashed at most for one diagnosis: about a second."""
_OVERHEAD_BYTES = 2_000
"""What a trial costs beside its hashing, in bytes that could be hashed in that time."""


@dataclass(slots=True)
class Probe:
    """The case under examination and how much work is left."""

    scheme: Scheme
    request: SignedRequest
    keys: tuple[Key, ...]
    now_s: float
    left_bytes: int = BUDGET_BYTES
    tried: int = 0
    exhausted: bool = False
    """Whether something was left out because the work was used up."""

    def spend(self, size_bytes: int) -> bool:
        """Takes one trial over so many bytes from the budget; False where nothing is left."""
        cost = size_bytes + _OVERHEAD_BYTES
        if cost > self.left_bytes:
            self.exhausted = True
            return False
        self.left_bytes -= cost
        self.tried += 1
        return True

    def judge(
        self,
        *,
        body: bytes | None = None,
        url: str | None = None,
        method: str | None = None,
        request: SignedRequest | None = None,
        scheme: Scheme | None = None,
        keys: Sequence[Key] | None = None,
    ) -> Judgement | None:
        """The judgement of the case with something else in it, time left aside; None: no budget."""
        seen = request or self.request
        if body is not None:
            seen = replace(seen, body=body)
        if url is not None:
            seen = replace(seen, url=url)
        if method is not None:
            seen = replace(seen, method=method)
        given = self.keys if keys is None else keys
        if not self.spend(len(seen.body) * max(1, len(given))):
            return None
        return judge(scheme or self.scheme, seen, given, now_s=self.now_s, ignore_time=True)


def holds(judged: Judgement | None) -> bool:
    """Whether the signature was verified."""
    return judged is not None and judged.verdict is Verdict.VALID
