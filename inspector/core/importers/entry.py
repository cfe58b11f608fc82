"""What importers give: events, and entries that could not be taken, with the place and the reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeAlias
from urllib.parse import quote, urlsplit

from inspector.core.event import Arrival, Capture, Request, State, Times
from inspector.core.headers import HeaderPairs, value

IMPORTED = "imported"
"""The mark of an event that came from a file."""
MAX_ENTRY_BYTES = 128 << 20
"""What one entry may take in its file: a body of 64 MiB with room for how it is written."""
MAX_BODY_BYTES = 64 << 20

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_BROKEN_VALUE = re.compile(rb"[\r\n\0]")
_SAFE = "".join(map(chr, range(0x21, 0x7F)))


class Stream(Protocol):
    """Bytes to be read from the place where it stands, as an open file gives them."""

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes; none at the end."""

    def readline(self, size: int, /) -> bytes:
        """The next line with its end, or `size` bytes of it; none at the end."""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What an importer cannot know by itself."""

    now_ns: int
    """Wall clock; when an event counts as received whose file does not say it."""
    target: str = "/"
    """Where a body without a request counts as sent to."""
    beside: Callable[[str], bytes | None] = lambda name: None
    """Gives the bytes of a file that stands beside the imported one, or None where it may not be read."""


@dataclass(frozen=True, slots=True)
class Taken:
    """An event from a file. An empty source of its arrival stands for: found by path or headers."""

    arrival: Arrival
    where: str = ""
    """Its place in the file, for people."""
    pinned: bool = False
    number: int | None = None
    """Its number where it comes from; `arrival.parent` is such a number too."""
    complete: bool = False
    """Whether the source, the mark and the parent stand in the file and hold."""


@dataclass(frozen=True, slots=True)
class BadEntry:
    """Something that could not be taken."""

    where: str
    why: str


Found: TypeAlias = Taken | BadEntry


class EntryError(ValueError):
    """An entry cannot be taken; the text is a sentence."""


class UnreadableError(ValueError):
    """The file cannot be imported at all; the text is a sentence."""


class Importer(Protocol):
    """One format."""

    @property
    def id(self) -> str:
        """What the command line calls it."""

    @property
    def name(self) -> str:
        """What people call it."""

    def read(self, stream: Stream, options: ImportOptions) -> Iterator[Found]:
        """What the file holds, in its order, one entry in memory at a time.

        Raises UnreadableError where nothing of it counts.
        """


def request_of(
    method: str, url: str, headers: HeaderPairs, body: bytes, *, version: str = "HTTP/1.1", remote: str = ""
) -> Request:
    """The request that was sent to `url` (absolute, or a target with the host in the headers).

    Host and Content-Length are added where they are missing, what stands there is left as it is. Raises
    EntryError for what no HTTP/1.1 request can carry.
    """
    if not _TOKEN.fullmatch(method):
        raise EntryError(f"The method {method[:40]!r} is none.")
    scheme, host, target = split_url(url)
    for name, content in headers:
        if not _TOKEN.fullmatch(name.decode("latin-1")):
            raise EntryError(f"The header name {name[:40].decode('latin-1')!r} is none.")
        if _BROKEN_VALUE.search(content):
            raise EntryError(f"The value of the header {name.decode('latin-1')} breaks its line.")
    if host and value(headers, "host") is None:
        headers = ((b"Host", encoded(host)), *headers)
    framed = value(headers, "transfer-encoding") is not None or value(headers, "content-length") is not None
    if body and not framed:
        headers = (*headers, (b"Content-Length", str(len(body)).encode()))
    line = f"{method} {target} {version}".encode("ascii")
    return Request(line, headers, body, joined(line, headers), scheme or "http", clean(remote))


def split_url(url: str) -> tuple[str, str, str]:
    """Scheme, host with port, and target of a URL; the target as it stands, only made fit for a line."""
    url = url.strip().partition("#")[0]
    if url.startswith("/"):
        return "", "", quote(url, safe=_SAFE, errors="replace")
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        raise EntryError(f"The URL {url[:80]!r} cannot be read.") from None
    if not host or parts.scheme not in ("http", "https"):
        raise EntryError(f"The URL {url[:80]!r} is no http or https address.")
    rest = url.partition("://")[2] if "://" in url else url
    cut = re.search(r"[/?]", rest)
    target = rest[cut.start() :] if cut else "/"
    return (
        parts.scheme,
        host,
        quote(target if target.startswith("/") else f"/{target}", safe=_SAFE, errors="replace"),
    )


def joined(line: bytes, headers: HeaderPairs) -> bytes:
    """Request line and headers as one head with the empty line."""
    return b"\r\n".join((line, *(name + b": " + content for name, content in headers), b"", b""))


def encoded(text: str) -> bytes:
    """Text of a header as bytes: Latin-1 where it fits, as it was decoded most likely; else UTF-8."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def taken(
    request: Request,
    at_ns: int,
    where: str,
    *,
    state: State = State.COMPLETE,
    trouble: str = "",
    note: str = "",
) -> Taken:
    """The request as an event with the mark `imported`."""
    if len(request.body) > MAX_BODY_BYTES:
        raise EntryError(f"The body is larger than {MAX_BODY_BYTES >> 20} MiB.")
    capture = Capture(request, Times(at_ns, 0, 0, 0, 0), state, trouble)
    return Taken(Arrival(capture, "", mark=IMPORTED, note=clean(note)), where)


def clean(text: str) -> str:
    """Text that can be kept: JSON may hold halves of surrogate pairs, which are no characters."""
    return text.encode("utf-8", "replace").decode("utf-8")


def whole(stream: Stream) -> bytes:
    """All that is left of a small file. Raises UnreadableError above the limit of one entry."""
    parts: list[bytes] = []
    left = MAX_ENTRY_BYTES + 1
    while left and (part := stream.read(min(left, 1 << 20))):
        parts.append(part)
        left -= len(part)
    if not left:
        raise UnreadableError(
            f"The file is larger than {MAX_ENTRY_BYTES >> 20} MiB, too large for this format."
        )
    return b"".join(parts)


def plain_text(raw: bytes) -> bytes:
    """The file as UTF-8 without its byte order mark, whichever of the Unicode forms an editor chose."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace").encode("utf-8")
    return raw.removeprefix(b"\xef\xbb\xbf")
