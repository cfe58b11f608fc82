"""Many verdicts for one scheme and its keys: prepared once, then as fast as the digest itself allows.

The short way knows only how to say "valid", for shared secrets and plain messages. Whatever it does not
recognise goes to `judge`, which knows everything, so that there is one truth.
"""

from __future__ import annotations

import hmac
from binascii import b2a_base64, hexlify
from collections.abc import Callable, Sequence
from operator import is_, itemgetter
from typing import TypeAlias

from inspector.core.event import Checked, Verdict
from inspector.core.signatures.algorithms import HASHES
from inspector.core.signatures.keys import KeyProblem, secrets
from inspector.core.signatures.outcome import Key, SignedRequest
from inspector.core.signatures.scheme import Place, Scheme, TimeRule
from inspector.core.signatures.template import Field
from inspector.core.signatures.times import seconds
from inspector.core.signatures.verify import judge

_SIGNATURE, _STAMP, _ID, _BODY = range(4)
_CODES = {"timestamp": _STAMP, "id": _ID, "body": _BODY}
_JOIN_BELOW_BYTES = 16_384
"""From here on, copying the body costs more than further calls into the digest."""

_Found: TypeAlias = list[bytes | None]
"""What a request has of signature, timestamp, id and body, at those codes; then the message's literals."""


class Checker:
    """Checks the requests of one source: `Checker(scheme, keys).check(request, now_s)`."""

    __slots__ = ("_find", "_holder", "_keys", "_scheme", "_split", "_timely", "_tolerance_s")

    def __init__(self, scheme: Scheme, keys: Sequence[Key], tolerance_s: float | None = None) -> None:
        self._scheme = scheme
        self._keys = tuple(keys)
        self._tolerance_s = tolerance_s
        self._find = _finder(scheme) if _is_plain(scheme) else None
        self._split = _splitter(scheme.signature, scheme.timestamp)
        self._timely = _timer(scheme.timestamp, tolerance_s)
        self._holder = _holder(scheme, self._keys)

    def __repr__(self) -> str:
        """Without the keys."""
        return f"Checker({self._scheme.id!r})"

    def serves(self, scheme: Scheme, keys: Sequence[Key], tolerance_s: float | None) -> bool:
        """Whether it was made for these very values."""
        same = len(keys) == len(self._keys) and all(map(is_, keys, self._keys))
        return same and scheme is self._scheme and tolerance_s == self._tolerance_s

    def check(self, request: SignedRequest, now_s: float) -> Checked:
        """The verdict as it is stored; the cause is the first thing that failed, as in Outcome.trouble."""
        if self._find is not None:
            found = self._find(request)
            if found is not None:
                received = self._split(found)
                if received and self._timely(found[_STAMP], now_s):
                    valid = self._holder(found, received)
                    if valid is not None:
                        return valid
        judged = judge(self._scheme, request, self._keys, now_s=now_s, tolerance_s=self._tolerance_s)
        cause = judged.trouble if judged.verdict is Verdict.INVALID else ""
        secret = judged.key if judged.verdict is Verdict.VALID else ""
        return Checked(judged.verdict, self._scheme.id, cause, secret)


def _is_plain(scheme: Scheme) -> bool:
    """Whether the short way knows everything that the scheme asks for."""
    place, rule = scheme.signature, scheme.timestamp
    odd_place = not place.header or place.others or place.numbered or place.repeated or place.prefix_optional
    more = scheme.require or scheme.equal or scheme.url_variants or place.trim
    odd_time = rule is not None and (rule.field or rule.claim)
    plain_parts = all(
        isinstance(part, bytes) or (part.name in _CODES and not part.filter) for part in scheme.message.parts
    )
    plain_digest = scheme.algorithm.startswith("hmac") and scheme.encoding in ("hex", "base64")
    return plain_digest and plain_parts and not (odd_place or odd_time or more)


def _finder(scheme: Scheme) -> Callable[[SignedRequest], _Found | None]:
    """Finds the headers in one pass; None where one is repeated or the signature is missing."""
    rule = scheme.timestamp
    wanted = {scheme.signature.header.encode(): _SIGNATURE}
    if rule is not None and rule.header:
        wanted[rule.header.encode()] = _STAMP
    if scheme.message_id:
        wanted[scheme.message_id.encode()] = _ID
    code_of = wanted.get
    lengths = frozenset(map(len, wanted))
    literals = [part for part in scheme.message.parts if isinstance(part, bytes)]

    def find(request: SignedRequest) -> _Found | None:
        found: _Found = [None, None, None, request.body, *literals]
        for name, content in request.headers:
            if len(name) in lengths:  # most are not: that spares the lower case of them all
                code = code_of(name.lower())
                if code is not None:
                    if found[code] is not None:
                        return None
                    found[code] = content.strip(b" \t")
        return found

    return find


def _splitter(place: Place, rule: TimeRule | None) -> Callable[[_Found], list[bytes]]:
    """Cuts the signatures, and a timestamp that stands among them, out of the header."""
    prefix, separator, sign = place.prefix.encode(), place.separator.encode(), place.item.encode()
    pick, stamp_item = place.pick.encode(), rule.item.encode() if rule is not None and rule.item else None
    skipped = len(prefix)

    def whole(found: _Found) -> list[bytes]:
        value = found[_SIGNATURE]
        return [value[skipped:]] if value and value.startswith(prefix) else []

    def items(found: _Found) -> list[bytes]:
        received = []
        for item in (found[_SIGNATURE] or b"").split(separator):
            name, _, text = item.partition(sign)
            if name == pick:
                received.append(text)
            elif name == stamp_item and found[_STAMP] is None:
                found[_STAMP] = text
        return received

    return items if separator else whole


def _timer(rule: TimeRule | None, tolerance_s: float | None) -> Callable[[bytes | None, float], bool]:
    """Whether the timestamp is neither too old nor too new."""
    if rule is None:
        return lambda stamp, now_s: True
    past, future, unit = rule.past_s, rule.future_s, rule.unit
    if tolerance_s is not None:
        past, future = tolerance_s, tolerance_s if future else future
    oldest, newest = float("inf") if past is None else past, float("-inf") if future is None else -future

    def timely(stamp: bytes | None, now_s: float) -> bool:
        if stamp is None:
            return False
        at = int(stamp) if unit == "s" and len(stamp) < 15 and stamp.isdigit() else seconds(stamp, unit)
        return at is not None and newest <= now_s - at <= oldest

    return timely


def _holder(scheme: Scheme, keys: Sequence[Key]) -> Callable[[_Found, list[bytes]], Checked | None]:
    """Which secret verifies one of the signatures."""
    ready = [
        (hmac.new(secret, b"", HASHES[scheme.algorithm]), Checked(Verdict.VALID, scheme.id, "", key.name))
        for key in keys
        if scheme.algorithm.startswith("hmac")
        for secret in _secrets(scheme, key)
    ]
    places: list[int] = []
    for part in scheme.message.parts:
        literals = sum(place > _BODY for place in places)
        places.append(_CODES.get(part.name, _BODY) if isinstance(part, Field) else _BODY + 1 + literals)
    parts_of = itemgetter(*places) if len(places) > 1 else None
    in_hex = scheme.encoding == "hex"

    def holder(found: _Found, received: list[bytes]) -> Checked | None:
        body = found[_BODY] or b""
        parts: Sequence[bytes] = (body,)
        if parts_of is not None:
            parts = parts_of(found)
            if None in parts:
                return None
            if len(body) < _JOIN_BELOW_BYTES:
                parts = (b"".join(parts),)
        for keyed, answer in ready:
            digest = keyed.copy()
            for part in parts:
                digest.update(part)
            raw = digest.digest()
            expected = hexlify(raw) if in_hex else b2a_base64(raw, newline=False)
            for one in received:
                if hmac.compare_digest(expected, one):
                    return answer
        return None

    return holder


def _secrets(scheme: Scheme, key: Key) -> tuple[bytes, ...]:
    try:
        return secrets(scheme.key, key.material)
    except KeyProblem:
        return ()
