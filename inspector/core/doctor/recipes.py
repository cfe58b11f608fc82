"""Right digests in the wrong clothes: another encoding, algorithm, message or timestamp."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from inspector.core import headers
from inspector.core.doctor.diagnosis import Finding
from inspector.core.doctor.digests import ALGORITHMS, KEYLESS, NAMES, SIZES, Found, digests, raw_keys
from inspector.core.doctor.probe import Probe, holds
from inspector.core.doctor.search import Trail
from inspector.core.signatures import template as templates
from inspector.core.signatures.algorithms import HASHES
from inspector.core.signatures.outcome import Key
from inspector.core.signatures.scheme import Scheme, TimeRule
from inspector.core.signatures.template import Field, Template
from inspector.core.signatures.verify import message_recipe

_RECIPES = (
    "{body}", "{timestamp}.{body}", "{timestamp}{body}", "{timestamp}:{body}", "v0:{timestamp}:{body}",
    "{id}.{timestamp}.{body}", "{id}{timestamp}{body}", "{id}.{body}", "{body}{timestamp}",
    "{body}.{timestamp}", "{timestamp}|{body}", "{timestamp}-{body}", "{timestamp},{body}",
    "{timestamp}\n{body}", "{timestamp}.{id}.{body}", "{url}{body}", "{body}{url}", "{url}.{body}",
    "{method}{url}{body}", "{method}{url}{body}{timestamp}", "{url}{timestamp}{body}",
    "{timestamp}{url}{body}", "{timestamp}{method}{path}{body}", "{method}\n{path}\n{body}",
    "{url}{form_sorted}", "{url}", "{timestamp}", "{id}", "{id}{timestamp}", "{body|sha256hex}",
    "{timestamp}.{body|sha256hex}", "{key}{body}",
    "{key}{method}{url}{body}", "{body}{key}",
)  # fmt: skip
_WINDOW_S = 300
_WINDOW_BYTES = 16 * 1024
"""Timestamps around the given one are tried for small bodies only."""


@cache
def _common() -> tuple[Template, ...]:
    return tuple(templates.parse(text) for text in _RECIPES)


def own_message(probe: Probe) -> bytes | None:
    """What the scheme signs, or None where the request lacks a part of it."""
    key = probe.keys[0] if probe.keys else None
    return message_recipe(probe.scheme, probe.request, probe.scheme.message, key)


def clothes(probe: Probe, found: Sequence[Found], message: bytes | None, trail: Trail) -> Finding | None:
    """The right message with the right key, but another encoding, place or algorithm."""
    if not probe.scheme.symmetric:
        return _encodings(probe)
    if message is None or not probe.scheme.algorithm.startswith(("hmac", "sha")):
        return None
    own = HASHES.get(probe.scheme.algorithm, "sha256")
    wanted = {one.raw: one for one in reversed(found)}
    sizes = {len(one.raw) for one in found}
    for key in probe.keys:
        for raw in raw_keys(probe.scheme, key):
            for name in ALGORITHMS:
                if name not in (SIZES.get(size) for size in sizes) or not probe.spend(len(message) * 4):
                    continue
                for how, digest in _mixed(probe.scheme, raw, message, name):
                    hit = wanted.get(digest)
                    if hit is not None and (how != KEYLESS.format(NAMES[name]) or _in_place(probe, hit)):
                        return _dressed(probe.scheme, hit, how, own == name and how == "", key.name)
    trail.ruled_out.append("other encodings and algorithms (hexadecimal, base64, SHA-1, SHA-256, SHA-512)")
    return None


def _in_place(probe: Probe, hit: Found) -> bool:
    """Whether it stands where the signature belongs: a digest without a key elsewhere proves nothing."""
    return hit.header in ("", probe.scheme.signature.header)


def _encodings(probe: Probe) -> Finding | None:
    """A signature of a public key in another encoding than the scheme's."""
    for encoding in ("hex", "base64", "base64url"):
        if encoding != probe.scheme.encoding and probe.scheme.encoding in ("hex", "base64", "base64url"):
            judged = probe.judge(scheme=replace(probe.scheme, encoding=encoding))
            if judged is not None and holds(judged):
                words = f"{encoding} instead of {probe.scheme.encoding}"
                return Finding("wrong-encoding", words, "Each encoding was tried.", judged.key)
    return None


def _mixed(scheme: Scheme, key: bytes, message: bytes, name: str) -> Iterator[tuple[str, bytes]]:
    """The scheme's own digest with an empty name first, then the others."""
    own = HASHES.get(scheme.algorithm, "") == name
    for how, digest in digests(key, message, name):
        if scheme.algorithm.startswith("hmac"):
            yield ("" if own and how.startswith("HMAC") else how), digest
        else:
            yield ("" if own and how == KEYLESS.format(NAMES[name]) else how), digest


def _dressed(scheme: Scheme, hit: Found, how: str, own: bool, key: str) -> Finding:
    if not own:
        usual = scheme.algorithm.upper().replace("SHA", "SHA-", 1)
        words = f"{how or 'another hash'} instead of {usual}"
        return Finding("wrong-algorithm", words, "Other algorithms were tried with the same secret.", key)
    if hit.encoding != scheme.encoding:
        words = f"{hit.encoding} instead of {scheme.encoding}"
        return Finding("wrong-encoding", words, "The digest was compared in every encoding.", key)
    if hit.header and hit.header != scheme.signature.header:
        words = f"the right signature stands in the header {hit.header}"
    else:
        words = "the digest is right, but what stands around it (prefix, name, list) is not"
    return Finding("header-malformed", words, "The digest was looked for in the headers.", key)


def other_recipes(probe: Probe, found: Sequence[Found], trail: Trail) -> Finding | None:
    """The right key, but other bytes were signed: without timestamp or id, in another order, the hash."""
    if not probe.scheme.algorithm.startswith(("hmac", "sha")) or not found:
        return None
    wanted = {one.raw: one for one in found}
    names = {SIZES[len(one.raw)] for one in found}
    seen: set[bytes] = set()
    scheme = _completed(probe.scheme, probe)
    for key in probe.keys:
        for raw in raw_keys(probe.scheme, key):
            for recipe in _recipes(probe.scheme):
                message = message_recipe(scheme, probe.request, recipe, key)
                if message is None or (len(probe.keys) == 1 and message in seen):
                    continue
                seen.add(message)
                for name in names:
                    if not probe.spend(len(message)):
                        return None
                    if hmac.digest(raw, message, name) in wanted:
                        return _of_recipe(probe.scheme, recipe, f"HMAC-{NAMES[name]}", key)
                    plain = hashlib.new(name, message, usedforsecurity=False).digest()
                    if recipe.uses("key") and plain in wanted:
                        return _of_recipe(probe.scheme, recipe, NAMES[name], key)
    trail.ruled_out.append(f"{len(seen)} other messages (without timestamp or id, in another order)")
    return None


def _of_recipe(scheme: Scheme, recipe: Template, made: str, key: Key) -> Finding:
    how = f"{recipe.text} instead of {scheme.message.text}"
    if made.lower().replace("sha-", "sha") != scheme.algorithm:
        how += f", with {made}"
    found_by = f"The signature verifies over {recipe.text}."
    return Finding("wrong-recipe", how, found_by, key.name)


def _recipes(scheme: Scheme) -> Iterator[Template]:
    for names in (("timestamp",), ("id",), ("timestamp", "id"), ("url",), ("body",), ("method",)):
        less = scheme.message.without(*names)
        if less is not None and less.parts:
            yield less
    yield from scheme.explain
    yield from scheme.accept
    yield from _common()


def _completed(scheme: Scheme, probe: Probe) -> Scheme:
    """The scheme with a header for the timestamp and the id where it has none, if the request has such."""
    rule, id_header = scheme.timestamp, scheme.message_id
    for name, _ in probe.request.headers:
        lower = name.decode("latin-1").lower()
        if rule is None and ("timestamp" in lower or lower.endswith("-time")):
            rule = TimeRule(header=lower)
        if not id_header and lower in (scheme.delivery_header, "webhook-id", "svix-id"):
            id_header = lower
    return replace(scheme, timestamp=rule, message_id=id_header)


def timestamps(probe: Probe, found: Sequence[Found], trail: Trail) -> Finding | None:
    """Another timestamp verifies: another unit or form of the same time, or one of the minutes around it."""
    rule = probe.scheme.timestamp
    if rule is None or not probe.scheme.algorithm.startswith("hmac") or not found:
        return None
    if not probe.scheme.message.uses("timestamp") or len(probe.request.body) > _WINDOW_BYTES:
        return None
    mark = b"\x00timestamp\x00"
    marked = _with_mark(probe, mark)
    if marked is None:
        return None
    name = HASHES[probe.scheme.algorithm]
    wanted = {one.raw for one in found}
    given = _given(probe, rule)
    keys = [(raw, key.name) for key in probe.keys for raw in raw_keys(probe.scheme, key)]
    before, _, after = marked.partition(mark)
    for how, text in _times(given, probe):
        message = b"".join((before, text, after))
        for raw, key_name in keys:
            if not probe.spend(len(message)):
                return None
            if hmac.digest(raw, message, name) in wanted:
                found_by = "Other forms of the time and the minutes around it were tried."
                return Finding("timestamp-altered", f"{text.decode()} ({how})", found_by, key_name)
    trail.ruled_out.append("other timestamps (units, forms, five minutes around)")
    return None


def _with_mark(probe: Probe, mark: bytes) -> bytes | None:
    """The message with a mark where the timestamp belongs."""
    parts = tuple(
        mark if isinstance(part, Field) and part.name == "timestamp" else part
        for part in probe.scheme.message.parts
    )
    key = probe.keys[0] if probe.keys else None
    recipe = Template(probe.scheme.message.text, parts)
    return message_recipe(probe.scheme, probe.request, recipe, key)


def _given(probe: Probe, rule: TimeRule) -> str:
    if rule.header:
        return headers.text(probe.request.headers, rule.header)
    if rule.item:
        text = headers.text(probe.request.headers, probe.scheme.signature.header)
        place = probe.scheme.signature
        for part in text.split(place.separator or ","):
            name, _, value = part.strip().partition(place.item or "=")
            if name == rule.item:
                return value
    return ""


def _times(given: str, probe: Probe) -> Iterator[tuple[str, bytes]]:
    yield "the current time of the check", str(int(probe.now_s)).encode()
    if not given.lstrip("-").isdigit() or len(given) > 20:
        stripped = given.strip()
        for how, text in (
            ("without fractions", stripped.partition(".")[0] + "Z"),
            ("with a T", stripped.replace(" ", "T")),
            ("with Z", stripped.replace("+00:00", "Z")),
            ("with +00:00", stripped.replace("Z", "+00:00")),
        ):
            yield how, text.encode("latin-1", "replace")
        return
    number = int(given)
    for how, other in (
        ("seconds instead of milliseconds", number // 1000),
        ("milliseconds instead of seconds", number * 1000),
    ):
        yield how, str(other).encode()
    for step in range(1, _WINDOW_S + 1):
        for other in (number - step, number + step):
            yield f"{other - number:+d} from the given one", str(other).encode()
