"""From the bytes that answer one request to its response, however they are cut into pieces.

Bounded against every handler: the head, the interim responses and what frames the chunks have limits that
fail; the body has one that marks. Past it the rest is counted, not kept, and past a multiple of it no
longer read.
"""

from __future__ import annotations

from inspector.core.delivery import Response
from inspector.core.http1.chunked import ChunkedBody
from inspector.core.http1.errors import MalformedError
from inspector.core.http1.head import TokenCache
from inspector.core.http1.response_head import (
    BodyFraming,
    ResponseHead,
    body_of,
    not_http,
    parse_response_head,
)

HEAD_BYTES = 64 * 1024
INTERIM_RESPONSES = 32
FRAMING_BYTES = 1024 * 1024
"""Sizes and line ends of chunks may always be this much, and as much as the body itself."""
COUNTED_PER_KEPT = 8
"""How many times the limit of the body is read on to learn its size, before the connection is closed."""
_ENDLESS = 1 << 62
_BEGINS = b"HTTP/1."
_HEAD_ENDS = (b"\n\r\n", b"\n\n")


class ResponseParser:
    """Feed it what comes until `done`; after it raised MalformedError there is nothing more to be had."""

    __slots__ = (
        "_body",
        "_body_bytes",
        "_chunks",
        "_counted_bytes",
        "_data",
        "_framing",
        "_framing_bytes",
        "_interim",
        "_limit_bytes",
        "_method",
        "_tokens",
        "begun",
        "done",
        "head",
        "keep_alive",
    )

    def __init__(self, method: str, limit_bytes: int, tokens: TokenCache | None = None) -> None:
        self._method = method
        self._limit_bytes = limit_bytes
        self._counted_bytes = max(limit_bytes, HEAD_BYTES) * COUNTED_PER_KEPT
        self._tokens = tokens if tokens is not None else TokenCache()
        self._data: bytes | bytearray = b""
        self._interim = 0
        self._framing: BodyFraming | None = None
        self._chunks: ChunkedBody | None = None
        self._body: bytes | bytearray = b""
        self._body_bytes = 0
        self._framing_bytes = 0
        self.head: ResponseHead | None = None
        """Of the final response, once it came."""
        self.begun = False
        """Whether anything came, an interim response included."""
        self.done = False
        self.keep_alive = False
        """When done: whether the connection can carry another request."""

    def feed(self, data: bytes) -> None:
        """Take what came. Raises MalformedError with a sentence."""
        self.begun = self.begun or bool(data)
        if self.done:
            self.keep_alive = self.keep_alive and not data
            return
        if self._framing is None:
            self._data = self._data + data if self._data else data
            self._read_heads()
        else:
            self._read_body(data)

    def ended(self) -> None:
        """The connection ended. Raises MalformedError where the response is not whole."""
        if self.done:
            return
        if self._framing is None:
            what = "in the middle of the response's header block" if self.begun else "without a response"
            raise MalformedError(f"The connection was closed {what}.")
        if self._chunks is not None:
            raise MalformedError(
                f"The connection was closed in the middle of the chunked body, at {self._body_bytes:,} bytes."
            )
        if self._framing.length is not None:
            raise MalformedError(
                f"The connection was closed after {self._body_bytes:,} of the {self._framing.length:,} bytes"
                " of the body."
            )
        self.done = True

    def response(self) -> Response | None:
        """What came: the whole when done, else as much as there is, marked as truncated."""
        head = self.head
        if head is None:
            return None
        size = self._body_bytes
        framing = self._framing
        if framing is not None and framing.length is not None:
            size = max(size, framing.length)
        truncated = not self.done or size > len(self._body)
        return Response(head.status, head.reason, head.headers, bytes(self._body), size, truncated)

    def _read_heads(self) -> None:
        """Pass over interim responses (RFC 9110 section 15.2) to the head of the final one."""
        while self._framing is None:
            data = self._data
            if not data.startswith(_BEGINS) and not _BEGINS.startswith(data[: len(_BEGINS)]):
                raise not_http(bytes(data).partition(b"\n")[0])
            end = _head_end(data)
            if end > HEAD_BYTES or (end < 0 and len(data) > HEAD_BYTES):
                raise MalformedError(f"The response's header block is longer than {HEAD_BYTES:,} bytes.")
            if end < 0:
                return
            head = parse_response_head(bytes(data[:end]), self._tokens)
            self._data = data[end:]
            if head.status >= 200 or head.status == 101:
                self._begin_body(head)
                return
            self._interim += 1
            if self._interim > INTERIM_RESPONSES:
                raise MalformedError(f"More than {INTERIM_RESPONSES} interim responses (1xx) came.")
            if not self._data:
                return

    def _begin_body(self, head: ResponseHead) -> None:
        if head.status == 101:
            raise MalformedError("The handler switched protocols (101) though nothing had asked it to.")
        self.head = head
        if self._method == "CONNECT" and head.status <= 299:
            self._framing = BodyFraming(0, False, True)
        else:
            self._framing = body_of(head, self._method)
        if self._framing.chunked:
            self._chunks = ChunkedBody(_ENDLESS, HEAD_BYTES)
        rest, self._data = self._data, b""
        self._read_body(bytes(rest))

    def _read_body(self, data: bytes) -> None:
        framing = self._framing
        assert framing is not None
        if self._chunks is not None:
            self._read_chunks(data, self._chunks, framing)
            return
        wanted = len(data) if framing.length is None else framing.length - self._body_bytes
        self._take(data if len(data) <= wanted else data[:wanted])
        if framing.length is not None and self._body_bytes >= framing.length:
            self.done = True
            self.keep_alive = framing.keep_alive and len(data) <= wanted

    def _read_chunks(self, data: bytes, chunks: ChunkedBody, framing: BodyFraming) -> None:
        before = self._body_bytes
        try:
            position = chunks.read(data, 0)
        finally:
            if chunks.body:
                self._take(chunks.body)
                chunks.body = bytearray()
        self._framing_bytes += len(data) - (self._body_bytes - before)
        if self._framing_bytes > max(FRAMING_BYTES, self._body_bytes):
            raise MalformedError("The chunks of the body are so small that their sizes outweigh it.")
        if chunks.done:
            self.done = True
            self.keep_alive = framing.keep_alive and position == len(data)

    def _take(self, data: bytes | bytearray) -> None:
        """Keep what the limit allows of it, count all of it."""
        room = self._limit_bytes - len(self._body)
        self._body_bytes += len(data)
        if room > 0:
            kept = data if len(data) <= room else data[:room]
            if not self._body:
                self._body = kept
            else:
                if isinstance(self._body, bytes):
                    self._body = bytearray(self._body)
                self._body += kept
        if self._body_bytes > self._counted_bytes:
            self.done = True
            self.keep_alive = False


def _head_end(data: bytes | bytearray) -> int:
    """The position after the empty line that ends a head, or -1 until it came; a bare LF ends a line too."""
    stops = [data.find(mark) + len(mark) for mark in _HEAD_ENDS if mark in data]
    return min(stops, default=-1)
