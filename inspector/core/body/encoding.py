"""Undoing Content-Encoding within a bound, saying in words what does not work."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import brotli
import zstandard

MAX_DECODED_BYTES = 256 * 1024 * 1024
"""A body that grows beyond this is shown up to here: a bound against decompression bombs."""

_SLICE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Decoded:
    """A body after its content encodings were undone, as far as that went."""

    data: bytes
    encodings: tuple[str, ...] = ()
    """Those that were undone, in the order of the header."""
    trouble: str = ""
    """Why the data is not all there, or not decoded; empty when all went well."""


class _UndoError(Exception):
    def __init__(self, so_far: bytes, reason: str) -> None:
        super().__init__(reason)
        self.so_far = so_far
        self.reason = reason


def decode(raw: bytes, header: str, limit: int = MAX_DECODED_BYTES) -> Decoded:
    """Undo the encodings of a Content-Encoding header value, the last one first (RFC 9110 section 8.4).

    gzip, x-gzip, deflate (with and without zlib's frame), br, zstd and identity are known. `limit` is
    in bytes and holds for every step.
    """
    names = [name.strip().lower() for name in header.split(",") if name.strip()]
    names = [name for name in names if name != "identity"]
    if not names or not raw:
        return Decoded(raw)
    if len(names) > 8:
        return Decoded(
            raw, trouble=f"{len(names)} content encodings in a row are more than the 8 that are undone"
        )
    data = raw
    undone: list[str] = []
    for name in reversed(names):
        try:
            data = _undo(name, data, limit)
        except _UndoError as error:
            if error.so_far:
                undone.insert(0, name)
                return Decoded(error.so_far, tuple(undone), error.reason)
            return Decoded(data, tuple(undone), error.reason)
        undone.insert(0, name)
    return Decoded(data, tuple(undone))


def _undo(name: str, data: bytes, limit: int) -> bytes:
    if name in ("gzip", "x-gzip"):
        return _inflate(data, 31, limit, name)
    if name == "deflate":
        return _deflate(data, limit)
    if name == "br":
        return _brotli(data, limit)
    if name == "zstd":
        return _zstd(data, limit)
    raise _UndoError(b"", f"the content encoding “{name}” is not known; the bytes are shown as they came")


def _deflate(data: bytes, limit: int) -> bytes:
    """With zlib's frame (RFC 9110 section 8.4.1.2) or, as some senders do it, without."""
    framed = len(data) >= 2 and data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0
    try:
        return _inflate(data, zlib.MAX_WBITS if framed else -zlib.MAX_WBITS, limit, "deflate")
    except _UndoError as error:
        if error.so_far or not framed:
            raise
        return _inflate(data, -zlib.MAX_WBITS, limit, "deflate")


def _inflate(data: bytes, window: int, limit: int, name: str) -> bytes:
    """One member after the other: gzip bodies may be several joined (RFC 1952 section 2.2)."""
    out = bytearray()
    rest = data
    while rest:
        engine = zlib.decompressobj(window)
        while True:
            try:
                out += engine.decompress(rest, max(1, min(1024 * 1024, limit + 1 - len(out))))
            except zlib.error as error:
                out += _flushed(engine)
                raise _UndoError(bytes(out[:limit]), f"{name} breaks off: {_plain(error)}") from None
            if len(out) > limit:
                raise _UndoError(bytes(out[:limit]), _too_big(name, limit))
            rest = engine.unconsumed_tail
            if engine.eof or not rest:
                break
        if not engine.eof:
            out += _flushed(engine)
            raise _UndoError(bytes(out[:limit]), f"{name} ends before its end mark: the body was cut short")
        rest = engine.unused_data
        if rest and (window != 31 or rest[:2] != b"\x1f\x8b"):
            raise _UndoError(bytes(out), f"{len(rest)} bytes follow the end of the {name} data")
    return bytes(out)


def _flushed(engine: zlib._Decompress) -> bytes:
    try:
        return engine.flush(_SLICE)
    except zlib.error:
        return b""


def _brotli(data: bytes, limit: int) -> bytes:
    engine = brotli.Decompressor()
    out = bytearray()
    try:
        # Small slices keep one call's output bounded; larger ones may grow to thousands of times the input.
        chunk = engine.process(data, output_buffer_limit=_SLICE)
        while True:
            out += chunk
            if len(out) > limit:
                raise _UndoError(bytes(out[:limit]), _too_big("br", limit))
            if engine.is_finished():
                return bytes(out)
            if not chunk and engine.can_accept_more_data():
                break
            chunk = engine.process(b"", output_buffer_limit=_SLICE)
    except brotli.error as error:
        raise _UndoError(bytes(out), f"br breaks off: {_plain(error)}") from None
    raise _UndoError(bytes(out), "br ends before its end mark: the body was cut short")


def _zstd(data: bytes, limit: int) -> bytes:
    out = bytearray()
    try:
        reader = zstandard.ZstdDecompressor(max_window_size=2**27).stream_reader(
            data, read_across_frames=True
        )
        while chunk := reader.read(_SLICE):
            out += chunk
            if len(out) > limit:
                raise _UndoError(bytes(out[:limit]), _too_big("zstd", limit))
    except zstandard.ZstdError as error:
        raise _UndoError(bytes(out), f"zstd breaks off: {_plain(error)}") from None
    if not _zstd_is_whole(data, len(out)):
        raise _UndoError(bytes(out), "zstd ends before its end mark: the body was cut short")
    return bytes(out)


def _zstd_is_whole(data: bytes, produced: int) -> bool:
    """Whether the last frame ended: a fresh engine is fed until it says so."""
    rest = data
    while rest:
        engine = zstandard.ZstdDecompressor(max_window_size=2**27).decompressobj()
        fed = 0
        while fed < len(rest) and not engine.eof:
            engine.decompress(rest[fed : fed + _SLICE])
            fed += _SLICE
        if not engine.eof:
            return False
        following = engine.unused_data + rest[fed:]
        rest = following if len(following) < len(rest) else b""
    return produced >= 0


def _too_big(name: str, limit: int) -> str:
    return f"{name} unpacks to more than {limit // (1024 * 1024) or 1} MB; shown up to there"


def _plain(error: Exception) -> str:
    text = str(error)
    return text.rsplit(": ", 1)[-1] if text else "the data is damaged"
