"""A refusal: a connection that was turned away before there was a request to keep."""

from __future__ import annotations

from dataclasses import dataclass

HEAD_KEPT_BYTES = 8192
"""How much of what came a refusal keeps at most."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What came was no request: malformed HTTP, a header block that did not end, too many connections."""

    at_ns: int
    """Wall clock, ns since 1970 UTC."""
    remote: str
    status: int
    """What the client was answered."""
    reason: str
    """Why, as a sentence."""
    head: bytes
    """The first bytes that came, at most `HEAD_KEPT_BYTES`; hostile, never to be read as markup."""
