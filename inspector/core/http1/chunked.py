"""A chunked body: the chunks joined, extensions passed over, trailers kept (RFC 9112 section 7.1).

Strict where leniency lets two readers disagree: every line ends with CRLF, a size is plain
hexadecimal, and a chunk ends where its size says.
"""

from __future__ import annotations

import re
from enum import Enum, auto

from inspector.core.http1.errors import BodyTooLargeError, MalformedError

_SIZE_LINE = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\x00\r\n]*)?\r\n\Z")
_LINE_BYTES = 8192


class _State(Enum):
    SIZE = auto()
    DATA = auto()
    DATA_END = auto()
    TRAILER = auto()
    DONE = auto()


class ChunkedBody:
    """Collects a chunked body from pieces of any size."""

    __slots__ = (
        "_limit_bytes",
        "_line",
        "_overhead_bytes",
        "_overhead_limit",
        "_remaining",
        "_state",
        "body",
        "trailers",
    )

    def __init__(self, limit_bytes: int, overhead_limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._overhead_limit = overhead_limit_bytes
        self._overhead_bytes = 0
        self._line = bytearray()
        self._remaining = 0
        self._state = _State.SIZE
        self.body = bytearray()
        self.trailers = bytearray()
        """The raw trailer lines, each with its CRLF."""

    @property
    def done(self) -> bool:
        """Whether the last chunk and the empty line after it have come."""
        return self._state is _State.DONE

    def read(self, data: bytes | bytearray, position: int) -> int:
        """Take what belongs to the body from `data` at `position`; returns the position after it.

        Raises MalformedError, and BodyTooLargeError when the chunks together pass the limit.
        """
        end = len(data)
        while position < end and self._state is not _State.DONE:
            if self._state is _State.DATA:
                position = self._read_data(data, position)
            else:
                position = self._read_line(data, position)
        return position

    def _read_data(self, data: bytes | bytearray, position: int) -> int:
        stop = min(len(data), position + self._remaining)
        room = self._limit_bytes - len(self.body)
        if stop - position > room:
            self.body += memoryview(data)[position : position + room]
            raise BodyTooLargeError(self._limit_bytes)
        self.body += memoryview(data)[position:stop]
        self._remaining -= stop - position
        if not self._remaining:
            self._state = _State.DATA_END
        return stop

    def _read_line(self, data: bytes | bytearray, position: int) -> int:
        newline = data.find(b"\n", position)
        stop = len(data) if newline < 0 else newline + 1
        self._line += memoryview(data)[position:stop]
        if self._state is _State.DATA_END and not b"\r\n".startswith(self._line):
            raise MalformedError("A chunk is longer than its size says.")
        if len(self._line) > _LINE_BYTES:
            raise MalformedError("A line of the chunked body is too long.")
        if newline >= 0:
            line = bytes(self._line)
            self._line.clear()
            self._take_line(line)
        return stop

    def _take_line(self, line: bytes) -> None:
        if self._state is _State.DATA_END:
            self._state = _State.SIZE
        elif self._state is _State.SIZE:
            self._take_size(line)
        elif not line.endswith(b"\r\n"):
            raise MalformedError("A trailer does not end with CRLF.")
        elif line == b"\r\n":
            self._state = _State.DONE
        else:
            self.trailers += line
            self._count_overhead(len(line))

    def _take_size(self, line: bytes) -> None:
        match = _SIZE_LINE.match(line)
        if match is None:
            raise MalformedError("A chunk size is not a hexadecimal number on a line of its own.")
        size = int(match[1], 16)
        self._count_overhead(len(line) - len(match[1]) - 2)
        if size == 0:
            self._state = _State.TRAILER
            return
        self._remaining = size
        self._state = _State.DATA

    def _count_overhead(self, count_bytes: int) -> None:
        self._overhead_bytes += count_bytes
        if self._overhead_bytes > self._overhead_limit:
            raise MalformedError("The extensions or trailers of the chunked body are too long.", status=431)
