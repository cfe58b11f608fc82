"""Signatures that are JSON Web Tokens with a hash of the body among their claims (Plaid, Netlify, Bird)."""

from __future__ import annotations

import hmac
from collections.abc import Sequence

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from inspector.core.signatures import algorithms, fieldlists, keys
from inspector.core.signatures.judgement import Judgement
from inspector.core.signatures.outcome import Key

ALLOWED = {"jwt-es256": ("ES256",), "jwt-hs256": ("HS256",), "jwt-hs": ("HS256", "HS384", "HS512")}
"""The algorithms that each scheme allows: never what the token says alone (RFC 8725 section 3.1)."""

_HASHES = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}


def check(judged: Judgement, given: Sequence[Key]) -> None:
    """Checks signature, then claims; sets the key or the trouble."""
    token = judged.picked[0].strip()
    parts = token.split(".")
    head = _part(parts[0]) if len(parts) == 3 else None
    claims = _part(parts[1]) if len(parts) == 3 else None
    signature = algorithms.decode(parts[2], "base64url") if len(parts) == 3 else None
    if head is None or claims is None or signature is None:
        judged.fail("header-malformed", "The signature is not a JSON Web Token.")
        return
    judged.reading.claims = claims
    algorithm = str(head.get("alg"))
    allowed = ALLOWED[judged.scheme.algorithm]
    if algorithm not in allowed or "crit" in head:
        words = f"The token is signed with {algorithm}; only {' or '.join(allowed)} is allowed."
        judged.fail("header-malformed", words)
        return
    message = token.rpartition(".")[0].encode("latin-1")
    judged.parts, judged.recipe = [message], "header.claims of the token"
    _check_signature(judged, given, algorithm, signature, str(head.get("kid") or ""))
    if not judged.trouble:
        _check_claims(judged, claims)


def _part(text: str) -> dict[str, object] | None:
    raw = algorithms.decode(text, "base64url")
    try:
        return None if raw is None else msgspec.json.decode(raw, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _check_signature(
    judged: Judgement, given: Sequence[Key], algorithm: str, signature: bytes, key_id: str
) -> None:
    message = judged.parts[0] if judged.parts else b""
    problem, tried = "", False
    for key in given:
        try:
            if algorithm in _HASHES:
                holds = any(
                    hmac.compare_digest(hmac.digest(secret, message, _HASHES[algorithm]), signature)
                    for secret in keys.secrets(judged.scheme.key, key.material)
                )
            else:
                public = keys.public_keys(judged.scheme.key, key.material, key_id)
                holds = any(_es256(one, signature, message) for one in public)
        except keys.KeyProblem as error:
            problem = problem or f"The key {key.name} cannot be used: {error}."
            continue
        tried = True
        if holds:
            judged.key = key.name
            return
    if tried:
        judged.fail("mismatch", "The key does not verify the token.")
    else:
        judged.fail("key-malformed", problem)


def _es256(key: keys.PublicKey, signature: bytes, message: bytes) -> bool:
    """RFC 7518 section 3.4: r and s, 32 bytes each, on P-256."""
    if (
        not isinstance(key, ec.EllipticCurvePublicKey)
        or len(signature) != 64
        or key.curve.name != "secp256r1"
    ):
        return False
    der = encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
    return algorithms.verifies("ecdsa-sha256", key, der, message)


def _check_claims(judged: Judgement, claims: dict[str, object]) -> None:
    scheme, request = judged.scheme, judged.reading.request
    for name, template in scheme.claims.items():
        given = claims.get(name)
        if name in scheme.optional_claims and given is None and not request.body:
            continue
        wanted = b"".join(judged.reading.message(template, request.url.encode("utf-8", "surrogateescape")))
        if given is None:
            judged.fail("mismatch", f"The token has no claim {name}.")
        elif not hmac.compare_digest(wanted, fieldlists.text(given).encode("utf-8", "replace")):
            reason = (
                "the hash of this body" if template.uses("body") else repr(wanted.decode("utf-8", "replace"))
            )
            reason = "the hash of this URL" if template.uses("url") else reason
            judged.fail("mismatch", f"The claim {name} of the token is not {reason}.")
        if judged.trouble:
            judged.key = ""
            return
