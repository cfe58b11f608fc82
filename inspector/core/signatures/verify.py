"""Checking one request against one scheme, from raw bytes, in constant time, without I/O or a clock."""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Sequence

from inspector.core.event import Verdict
from inspector.core.signatures import algorithms, jwt, rfc9421
from inspector.core.signatures.explain import explain
from inspector.core.signatures.judgement import Judgement
from inspector.core.signatures.keys import KeyProblem, public_keys, secrets
from inspector.core.signatures.outcome import Key, Outcome, SignedRequest
from inspector.core.signatures.reading import Missing, Reading
from inspector.core.signatures.scheme import Scheme
from inspector.core.signatures.template import Field, Template
from inspector.core.signatures.times import check_time
from inspector.core.signatures.urls import url_variants


def verify(
    scheme: Scheme,
    request: SignedRequest,
    keys: Sequence[Key],
    *,
    now_s: float,
    tolerance_s: float | None = None,
    ignore_time: bool = False,
) -> Outcome:
    """The verdict with all steps. Pure and cheap: call it again with another body, URL, header or key.

    `now_s` is the moment of judging, seconds since 1970 UTC; `tolerance_s` replaces what the scheme says
    of the past and, where it limits the future, of the future; `ignore_time` judges the digest alone.
    """
    judged = judge(scheme, request, keys, now_s=now_s, tolerance_s=tolerance_s, ignore_time=ignore_time)
    return explain(judged)


def judge(
    scheme: Scheme,
    request: SignedRequest,
    keys: Sequence[Key],
    *,
    now_s: float,
    tolerance_s: float | None = None,
    ignore_time: bool = False,
) -> Judgement:
    """The same verdict without the words: for many events at once."""
    seen = Reading(scheme, request)
    judged = Judgement(scheme, seen)
    try:
        judged.raw, judged.picked = seen.signatures()
    except Missing as missing:
        return judged.fail(missing.trouble, str(missing))
    if not judged.raw:
        words = f"There is no signature: {scheme.signature.words} is missing."
        return judged.fail("header-missing", words, Verdict.UNSIGNED)
    if not judged.picked:
        return judged.fail("header-malformed", _malformed(scheme))
    if not keys:
        return judged.fail("", "There is no secret to check with.", Verdict.UNCHECKED)
    for name, wanted in scheme.require.items():
        given = seen.header(name)
        if given is None or given.decode("latin-1").lower() != wanted.lower():
            stated = "is missing" if given is None else f"is {given.decode('latin-1')!r}"
            return judged.fail("header-malformed", f"The header {name} must be {wanted!r}, but it {stated}.")
    try:
        _check(scheme, judged, keys)
    except Missing as missing:
        return judged.fail(missing.trouble, str(missing))
    if not judged.trouble:
        if scheme.timestamp is not None:
            check_time(judged, now_s, tolerance_s, ignore_time)
        elif scheme.algorithm == "rfc9421" and not ignore_time:
            rfc9421.check_time(judged, now_s, tolerance_s)
    if not judged.trouble:
        judged.verdict = Verdict.VALID
        if scheme.encoding == "hex" and not scheme.signature.any_case:
            _remark_case(judged)
    return judged


def _malformed(scheme: Scheme) -> str:
    place = scheme.signature
    if place.pick:
        return f"The {place.words} has no item {place.pick}{place.item}…"
    return f"The value of {place.words} does not start with {place.prefix!r}."


def _check(scheme: Scheme, judged: Judgement, given: Sequence[Key]) -> None:
    """Sets `key` where a signature holds, or else the trouble."""
    algorithm = scheme.algorithm
    judged.keys = len(given)
    if algorithm == "rfc9421":
        rfc9421.check(judged, given)
    elif algorithm.startswith("jwt"):
        jwt.check(judged, given)
    elif algorithm == "token":
        _check_token(judged, given)
    elif algorithm in algorithms.HASHES:
        _check_mac(scheme, judged, given)
    else:
        _check_public(scheme, judged, given)
    if not judged.trouble and scheme.equal:
        _check_equal(judged)


def _check_token(judged: Judgement, given: Sequence[Key]) -> None:
    judged.parts = []
    for key in given:
        received = [text.encode("latin-1", "replace") for text in judged.picked]
        if any(hmac.compare_digest(key.material, one) for one in received):
            judged.key = key.name
            return
    judged.fail("mismatch", "The token is not the secret.")


def _check_mac(scheme: Scheme, judged: Judgement, given: Sequence[Key]) -> None:
    problem = ""
    tried = False
    encoding, seen = scheme.encoding, judged.reading
    for key in given:
        try:
            candidates = secrets(scheme.key, key.material)
        except KeyProblem as error:
            problem = problem or f"The secret {key.name} cannot be used: {error}."
            continue
        tried = True
        for secret in candidates:
            seen.key = secret
            for recipe, parts in messages(seen):
                expected = algorithms.encode(algorithms.mac(scheme.algorithm, secret, parts), encoding)
                if judged.parts is None:
                    judged.parts, judged.recipe, judged.expected = shown(seen, parts), recipe, expected
                for received in judged.picked:
                    if algorithms.same(expected, received, encoding):
                        judged.parts, judged.recipe, judged.expected = shown(seen, parts), recipe, expected
                        judged.key = key.name
                        return
    if tried:
        _mismatch(scheme, judged)
    else:
        judged.fail("key-malformed", problem)


def shown(seen: Reading, parts: list[bytes]) -> list[bytes]:
    """The parts as they may be shown: a secret that is a part of the message is not."""
    fields = seen.scheme.message.parts
    if not seen.scheme.message.uses("key") or len(fields) != len(parts):
        return parts
    named = zip(fields, parts, strict=True)
    return [
        b"<secret>" if isinstance(field, Field) and field.name == "key" else part for field, part in named
    ]


def _mismatch(scheme: Scheme, judged: Judgement) -> None:
    size = algorithms.DIGEST_BYTES[algorithms.HASHES[scheme.algorithm]]
    decoded = [algorithms.decode(received, scheme.encoding) for received in judged.picked]
    if all(raw is None or len(raw) != size for raw in decoded):
        words = f"The signature is not {size} bytes in {scheme.encoding}: it is cut off or of another kind."
        judged.fail("header-malformed", words)
    else:
        judged.fail("mismatch", "The signature is not the one that the secret and the message give.")


def messages(seen: Reading) -> Iterator[tuple[str, list[bytes]]]:
    """The messages that may have been signed, the main one first: recipe and parts; raises Missing."""
    scheme, request = seen.scheme, seen.request
    if scheme.message.only_body:
        yield scheme.message.text, [request.body]
    elif not scheme.url_variants:
        yield (
            scheme.message.text,
            seen.message(scheme.message, request.url.encode("utf-8", "surrogateescape")),
        )
    else:
        for url in url_variants(scheme.url_variants, request.url):
            yield (
                f"{scheme.message.text} with {url.decode('utf-8', 'replace')}",
                seen.message(scheme.message, url),
            )
    for recipe in scheme.accept:
        yield recipe.text, seen.message(recipe, request.url.encode("utf-8", "surrogateescape"))


def _check_public(scheme: Scheme, judged: Judgement, given: Sequence[Key]) -> None:
    seen = judged.reading
    algorithm = scheme.algorithm
    if scheme.algorithm_field:
        algorithm = scheme.algorithms.get(str(seen.json(scheme.algorithm_field)), "")
        if not algorithm:
            judged.fail("header-malformed", f"The field {scheme.algorithm_field} names no known algorithm.")
            return
    signatures = [raw for text in judged.picked if (raw := algorithms.decode(text, scheme.encoding))]
    seconds = [key.material for key in given if scheme.key.second and not _is_key(key)] or [b""]
    problem, tried = "", False
    for key in given:
        if scheme.key.second and not _is_key(key):
            continue
        try:
            public = public_keys(scheme.key, key.material)
        except KeyProblem as error:
            problem = problem or f"The key {key.name} cannot be used: {error}."
            continue
        tried = True
        for second in seconds:
            seen.second = second.strip()
            for recipe, parts in messages(seen):
                message = b"".join(parts)
                if judged.parts is None:
                    judged.parts, judged.recipe = [message], recipe
                if any(
                    algorithms.verifies(algorithm, one, raw, message) for one in public for raw in signatures
                ):
                    judged.parts, judged.recipe, judged.key = [message], recipe, key.name
                    return
    if not tried:
        judged.fail("key-malformed", problem or "There is no public key among the keys given.")
    elif scheme.key.second and seconds == [b""]:
        judged.fail(
            "key-malformed", f"The {scheme.key.second} is needed beside the key; give it as a secret."
        )
    elif not signatures:
        judged.fail("header-malformed", f"The signature is not {scheme.encoding}.")
    else:
        judged.fail("mismatch", "The public key does not verify the signature over this message.")


def _is_key(key: Key) -> bool:
    """Whether it looks like a certificate or key rather than an id."""
    start = key.material.strip()[:20]
    return start.startswith((b"-----BEGIN", b"{")) or len(key.material) > 200


def _check_equal(judged: Judgement) -> None:
    """Query parameters that must be equal to a template (Twilio's bodySHA256)."""
    if judged.scheme.equal_where_given and judged.reading.is_form:
        return
    query = judged.reading.request.url.partition("?")[2].partition("#")[0]
    for name, template in judged.scheme.equal:
        wanted = b"".join(judged.reading.message(template, b"")).decode()
        given = [value for key, _, value in (pair.partition("=") for pair in query.split("&")) if key == name]
        if not given and judged.scheme.equal_where_given:
            continue
        if given and algorithms.same(wanted, given[0], "hex"):
            continue
        judged.key = judged.expected = ""
        if not given:
            judged.fail("mismatch", f"The URL has no parameter {name}, which must be the hash of the body.")
        else:
            judged.fail("mismatch", f"The parameter {name} of the URL is not the hash of this body.")


def _remark_case(judged: Judgement) -> None:
    for received in judged.picked:
        if received != judged.expected and received.lower() == judged.expected:
            judged.remarks = (
                "The signature is hex in upper case: right, but some official libraries refuse it.",
            )


def message_recipe(
    scheme: Scheme, request: SignedRequest, recipe: Template, key: Key | None = None
) -> bytes | None:
    """The bytes that another recipe would have signed, or None where the request lacks a part."""
    seen = Reading(scheme, request)
    try:
        if key is not None and scheme.symmetric:
            seen.key = secrets(scheme.key, key.material)[0]
        return b"".join(seen.message(recipe, request.url.encode("utf-8", "surrogateescape")))
    except (Missing, KeyProblem):
        return None
