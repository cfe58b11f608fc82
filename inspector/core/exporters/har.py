"""HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/): requests for browsers and proxies.

HAR has no bytes. A body that is no UTF-8 text stands as base64 and says so in `_encoding`; names with an
underscore are ours, as the specification asks.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from urllib.parse import parse_qsl

import msgspec

from inspector import __version__
from inspector.core.event import Event, Request
from inspector.core.exporters.format import Chunk, ExportOptions
from inspector.core.headers import HeaderPairs, text


class Har:
    """One archive with an entry an event."""

    id = "har"
    name = "HTTP Archive (HAR 1.2)"
    describe = "An archive that browsers' developer tools, mitmproxy and HTTP Toolkit open."
    lossless = (
        "Method, URL, headers in order, and every byte of the body; what is no text stands as base64, which "
        "other tools show as it is. Of the reply there is only the status."
    )
    folder = False

    def export(self, events: Iterable[Event], options: ExportOptions) -> Iterator[Chunk]:
        """The frame, and one chunk an event."""
        creator = msgspec.json.encode({"name": "Webhook Inspector", "version": __version__})
        yield "", b'{"log":{"version":"1.2","creator":' + creator + b',"entries":['
        separator = b"\n"
        for event in events:
            yield "", separator + msgspec.json.encode(_entry(event))
            separator = b",\n"
        yield "", b"\n]}}\n"


def _entry(event: Event) -> dict[str, object]:
    row, times = event.row, event.times
    receive_ms = max(0, times.body_ns - times.first_byte_ns) / 1e6
    wait_ms = max(0.0, (row.took_ns or 0) / 1e6 - receive_ms)
    return {
        "startedDateTime": _when(row.received_at_ns),
        "time": receive_ms + wait_ms,
        "request": _request(event.request),
        "response": _response(row.reply_status or 0),
        "cache": {},
        "timings": {"send": receive_ms, "wait": wait_ms, "receive": 0},
        "comment": f"event {row.id} {row.event_type}".rstrip(),
        "_line": event.request.line.decode("latin-1"),
    }


def _request(request: Request) -> dict[str, object]:
    version = request.line.rsplit(b" ", 1)[-1]
    query = request.target.partition(b"?")[2].decode("latin-1")
    found: dict[str, object] = {
        "method": request.method,
        "url": url_of(request),
        "httpVersion": version.decode("latin-1") if version.startswith(b"HTTP/") else "HTTP/1.1",
        "cookies": _cookies(request.headers),
        "headers": [
            {"name": name.decode("latin-1"), "value": value.decode("latin-1")}
            for name, value in request.headers
        ],
        "queryString": [
            {"name": name, "value": value} for name, value in parse_qsl(query, keep_blank_values=True)
        ],
        "headersSize": len(request.raw_head) or -1,
        "bodySize": len(request.body),
    }
    if request.body:
        found["postData"] = _post_data(request)
    return found


def _post_data(request: Request) -> dict[str, object]:
    kind = text(request.headers, "content-type")
    try:
        return {"mimeType": kind, "text": request.body.decode("utf-8")}
    except UnicodeDecodeError:
        encoded = base64.b64encode(request.body).decode("ascii")
        return {"mimeType": kind, "text": encoded, "_encoding": "base64", "comment": "text is base64"}


def _cookies(headers: HeaderPairs) -> list[dict[str, str]]:
    found = []
    for part in text(headers, "cookie").split(";"):
        name, sign, value = part.strip().partition("=")
        if sign:
            found.append({"name": name, "value": value})
    return found


def _response(status: int) -> dict[str, object]:
    return {
        "status": status,
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [],
        "content": {"size": 0, "mimeType": "", "text": ""},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1,
    }


def url_of(request: Request) -> str:
    """The URL that the request asked for; bytes that a URL cannot hold are percent-encoded."""
    target = "".join(
        chr(byte) if 0x20 < byte < 0x7F and byte not in b'"<>\\^`{|}#' else f"%{byte:02X}"
        for byte in request.target
    )
    if not target.startswith("/"):
        return target if "://" in target else f"{request.scheme}://{_host(request)}/"
    return f"{request.scheme}://{_host(request)}{target}"


def _host(request: Request) -> str:
    host = text(request.headers, "host")
    usable = host and all(0x20 < ord(each) < 0x7F and each not in '/?#@"<>\\^`{|}' for each in host)
    return host if usable else "localhost"


def _when(at_ns: int) -> str:
    seconds, rest_ns = divmod(at_ns, 1_000_000_000)
    return (
        datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S") + f".{rest_ns // 1_000_000:03d}Z"
    )
