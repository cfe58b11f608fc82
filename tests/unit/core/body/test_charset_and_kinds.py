"""Charsets by header, mark and look; kinds by content type and look."""

from __future__ import annotations

import pytest

from inspector.core.body.charset import parameters, to_text
from inspector.core.body.kinds import Kind, kind_of


def test_parameters_with_quotes() -> None:
    media, found = parameters('Multipart/Form-Data; boundary="a;b\\"c"; Charset=UTF-8')
    assert media == "multipart/form-data"
    assert found == {"boundary": 'a;b"c', "charset": "UTF-8"}


@pytest.mark.parametrize(
    ("data", "content_type", "text", "found_by"),
    [
        ("é".encode(), "text/plain", "é", "look"),
        ("é".encode("latin-1"), "text/plain; charset=iso-8859-1", "é", "header"),
        ("€".encode("cp1252"), "text/plain; charset=latin1", "€", "header"),
        (b"\xff\xfe" + "hé".encode("utf-16-le"), "text/plain; charset=utf-8", "hé", "mark"),
        ("hello there".encode("utf-16-be"), "", "hello there", "look"),
        (b"caf\xe9", "", "café", "fallback"),
        (b"\xef\xbb\xbfabc", "", "abc", "mark"),
    ],
    ids=["utf8", "latin1-header", "latin1-label", "utf16-mark", "utf16-look", "fallback", "bom"],
)
def test_text(data: bytes, content_type: str, text: str, found_by: str) -> None:
    found = to_text(data, content_type)
    assert (found.text, found.found_by) == (text, found_by)


def test_an_unknown_charset_is_told() -> None:
    found = to_text(b"abc", "text/plain; charset=klingon")
    assert found.text == "abc"
    assert "klingon" in found.trouble


def test_a_transfer_codec_is_no_charset() -> None:
    assert "not known" in to_text(b"61", "text/plain; charset=hex").trouble


def test_bytes_that_do_not_fit_are_told() -> None:
    found = to_text(b"ab\xffcd", "text/plain; charset=utf-8")
    assert found.text == "ab\ufffdcd"
    assert "byte 2" in found.trouble


@pytest.mark.parametrize(
    ("data", "content_type", "kind"),
    [
        (b"", "application/json", Kind.EMPTY),
        (b'{"a": 1}', "application/json", Kind.JSON),
        (b'{"a": 1}', "application/vnd.github+json; charset=utf-8", Kind.JSON),
        (b'{"a": 1}', "text/plain", Kind.JSON),
        (b'{"a": 1}', "application/x-www-form-urlencoded", Kind.JSON),
        (b"a=1&b=2", "application/x-www-form-urlencoded", Kind.FORM),
        (b"token=x&team_id=T1", "", Kind.FORM),
        (b"--x\r\n\r\n\xff\r\n--x--", "multipart/form-data; boundary=x", Kind.MULTIPART),
        (b"<?xml version='1.0'?><a/>", "", Kind.XML),
        (b"<a>1</a>", "application/soap+xml", Kind.XML),
        (b"hello", "", Kind.TEXT),
        (b"\x89PNG\r\n\x1a\n....", "application/octet-stream", Kind.IMAGE),
        (bytes(range(256)), "application/json", Kind.BINARY),
        (bytes(range(256)), "", Kind.BINARY),
    ],
    ids=lambda value: value.name if isinstance(value, Kind) else "",
)
def test_kinds(data: bytes, content_type: str, kind: Kind) -> None:
    assert kind_of(data, content_type) is kind
