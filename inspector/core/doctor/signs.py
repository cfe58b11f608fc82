"""What other signs tell where no signature could be verified: lengths, digests, broken JSON, other events."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from dataclasses import replace

from inspector.core import headers
from inspector.core.doctor.diagnosis import Finding
from inspector.core.doctor.probe import Probe, holds
from inspector.core.event import Verdict
from inspector.core.signatures.outcome import Outcome

_DIGEST = re.compile(r"(sha-256|sha-512|md5|sha)\s*=\s*:?([A-Za-z0-9+/=]+):?", re.IGNORECASE)
_HASHES = {"sha-256": "sha256", "sha-512": "sha512", "md5": "md5", "sha": "sha1"}
_PARSE_BYTES = 4 * 1024 * 1024
_ENOUGH = 2
"""So many other events that all fail speak against the secret."""


def only_hash(probe: Probe) -> str:
    """The name of the key under which the signature itself holds where a hash that it covers does not.

    Empty for all else. JWTs carry hashes as claims, Twilio one as a parameter of the URL.
    """
    if not probe.scheme.equal and not probe.scheme.claims:
        return ""
    judged = probe.judge(scheme=replace(probe.scheme, equal=(), claims={}))
    return judged.key if judged is not None and holds(judged) else ""


def hashed(outcome: Outcome, key: str) -> Finding:
    """What the signature covers says something else of the body or the address."""
    failed = next((step.detail for step in outcome.steps if step.passed is False and step.detail), "")
    how = failed[:1].lower() + failed[1:].rstrip(".") if failed else "the signed hash is another one"
    found_by = "The signature itself verifies; what it says of the body does not."
    return Finding("body-altered", how, found_by, key)


def length(probe: Probe) -> Finding | None:
    """Content-Length says more than came, or the JSON ends in the middle."""
    body = probe.request.body
    declared = headers.text(probe.request.headers, "content-length")
    if declared.isdigit() and len(declared) < 16 and int(declared) > len(body):
        how = f"Content-Length is {int(declared):,} bytes, but {len(body):,} came"
        return Finding("truncated", how, "Content-Length was compared with the body.", proven=False)
    if _ends_early(body):
        how = f"the JSON ends in the middle, after {len(body):,} bytes"
        return Finding("truncated", how, "The body was parsed as JSON.", proven=False)
    return None


def _ends_early(body: bytes) -> bool:
    if body.lstrip()[:1] not in (b"{", b"[") or len(body) > _PARSE_BYTES:
        return False
    try:
        text = body.decode("utf-8", "replace")
        json.loads(text)
    except json.JSONDecodeError as error:
        return error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string")
    except (ValueError, RecursionError):
        return False
    return False


def replaced(probe: Probe) -> Finding | None:
    """The body holds the sign for characters that could not be read."""
    if "\ufffd".encode() not in probe.request.body:
        return None
    how = "with the characters that U+FFFD stands for now; they were lost when it was decoded"
    return Finding("charset", how, "The body was searched for U+FFFD.", proven=False)


def digest(probe: Probe) -> Finding | None:
    """A digest header of the sender's does not fit the body (RFC 9530, RFC 3230, Content-MD5)."""
    fields, body = probe.request.headers, probe.request.body
    for name in ("content-digest", "repr-digest", "digest"):
        for algorithm, value in _DIGEST.findall(headers.text(fields, name)):
            if not _same(body, _HASHES[algorithm.lower()], value):
                return _altered(f"the header {name} has another {algorithm.upper()} than the body")
    value = headers.text(fields, "content-md5")
    if value and not _same(body, "md5", value):
        return _altered("Content-MD5 is not that of the body")
    return None


def _same(body: bytes, name: str, value: str) -> bool:
    actual = base64.b64encode(hashlib.new(name, body, usedforsecurity=False).digest()).decode()
    return hmac.compare_digest(actual.rstrip("="), value.rstrip("="))


def _altered(how: str, found_by: str = "The body's digest was compared with the header.") -> Finding:
    return Finding("body-altered", how, found_by, proven=False)


def siblings_words(probe: Probe, siblings: Sequence[Outcome]) -> str:
    """What other events of the source say, in a sentence; empty where there are none."""
    checked = [one for one in siblings if one.verdict in (Verdict.VALID, Verdict.INVALID)]
    if not checked:
        return ""
    good = [one for one in checked if _right(one)]
    if good:
        names = ", ".join(sorted({one.key for one in good if one.key}))
        with_key = f" with the secret {names}" if names else ""
        return f"{len(good)} of {len(checked)} other events of this source verify{with_key}."
    return f"None of {len(checked)} other events of this source verifies with the stored secrets."


def _right(outcome: Outcome) -> bool:
    """Whether the digest held, even where the time did not."""
    return outcome.verdict is Verdict.VALID or outcome.trouble in ("too-old", "too-new")


def by_siblings(probe: Probe, siblings: Sequence[Outcome]) -> Finding | None:
    """Others verify with the same secret: this body was altered. None does: the secret is wrong."""
    checked = [one for one in siblings if one.verdict in (Verdict.VALID, Verdict.INVALID)]
    names = {key.name for key in probe.keys}
    good = [one for one in checked if _right(one) and (not one.key or one.key in names)]
    if good:
        how = "other events of this source verify with the same secret, and no other form of this body does"
        return _altered(how, "It was compared with other events of the source.")
    if len(checked) >= _ENOUGH:
        how = f"most likely, since none of {len(checked)} other events of this source verifies either"
        found_by = "Other events of the source were checked with the same secrets."
        return Finding("wrong-secret", how, found_by, proven=False)
    return None
