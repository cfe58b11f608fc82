"""Content encodings are undone, bounded, and failures are told in words."""

from __future__ import annotations

import gzip
import zlib

import brotli
import pytest
import zstandard

from inspector.core.body.encoding import decode

TEXT = b'{"id": "evt_1", "n": 12345678901234567890}' * 500


def raw_deflate(data: bytes) -> bytes:
    engine = zlib.compressobj(wbits=-15)
    return engine.compress(data) + engine.flush()


PACKERS = {
    "gzip": lambda data: gzip.compress(data, mtime=0),
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": lambda data: zstandard.ZstdCompressor().compress(data),
}


@pytest.mark.parametrize("name", sorted(PACKERS))
def test_each_encoding_is_undone(name: str) -> None:
    found = decode(PACKERS[name](TEXT), name.upper())
    assert (found.data, found.encodings, found.trouble) == (TEXT, (name,), "")


@pytest.mark.parametrize("name", sorted(PACKERS))
def test_cut_data_shows_what_came_and_says_so(name: str) -> None:
    packed = PACKERS[name](TEXT)
    found = decode(packed[: len(packed) - 3], name)
    assert "cut short" in found.trouble
    assert TEXT.startswith(found.data) or found.data == packed[:-3]


@pytest.mark.parametrize("name", sorted(PACKERS))
def test_a_bomb_stops_at_the_limit(name: str) -> None:
    found = decode(PACKERS[name](bytes(3_000_000)), name, limit=1_000_000)
    assert len(found.data) == 1_000_000
    assert "more than" in found.trouble


@pytest.mark.parametrize("name", sorted(PACKERS))
def test_damaged_data_is_told(name: str) -> None:
    found = decode(b"this is not packed at all", name)
    assert found.trouble
    assert found.data == b"this is not packed at all"


def test_raw_deflate_without_its_frame() -> None:
    assert decode(raw_deflate(TEXT), "deflate").data == TEXT


def test_several_in_a_row_and_identity() -> None:
    found = decode(brotli.compress(gzip.compress(TEXT, mtime=0)), "gzip, identity, br")
    assert (found.data, found.encodings) == (TEXT, ("gzip", "br"))


def test_joined_gzip_members() -> None:
    assert decode(gzip.compress(b"a", mtime=0) + gzip.compress(b"b", mtime=0), "x-gzip").data == b"ab"


def test_joined_zstd_frames() -> None:
    pack = zstandard.ZstdCompressor().compress
    assert decode(pack(b"a") + pack(b"b"), "zstd").data == b"ab"


def test_trailing_bytes_are_told() -> None:
    found = decode(gzip.compress(TEXT, mtime=0) + b"xyz", "gzip")
    assert found.data == TEXT
    assert "3 bytes follow" in found.trouble


def test_unknown_encoding_leaves_the_bytes() -> None:
    found = decode(b"abc", "lzma")
    assert found.data == b"abc"
    assert "lzma" in found.trouble
