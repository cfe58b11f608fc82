"""Signing a captured request anew, so that it passes for a fresh one: signature, timestamp, event id.

Pure: the moment and the randomness come from the caller.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from inspector.core import dialects
from inspector.core.edits import rebuilt, with_length
from inspector.core.event import Request, Verdict
from inspector.core.headers import HeaderPairs, text, values
from inspector.core.json_edit import Assignment as Setting
from inspector.core.json_edit import JsonEditError, Step, set_value, string, value_at
from inspector.core.signatures import algorithms, rfc9421
from inspector.core.signatures.outcome import Key, SignedRequest
from inspector.core.signatures.reading import Missing, Reading
from inspector.core.signatures.scheme import Scheme
from inspector.core.signatures.sign import Unsignable, sign, with_header
from inspector.core.signatures.template import Field
from inspector.core.signatures.times import seconds
from inspector.core.signatures.verify import verify

_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_ALPHABET = "0123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class TooOld:
    """A timestamp that a handler with the scheme's tolerance will refuse."""

    age_s: float
    allowed_s: float

    def __str__(self) -> str:
        """The warning before it is sent."""
        return (
            f"The signature is {_span(self.age_s)} old and {_span(self.allowed_s)} are allowed: "
            "a handler that checks it will refuse it. Sign anew to have it accepted."
        )


def signed_anew(
    scheme: Scheme,
    request: Request,
    keys: Sequence[Key],
    *,
    url: str,
    now_s: float,
    event_id: str | None = None,
    dialect: str = "",
) -> Request:
    """The request with a fresh timestamp and signature; raises Unsignable.

    `url` is the one that the handler takes for its own, for schemes that sign it. With `event_id` the
    event gets this id in every place where its dialect keeps one; without, it keeps the one it has.
    The first of `keys` that can sign is taken; a scheme with a second value finds it among the others.
    """
    if event_id is not None:
        request = with_event_id(request, event_id, scheme=scheme, dialect=dialect)
    signed = SignedRequest(request.method, url, request.headers, request.body)
    kept = event_id or _header_id(scheme, request.headers) or event_id_of(request, dialect) or None
    trouble: Unsignable | None = None
    for key, second in _pairs(scheme, keys):
        try:
            fresh = sign(scheme, signed, key, now_s=now_s, event_id=kept, second=second)
        except Unsignable as error:
            trouble = trouble or error
            continue
        return _joined(request, signed, fresh)
    raise trouble or Unsignable("There is no secret to sign with; give the source one.")


def companions(
    scheme: Scheme, others: Iterable[Scheme], captured: SignedRequest, keys: Sequence[Key]
) -> tuple[Scheme, ...]:
    """Further schemes by which the captured event is signed with the same secret, one a header.

    GitHub signs twice (X-Hub-Signature, X-Hub-Signature-256), HubSpot too: what is signed anew or spoiled by
    one scheme alone would still carry the other signature.
    """
    names = {name.decode("latin-1").lower() for name, _ in captured.headers} - {scheme.signature.header}
    found: dict[str, Scheme] = {}
    for other in others:
        place = other.signature.header
        if place in names and place not in found and other.symmetric:
            outcome = verify(other, captured, keys, now_s=0.0, ignore_time=True)
            if outcome.verdict is Verdict.VALID:
                found[place] = other
    return tuple(found.values())


def _pairs(scheme: Scheme, keys: Sequence[Key]) -> list[tuple[Key, Key | None]]:
    if not scheme.key.second:
        return [(key, None) for key in keys]
    signing = [key for key in keys if b"PRIVATE KEY" in key.material or len(key.material) > 200]
    others = [key for key in keys if key not in signing]
    return [(key, others[0] if others else None) for key in signing]


def _joined(request: Request, before: SignedRequest, fresh: SignedRequest) -> Request:
    """The captured request with what signing changed."""
    line = request.line
    if fresh.url != before.url:
        method, target, *rest = line.split(b" ")
        query = fresh.url.partition("#")[0].partition("?")[2].encode("utf-8", "surrogateescape")
        line = b" ".join((method, target.partition(b"?")[0] + b"?" + query, *rest))
    headers = fresh.headers
    if fresh.body != request.body:
        headers = with_length(headers, len(fresh.body))
    return rebuilt(request, line=line, headers=headers, body=fresh.body)


def _header_id(scheme: Scheme, headers: HeaderPairs) -> str:
    """The id in the header that the message contains (also PayPal's and Twitch's)."""
    named = [scheme.message_id] if scheme.message_id else []
    named += [
        part.argument
        for part in scheme.message.parts
        if isinstance(part, Field) and part.name == "header" and part.argument.endswith("-id")
    ]
    return next((found for name in named if (found := text(headers, name))), "")


def event_id_of(request: Request, dialect: str = "") -> str:
    """The id as the dialect reads it; empty where it has none."""
    return dialects.builtin().read(request, dialect).event_id


def fresh_id(old: str, random: bytes) -> str:
    """An id of the same form as the old one: a UUID, digits, or letters after the same prefix.

    `random`: 32 bytes or more; the same ones give the same id.
    """
    number = int.from_bytes(random)
    if _UUID.fullmatch(old):
        raw = f"{number % 16**32:032x}"
        new = f"{raw[:8]}-{raw[8:12]}-4{raw[13:16]}-a{raw[17:20]}-{raw[20:]}"
        return new.upper() if old == old.upper() else new
    if old.isascii() and old.isdecimal():
        return str(number)[: len(old)] if len(old) < 60 else str(number)
    head, sign, tail = old.rpartition("_") if "_" in old else old.rpartition("-")
    length = min(max(len(tail), 8), 40)
    signs = "0123456789abcdef" if re.fullmatch(r"[0-9a-f]{8,}", tail) else _ALPHABET
    found = ""
    while len(found) < length:
        number, rest = divmod(number, len(signs))
        found += signs[rest]
    return head + sign + found if old else f"evt_{found}"


def with_event_id(request: Request, event_id: str, *, scheme: Scheme | None, dialect: str = "") -> Request:
    """The request with this id wherever the dialect or the scheme keeps it and the request has one."""
    all_dialects = dialects.builtin()
    found = all_dialects.find(request, dialect)
    places = next((each.id_places for each in all_dialects.all if each.id == found), ())
    headers, body = request.headers, request.body
    old = event_id_of(request, dialect)
    names = {place.name for place in places if place.where == "header" and not place.item}
    names |= {scheme.message_id, scheme.delivery_header} - {""} if scheme is not None else set()
    for name in sorted(names):
        if values(headers, name):
            headers = with_header(headers, name, event_id)
    for place in places:
        if place.where == "body":
            body = _with_body_id(body, place.name, event_id, old)
    if body != request.body:
        headers = with_length(headers, len(body))
    return rebuilt(request, headers=headers, body=body)


def _with_body_id(body: bytes, dotted: str, event_id: str, old: str) -> bytes:
    """A number stays a number where the new id is one; a place that holds another thing is left alone."""
    path: list[Step] = [int(step) if step.isdecimal() else step for step in dotted.split(".")]
    lexeme = value_at(body, path)
    if lexeme is None or lexeme[:1] in b"{[ntf":
        return body
    if old and lexeme.strip(b'"') != old.encode() and b"\\" not in lexeme:
        return body
    is_number = lexeme[:1] != b'"' and event_id.isdecimal()
    try:
        return set_value(body, Setting(tuple(path), event_id.encode() if is_number else string(event_id)))
    except JsonEditError:
        return body


def timestamp_s(scheme: Scheme, request: Request) -> float | None:
    """The moment that the signature says it was made at, in seconds since 1970 UTC; None without one."""
    seen = Reading(scheme, SignedRequest(request.method, "", request.headers, request.body))
    if scheme.algorithm == "rfc9421":
        try:
            created = rfc9421.labelled(seen)[0].covered.parameter("created")
        except Missing:
            return None
        return float(created) if isinstance(created, int) else None
    rule = scheme.timestamp
    if rule is None:
        return None
    if rule.claim:
        seen.claims = _claims(seen)
    raw = seen.timestamp(rule)
    return None if raw is None else seconds(raw, rule.unit)


def _claims(seen: Reading) -> dict[str, object]:
    for token in seen.raw_signatures():
        parts = token.split(".")
        raw = algorithms.decode(parts[1], "base64url") if len(parts) == 3 else None
        try:
            return {} if raw is None else msgspec.json.decode(raw, type=dict[str, object])
        except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError):
            return {}
    return {}


def too_old_to_resend(
    request: Request, scheme: Scheme | None, now_s: float, tolerance_s: float | None = None
) -> TooOld | None:
    """What to warn of before an event is sent as captured; None where its time is still good.

    `tolerance_s` is what the source says, where it says something.
    """
    if scheme is None:
        return None
    stamp = timestamp_s(scheme, request)
    rule = scheme.timestamp
    allowed = tolerance_s if tolerance_s is not None else rule.past_s if rule is not None else None
    if rule is not None and rule.claim == "exp":
        allowed = 0.0
    if stamp is None or allowed is None or now_s - stamp <= allowed:
        return None
    return TooOld(now_s - stamp, allowed)


def _span(amount_s: float) -> str:
    for name, size_s in (("days", 86_400), ("hours", 3600), ("minutes", 60)):
        if amount_s >= 2 * size_s:
            return f"{amount_s / size_s:,.0f} {name}"
    return f"{amount_s:,.0f} s"
