"""HTTP Message Signatures (RFC 9421)."""

from __future__ import annotations

from collections.abc import Sequence

from inspector.core.signatures.judgement import Judgement
from inspector.core.signatures.outcome import Key


def check(judged: Judgement, given: Sequence[Key]) -> None:
    """Checks every labelled signature; sets the key or the trouble."""
    judged.fail("header-malformed", "not yet")
