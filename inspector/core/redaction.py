"""Redaction: secrets in headers, URLs and bodies become stand-ins, the same one for the same value.

Where to look is told by names (`Authorization`, `access_token`, `clientSecret`), never by how a value looks,
so that the same events always give the same result. An event whose signature covered what was replaced is
signed anew with a test secret.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from dataclasses import dataclass, replace
from hashlib import sha256
from urllib.parse import unquote_to_bytes

import msgspec

from inspector.core.edits import rebuilt, with_length
from inspector.core.event import Event, Request, Verdict
from inspector.core.exporters.har import url_of
from inspector.core.headers import text
from inspector.core.signatures.detect import detect
from inspector.core.signatures.outcome import Key
from inspector.core.signatures.scheme import KeyRule, Scheme, Schemes
from inspector.core.signatures.sign import Unsignable
from inspector.core.signing_anew import signed_anew

SECRET_ENDINGS = (
    "authorization", "cookie", "token", "secret", "password", "passwd", "passphrase", "apikey", "authkey",
    "accesskey", "privatekey", "secretkey", "signingkey", "credential", "credentials", "jwt", "sessionid",
)  # fmt: skip
"""A name is that of a secret when it ends so, without regard to case, hyphens and underscores."""
_SEPARATORS = re.compile(r"[^a-z0-9]+")
_JSON_STRING = re.compile(rb'("(?:[^"\\]|\\.)*+")(?:(\s*+:\s*+)("(?:[^"\\]|\\.)*+"))?', re.DOTALL)
_FORM = "application/x-www-form-urlencoded"
_WORDS = b"webhook-inspector-test-secret-01"


@dataclass(slots=True)
class Counts:
    """What was done so far."""

    values: int = 0
    """Places where something was replaced."""
    events: int = 0
    signed: int = 0
    """Events that were signed anew."""
    broken: int = 0
    """Events whose signature does not hold any more, because nobody but the sender can sign them."""


class Redaction:
    """Replaces secrets; one object for a whole export, so that stand-ins agree across events."""

    def __init__(self, schemes: Schemes) -> None:
        self._schemes = schemes
        self._numbers: dict[bytes, int] = {}
        self.counts = Counts()

    def event(self, event: Event) -> Event:
        """The event without its secrets; the same object where it has none."""
        before = self.counts.values
        request = self._request(event.request)
        if self.counts.values == before:
            return event
        self.counts.events += 1
        request = self._signed(event, request)
        row = replace(event.row, target=request.target.decode("latin-1"), size_bytes=len(request.body))
        return replace(event, row=row, request=request)

    def _request(self, request: Request) -> Request:
        body = self._body(request)
        headers = tuple((name, self._header(name, value)) for name, value in request.headers)
        if len(body) != len(request.body):
            headers = with_length(headers, len(body))
        method, space, rest = request.line.partition(b" ")
        target, gap, version = rest.partition(b" ")
        path, mark, query = target.partition(b"?")
        line = method + space + path + mark + self._pairs(query, b"&") + gap + version
        return rebuilt(request, line=line, headers=headers, body=body)

    def _header(self, name: bytes, value: bytes) -> bytes:
        if not _is_secret(name) or not value:
            return value
        if name.lower() == b"cookie":
            return self._pairs(value, b"; ", all_names=True)
        word, space, rest = value.partition(b" ")
        if space and rest and word.isalpha():
            return word + space + self._stand_in(rest)
        return self._stand_in(value)

    def _pairs(self, data: bytes, separator: bytes, *, all_names: bool = False) -> bytes:
        """The pairs of a query, a form or a cookie."""
        found = []
        for pair in data.split(separator):
            name, sign, value = pair.partition(b"=")
            if value and (all_names or _is_secret(unquote_to_bytes(name))):
                value = self._stand_in(value)
            elif all_names and not sign:
                name = self._stand_in(name) if name else name
            found.append(name + sign + value)
        return separator.join(found)

    def _body(self, request: Request) -> bytes:
        body = request.body
        if text(request.headers, "content-type").lower().startswith(_FORM):
            return self._pairs(body, b"&")
        if body.lstrip()[:1] not in (b"{", b"["):
            return body
        try:
            msgspec.json.decode(body, type=msgspec.Raw)
        except (msgspec.DecodeError, RecursionError):
            return body
        return _JSON_STRING.sub(self._json_value, body)

    def _json_value(self, found: re.Match[bytes]) -> bytes:
        name, colon, value = found.groups()
        if value is None or len(value) == 2 or not _is_secret(_unescaped(name)):
            return found[0]
        stand_in = self._stand_in(_unescaped(value), len(value) - 2)
        return bytes(name + colon + b'"' + stand_in + b'"')

    def _stand_in(self, value: bytes, size: int | None = None) -> bytes:
        """`redacted-1`, filled up to the length of the value; shorter values get longer."""
        self.counts.values += 1
        number = self._numbers.setdefault(sha256(value).digest(), len(self._numbers) + 1)
        return f"redacted-{number}".encode().ljust(len(value) if size is None else size, b"x")

    def _signed(self, event: Event, request: Request) -> Request:
        """With a fresh signature where the old one covered what was replaced, and did not fail before."""
        old = event.request
        if event.row.checked.verdict is Verdict.INVALID:
            return request
        scheme = self._schemes.get(event.row.checked.scheme) or detect(self._schemes, old.headers, old.body)
        if scheme is None or not _touched(scheme, old, request):
            return request
        try:
            fresh = sign_for_tests(scheme, request, now_s=event.row.received_at_ns / 1e9)
        except Unsignable:
            self.counts.broken += 1
            return request
        self.counts.signed += 1
        return fresh


def sign_for_tests(scheme: Scheme, request: Request, *, now_s: float) -> Request:
    """The request signed with the test secret, as of `now_s`; raises Unsignable."""
    if not scheme.symmetric:
        raise Unsignable("Only the sender has the private key.")
    key = Key("test", secret_for_tests(scheme.key))
    return signed_anew(scheme, request, [key], url=url_of(request), now_s=now_s)


def secret_for_tests(rule: KeyRule) -> bytes:
    """The test secret in the form in which the provider gives secrets; known to everybody."""
    if rule.form == "hex":
        return _WORDS.hex().encode()
    if rule.form == "text" and not rule.strip:
        return _WORDS
    prefix = rule.strip[0].encode() if rule.strip else b""
    return prefix + b64encode(_WORDS)


def _touched(scheme: Scheme, old: Request, new: Request) -> bool:
    signature = scheme.signature.header
    return (
        old.body != new.body
        or (scheme.signs_url and old.target != new.target)
        or (bool(signature) and text(old.headers, signature) != text(new.headers, signature))
    )


def _is_secret(name: bytes) -> bool:
    return _SEPARATORS.sub("", name.decode("latin-1").lower()).endswith(SECRET_ENDINGS)


def _unescaped(string: bytes) -> bytes:
    """The text of a JSON string as UTF-8; as it stands where it is no text."""
    if b"\\" not in string:
        return string[1:-1]
    try:
        return str(json.loads(string)).encode("utf-8", "surrogatepass")
    except ValueError:
        return string[1:-1]
