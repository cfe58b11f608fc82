"""Which scheme signed a request: told by the headers that are there, the most specific scheme first."""

from __future__ import annotations

from collections.abc import Mapping

from inspector.core.headers import HeaderPairs
from inspector.core.signatures.outcome import SignedRequest
from inspector.core.signatures.reading import Reading
from inspector.core.signatures.scheme import Scheme, Schemes
from inspector.core.signatures.template import Field


def detect(schemes: Schemes, headers: HeaderPairs, body: bytes = b"") -> Scheme | None:
    """The scheme whose signature is in the request and whose other signs fit best, or None.

    A scheme fits when its signature is there, with its prefix or picked item, and every header that it
    needs. Each fitting sign counts; a generic scheme wins only where no other fits as well.
    """
    present = {name.lower().decode("latin-1"): value.decode("latin-1") for name, value in headers}
    best, best_score = None, 0
    for scheme in schemes:
        score = _score(scheme, present, headers, body)
        if score > best_score:
            best, best_score = scheme, score
    return best


def _score(scheme: Scheme, present: Mapping[str, str], headers: HeaderPairs, body: bytes) -> int:
    """Two points for each sign that fits, one off for a generic scheme; 0 where one is missing."""
    place = scheme.signature
    if place.header:
        if place.header not in present:
            return 0
        needed = _needed(scheme)
        if not needed <= present.keys():
            return 0
        points = 2 + 2 * len(needed)
    else:
        points = _body_points(scheme, headers, body)
        if not points:
            return 0
    for name, text in (*scheme.when.items(), *scheme.require.items()):
        if text.lower() not in present.get(name, "").lower():
            return 0
        points += 2
    if place.header and (place.prefix or place.pick):
        _, picked = Reading(scheme, SignedRequest("", "", headers, b"")).signatures()
        if not picked:
            return 0
        points += 0 if place.prefix_optional else 2
    return points - scheme.generic


def _needed(scheme: Scheme) -> set[str]:
    """The headers without which the message cannot be built, and those that tell relatives apart."""
    needed = set(scheme.detect)
    if scheme.timestamp is not None and scheme.timestamp.header:
        needed.add(scheme.timestamp.header)
    if scheme.message_id:
        needed.add(scheme.message_id)
    for part in scheme.message.parts:
        if isinstance(part, Field) and part.name in ("header", "signed_headers"):
            needed.add(part.argument)
    return needed


def _body_points(scheme: Scheme, headers: HeaderPairs, body: bytes) -> int:
    """For signatures in the body: the document is only parsed where the field's name occurs in it."""
    steps = [step for step in scheme.signature.field.split(".") if not step.isdigit()]
    if not all(f'"{step}"'.encode() in body for step in steps):
        return 0
    present = {name.lower().decode("latin-1") for name, _ in headers}
    if not set(scheme.detect) <= present:
        return 0
    return (
        2 + len(scheme.detect)
        if Reading(scheme, SignedRequest("", "", headers, body)).raw_signatures()
        else 0
    )
