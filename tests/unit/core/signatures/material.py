"""Requests, keys and vectors that several tests share."""

from __future__ import annotations

import base64
import json
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from inspector.core.signatures.keys import PrivateKey
from inspector.core.signatures.outcome import Key, SignedRequest
from inspector.core.signatures.scheme import Scheme

NOW_S = 1_795_446_000
SECRET = b"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
FORM = (b"Content-Type", b"application/x-www-form-urlencoded")
JSON = (b"Content-Type", b"application/json")

SPECIAL_BODIES = {
    "aws-sns": b'{"Type":"Notification","MessageId":"1","Message":"x","Timestamp":"t","TopicArn":"a",'
    b'"SignatureVersion":"2","Signature":""}',
    "adyen-payments": b'{"notificationItems":[{"NotificationRequestItem":{"pspReference":"1",'
    b'"amount":{"value":1130,"currency":"EUR"},"eventCode":"AUTHORISATION","success":"true"}}]}',
}


def request(
    body: bytes = b'{"a":1}', *headers: tuple[bytes, bytes], url: str = "https://h.example.com/in?a=1"
):
    """A POST request."""
    return SignedRequest("POST", url, headers or (JSON,), body)


def request_for(scheme: Scheme, body: bytes) -> SignedRequest:
    """A request that the scheme can sign."""
    if scheme.id in ("twilio", "twilio-sha256"):
        return request(b"Body=a%2Bb&From=" + base64.b16encode(body), FORM)
    if scheme.signature.field or (scheme.timestamp is not None and scheme.timestamp.field):
        body = SPECIAL_BODIES.get(scheme.id, b'{"data": "' + base64.b16encode(body) + b'"}')
    return request(body)


@cache
def private_of(algorithm: str) -> PrivateKey | None:
    """A private key for the algorithm, of fixed numbers where that is cheap; None for shared secrets."""
    if algorithm == "ed25519":
        return ed25519.Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
    if algorithm in ("ecdsa-sha256", "jwt-es256"):
        return ec.derive_private_key(7**60, ec.SECP256R1())
    if algorithm.startswith("rsa"):
        return rsa.generate_private_key(65537, 2048)
    return None


def keys_for(scheme: Scheme) -> tuple[Key, list[Key]]:
    """The key to sign with, and those to verify with."""
    private = private_of(scheme.algorithm)
    if private is None:
        key = Key("k", b"ab" * 32 if scheme.key.form == "hex" else SECRET)
        return key, [key]
    encoded = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    second = [Key("id", b"WH-123")] if scheme.key.second else []
    return Key("k", encoded), [Key("k", public), *second]


def vectors() -> list[dict[str, object]]:
    """The vectors that came from official libraries and documents."""
    text = (Path(__file__).parent / "vectors.json").read_text("utf-8")
    return list(json.loads(text)["vectors"])


def vector_request(vector: dict) -> SignedRequest:
    """The request of a vector."""
    headers = tuple((name.encode(), value.encode("latin-1")) for name, value in vector["headers"])
    return SignedRequest(vector["method"], vector["url"], headers, base64.b64decode(vector["body_base64"]))


def vector_keys(vector: dict) -> list[Key]:
    """The keys of a vector."""
    given = vector.get("secret", vector.get("public_key"))
    listed = given if isinstance(given, list) else [given]
    return [Key(f"key {number}", text.encode()) for number, text in enumerate(listed)]
