"""Signatures that stand in a request in whatever form, and digests to compare them with."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass

from inspector.core import headers
from inspector.core.signatures.keys import KeyProblem, secrets
from inspector.core.signatures.outcome import Key, Outcome, SignedRequest
from inspector.core.signatures.scheme import Scheme

ALGORITHMS = ("sha256", "sha1", "sha512", "sha384", "md5")
NAMES = {"sha256": "SHA-256", "sha1": "SHA-1", "sha512": "SHA-512", "sha384": "SHA-384", "md5": "MD5"}
SIZES = {16: "md5", 20: "sha1", 32: "sha256", 48: "sha384", 64: "sha512"}
KEYLESS = "{} without any key"
_TOKEN = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_TELLING = ("signature", "hmac", "digest", "hash", "sign")
_MOST = 24


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that looks like a digest."""

    raw: bytes
    text: str
    encoding: str
    """`hex`, `base64` or `base64url`."""
    header: str
    """Where it stands; empty for the body."""


def found_digests(scheme: Scheme, request: SignedRequest, outcome: Outcome) -> list[Found]:
    """Everything of a digest's length in the signature's place and in headers that sound like one."""
    places = [("", text) for text in outcome.received]
    place = scheme.signature.header
    if place:
        places += [(place, value.decode("latin-1")) for value in headers.values(request.headers, place)]
    for name, value in request.headers:
        lower = name.decode("latin-1").lower()
        if lower != place and any(word in lower for word in _TELLING):
            places.append((lower, value.decode("latin-1")))
    found: dict[tuple[bytes, str], Found] = {}
    for header, text in places:
        for token in _TOKEN.findall(text):
            for raw, encoding in _decodings(token):
                if len(raw) in SIZES:
                    found.setdefault((raw, encoding), Found(raw, token, encoding, header))
        if len(found) >= _MOST:
            break
    return list(found.values())


def _decodings(token: str) -> list[tuple[bytes, str]]:
    made = []
    if re.fullmatch(r"(?:[0-9a-fA-F]{2})+", token):
        made.append((bytes.fromhex(token), "hex"))
    encoding = "base64url" if "-" in token or "_" in token else "base64"
    plain = token.translate({45: 43, 95: 47}).rstrip("=")
    if len(plain) % 4 != 1:
        try:
            raw = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
        except binascii.Error:
            return made
        made.append((raw, encoding))
        inner = raw.decode("latin-1")
        if re.fullmatch(r"(?:[0-9a-fA-F]{2}){16,}", inner):  # base64 of the hexadecimal text
            made.append((bytes.fromhex(inner), "base64 of hexadecimal"))
    return made


def raw_keys(scheme: Scheme, key: Key) -> tuple[bytes, ...]:
    """The bytes of the secret by the scheme's own rule; none where it cannot be read so."""
    try:
        return secrets(scheme.key, key.material)
    except KeyProblem:
        return ()


def digests(key: bytes, message: bytes, name: str) -> list[tuple[str, bytes]]:
    """The HMAC and the plain hashes with the key before and after the message: how, and the bytes."""
    made = [(f"HMAC-{NAMES[name]}", hmac.digest(key, message, name))]
    for how, data in (
        (f"{NAMES[name]} of key and message", key + message),
        (f"{NAMES[name]} of message and key", message + key),
        (KEYLESS.format(NAMES[name]), message),
    ):
        made.append((how, hashlib.new(name, data, usedforsecurity=False).digest()))
    return made
