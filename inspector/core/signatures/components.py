"""The signature base of RFC 9421: what each covered component of a request is worth."""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import parse_qsl, quote, urlsplit

from inspector.core.signatures import structured
from inspector.core.signatures.reading import Missing, Reading
from inspector.core.signatures.structured import InnerList, Item, StructuredError

_PORTS = {"http": 80, "https": 443}
_DIGESTS = {"sha-256": "sha256", "sha-512": "sha512"}


def base(seen: Reading, covered: InnerList) -> bytes:
    """The signature base (section 2.5); raises Missing."""
    names = [structured.serialise(item) for item in covered.items]
    if len(set(names)) != len(names):
        raise Missing("header-malformed", "A component is covered twice.")
    lines = [
        f"{name}: ".encode() + _value(seen, item) for name, item in zip(names, covered.items, strict=True)
    ]
    lines.append(f'"@signature-params": {structured.serialise(covered)}'.encode())
    return b"\n".join(lines)


def _value(seen: Reading, item: Item) -> bytes:
    name = item.value
    if not isinstance(name, str):
        raise Missing("header-malformed", "A covered component is not a string.")
    unknown = {key for key, _ in item.parameters} - {"sf", "key", "bs", "name"}
    if unknown:
        raise Missing("header-malformed", f"The component {name} has the parameter {min(unknown)}, "
                      "which does not apply to a stored request.")  # fmt: skip
    if name.startswith("@"):
        return _derived(seen, name, item).encode("utf-8", "surrogateescape")
    values = seen.header_values(name)
    if not values:
        raise Missing("header-missing", f"The header {name} is missing; it is a part of what is signed.")
    if item.parameter("bs"):
        return ", ".join(f":{base64.b64encode(value).decode()}:" for value in values).encode()
    joined = b", ".join(b" ".join(line.strip() for line in value.splitlines()) for value in values)
    key = item.parameter("key")
    if not item.parameter("sf") and not isinstance(key, str):
        return joined
    return _structured(name, joined.decode("latin-1"), key).encode()


def _structured(name: str, text: str, key: structured.Bare | None) -> str:
    try:
        if not isinstance(key, str):
            return structured.canonical(text)
        member = structured.dictionary(text).get(key)
    except StructuredError:
        raise Missing("header-malformed", f"The header {name} is not a structured field.") from None
    if member is None:
        raise Missing("header-missing", f"The header {name} has no member {key}, which is signed.")
    return structured.serialise(member)


def _derived(seen: Reading, name: str, item: Item) -> str:
    """A derived component (section 2.2)."""
    request = seen.request
    if name == "@method":
        return request.method
    if not request.url:
        raise Missing("url-missing", "The public URL is a part of what is signed and is not known.")
    try:
        parts = urlsplit(request.url)
    except ValueError:
        raise Missing(
            "url-missing", "The public URL cannot be read; it is a part of what is signed."
        ) from None
    path = parts.path or "/"
    simple = {
        "@target-uri": request.url,
        "@authority": _authority(parts.scheme.lower(), parts.netloc),
        "@scheme": parts.scheme.lower(),
        "@path": path,
        "@query": f"?{parts.query}",
        "@request-target": path + (f"?{parts.query}" if parts.query else ""),
    }
    if name in simple:
        return simple[name]
    wanted = item.parameter("name")
    if name == "@query-param" and isinstance(wanted, str):
        pairs = parse_qsl(parts.query, keep_blank_values=True)
        values = [value for key, value in pairs if quote(key, safe="*-._") == wanted]
        if len(values) == 1:
            return quote(values[0], safe="*-._")
        raise Missing("header-malformed", f"The URL must have the parameter {wanted} exactly once.")
    raise Missing("header-malformed", f"The component {name} does not apply to a request.")


def _authority(scheme: str, netloc: str) -> str:
    host = netloc.rpartition("@")[2].lower()
    return host.removesuffix(f":{_PORTS.get(scheme, 0)}")


def digest_trouble(seen: Reading, covered: InnerList) -> str:
    """Why a covered Content-Digest (RFC 9530) does not fit the body; empty where it does."""
    if not any(item.value == "content-digest" for item in covered.items):
        return ""
    try:
        members = structured.dictionary((seen.header("content-digest") or b"").decode("latin-1"))
    except StructuredError:
        return "The header content-digest cannot be read."
    known = {name: member for name, member in members.items() if name in _DIGESTS}
    if not known:
        return "The header content-digest has no digest of a known kind."
    for name, member in known.items():
        digest = hashlib.new(_DIGESTS[name], seen.request.body).digest()
        value = member.value if isinstance(member, Item) else b""
        if not isinstance(value, bytes) or not hmac.compare_digest(value, digest):
            return f"The {name} of the header content-digest is not that of this body: the body was altered."
    return ""


def content_digest(body: bytes) -> str:
    """A Content-Digest field for the body."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
