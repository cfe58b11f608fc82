"""Keys in the forms in which providers give them: text, base64, hex, PEM, SPKI, JWK, X.509."""

from __future__ import annotations

import base64
import binascii
from typing import TypeAlias, cast

import msgspec
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from inspector.core.signatures.scheme import KeyRule

PublicKey: TypeAlias = ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey | rsa.RSAPublicKey
PrivateKey: TypeAlias = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

_PUBLIC = (ed25519.Ed25519PublicKey, ec.EllipticCurvePublicKey, rsa.RSAPublicKey)
_PRIVATE = (ed25519.Ed25519PrivateKey, ec.EllipticCurvePrivateKey, rsa.RSAPrivateKey)
_CURVES: dict[str, ec.EllipticCurve] = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1()}


class KeyProblem(ValueError):  # noqa: N818 - "problem" is the word of the house
    """The key is not in the form that the scheme needs; the text never contains the key."""


def secrets(rule: KeyRule, material: bytes) -> tuple[bytes, ...]:
    """The bytes of a shared secret, the likeliest reading first; raises KeyProblem."""
    form = rule.form
    if form == "text" and not rule.strip:
        return (material,)
    stripped, prefixed = _strip(rule, material)
    if rule.prefix_required and not prefixed:
        raise KeyProblem(f"the secret must start with {' or '.join(rule.strip)}")
    if form == "text" or (form == "base64-if-prefixed" and not prefixed):
        return (stripped,)
    if form == "hex":
        return (_hex(stripped),)
    if form == "text-or-base64":
        return (material, *_maybe_base64(stripped)) if prefixed else (material,)
    if form == "any":
        if material.lstrip().startswith(b"{"):
            return (_symmetric_jwk(material),)
        return (*_maybe_base64(material), material)
    return (_base64(stripped),)


def _symmetric_jwk(material: bytes) -> bytes:
    try:
        key = msgspec.json.decode(material, type=dict[str, object])
    except (msgspec.DecodeError, msgspec.ValidationError):
        raise KeyProblem("the key is not a JSON object") from None
    try:
        return _field(key, "k")
    except binascii.Error:
        raise KeyProblem("the field k of the JWK is not base64url") from None


def _strip(rule: KeyRule, material: bytes) -> tuple[bytes, bool]:
    for prefix in rule.strip:
        if material.startswith(prefix.encode()):
            return material[len(prefix) :], True
    return material, False


def _hex(material: bytes) -> bytes:
    try:
        return binascii.unhexlify(material.strip())
    except ValueError:
        raise KeyProblem("the key is not hexadecimal") from None


def _base64(material: bytes) -> bytes:
    try:
        return base64.b64decode(material)
    except ValueError:
        raise KeyProblem("the key is not base64") from None


def _maybe_base64(material: bytes) -> tuple[bytes, ...]:
    try:
        return (base64.b64decode(material, validate=True),)
    except ValueError:
        return ()


def public_keys(rule: KeyRule, material: bytes, key_id: str = "") -> tuple[PublicKey, ...]:
    """The public keys in the material: one, or those of a JWK set that may have made the signature.

    A private key gives its public half. Raises KeyProblem.
    """
    stripped, _ = _strip(rule, material.strip())
    try:
        if stripped.startswith(b"{"):
            return _jwks(stripped, key_id)
        return (_public(rule, stripped),)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        if isinstance(error, KeyProblem):
            raise
        raise KeyProblem(f"the key cannot be read as {_named(rule.form)}") from None


def _named(form: str) -> str:
    names = {
        "ed25519-hex": "an Ed25519 public key in hex",
        "ed25519-base64": "an Ed25519 public key in base64",
        "spki": "a public key in base64 or PEM",
        "jwk": "a JWK",
        "x509": "a certificate in PEM",
    }
    return names.get(form, "a public key")


def _public(rule: KeyRule, material: bytes) -> PublicKey:
    if material.startswith(b"-----BEGIN CERTIFICATE"):
        return _known(x509.load_pem_x509_certificate(material).public_key())
    if material.startswith(b"-----BEGIN") and b"PRIVATE KEY" in material[:60]:
        return private_key(rule, material).public_key()
    if material.startswith(b"-----BEGIN"):
        return _known(serialization.load_pem_public_key(material))
    if rule.form == "ed25519-hex":
        return ed25519.Ed25519PublicKey.from_public_bytes(_hex(material))
    raw = _hex(material) if _is_hex(material) else _base64_any(material)
    if len(raw) == 32:
        return ed25519.Ed25519PublicKey.from_public_bytes(raw)
    try:
        return _known(serialization.load_der_public_key(raw))
    except ValueError:
        return _known(x509.load_der_x509_certificate(raw).public_key())


def _is_hex(material: bytes) -> bool:
    return len(material) == 64 and all(letter in b"0123456789abcdefABCDEF" for letter in material)


def _base64_any(material: bytes) -> bytes:
    text = b"".join(material.split()).translate(bytes.maketrans(b"-_", b"+/"))
    return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)


def _known(key: object) -> PublicKey:
    if isinstance(key, _PUBLIC):
        return key
    raise KeyProblem("the key is of a kind that no scheme here uses")


def _jwks(material: bytes, key_id: str) -> tuple[PublicKey, ...]:
    try:
        document = msgspec.json.decode(material, type=dict[str, object])
    except (msgspec.DecodeError, msgspec.ValidationError):
        raise KeyProblem("the key is not a JSON object") from None
    inner = document.get("key")
    if isinstance(inner, dict):
        document = cast("dict[str, object]", inner)
    listed = document.get("keys")
    entries = cast("list[object]", listed) if isinstance(listed, list) else [document]
    keys = [cast("dict[str, object]", entry) for entry in entries if isinstance(entry, dict)]
    if isinstance(listed, list) and key_id:
        keys = [key for key in keys if key.get("kid") in (key_id, None)]
    if not keys:
        raise KeyProblem("the JWK set has no key with the id that the signature names")
    return tuple(_jwk(key) for key in keys)


def _number(key: dict[str, object], name: str) -> int:
    return int.from_bytes(_field(key, name))


def _field(key: dict[str, object], name: str) -> bytes:
    value = key.get(name)
    if not isinstance(value, str):
        raise KeyProblem(f"the JWK has no field {name}")
    return _base64_any(value.encode())


def _jwk(key: dict[str, object]) -> PublicKey:
    kind = key.get("kty")
    if kind == "EC":
        curve = _CURVES.get(str(key.get("crv")))
        if curve is None:
            raise KeyProblem("the JWK is on a curve that no scheme here uses")
        return ec.EllipticCurvePublicNumbers(_number(key, "x"), _number(key, "y"), curve).public_key()
    if kind == "RSA":
        return rsa.RSAPublicNumbers(_number(key, "e"), _number(key, "n")).public_key()
    if kind == "OKP" and key.get("crv") == "Ed25519":
        return ed25519.Ed25519PublicKey.from_public_bytes(_field(key, "x"))
    raise KeyProblem("the JWK is of a kind that no scheme here uses")


def private_key(rule: KeyRule, material: bytes) -> PrivateKey:
    """The private key for signing: PEM, JWK with `d`, or an Ed25519 seed; raises KeyProblem."""
    stripped, _ = _strip(KeyRule(strip=(*rule.strip, "whsk_")), material.strip())
    try:
        if stripped.startswith(b"-----BEGIN"):
            key = serialization.load_pem_private_key(stripped, password=None)
            if isinstance(key, _PRIVATE):
                return key
        elif stripped.startswith(b"{"):
            return _private_jwk(msgspec.json.decode(stripped, type=dict[str, object]))
        else:
            raw = _hex(stripped) if _is_hex(stripped) else _base64_any(stripped)
            if len(raw) in (32, 64) and rule.form.startswith("ed25519"):
                return ed25519.Ed25519PrivateKey.from_private_bytes(raw[:32])
    except (ValueError, TypeError, UnsupportedAlgorithm, msgspec.DecodeError):
        pass
    raise KeyProblem("signing needs the private key (PEM, JWK, or an Ed25519 seed)")


def _private_jwk(key: dict[str, object]) -> PrivateKey:
    if key.get("kty") == "EC" and key.get("crv") in _CURVES:
        return ec.derive_private_key(_number(key, "d"), _CURVES[str(key["crv"])])
    if key.get("kty") == "OKP":
        return ed25519.Ed25519PrivateKey.from_private_bytes(_field(key, "d"))
    public = rsa.RSAPublicNumbers(_number(key, "e"), _number(key, "n"))
    p, q, d = _number(key, "p"), _number(key, "q"), _number(key, "d")
    numbers = rsa.RSAPrivateNumbers(
        p, q, d, rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q), public
    )
    return numbers.private_key()
