"""Making what is more than a digest: JSON Web Tokens with claims, and HTTP message signatures."""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from inspector.core.headers import values
from inspector.core.signatures import algorithms, components, rfc9421, structured
from inspector.core.signatures.keys import KeyProblem, private_key, secrets
from inspector.core.signatures.outcome import Key, SignedRequest
from inspector.core.signatures.reading import Missing, Reading
from inspector.core.signatures.scheme import Scheme
from inspector.core.signatures.structured import InnerList, Item
from inspector.core.signatures.urls import url_variants


def token(scheme: Scheme, request: SignedRequest, key: Key, now_s: float, fresh_id: str) -> str:
    """A token with the claims of the scheme, issued now; raises KeyProblem."""
    seen = Reading(scheme, request)
    url = url_variants("", request.url)[0]
    claims: dict[str, str | int] = {}
    for name, template in scheme.claims.items():
        if name not in scheme.optional_claims or request.body:
            claims[name] = b"".join(seen.message(template, url)).decode()
    rule = scheme.timestamp
    if rule is not None and rule.claim == "exp":
        claims |= {"nbf": int(now_s), "exp": int(now_s) + 60, "jti": fresh_id}
    elif rule is not None:
        claims[rule.claim] = int(now_s)
    algorithm = "ES256" if scheme.algorithm == "jwt-es256" else "HS256"
    head = {"alg": algorithm, "typ": "JWT"}
    message = f"{_packed(head)}.{_packed(claims)}"
    if algorithm == "HS256":
        raw = hmac.digest(secrets(scheme.key, key.material)[0], message.encode(), "sha256")
    else:
        private = private_key(scheme.key, key.material)
        if not isinstance(private, ec.EllipticCurvePrivateKey) or private.curve.name != "secp256r1":
            raise KeyProblem("it must be a P-256 key")
        r, s = decode_dss_signature(algorithms.signs("ecdsa-sha256", private, message.encode()) or b"")
        raw = r.to_bytes(32) + s.to_bytes(32)
    return f"{message}.{algorithms.encode(raw, 'base64url')}"


def _packed(value: object) -> str:
    text = json.dumps(value, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def message_signature(scheme: Scheme, request: SignedRequest, key: Key, now_s: float) -> SignedRequest:
    """The request with Signature and Signature-Input; what the old input covered is covered again."""
    request = _with_digest(request)
    label, old = _old_input(scheme, request)
    private = private_key(scheme.key, key.material) if _is_private(key) else None
    secret = b"" if private is not None else secrets(scheme.key, key.material)[0]
    parameters = [
        (name, value) for name, value in old.parameters if name not in ("created", "expires", "alg")
    ]
    parameters.append(("created", int(now_s)))
    name, _ = rfc9421.sign(secret if private is None else private, b"")
    covered = InnerList(old.items, (*parameters, ("alg", name)))
    seen = Reading(scheme, request)
    _, raw = rfc9421.sign(secret if private is None else private, components.base(seen, covered))
    headers = tuple(
        pair for pair in request.headers if pair[0].lower() not in (b"signature", b"signature-input")
    )
    stated = f"{label}={structured.serialise(covered)}".encode()
    signature = f"{label}={structured.serialise(Item(raw))}".encode()
    return replace(request, headers=(*headers, (b"Signature-Input", stated), (b"Signature", signature)))


def _is_private(key: Key) -> bool:
    material = key.material.strip()
    return material.startswith(b"-----BEGIN") or (material.startswith(b"{") and b'"oct"' not in material)


def _with_digest(request: SignedRequest) -> SignedRequest:
    headers = tuple(pair for pair in request.headers if pair[0].lower() != b"content-digest")
    digest = components.content_digest(request.body).encode()
    return replace(request, headers=(*headers, (b"Content-Digest", digest)))


def _old_input(scheme: Scheme, request: SignedRequest) -> tuple[str, InnerList]:
    try:
        first = rfc9421.labelled(Reading(scheme, request))[0]
    except Missing:
        names = ["@method", "@target-uri", "content-digest"]
        names += ["content-type"] if values(request.headers, "content-type") else []
        return "sig1", InnerList(tuple(Item(name) for name in names))
    return first.label, first.covered
