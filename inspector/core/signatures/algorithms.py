"""The cryptography of the schemes: digests, encodings and public-key signatures over message parts."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from inspector.core.signatures.keys import PrivateKey, PublicKey

HASHES = {"hmac-sha1": "sha1", "hmac-sha256": "sha256", "hmac-sha512": "sha512", "sha256": "sha256"}
DIGEST_BYTES = {"sha1": 20, "sha256": 32, "sha512": 64}

_JOIN_BELOW_BYTES = 16_384
"""Below this, joining the parts and one call is faster than feeding them one by one."""


def mac(algorithm: str, key: bytes, parts: Sequence[bytes]) -> bytes:
    """The digest of the parts: HMAC, or the plain hash for `sha256`, where the key is in the message."""
    if algorithm == "sha256":
        plain = hashlib.sha256()
        for part in parts:
            plain.update(part)
        return plain.digest()
    name = HASHES[algorithm]
    if len(parts) == 1:
        return hmac.digest(key, parts[0], name)
    if sum(map(len, parts)) < _JOIN_BELOW_BYTES:
        return hmac.digest(key, b"".join(parts), name)
    keyed = hmac.new(key, parts[0], name)
    for part in parts[1:]:
        keyed.update(part)
    return keyed.digest()


def encode(digest: bytes, encoding: str) -> str:
    """The digest as it stands in a request."""
    if encoding == "hex":
        return digest.hex()
    if encoding == "base64url":
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return binascii.b2a_base64(digest, newline=False).decode()


def decode(signature: str, encoding: str) -> bytes | None:
    """The bytes of a signature, or None where it is not in the encoding."""
    try:
        if encoding == "hex":
            return bytes.fromhex(signature) if signature.isalnum() else None
        if encoding == "base64url":
            signature = signature.translate({45: 43, 95: 47}).rstrip("=")
            signature += "=" * (-len(signature) % 4)
        return base64.b64decode(signature, validate=True)
    except ValueError:
        return None


def same(expected: str, received: str, encoding: str) -> bool:
    """Whether two digests are equal, in constant time; hex in any case, base64url with or without padding."""
    if encoding == "hex":
        received = received.lower()
    elif encoding == "base64url":
        received = received.rstrip("=")
    return hmac.compare_digest(expected.encode(), received.encode("latin-1", "replace"))


def verifies(algorithm: str, key: PublicKey, signature: bytes, message: bytes) -> bool:
    """Whether the public key verifies the signature; False also where the key is of another kind."""
    try:
        if algorithm == "ed25519" and isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, message)
        elif algorithm == "ecdsa-sha256" and isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, message, ec.ECDSA(hashes.SHA256()))
        elif algorithm in _RSA and isinstance(key, rsa.RSAPublicKey):
            scheme, digest = _RSA[algorithm]
            key.verify(signature, message, scheme, digest)
        else:
            return False
    except (InvalidSignature, ValueError):
        return False
    return True


_RSA: dict[str, tuple[padding.PKCS1v15 | padding.PSS, hashes.HashAlgorithm]] = {
    "rsa-sha1": (padding.PKCS1v15(), hashes.SHA1()),  # noqa: S303 - SNS signature version 1
    "rsa-sha256": (padding.PKCS1v15(), hashes.SHA256()),
    "rsa-pss-sha512": (padding.PSS(padding.MGF1(hashes.SHA512()), 64), hashes.SHA512()),
}


def signs(algorithm: str, key: PrivateKey, message: bytes) -> bytes | None:
    """The signature of the message, or None where the key is of another kind than the algorithm."""
    if algorithm == "ed25519" and isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(message)
    if algorithm == "ecdsa-sha256" and isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(message, ec.ECDSA(hashes.SHA256()))
    if algorithm in _RSA and isinstance(key, rsa.RSAPrivateKey):
        scheme, digest = _RSA[algorithm]
        return key.sign(message, scheme, digest)
    return None
