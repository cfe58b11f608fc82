"""The search: other secrets, bodies, readings of the secret, addresses and pairs, until one verifies."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from inspector.core.doctor.diagnosis import Finding
from inspector.core.doctor.digests import Found, raw_keys
from inspector.core.doctor.probe import Probe, holds
from inspector.core.doctor.secrets import cleaned, readings
from inspector.core.doctor.urls import addresses
from inspector.core.doctor.variants import Variant, variants
from inspector.core.reserialise import WRITERS, rewrite
from inspector.core.signatures.algorithms import HASHES
from inspector.core.signatures.outcome import Key
from inspector.core.signatures.scheme import KeyRule

_METHODS = ("POST", "GET", "PUT", "PATCH", "DELETE")
_MOST_READINGS = 60


@dataclass(slots=True)
class Trail:
    """What was tried on the way: words for people, and messages for the pairs."""

    ruled_out: list[str] = field(default_factory=list)
    messages: list[tuple[Variant, bytes]] = field(default_factory=list)
    """Each form of the body with the message it gives."""


def other_secrets(probe: Probe, others: Sequence[Key], trail: Trail) -> Finding | None:
    """Another stored secret verifies it."""
    known = {key.material for key in probe.keys}
    strangers = [key for key in others if key.material not in known]
    if not strangers:
        return None
    second = list(probe.keys) if probe.scheme.key.second else []
    for key in strangers:
        judged = probe.judge(keys=[key, *second])
        if holds(judged):
            how = f"the one that is stored as {key.name}"
            return Finding("wrong-secret", how, "Every stored secret was tried.", key.name)
    trail.ruled_out.append(f"{len(strangers)} other stored secrets")
    return None


def bodies(probe: Probe, trail: Trail) -> Finding | None:
    """Another form of the body verifies; remembers each message for the pairs."""
    if probe.scheme.algorithm == "token":
        return None
    count = 0
    for variant in variants(probe.request.body, probe.request.headers):
        judged = probe.judge(body=variant.body)
        if judged is None:
            break
        count += 1
        if holds(judged):
            return of_body(variant, probe.request.body, judged.key)
        if judged.parts is not None:
            trail.messages.append((variant, b"".join(judged.parts)))
    trail.ruled_out.append(
        f"{count} other forms of the body (serialisers of JavaScript, Python, Go, PHP and Ruby, escapes, "
        "line ends, character encodings, base64, compression, forms, cut off)"
    )
    return None


def of_body(variant: Variant, came: bytes, key: str, also: str = "") -> Finding:
    """The finding for a form of the body.

    Where what came is exactly what a language makes of the signed body, that language wrote it anew, also
    where only escapes differ.
    """
    found_by = f"The signature verifies with the body {variant.how}{also}."
    cause, language = variant.cause, ""
    if cause in ("reserialized", "escape-style"):
        writer = next((one for one in WRITERS if rewrite(variant.body, one) == came), None)
        if writer is not None:
            cause, language = "reserialized", writer.language
            found_by += f" What came is what {writer.how} ({language}) makes of that."
    return Finding(cause, variant.how + also, found_by, key, variant.body, language)


def secret_forms(probe: Probe, trail: Trail) -> Finding | None:
    """The same secret without what was pasted beside it, or read in another encoding."""
    count = 0
    for key in probe.keys:
        for form in cleaned(key.material):
            judged = probe.judge(
                keys=[*(k for k in probe.keys if k is not key), Key(key.name, form.material)]
            )
            count += 1
            if holds(judged):
                return _of_secret(form.cause, form.how, key.name)
    trail.ruled_out.append(f"{count} corrections of the secret (white space, quotes, prefixes, case)")
    return None


def secret_readings(
    probe: Probe, digests: Sequence[Found], message: bytes | None, trail: Trail
) -> Finding | None:
    """The secret as text, base64 or hexadecimal, whatever the scheme says; an empty secret."""
    name = HASHES.get(probe.scheme.algorithm, "")
    if not probe.scheme.symmetric or probe.scheme.algorithm == "token":
        return None
    quick = message if name and probe.scheme.algorithm.startswith("hmac") else None
    plain = replace(probe.scheme, key=KeyRule())
    wanted = {found.raw for found in digests}
    count = 0
    for key in probe.keys:
        for reading in readings(key.material):
            count += 1
            if quick is None:
                right = holds(probe.judge(scheme=plain, keys=[Key(key.name, reading.key)]))
            elif not probe.spend(len(quick)):
                return None
            else:
                right = hmac.digest(reading.key, quick, name) in wanted
            if right:
                return _of_secret(reading.cause, reading.how, key.name)
    if probe.keys and quick is not None and hmac.digest(b"", quick, name) in wanted:
        return Finding("secret-empty", "no key at all verifies it", "An empty secret was tried.")
    trail.ruled_out.append(f"{count} readings of the secret (text, base64, hexadecimal)")
    return None


def _of_secret(cause: str, how: str, name: str) -> Finding:
    return Finding(cause, how, f"The signature verifies with the secret {name} {how}.", name)


def urls(probe: Probe, public_urls: Sequence[str], trail: Trail) -> Finding | None:
    """Another address or method verifies, for the schemes that sign it."""
    if not probe.scheme.signs_url and not probe.scheme.message.uses("method"):
        return None
    candidates = addresses(probe.request.url, probe.request.headers, public_urls)
    if probe.scheme.signs_url:
        for address in candidates:
            judged = probe.judge(url=address.url)
            if judged is not None and holds(judged):
                words = address.how.strip(" ,").removeprefix("and ")
                how = f"{address.url} ({words})" if words else address.url
                return Finding("url-changed", how, f"The signature verifies with {address.url}.", judged.key)
        trail.ruled_out.append(f"{len(candidates)} other addresses (scheme, host, port, slash, query)")
    for method in _METHODS:
        if method != probe.request.method:
            judged = probe.judge(method=method)
            if judged is not None and holds(judged):
                found_by = f"The signature verifies with the method {method}."
                how = f"{method} instead of {probe.request.method}"
                return Finding("method-changed", how, found_by, judged.key)
    return None


def pairs(probe: Probe, others: Sequence[Key], digests: Sequence[Found], trail: Trail) -> Finding | None:
    """Two faults at once: another form of the body and another reading of a secret."""
    name = HASHES.get(probe.scheme.algorithm, "")
    if not name or not probe.scheme.algorithm.startswith("hmac") or not digests:
        return None
    wanted = {found.raw for found in digests}
    keys: dict[bytes, tuple[str, str, str]] = {}
    for key in others:
        for raw in raw_keys(probe.scheme, key):
            keys.setdefault(raw, ("wrong-secret", f"the secret {key.name}", key.name))
    for key in probe.keys:
        for reading in readings(key.material):
            keys.setdefault(reading.key, (reading.cause, f"the secret {reading.how}", key.name))
    limited = list(keys.items())[:_MOST_READINGS]
    for variant, message in trail.messages:
        for raw, (_, words, key_name) in limited:
            if not probe.spend(len(message)):
                return None
            if hmac.digest(raw, message, name) in wanted:
                return of_body(variant, probe.request.body, key_name, f", with {words}")
    trail.ruled_out.append("each of these forms of the body with each reading of each secret")
    return None
