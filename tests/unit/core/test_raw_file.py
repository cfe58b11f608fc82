"""Raw requests in files: line ends, folded headers, chunks, and lengths that do not fit."""

from __future__ import annotations

import pytest

from inspector.core.raw_file import RawFileError, parse, render


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_head_and_body(end):
    raw = end.join(
        [
            b"POST /in?a=1 HTTP/1.1",
            b"Host: h.example",
            b"X-A:  one ",
            b" two",
            b"X-a:",
            b"",
            b'{"a":\r\n1}\n\n',
        ]
    )
    found = parse(raw)
    assert (found.method, found.target) == ("POST", "/in?a=1")
    assert found.headers == ((b"Host", b"h.example"), (b"X-A", b"one two"), (b"X-a", b""))
    assert found.body == b'{"a":\r\n1}\n\n'
    assert found.public_url() == "https://h.example/in?a=1"


def test_no_body_and_no_empty_line():
    assert parse(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n").body == b""
    assert parse(b"GET / HTTP/1.1\nHost: h\n").headers == ((b"Host", b"h"),)
    assert parse(b"GET /").public_url() == ""


def test_the_url_that_a_proxy_saw():
    head = (
        b"POST /in HTTP/1.1\nHost: 127.0.0.1\nX-Forwarded-Host: shop.example, x\nX-Forwarded-Proto: http\n\n"
    )
    assert parse(head).public_url() == "http://shop.example/in"
    assert parse(b"POST http://a.example/in HTTP/1.1\n\n").public_url() == "http://a.example/in"


def test_chunks_are_joined_where_they_are_chunks():
    head = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert parse(head + b"3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n").body == b"abc0123456789"
    for body in (b"abc0123456789", b"3\r\nabcd\r\n0\r\n\r\n", b"zz\r\n", b""):
        assert parse(head + body).body == body


def test_the_length_of_the_file_counts_and_the_other_is_said():
    found = parse(b"POST / HTTP/1.1\nContent-Length: 3\n\nabc\n")
    assert found.body == b"abc\n"
    assert "says 3 bytes, the file has 4" in found.remark
    assert parse(b"POST / HTTP/1.1\nContent-Length: 3\n\nabc").remark == ""


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "line 1"),
        (b"hello", "line 1"),
        (b'{"a":1}', "line 1"),
        (b"POST / HTTP/1.1\nno header\n\n", "line 2"),
    ],
)
def test_what_is_no_request_is_refused(raw, words):
    with pytest.raises(RawFileError, match=words):
        parse(raw)


def test_a_request_is_written_with_its_true_length():
    headers = ((b"Host", b"h"), (b"content-length", b"99"))
    assert (
        render(b"POST / HTTP/1.1", headers, b"abc")
        == b"POST / HTTP/1.1\r\nHost: h\r\ncontent-length: 3\r\n\r\nabc"
    )
    chunked = ((b"Transfer-Encoding", b"chunked"),)
    assert render(b"POST / HTTP/1.1", chunked, b"abc") == b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"
