"""Other readings of a secret: what people paste beside it, and how it may be encoded."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

PREFIXES = ("whsec_", "whpk_", "whsk_", "sha256=", "v1,", "v1=", "secret_")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_QUOTES = "\"'`\u201c\u201d\u2018\u2019"
_HEX = re.compile(r"(?:[0-9a-fA-F]{2})+")

_API_KEY = re.compile(
    r"(?:sk|pk|rk)_(?:live|test)_\w+|pk_\w{16,}|gh[pousr]_\w+|github_pat_\w+|glpat-\S+|xox[abposr]-\S+"
    r"|shp(?:at|ca|pa|ss)_\w+|SG\.\S+\.\S+|AKIA[0-9A-Z]{16}|sq0\w{3}-\S+|re_\w{8,}|lin_api_\w+"
    r"|key-[0-9a-f]{32}"
    r"|(?:AC|SK)[0-9a-f]{32}|pdl_(?:live|sdbx)_apikey_\w+|EAA[A-Za-z0-9]{20,}|eyJ[\w-]+\.[\w-]+\.[\w-]+"
)
_PLACEHOLDER = re.compile(
    r"|whsec_(?:\.{3}|\u2026|x+|your\w*)?|<[^>]*>"
    r"|\$\{[^}]*\}|\{\{[^}]*\}\}|\$[A-Z_]+|%[A-Z_]+%"
    r"|(?:your|my|insert|enter|put|add|paste|replace)[-_ ](?:\w+[-_ ])*"
    r"(?:secret|key|token)(?:[-_ ]here)?"
    r"|change[-_ ]?me|replace[-_ ]?me|todo|tbd|placeholder|x{3,}|\*{3,}|\.{3,}|\u2026|undefined|null|none|nil"
    r"|process\.env\.\w+|os\.environ\S*|(?:webhook|signing)[-_]secret",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Reading:
    """One way of reading a stored secret, as the raw bytes of a key."""

    cause: str
    how: str
    """To go on after "the signature verifies with the secret ..."."""
    key: bytes


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The secret's text with something taken off or put on, still to be read by the scheme's rule."""

    cause: str
    how: str
    material: bytes


def cleaned(material: bytes) -> Iterator[Cleaned]:
    """The secret without what people paste beside it, each outcome once; not the secret itself."""
    seen = {material}
    for found in _cleaned(material.decode("utf-8", "surrogateescape")):
        if found.material not in seen:
            seen.add(found.material)
            yield found


def _cleaned(text: str) -> Iterator[Cleaned]:
    def made(cause: str, how: str, other: str) -> Cleaned:
        return Cleaned(cause, how, other.encode("utf-8", "surrogateescape"))

    space = "secret-whitespace"
    stripped = text.translate(_INVISIBLE).strip()
    yield made(space, "without the white space around it", stripped)
    for end in ("\\n", "\\r\\n", "\\r"):
        yield made(space, "without the line end written out at its end", stripped.removesuffix(end))
    bare = stripped.strip(_QUOTES + ",; \t\r\n")
    yield made(space, "without the quotes around it", bare)
    yield made(space, "without any white space in it", "".join(bare.split()))
    yield made(space, "with a line feed at its end, as `echo` adds it", text + "\n")
    yield made(space, "with CRLF at its end", text + "\r\n")
    yield made(space, "with a space at its end", text + " ")
    for quote in "\"'":
        yield made(space, "with the quotes of a settings file around it", f"{quote}{text}{quote}")
    named = re.fullmatch(r"(?:export\s+)?\w+\s*[=:]\s*(.+)", bare)
    if named:
        value = named.group(1).strip().strip(_QUOTES)
        yield made("secret-prefix", "without the name of the variable before it", value)
    for word in ("Bearer ", "bearer ", "Basic "):
        yield made("secret-prefix", f"without `{word.strip()}` before it", bare.removeprefix(word))
    for prefix in PREFIXES:
        yield made("secret-prefix", f"without `{prefix}` before it", bare.removeprefix(prefix))
    if not bare.startswith("whsec_"):
        yield made("secret-prefix", "with `whsec_` before it", "whsec_" + bare)
    yield made("secret-encoding", "with its %-escapes decoded", unquote(bare))
    yield made("secret-encoding", "in lower case", bare.lower())
    yield made("secret-encoding", "in upper case", bare.upper())
    for part in re.split(r"[\s,;|]+", bare)[:4]:
        if len(part) >= 8:
            yield made(space, "of which only a part is the secret: two were stored as one", part)
    if len(text) > 8:
        yield made("secret-truncated", "without its last character", text[:-1])
        yield made("secret-truncated", "without its first character", text[1:])


def readings(material: bytes) -> Iterator[Reading]:
    """The raw keys that the secret may stand for when the scheme's own rule for it is left aside."""
    seen: set[bytes] = set()
    forms = [Cleaned("", "", material), *cleaned(material)]
    for form in forms:
        for cause, how, key in _decoded(form):
            if key not in seen:
                seen.add(key)
                yield Reading(cause, how, key)


def _decoded(form: Cleaned) -> Iterator[tuple[str, str, bytes]]:
    """Text, base64 and hexadecimal readings of one form."""
    cause = form.cause or "secret-encoding"
    also = f" {form.how}," if form.how else ""
    yield cause, f"{also} taken as text".strip(" ,"), form.material
    text = form.material
    compact = text.translate(None, b" \t\r\n")
    standard = compact.translate(bytes.maketrans(b"-_", b"+/")).rstrip(b"=")
    if len(standard) >= 8 and len(standard) % 4 != 1:
        try:
            plain = base64.b64decode(standard + b"=" * (-len(standard) % 4), validate=True)
        except binascii.Error:
            plain = b""
        if plain:
            yield cause, f"{also} decoded from base64".strip(" ,"), plain
    as_text = text.decode("latin-1")
    if len(text) >= 16 and _HEX.fullmatch(as_text):
        yield cause, f"{also} decoded from hexadecimal".strip(" ,"), bytes.fromhex(as_text)
    if not form.cause:
        yield cause, "encoded in base64", base64.b64encode(text)
        yield cause, "encoded in hexadecimal", text.hex().encode()


def looks_like_api_key(material: bytes) -> bool:
    """Whether the secret has the form of something that providers give for calling them, not for signing."""
    return _API_KEY.fullmatch(material.decode("utf-8", "replace").strip()) is not None


def looks_like_placeholder(material: bytes) -> bool:
    """Whether the secret is what an example or an empty setting says."""
    return _PLACEHOLDER.fullmatch(material.decode("utf-8", "replace").strip()) is not None
