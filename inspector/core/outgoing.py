"""What is sent for an event: the captured request with the few changes that HTTP demands of a sender.

All that differs from the capture, and nothing else:
- fields of one hop go: Connection and what it names, Keep-Alive, Proxy-…, TE, Trailer, Transfer-Encoding,
  Upgrade (RFC 9110 section 7.6.1);
- Host names the target, unless it is kept (section 7.2); it is put first where there was none;
- Content-Length is the length of the body that is sent; a chunked request gets it in the place of its
  Transfer-Encoding (RFC 9112 section 6);
- the target's own headers take the place of captured ones of the same name, or stand last;
- the version is HTTP/1.1, one space follows each colon, folded lines are joined (RFC 9112 section 5).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from inspector.core.event import Request
from inspector.core.headers import HeaderPairs, values
from inspector.core.target import Target

MASK = b"***"
"""Stands for the value of a secret header, which is put in only when it is sent."""
_HOP = frozenset((b"connection", b"keep-alive", b"te", b"trailer", b"transfer-encoding", b"upgrade"))
_FRAMING = frozenset((b"host", b"content-length", b"transfer-encoding"))
_ABSOLUTE = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")
_URL = re.compile(r"(https?)://([^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)
_TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_BREAKS_LINE = re.compile(rb"[\r\n\x00]")
_BREAKS_TARGET = re.compile(rb"[\x00-\x20\x7f]")


class UnsendableError(ValueError):
    """The request cannot be written as HTTP/1.1; the text is a sentence for people."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Exactly what is sent: the header fields in their order and case, with Host and Content-Length.

    Characters of `url` up to U+00FF stand for one byte each, as they were captured.
    """

    method: str
    url: str
    headers: HeaderPairs
    body: bytes = b""


def outgoing(request: Request, target: Target) -> Outgoing:
    """The request that is sent to `target` for a captured one.

    A target's URL without a path (or with `/` alone) takes the captured path behind it; one without a
    query takes the captured query. Values of the target's secret headers stand as MASK.
    """
    url = _joined(target.url, request.target)
    own = [pair for pair in target.headers if pair[0].lower() not in _FRAMING]
    own += [(header.encode("latin-1"), MASK) for header, _ in target.secret_headers]
    end_to_end = _without_hop(request.headers)
    kept = _with_own(end_to_end, own)
    host = None if target.keep_host else authority(url)
    return Outgoing(request.method, url, framed(with_host(kept, host, url), request.body), request.body)


def with_body(sent: Outgoing, body: bytes) -> Outgoing:
    """The same request with another body and the Content-Length that belongs to it."""
    return replace(sent, headers=framed(sent.headers, body), body=body)


def framed(headers: HeaderPairs, body: bytes) -> HeaderPairs:
    """The fields with one true Content-Length: in its place, in that of Transfer-Encoding, or last.

    Without a body and without either field there is none, as the capture had none.
    """
    length = str(len(body)).encode()
    place = b"content-length" if values(headers, b"content-length") else b"transfer-encoding"
    fields: list[tuple[bytes, bytes]] = []
    said = False
    for name, value in headers:
        key = name.lower()
        if key not in (b"content-length", b"transfer-encoding"):
            fields.append((name, value))
        elif key == place and not said:
            fields.append((name if key == b"content-length" else b"Content-Length", length))
            said = True
    if body and not said:
        fields.append((b"Content-Length", length))
    return tuple(fields)


def with_host(headers: HeaderPairs, host: str | None, url: str) -> HeaderPairs:
    """The fields with `host` as the value of Host (None: as it is); put first where it is missing."""
    if values(headers, b"host"):
        if host is None:
            return headers
        new = host.encode("latin-1", "replace")
        return tuple((name, new if name.lower() == b"host" else value) for name, value in headers)
    return ((b"Host", (host or authority(url)).encode("latin-1", "replace")), *headers)


def wire_head(sent: Outgoing, *, absolute: bool = False, extra: HeaderPairs = ()) -> bytes:
    """The request line and the fields with the empty line, as they go over the wire.

    `absolute`: the whole URL as the request target, as a proxy wants it (RFC 9112 section 3.2.2); `extra`:
    fields for the next hop, which stand last. A body without Content-Length gets one; a length that does
    not fit goes out as it is. Raises UnsendableError where a part would break out of its line.
    """
    method = sent.method.encode("latin-1", "replace")
    if _TOKEN.fullmatch(method) is None:
        raise UnsendableError(f"{sent.method!r} is no method.")
    destination = url_parts(sent.url)
    target = destination.url if absolute else destination.target
    if sent.method == "OPTIONS" and destination.bare:
        target = target.removesuffix(b"/") if absolute else b"*"
    if _BREAKS_TARGET.search(target):
        raise UnsendableError("The URL has a space or a control character.")
    headers = sent.headers
    if values(headers, b"transfer-encoding") or (sent.body and not values(headers, b"content-length")):
        headers = framed(headers, sent.body)
    parts = [b"%b %b HTTP/1.1\r\n" % (method, target)]
    for name, value in (*headers, *extra):
        if _BREAKS_LINE.search(value) or _TOKEN.fullmatch(name) is None:
            raise UnsendableError(f"The header {name.decode('latin-1')!r} cannot be written on one line.")
        parts.append(b"%b: %b\r\n" % (name, value))
    parts.append(b"\r\n")
    return b"".join(parts)


@dataclass(frozen=True, slots=True)
class UrlParts:
    """Where a URL leads: `scheme` http or https, `host` without brackets, and the rest as bytes."""

    scheme: str
    host: str
    port: int
    authority: str
    """Host and port as they were written, without a login."""
    target: bytes
    """Path and query; `/` where there is no path."""
    bare: bool
    """Whether the URL had neither path nor query."""

    @property
    def url(self) -> bytes:
        """The absolute form, without a login."""
        return f"{self.scheme}://{self.authority}".encode("latin-1", "replace") + self.target

    @property
    def origin(self) -> tuple[str, str, int]:
        """What credentials belong to (RFC 6454)."""
        return self.scheme, self.host.lower(), self.port


@lru_cache(maxsize=128)
def url_parts(url: str) -> UrlParts:
    """The parts of an http or https URL, with nothing normalised. Raises UnsendableError."""
    match = _URL.fullmatch(url)
    if match is None:
        raise UnsendableError("The URL does not begin with http:// or https:// and a host.")
    scheme, rest = match[1].lower(), match[3]
    written = match[2].rpartition("@")[2]
    host, port = _host_and_port(written)
    number = int(port) if port else {"http": 80, "https": 443}[scheme]
    if not host or not 0 < number < 65536:
        raise UnsendableError("The URL has no host, or a port that does not exist.")
    target = _bytes(rest if rest.startswith("/") else "/" + rest)
    return UrlParts(scheme, host, number, written, target, not rest)


def authority(url: str) -> str:
    """Host and port of a URL as they are written: the value of its Host field."""
    return url_parts(url).authority


def _host_and_port(written: str) -> tuple[str, str]:
    bracketed = re.fullmatch(r"\[([^\[\]]+)\](?::([0-9]{0,5}))?", written)
    plain = re.fullmatch(r"([^\[\]:\s]+)(?::([0-9]{0,5}))?", written)
    match = bracketed or plain
    if match is None:
        raise UnsendableError("The URL's host or port cannot be read.")
    return match[1], match[2] or ""


def _bytes(text: str) -> bytes:
    """One byte a character; beyond Latin-1, UTF-8 with percents as a browser sends it."""
    if not text or max(text) <= "\xff":
        return text.encode("latin-1")
    return b"".join(
        character.encode("latin-1")
        if character <= "\xff"
        else "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "replace")).encode()
        for character in text
    )


def _joined(url: str, captured: bytes) -> str:
    """`url` with what it lacks of path and query from the captured request target."""
    match = _URL.fullmatch(url)
    if match is None:
        raise UnsendableError("The URL does not begin with http:// or https:// and a host.")
    base, rest = f"{match[1]}://{match[2]}", match[3].partition("#")[0]
    path, mark, query = rest.partition("?")
    target = _ABSOLUTE.sub(b"", captured, count=1) if _ABSOLUTE.match(captured) else captured
    if target == b"*":
        target = b""
    own_path, own_mark, own_query = target.decode("latin-1").partition("?")
    if path in ("", "/"):
        path = own_path if own_path.startswith("/") or not own_path else "/" + own_path
        if not path and (mark or own_mark):
            path = "/"
    if mark:
        return f"{base}{path}?{query}"
    return f"{base}{path}{own_mark}{own_query}"


def _without_hop(headers: HeaderPairs) -> HeaderPairs:
    """The end-to-end fields; Transfer-Encoding stays for `framed` to put Content-Length in its place."""
    named = {
        member.strip(b" \t").lower()
        for listed in values(headers, b"connection")
        for member in listed.split(b",")
    }
    gone = (_HOP | named) - _FRAMING
    return tuple(
        pair for pair in headers if (key := pair[0].lower()) not in gone and (not key.startswith(b"proxy-"))
    )


def _with_own(headers: HeaderPairs, own: list[tuple[bytes, bytes]]) -> HeaderPairs:
    """The fields with the target's own in the place of those of the same name, the others last."""
    waiting: dict[bytes, list[tuple[bytes, bytes]]] = {}
    for pair in own:
        waiting.setdefault(pair[0].lower(), []).append(pair)
    fields: list[tuple[bytes, bytes]] = []
    replaced = frozenset(waiting)
    for pair in headers:
        key = pair[0].lower()
        if key not in replaced:
            fields.append(pair)
        else:
            fields += waiting.pop(key, [])
    for pairs in waiting.values():
        fields += pairs
    return tuple(fields)
