"""The handshakes whose answer needs the source's secret or the provider's public key."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Sequence

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from inspector.core.event import Reply
from inspector.core.handshakes import kinds
from inspector.core.handshakes.asked import Asked
from inspector.core.handshakes.kinds import Handshake, Kind
from inspector.core.handshakes.replies import as_json, as_text
from inspector.core.signatures.outcome import Key

_PING_INTERACTION = 1
_PING_EVENT = 0


def zoom(asked: Asked, keys: Sequence[Key]) -> Handshake | None:
    """`endpoint.url_validation`: plainToken and its HMAC-SHA256 in hex as encryptedToken."""
    if asked.request.method != "POST" or not asked.may_hold(b"endpoint.url_validation"):
        return None
    payload = asked.members.get("payload")
    token = payload.get("plainToken") if isinstance(payload, dict) else None
    if asked.members.get("event") != "endpoint.url_validation" or not isinstance(token, str):
        return None
    if not keys:
        return _no_key(kinds.ZOOM, "the secret token of the Zoom app")
    digest = hmac.new(keys[0].material, token.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
    reply = as_json(json.dumps({"plainToken": token, "encryptedToken": digest}))
    return Handshake(kinds.ZOOM.id, reply, kinds.ZOOM.name)


def x_twitter(asked: Asked, keys: Sequence[Key]) -> Handshake | None:
    """GET with crc_token: its HMAC-SHA256 in base64 as response_token."""
    if asked.request.method != "GET" or not asked.query.get("crc_token"):
        return None
    if not keys:
        return _no_key(kinds.X_TWITTER, "the consumer secret of the app")
    token = asked.query["crc_token"].encode("utf-8", "replace")
    digest = base64.b64encode(hmac.digest(keys[0].material, token, "sha256")).decode()
    reply = as_json(json.dumps({"response_token": f"sha256={digest}"}))
    return Handshake(kinds.X_TWITTER.id, reply, kinds.X_TWITTER.name)


def discord(asked: Asked, keys: Sequence[Key]) -> Handshake | None:
    """A PING: type 1 of interactions is answered with type 1, type 0 of webhook events with 204.

    Discord also sends PINGs with bad signatures and wants 401 for these; without a key nothing can be told
    apart, and the PING is answered.
    """
    signature = asked.header("x-signature-ed25519")
    if asked.request.method != "POST" or not signature or not asked.may_hold(b'"type"'):
        return None
    members = asked.members
    kind = members.get("type")
    interaction = kind == _PING_INTERACTION and "event" not in members
    event = kind == _PING_EVENT and "application_id" in members
    if isinstance(kind, bool) or not (interaction or event):
        return None
    signed = asked.header("x-signature-timestamp").encode("latin-1") + asked.request.body
    if keys and not any(_ed25519(key, signature, signed) for key in keys):
        reply = as_text("invalid request signature", 401)
        note = "The signature did not match, as in the probes that Discord sends on purpose; it wants 401."
        return Handshake(kinds.DISCORD.id, reply, kinds.DISCORD.name, note)
    reply = as_json('{"type":1}') if interaction else Reply(204, ((b"Content-Type", b"application/json"),))
    note = (
        "" if keys else "No public key is stored: Discord's probes with bad signatures are answered as well."
    )
    return Handshake(kinds.DISCORD.id, reply, kinds.DISCORD.name, note)


def _ed25519(key: Key, signature: str, message: bytes) -> bool:
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key.material.decode("ascii").strip()))
        public.verify(bytes.fromhex(signature), message)
    except (ValueError, InvalidSignature):
        return False
    return True


def xero(asked: Asked, keys: Sequence[Key]) -> Handshake | None:
    """Intent to receive: no events in it, 200 for a right signature and 401 for a wrong one, both empty."""
    received = asked.header("x-xero-signature")
    if asked.request.method != "POST" or not received or not asked.may_hold(b'"events"'):
        return None
    if asked.members.get("events") != []:
        return None
    if not keys:
        note = "No signing key of Xero is stored, so the signature cannot be judged: Xero gets 401."
        return Handshake(kinds.XERO.id, Reply(401), kinds.XERO.name, note)
    try:
        digest = base64.b64decode(received, validate=True)
    except binascii.Error:
        digest = b""
    right = [hmac.compare_digest(hmac.digest(k.material, asked.request.body, "sha256"), digest) for k in keys]
    return Handshake(kinds.XERO.id, Reply(200 if any(right) else 401), kinds.XERO.name)


def _no_key(kind: Kind, what: str) -> Handshake:
    """A question that cannot be answered: the sender is told so instead of being given a wrong answer."""
    note = f"{kind.name} asked for a signed answer, and {what} is not stored with this source."
    return Handshake(kind.id, as_text(f"Not answered: {what} is not known here.\n", 500), kind.name, note)
