"""HTTP Message Signatures (RFC 9421): labels, algorithms, times; the base is built in `components`."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from inspector.core.signatures import algorithms, components, keys, structured
from inspector.core.signatures.judgement import Judgement
from inspector.core.signatures.outcome import Key
from inspector.core.signatures.reading import Missing, Reading
from inspector.core.signatures.structured import InnerList, Item, StructuredError

_CURVES: dict[str, tuple[str, int, hashes.HashAlgorithm]] = {
    "secp256r1": ("ecdsa-p256-sha256", 32, hashes.SHA256()),
    "secp384r1": ("ecdsa-p384-sha384", 48, hashes.SHA384()),
}
_RSA = {"rsa-pss-sha512": "rsa-pss-sha512", "rsa-v1_5-sha256": "rsa-sha256"}
_ALGORITHMS = {"hmac-sha256", "ed25519", *_RSA, *(name for name, _, _ in _CURVES.values())}


@dataclass(frozen=True, slots=True)
class Labelled:
    """One signature of a message with what it covers."""

    label: str
    covered: InnerList
    signature: bytes


def labelled(seen: Reading) -> list[Labelled]:
    """The signatures that have an input of the same label; raises Missing."""
    given = seen.header("signature-input")
    if given is None:
        raise Missing("header-missing", "The header signature-input is missing.")
    try:
        inputs = structured.dictionary(given.decode("latin-1"))
        signatures = structured.dictionary((seen.header("signature") or b"").decode("latin-1"))
    except StructuredError as error:
        raise Missing("header-malformed", f"Signature or Signature-Input cannot be read: {error}.") from None
    found = []
    for label, covered in inputs.items():
        member = signatures.get(label)
        if isinstance(covered, InnerList) and isinstance(member, Item) and isinstance(member.value, bytes):
            found.append(Labelled(label, covered, member.value))
    if not found:
        raise Missing("header-malformed", "No label stands in both Signature and Signature-Input.")
    return found


def check(judged: Judgement, given: Sequence[Key]) -> None:
    """Checks every labelled signature; sets the key or the trouble of the first."""
    troubles = []
    for one in labelled(judged.reading):
        trouble = _check_one(judged, one, given)
        if not trouble:
            judged.trouble = judged.words = ""
            return
        troubles.append(trouble)
    judged.fail(*troubles[0])


def _check_one(judged: Judgement, one: Labelled, given: Sequence[Key]) -> tuple[str, str] | None:
    try:
        message = components.base(judged.reading, one.covered)
    except Missing as missing:
        return missing.trouble, str(missing)
    key, trouble = _holder(one, message, judged, given)
    if judged.parts is None or key:
        judged.parts, judged.recipe = [message], f"the signature base of {one.label}"
    if not key:
        return trouble
    words = components.digest_trouble(judged.reading, one.covered)
    if words:
        return "mismatch", words
    judged.key = key
    if not any(item.value in ("content-digest", "digest") for item in one.covered.items):
        judged.remarks = ("The signature does not cover the body: no content-digest is signed.",)
    return None


def _holder(
    one: Labelled, message: bytes, judged: Judgement, given: Sequence[Key]
) -> tuple[str, tuple[str, str]]:
    """The name of the key that verifies it, or the trouble."""
    stated = one.covered.parameter("alg")
    if stated is not None and stated not in _ALGORITHMS:
        return "", ("header-malformed", f"The algorithm {stated!r} is unknown.")
    problem, tried = "", False
    for key in given:
        try:
            holds = _holds(one, message, judged, key, stated)
        except keys.KeyProblem as error:
            problem = problem or f"The key {key.name} cannot be used: {error}."
            continue
        tried = True
        if holds:
            return key.name, ("", "")
    if not tried:
        return "", ("key-malformed", problem)
    return "", ("mismatch", f"No key verifies the signature {one.label} over this message.")


def _holds(one: Labelled, message: bytes, judged: Judgement, key: Key, stated: object) -> bool:
    if stated in (None, "hmac-sha256") and len(one.signature) == 32:
        secrets = keys.secrets(judged.scheme.key, key.material)
        return any(
            hmac.compare_digest(hmac.digest(each, message, "sha256"), one.signature) for each in secrets
        )
    key_id = str(one.covered.parameter("keyid") or "")
    try:
        public = keys.public_keys(judged.scheme.key, key.material, key_id)
    except keys.KeyProblem:
        if stated is None and not key.material.lstrip().startswith((b"-----BEGIN", b"{")):
            return False  # a shared secret; the signature is of another kind
        raise
    return any(_verifies(each, stated, one.signature, message) for each in public)


def _verifies(key: keys.PublicKey, stated: object, signature: bytes, message: bytes) -> bool:
    if isinstance(key, ed25519.Ed25519PublicKey):
        return stated in (None, "ed25519") and algorithms.verifies("ed25519", key, signature, message)
    if isinstance(key, rsa.RSAPublicKey):
        names = _RSA.values() if stated is None else [_RSA[str(stated)]] if stated in _RSA else []
        return any(algorithms.verifies(name, key, signature, message) for name in names)
    name, size, digest = _CURVES[key.curve.name]
    if stated not in (None, name) or len(signature) != 2 * size:
        return False
    der = encode_dss_signature(int.from_bytes(signature[:size]), int.from_bytes(signature[size:]))
    try:
        key.verify(der, message, ec.ECDSA(digest))
    except InvalidSignature:
        return False
    return True


def check_time(judged: Judgement, now_s: float, tolerance_s: float | None) -> None:
    """Section 2.3: `expires` is binding; the age of `created` only where a tolerance is asked for."""
    first = labelled(judged.reading)[0].covered
    created, expires = first.parameter("created"), first.parameter("expires")
    if isinstance(created, int):
        judged.timestamp_s, judged.age_s = float(created), now_s - created
        judged.past_s = tolerance_s
        if tolerance_s is not None and judged.age_s > tolerance_s:
            judged.fail("too-old", f"It was created {judged.age_s:g} s ago; {tolerance_s:g} s are allowed.")
    if isinstance(expires, int) and now_s > expires:
        judged.fail("too-old", f"The signature expired {now_s - expires:g} s ago.")


def sign(key: keys.PrivateKey | bytes, message: bytes) -> tuple[str, bytes]:
    """Algorithm and signature that the key gives for the message."""
    if isinstance(key, bytes):
        return "hmac-sha256", hmac.digest(key, message, "sha256")
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return "ed25519", key.sign(message)
    if isinstance(key, rsa.RSAPrivateKey):
        return "rsa-pss-sha512", algorithms.signs("rsa-pss-sha512", key, message) or b""
    name, size, digest = _CURVES[key.curve.name]
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(digest)))
    return name, r.to_bytes(size) + s.to_bytes(size)
