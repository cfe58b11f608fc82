"""The elements of one array in a JSON file, one after the other, also where the file breaks off.

Only structure is followed here: strings, brackets and the keys on the way. What an element means is for
`json.loads`, and one that it cannot read does not cost the others.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Sequence

from inspector.core.importers.entry import MAX_ENTRY_BYTES, Stream, UnreadableError

CHUNK_BYTES = 1 << 18
_MARK = re.compile(rb'["{}\[\],]')
_STRING_END = re.compile(rb'["\\]')


class BrokenOffError(ValueError):
    """The file ends before its array does."""


def elements(stream: Stream, paths: Sequence[tuple[str, ...]]) -> Iterator[bytes]:
    """The texts of the elements of the first array that stands at one of `paths` (keys from the top).

    Raises UnreadableError where there is none, BrokenOffError after the last whole element of a file that
    ends too early.
    """
    return _Scanner(stream, {tuple(path) for path in paths}).run()


def chunks(stream: Stream) -> Iterator[bytes]:
    """The file in UTF-8 without a byte order mark."""
    first = stream.read(CHUNK_BYTES)
    if not first.startswith((b"\xff\xfe", b"\xfe\xff")):
        yield first.removeprefix(b"\xef\xbb\xbf")
        while chunk := stream.read(CHUNK_BYTES):
            yield chunk
        return
    decoder = codecs.getincrementaldecoder("utf-16")("replace")
    chunk = first
    while chunk:
        yield decoder.decode(chunk).encode("utf-8", "replace")
        chunk = stream.read(CHUNK_BYTES)


class _Scanner:
    """Walks over the marks; `buffer` holds what is not yet given away."""

    def __init__(self, stream: Stream, paths: set[tuple[str, ...]]) -> None:
        self._chunks = chunks(stream)
        self._kept = 0
        self._paths = paths
        self._buffer = bytearray()
        self._at = 0
        self._start = -1
        """Where the element under the cursor begins; -1 outside of the array."""
        self._keys: list[str | None] = []
        """The key that each open bracket stands at; None inside arrays."""
        self._last = ""
        self._depth = -1
        """How many brackets are open inside the array; -1 outside of it."""

    def run(self) -> Iterator[bytes]:
        while True:
            mark = self._next_mark()
            if mark is None:
                break
            if mark == b'"':
                self._string()
            elif mark in (b"{", b"["):
                self._open(mark)
            elif self._depth < 0:
                if mark != b"," and self._keys:
                    self._keys.pop()
            elif self._depth == 0 and mark in (b",", b"]"):
                element = bytes(self._buffer[self._start : self._at - 1]).strip()
                if element:
                    yield element
                if mark == b"]":
                    return
                self._start = self._at
            elif mark in (b"}", b"]"):
                self._depth -= 1
        if self._depth < 0:
            raise UnreadableError(f"There is no list {' or '.join(map(_named, sorted(self._paths)))} in it.")
        raise BrokenOffError("The file ends too early.")

    def _open(self, mark: bytes) -> None:
        if self._depth >= 0:
            self._depth += 1
            return
        path = tuple(key for key in (*self._keys, self._last) if key)
        if mark == b"[" and path in self._paths:
            self._depth = 0
            self._start = self._at
            return
        self._keys.append(self._last)
        self._last = "" if mark == b"{" else "[]"

    def _next_mark(self) -> bytes | None:
        while (found := _MARK.search(self._buffer, self._at)) is None:
            self._at = len(self._buffer)
            if not self._more():
                return None
        self._at = found.end()
        return found.group()

    def _string(self) -> None:
        begin = self._at
        while True:
            found = _STRING_END.search(self._buffer, self._at)
            if found is None or (found.group() == b"\\" and found.end() == len(self._buffer)):
                self._at = len(self._buffer) if found is None else found.start()
                before = len(self._buffer)
                if not self._more(keep=None if self._depth >= 0 else begin):
                    self._at = len(self._buffer)
                    return
                begin -= before - self._kept
                continue
            if found.group() == b"\\":
                self._at = found.end() + 1
                continue
            if self._depth < 0:
                try:
                    self._last = json.loads(self._buffer[begin - 1 : found.end()])
                except ValueError:
                    self._last = ""
            self._at = found.end()
            return

    def _more(self, keep: int | None = None) -> bool:
        """One more chunk; what lies before the element, the string or the cursor is let go."""
        bounds = [self._at]
        if self._start >= 0:
            bounds.append(self._start)
        if keep is not None:
            bounds.append(keep - 1)
        gone = min(bounds)
        del self._buffer[:gone]
        self._kept = len(self._buffer)
        self._at -= gone
        if self._start >= 0:
            self._start -= gone
        if len(self._buffer) > MAX_ENTRY_BYTES:
            raise UnreadableError(f"One entry is larger than {MAX_ENTRY_BYTES >> 20} MiB.")
        chunk = next(self._chunks, b"")
        self._buffer += chunk
        return bool(chunk)


def _named(path: tuple[str, ...]) -> str:
    return ".".join(path) or "at the top"
