"""From the bytes of one connection to its requests, however the bytes are cut into pieces."""

from __future__ import annotations

import re
from dataclasses import dataclass

from inspector.core.headers import HeaderPairs
from inspector.core.http1.chunked import ChunkedBody
from inspector.core.http1.errors import BodyTooLargeError, MalformedError
from inspector.core.http1.head import Head, TokenCache, parse_head, parse_trailers

_HEAD_END = re.compile(rb"\n\r?\n")
_EMPTY_LINE = b"\r\n"
_TLS_HANDSHAKE = 0x16


@dataclass(slots=True)
class Message:
    """One request: its head, its body between the framing, and the trailers of a chunked one."""

    head: Head
    body: bytes
    trailers: HeaderPairs = ()


class RequestParser:
    """Feed it what comes, then call `next_request` until it returns None.

    After it raised, the connection has no further requests: where they would begin is unknown.
    """

    __slots__ = (
        "_body",
        "_body_bytes",
        "_chunks",
        "_data",
        "_head_bytes",
        "_position",
        "_searched",
        "_tokens",
        "head",
    )

    def __init__(self, head_bytes: int, body_bytes: int, tokens: TokenCache | None = None) -> None:
        self._head_bytes = head_bytes
        self._body_bytes = body_bytes
        self._tokens = tokens if tokens is not None else TokenCache()
        self._data: bytes | bytearray = b""
        self._position = 0
        self._searched = 0
        self._body = bytearray()
        self._chunks: ChunkedBody | None = None
        self.head: Head | None = None
        """The head of the request whose body is not complete."""

    @property
    def has_rest(self) -> bool:
        """Whether there are bytes that belong to no request yet."""
        return self._position < len(self._data)

    @property
    def under_way(self) -> bool:
        """Whether a request has begun and is not complete."""
        return self.head is not None or self.has_rest

    @property
    def body_begun(self) -> bool:
        """Whether bytes of the body have come since the head."""
        return bool(self._body) or (self._chunks is not None and bool(self._chunks.body)) or self.has_rest

    def feed(self, data: bytes) -> None:
        """Add what came."""
        if self._position >= len(self._data):
            self._data = data
        else:
            kept = self._data
            if isinstance(kept, bytes):
                kept = bytearray(memoryview(kept)[self._position :])
            elif self._position:
                del kept[: self._position]
            kept += data
            self._data = kept
            self._searched = max(0, self._searched - self._position)
            self._position = 0
            return
        self._position = 0
        self._searched = 0

    def next_request(self) -> Message | None:
        """The next complete request, or None until more has come.

        Raises MalformedError and BodyTooLargeError.
        """
        head = self.head
        if head is None:
            head = self._take_head()
            if head is None:
                return None
            self.head = head
            if head.framing.length > self._body_bytes:
                raise BodyTooLargeError(self._body_bytes)
            if head.framing.chunked:
                self._chunks = ChunkedBody(self._body_bytes, self._head_bytes)
        if self._chunks is not None:
            return self._take_chunked(head, self._chunks)
        return self._take_counted(head)

    def what_came(self) -> Message | None:
        """The request under way with as much of its body as has come, or None before the end of its head."""
        if self.head is None:
            return None
        if self._chunks is not None:
            return Message(self.head, bytes(self._chunks.body))
        self._body += memoryview(self._data)[self._position :]
        self._position = len(self._data)
        return Message(
            self.head, bytes(memoryview(self._body)[: min(self.head.framing.length, self._body_bytes)])
        )

    def rest(self, limit_bytes: int) -> bytes:
        """The first bytes of what belongs to no request; for a message, they stay where they are."""
        return bytes(memoryview(self._data)[self._position : self._position + limit_bytes])

    def _take_head(self) -> Head | None:
        data = self._data
        start = self._position
        if start < len(data) and data[start] in _EMPTY_LINE:
            start = self._skip_empty_lines()
        if start >= len(data):
            return None
        end = data.find(b"\r\n\r\n", max(start, self._searched - 3))
        if end >= 0 and data.count(b"\n", start, end + 4) == data.count(b"\r\n", start, end + 4):
            end += 4
        else:
            end = self._lenient_end(start)
            if end < 0:
                return None
        if end - start > self._head_bytes:
            raise self._too_long(start)
        head = parse_head(bytes(data[start:end]), self._tokens)
        self._position = end
        return head

    def _skip_empty_lines(self) -> int:
        """Pass over empty lines before a request line (RFC 9112 section 2.2)."""
        position = self._position
        while True:
            if self._data.startswith(b"\r\n", position):
                position += 2
            elif self._data.startswith(b"\n", position):
                position += 1
            else:
                break
        if self._data[position:] == b"\r":
            self._position = position
            return len(self._data)
        self._position = position
        return position

    def _lenient_end(self, start: int) -> int:
        """The end of a head whose lines may end with a bare LF, or -1 until it has come."""
        data = self._data
        match = _HEAD_END.search(data, max(start, self._searched - 3))
        if match is not None:
            return match.end()
        if data[start] == _TLS_HANDSHAKE:
            raise MalformedError(
                "This is a TLS handshake: the address here begins with http://, not https://."
            )
        if not self._tokens.is_token(bytes(data[start : start + 1])):
            raise MalformedError("What came does not begin with a method: it is not HTTP.")
        if len(data) - start > self._head_bytes:
            raise self._too_long(start)
        self._searched = len(data)
        return -1

    def _too_long(self, start: int) -> MalformedError:
        if self._data.find(b"\n", start, start + self._head_bytes) < 0:
            return MalformedError(f"The request line is longer than {self._head_bytes:,} bytes.", status=414)
        return MalformedError(f"The header block is longer than {self._head_bytes:,} bytes.", status=431)

    def _take_counted(self, head: Head) -> Message | None:
        data = self._data
        start = self._position
        length = head.framing.length
        if not self._body and len(data) - start >= length:
            self._position = start + length
            body = bytes(data[start : start + length])
        else:
            stop = min(len(data), start + length - len(self._body))
            self._body += memoryview(data)[start:stop]
            self._position = stop
            if len(self._body) < length:
                return None
            body = bytes(self._body)
            self._body = bytearray()
        self.head = None
        return Message(head, body)

    def _take_chunked(self, head: Head, chunks: ChunkedBody) -> Message | None:
        self._position = chunks.read(self._data, self._position)
        if not chunks.done:
            return None
        trailers = parse_trailers(bytes(chunks.trailers), self._tokens) if chunks.trailers else ()
        self.head = None
        self._chunks = None
        return Message(head, bytes(chunks.body), trailers)
