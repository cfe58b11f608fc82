"""What checking one request against one scheme came to, step by step."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.core.event import Verdict
from inspector.core.headers import HeaderPairs


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """What a verification needs of a request: raw bytes only, never decoded and encoded again."""

    method: str
    url: str
    """The public URL as the sender signed it; empty where it is not known."""
    headers: HeaderPairs
    body: bytes


@dataclass(frozen=True, slots=True)
class Key:
    """A secret or a public key under the name it is stored by; the bytes are as the provider gives them."""

    name: str
    material: bytes

    def __repr__(self) -> str:
        """The name only: a secret never reaches a log."""
        return f"Key({self.name!r})"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the signature page."""

    title: str
    passed: bool | None
    """None where the step was not reached or has no outcome."""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The verdict and all that led to it."""

    verdict: Verdict
    scheme: str
    steps: tuple[Step, ...] = ()
    trouble: str = ""
    """The first thing that failed: `header-missing`, `header-malformed`, `timestamp-missing`,
    `timestamp-malformed`, `too-old`, `too-new`, `mismatch`, `key-malformed`; empty for a valid one."""
    key: str = ""
    """The name of the key that verified it (also when only the time was wrong)."""
    message: bytes | None = None
    """The exact bytes that were signed, where the message could be built."""
    expected: str = ""
    """The digest that our key gives, in the encoding of the scheme; of the first key."""
    received: tuple[str, ...] = ()
    """The signatures found in the request, as they stand there."""
    timestamp_s: float | None = None
    age_s: float | None = None
    """Seconds from the timestamp to the moment of judging."""
    remarks: tuple[str, ...] = ()
    """Things worth saying of a good one, such as hex in upper case."""
