"""Signing a request anew as the provider would: fresh timestamp, id and signature."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

from inspector.core.headers import HeaderPairs, values
from inspector.core.signatures import algorithms, json_edit, signed_tokens
from inspector.core.signatures.keys import KeyProblem, private_key, secrets
from inspector.core.signatures.outcome import Key, SignedRequest
from inspector.core.signatures.reading import Missing, Reading
from inspector.core.signatures.scheme import Scheme, TimeRule
from inspector.core.signatures.template import Field
from inspector.core.signatures.urls import url_variants


class Unsignable(Exception):  # noqa: N818 - the word of the contract
    """The request cannot be signed by this scheme with this key; the text says why."""


def sign(
    scheme: Scheme,
    request: SignedRequest,
    key: Key,
    *,
    now_s: float,
    event_id: str | None = None,
    second: Key | None = None,
) -> SignedRequest:
    """The request with fresh signature headers (or body fields, or URL parameter); raises Unsignable.

    The message id is `event_id`, or one made from body and time. `second` is the further value of a
    scheme that has one (PayPal's webhook id). Public-key schemes need the private key.
    """
    fresh_id = event_id or f"msg_{sha256(request.body + str(now_s).encode()).hexdigest()[:27]}"
    try:
        if scheme.algorithm == "rfc9421":
            return signed_tokens.message_signature(scheme, request, key, now_s)
        prepared = _prepared(scheme, request, now_s, fresh_id)
        if scheme.algorithm.startswith("jwt"):
            token = signed_tokens.token(scheme, prepared, key, now_s, fresh_id)
            return _with_header(prepared, scheme.signature.header, token)
        return _signed(scheme, prepared, key, _stamp(scheme.timestamp, now_s), second)
    except Missing as missing:
        raise Unsignable(str(missing)) from None
    except KeyProblem as problem:
        raise Unsignable(f"The key cannot be used: {problem}.") from None
    except json_edit.JsonEditError as error:
        raise Unsignable(f"{error}".capitalize() + ".") from None


def _stamp(rule: TimeRule | None, now_s: float) -> str:
    """The moment in the unit of the scheme."""
    if rule is not None and rule.unit == "iso8601":
        return datetime.fromtimestamp(now_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return str(int(now_s * 1000) if rule is not None and rule.unit == "ms" else int(now_s))


def _prepared(scheme: Scheme, request: SignedRequest, now_s: float, fresh_id: str) -> SignedRequest:
    """The request with everything fresh but the signature."""
    stamp, rule = _stamp(scheme.timestamp, now_s), scheme.timestamp
    if rule is not None and rule.header:
        request = _with_header(request, rule.header, stamp)
    if rule is not None and rule.field:
        is_text = isinstance(Reading(scheme, request).json(rule.field), str) or rule.unit == "s"
        body = json_edit.set_field(request.body, rule.field, stamp if is_text else int(stamp))
        request = replace(request, body=body)
    if scheme.message_id:
        request = _with_header(request, scheme.message_id, fresh_id)
    for name, text in {**scheme.when, **scheme.require}.items():
        mine = name not in ("user-agent", "content-type", scheme.signature.header)
        if mine and not values(request.headers, name):
            request = _with_header(request, name, text)
    for part in scheme.message.parts:
        if isinstance(part, Field):
            request = _with_part(request, part, now_s, fresh_id)
    for name, template in scheme.equal:
        if scheme.equal_where_given and (Reading(scheme, request).is_form or f"{name}=" not in request.url):
            continue
        wanted = b"".join(Reading(scheme, request).message(template, b"")).decode()
        request = replace(request, url=_with_parameter(request.url, name, wanted))
    return _without_old(scheme, request)


def _with_part(request: SignedRequest, part: Field, now_s: float, fresh_id: str) -> SignedRequest:
    """The request with a header or body field that the message needs, where it lacks it."""
    name = part.argument
    if part.name == "header" and name.endswith(("-id", "-time")):
        when = datetime.fromtimestamp(now_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return _with_header(request, name, when if name.endswith("-time") else fresh_id)
    if part.name == "signed_headers" and not values(request.headers, name):
        listed = {name, name.replace("signed-headers", "timestamp")}
        if values(request.headers, "content-type"):
            listed.add("content-type")
        return _with_header(request, name, ",".join(sorted(listed)))
    if part.name == "json" and name.endswith(".token"):
        token = sha256(fresh_id.encode()).hexdigest()[:50]
        return replace(request, body=json_edit.set_field(request.body, name, token))
    return request


def _without_old(scheme: Scheme, request: SignedRequest) -> SignedRequest:
    """Without further signatures that would be those of another body."""
    place = scheme.signature
    stale = set(place.others)
    if place.numbered:
        stem = place.header.rpartition("-")[0]
        stale |= {f"{stem}-{number}" for number in range(2, 101)}
    kept = tuple(pair for pair in request.headers if pair[0].decode("latin-1").lower() not in stale)
    return replace(request, headers=kept)


def _signed(
    scheme: Scheme, request: SignedRequest, key: Key, stamp: str, second: Key | None
) -> SignedRequest:
    place = scheme.signature
    if scheme.algorithm == "token":
        return _with_header(request, place.header, key.material.decode("latin-1"))
    # The items of the header must stand before the message can be built of them.
    frame = _frame(scheme, request, stamp)
    if place.header and frame:
        request = _with_header(request, place.header, frame)
    seen = Reading(scheme, request)
    seen.second = b"" if second is None else second.material
    if scheme.key.second and second is None:
        raise Unsignable(f"The scheme needs a second value beside the key: the {scheme.key.second}.")
    if scheme.algorithm in algorithms.HASHES:
        seen.key = secrets(scheme.key, key.material)[0]
        digest = algorithms.mac(scheme.algorithm, seen.key, _message(seen))
    else:
        digest = _public_signature(scheme, seen, key)
    signature = algorithms.encode(digest, scheme.encoding)
    if place.field:
        return replace(request, body=json_edit.set_field(request.body, place.field, signature))
    text = frame + place.separator if frame else ""
    named = f"{place.pick}{place.item}" if place.pick else place.prefix
    return _with_header(request, place.header, f"{text}{named}{signature}")


def _message(seen: Reading) -> list[bytes]:
    url = url_variants("", seen.request.url)[0]
    return seen.message(seen.scheme.message, url)


def _public_signature(scheme: Scheme, seen: Reading, key: Key) -> bytes:
    algorithm = scheme.algorithm
    if scheme.algorithm_field:
        algorithm = scheme.algorithms.get(str(seen.json(scheme.algorithm_field)), "")
        if not algorithm:
            raise Unsignable(f"The body's field {scheme.algorithm_field} names no known algorithm.")
    digest = algorithms.signs(algorithm, private_key(scheme.key, key.material), b"".join(_message(seen)))
    if digest is None:
        raise Unsignable(f"The private key is of another kind than {algorithm}.")
    return digest


def _frame(scheme: Scheme, request: SignedRequest, stamp: str) -> str:
    """The items of the signature header that stand before the signature."""
    place, rule = scheme.signature, scheme.timestamp
    items = [f"{rule.item}{place.item}{stamp}"] if rule is not None and rule.item else []
    listed = [part for part in scheme.message.parts if isinstance(part, Field) and part.name == "item"]
    for part in listed:
        seen = Reading(scheme, request)
        old = seen.item(part.argument)
        items.append(f"{part.argument}{place.item}{old.decode('latin-1') if old else 'content-type'}")
    return place.separator.join(items)


def _with_header(request: SignedRequest, name: str, value: str) -> SignedRequest:
    return replace(request, headers=with_header(request.headers, name, value))


def with_header(headers: HeaderPairs, name: str, value: str) -> HeaderPairs:
    """The headers with that one set: in the place of the first of its name, or at the end."""
    wanted, raw = name.lower().encode(), value.encode("latin-1")
    found: list[tuple[bytes, bytes]] = []
    done = False
    for key, old in headers:
        if key.lower() != wanted:
            found.append((key, old))
        elif not done:
            found.append((key, raw))
            done = True
    if not done:
        found.append(("-".join(part.capitalize() for part in name.split("-")).encode(), raw))
    return tuple(found)


def _with_parameter(url: str, name: str, value: str) -> str:
    head, hash_sign, fragment = url.partition("#")
    path, _, query = head.partition("?")
    pairs = [pair for pair in query.split("&") if pair and pair.partition("=")[0] != name]
    return f"{path}?{'&'.join([*pairs, f'{name}={value}'])}{hash_sign}{fragment}"
