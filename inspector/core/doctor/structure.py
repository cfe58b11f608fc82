"""Failures that need no search: a header missing or malformed, a time that is off, a key of no use."""

from __future__ import annotations

from collections.abc import Sequence

from inspector.core import headers
from inspector.core.doctor.diagnosis import Finding
from inspector.core.doctor.probe import Probe
from inspector.core.doctor.secrets import looks_like_api_key, looks_like_placeholder
from inspector.core.signatures.algorithms import decode
from inspector.core.signatures.outcome import Outcome
from inspector.core.signatures.scheme import Scheme

_TELLING = ("signature", "hmac", "sign", "hook-secret", "token")
_QUARTER_S = 900
_ZONES_S = 14 * 3600
_LEEWAY_S = 120
_PUBLIC_BYTES = {"ed25519": (64,), "rsa-sha256": (128, 256, 384, 512), "rsa-sha1": (128, 256, 384, 512)}
_JWT_BYTES: tuple[int, ...] = (32, 48, 64, 256)
_WORDS = {"none": "base64url", "hex": "hexadecimal"}
_MILLISECONDS = 1e11
"""As seconds, this is the year 5138: such a timestamp counts milliseconds."""


def missing(probe: Probe, outcome: Outcome) -> Finding | None:
    """A part that the scheme needs is not in the request."""
    rule = probe.scheme.timestamp
    absent = rule is not None and rule.header and headers.value(probe.request.headers, rule.header) is None
    if outcome.trouble not in ("header-missing", "timestamp-missing") and not absent:
        return None
    scheme, fields = probe.scheme, probe.request.headers
    place = scheme.signature
    wanted = [f"header {place.header}"] if place.header and not headers.text(fields, place.header) else []
    if place.field and not outcome.received:
        wanted.append(f"body field {place.field}")
    if scheme.message_id and headers.value(fields, scheme.message_id) is None:
        wanted.append(f"header {scheme.message_id}")
    if rule is not None and (absent or (outcome.trouble == "timestamp-missing" and not rule.header)):
        wanted.append(rule.words)
    named = " and ".join(dict.fromkeys(wanted)) or "a part that is signed"
    others = [
        name.decode("latin-1")
        for name, _ in fields
        if any(word in name.decode("latin-1").lower() for word in _TELLING)
        and name.decode("latin-1").lower() not in (place.header, scheme.message_id)
    ]
    how = f"the {named} is missing"
    if others:
        how += f"; there is {', '.join(others[:3])}, so the scheme may be another one"
    return Finding("header-missing", how, "The headers and fields that the scheme names were looked for.")


def malformed(probe: Probe, outcome: Outcome) -> Finding | None:
    """The signature or the timestamp is there, but not in the form of the scheme."""
    if outcome.trouble == "timestamp-malformed":
        words = probe.scheme.timestamp.words if probe.scheme.timestamp else "timestamp"
        how = f"the timestamp in {words} cannot be read"
        return Finding("header-malformed", how, "The timestamp was read by the rule of the scheme.")
    cut = _cut_off(outcome)
    if cut:
        return Finding("header-malformed", cut, "It was compared with the digest that our secret gives.")
    size = _wrong_size(probe.scheme, outcome)
    if size:
        return Finding("header-malformed", size, "The signature's length was looked at.")
    if outcome.trouble != "header-malformed":
        return None
    failed = next((step for step in outcome.steps if step.passed is False), None)
    how = failed.detail if failed and failed.detail else "it cannot be read"
    how = how[:1].lower() + how[1:]
    return Finding("header-malformed", how.rstrip("."), "The header was read by the rule of the scheme.")


def _cut_off(outcome: Outcome) -> str:
    """Whether the signature is the beginning of the right one."""
    expected = outcome.expected
    for received in outcome.received:
        start = received.rstrip("=")
        if 8 <= len(start) < len(expected.rstrip("=")) and expected.startswith(start):
            return f"the signature is right as far as it goes, but cut off after {len(start)} characters"
    return ""


def _wrong_size(scheme: Scheme, outcome: Outcome) -> str:
    """Whether no signature has the length that the algorithm of a public key or a JWT gives."""
    jwt = scheme.algorithm.startswith("jwt")
    sizes = _JWT_BYTES if jwt else _PUBLIC_BYTES.get(scheme.algorithm, ())
    if jwt:
        raws = [decode(text.rpartition(".")[2], "base64url") for text in outcome.received]
    else:
        raws = [decode(text, scheme.encoding) for text in outcome.received]
    if not sizes or not raws or any(raw is not None and len(raw) in sizes for raw in raws):
        return ""
    lengths = " or ".join(map(str, sizes))
    return f"the signature should be {lengths} bytes in {_WORDS.get(scheme.encoding, scheme.encoding)}"


def time_off(outcome: Outcome, siblings: Sequence[Outcome]) -> Finding | None:
    """The signature holds, and only its time does not."""
    if outcome.trouble not in ("too-old", "too-new") or outcome.age_s is None or not outcome.key:
        return None
    age, stamp = outcome.age_s, outcome.timestamp_s or 0.0
    found_by = "The signature verifies when the time is left aside."
    if abs(stamp) > _MILLISECONDS:
        how = "the timestamp counts milliseconds where the scheme has seconds"
        return Finding("clock", how, found_by, outcome.key)
    if outcome.trouble == "too-new":
        how = f"it lies {duration(-age)} in the future; one of the clocks is wrong"
        return Finding("clock", how, found_by, outcome.key)
    ages = [one.age_s for one in siblings if one.age_s is not None and one.key]
    if ages and all(abs(one - age) <= _LEEWAY_S for one in ages):
        how = f"it is {duration(age)} old, and so are the others of this source: one of the clocks is wrong"
        return Finding("clock", how, found_by, outcome.key)
    nearest = round(age / _QUARTER_S) * _QUARTER_S
    if nearest and nearest <= _ZONES_S and nearest % 3600 == 0 and abs(age - nearest) <= 5:
        how = f"it is {duration(age)} old, just like a time zone taken for UTC"
        return Finding("clock", how, found_by, outcome.key)
    how = f"its timestamp was {duration(age)} old when it came"
    return Finding("replayed", how, found_by, outcome.key)


def duration(seconds: float) -> str:
    """A time in words, in its two largest units."""
    rest = round(seconds)
    parts = []
    for name, size in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count:,} {name}")
    return " ".join(parts[:2]) or f"{seconds:.1f} s"


def bad_key(probe: Probe, outcome: Outcome) -> Finding | None:
    """The stored secret is visibly no signing secret, or no public key at all."""
    if not probe.scheme.symmetric:
        how = unusable(outcome)
        found_by = "The key was read by the rule of the scheme."
        return Finding("secret-malformed", how, found_by, proven=False) if how else None
    for key in probe.keys:
        if looks_like_placeholder(key.material):
            found_by = "The secret was compared with what examples and empty settings say."
            return Finding("placeholder-secret", "", found_by, key.name, proven=False)
    for key in probe.keys:
        if looks_like_api_key(key.material):
            found_by = "The secret begins as keys for calling an API do."
            return Finding("api-key-as-secret", "", found_by, key.name, proven=False)
    return None


def unusable(outcome: Outcome) -> str:
    """Why the stored secret cannot be used with this scheme, in words; empty where it can."""
    if outcome.trouble != "key-malformed":
        return ""
    failed = next((step for step in outcome.steps if step.passed is False), None)
    words = failed.detail.rstrip(".") if failed and failed.detail else "it cannot be read"
    return words[:1].lower() + words[1:]
