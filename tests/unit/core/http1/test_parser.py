"""Which bytes are which requests."""

from __future__ import annotations

import h11
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.core.http1.errors import BodyTooLargeError
from inspector.core.http1.parser import RequestParser
from tests.unit.core.http1.dialogue import each_byte, listen_to, only

HOST = b"Host: a\r\n"
START = b"POST /x HTTP/1.1\r\n" + HOST
CHUNKED = START + b"Transfer-Encoding: chunked\r\n\r\n"


def test_a_request_is_kept_byte_for_byte() -> None:
    head = (
        b"POST /a%2F?q=%20&\xc3\xa9 HTTP/1.1\r\n"
        b"hOsT:a\r\nX-Two:  1 \r\nx-two: 2\r\nEmpty:\r\nCONTENT-length: 4\r\n\r\n"
    )
    message = only(head + b"\x00\r\n\xff")
    assert message.head.line == b"POST /a%2F?q=%20&\xc3\xa9 HTTP/1.1"
    assert message.head.raw == head
    assert message.head.headers == (
        (b"hOsT", b"a"),
        (b"X-Two", b"1"),
        (b"x-two", b"2"),
        (b"Empty", b""),
        (b"CONTENT-length", b"4"),
    )
    assert message.body == b"\x00\r\n\xff"


BODIES = {
    "no length": (START + b"\r\n", b""),
    "length zero": (START + b"Content-Length: 0\r\n\r\n", b""),
    "same length twice": (START + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\nhi", b"hi"),
    "same length in a list": (START + b"Content-Length: 2, 2\r\n\r\nhi", b"hi"),
    "chunks joined": (CHUNKED + b"2\r\nhi\r\n3\r\n\r\n!\r\n0\r\n\r\n", b"hi\r\n!"),
    "empty chunked": (CHUNKED + b"0\r\n\r\n", b""),
    "chunk extensions": (CHUNKED + b'2;a=b;c="d"\r\nhi\r\n000;x\r\n\r\n', b"hi"),
    "hexadecimal sizes": (CHUNKED + b"0a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n", b"0123456789" * 2),
    "coding in capitals": (START + b"transfer-encoding: Chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", b"x"),
    "bare line feeds in the head": (b"POST / HTTP/1.1\nHost: a\nContent-Length: 2\n\nhi", b"hi"),
    "mixed line ends": (b"POST / HTTP/1.1\nHost: a\r\nContent-Length: 2\n\r\nhi", b"hi"),
    "empty lines before": (b"\r\n\r\n\n" + START + b"Content-Length: 2\r\n\r\nhi", b"hi"),
    "old version without host": (b"POST / HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi", b"hi"),
    "a method of its own": (b"M-SEARCH * HTTP/1.1\r\nHost: a\r\n\r\n", b""),
    "absolute target": (b"GET http://a/b HTTP/1.1\r\nHost: a\r\n\r\n", b""),
}


@pytest.mark.parametrize("name", BODIES)
def test_bodies_end_where_their_framing_says(name: str) -> None:
    stream, body = BODIES[name]
    assert only(stream).body == body
    requests, end = listen_to(each_byte(stream))
    assert ([message.body for message in requests], end) == ([body], "")


REFUSED = {
    "both length and coding": (
        START + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "400",
    ),
    "lengths that differ": (START + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", "400"),
    "lengths that differ in a list": (START + b"Content-Length: 3, 4\r\n\r\nabcd", "400"),
    "signed length": (START + b"Content-Length: +3\r\n\r\nabc", "400"),
    "hexadecimal length": (START + b"Content-Length: 0x3\r\n\r\nabc", "400"),
    "length with a gap": (START + b"Content-Length: 1 2\r\n\r\nabc", "400"),
    "empty length": (START + b"Content-Length:\r\n\r\n", "400"),
    "length of a thousand digits": (START + b"Content-Length: " + b"9" * 1000 + b"\r\n\r\n", "400"),
    "folded length": (START + b"Content-Length: 1\r\n 2\r\n\r\nabcdefghijkl", "400"),
    "unknown coding": (START + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "501"),
    "coding after chunked": (START + b"Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n", "400"),
    "chunked twice": (START + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", "400"),
    "coding hidden by a tab inside": (START + b"Transfer-Encoding: chun\tked\r\n\r\n0\r\n\r\n", "400"),
    "coding in an old version": (b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"),
    "negative chunk size": (CHUNKED + b"-1\r\nx\r\n0\r\n\r\n", "400"),
    "chunk size with a prefix": (CHUNKED + b"0x1\r\nx\r\n0\r\n\r\n", "400"),
    "empty chunk size": (CHUNKED + b"\r\nx\r\n0\r\n\r\n", "400"),
    "chunk size of 17 digits": (CHUNKED + b"00000000000000001\r\nx\r\n0\r\n\r\n", "400"),
    "chunk size ended by a bare line feed": (CHUNKED + b"1\nx\r\n0\r\n\r\n", "400"),
    "bare carriage return in an extension": (CHUNKED + b"1;a\rb\r\nx\r\n0\r\n\r\n", "400"),
    "chunk longer than its size": (CHUNKED + b"1\r\nxy\r\n0\r\n\r\n", "400"),
    "chunk ended by a bare line feed": (CHUNKED + b"1\r\nx\n0\r\n\r\n", "400"),
    "endless extensions": (CHUNKED + (b"1;" + b"e" * 1000 + b"\r\nx\r\n") * 9, "431"),
    "endless trailers": (CHUNKED + b"0\r\n" + b"a: b\r\n" * 2000, "431"),
    "trailer without colon": (CHUNKED + b"0\r\nabc\r\n\r\n", "400"),
    "space before the colon": (START + b"X : y\r\n\r\n", "400"),
    "no colon": (START + b"Xy\r\n\r\n", "400"),
    "empty name": (START + b": y\r\n\r\n", "400"),
    "name with a quote": (START + b'X"y: z\r\n\r\n', "400"),
    "space before the first header": (b"GET / HTTP/1.1\r\n Host: a\r\n\r\n", "400"),
    "bare carriage return": (START + b"X: y\rZ: w\r\n\r\n", "400"),
    "zero byte": (START + b"X: y\x00\r\n\r\n", "400"),
    "no host": (b"GET / HTTP/1.1\r\n\r\n", "400"),
    "two hosts": (b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "400"),
    "no version": (b"GET /\r\n\r\n", "400"),
    "two spaces": (b"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
    "space in the target": (b"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
    "tab in the target": (b"GET /a\tb HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
    "version in small letters": (b"GET / http/1.1\r\nHost: a\r\n\r\n", "400"),
    "another major version": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505"),
    "method with a bracket": (b"G[T / HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
    "a TLS handshake": (b"\x16\x03\x01\x02\x00\x01", "400"),
    "not HTTP at all": (b"\x00\x01\x02", "400"),
    "endless head": (START + b"X: y\r\n" * 1000, "431"),
    "endless request line": (b"GET /" + b"a" * 5000, "414"),
    "head over the limit in one piece": (START + b"X: " + b"y" * 5000 + b"\r\n\r\n", "431"),
    "length over the limit": (START + b"Content-Length: 4097\r\n\r\n", "413"),
    "chunks over the limit": (CHUNKED + b"1000\r\n" + b"x" * 4096 + b"\r\n1\r\nx\r\n", "413"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_dangerous_or_broken_is_refused(name: str) -> None:
    stream, status = REFUSED[name]
    assert listen_to([stream]) == ([], status)
    assert listen_to(each_byte(stream)) == ([], status)


def test_a_folded_line_is_joined_and_stays_raw() -> None:
    head = only(START + b"X: one\r\n\t two \r\nY: z\r\n\r\n").head
    assert head.headers[1:] == ((b"X", b"one two"), (b"Y", b"z"))
    assert b"X: one\r\n\t two \r\n" in head.raw


def test_trailers_stand_apart_from_the_headers() -> None:
    message = only(CHUNKED + b"1\r\nx\r\n0\r\nDigest: abc\r\nHost: evil\r\n\r\n")
    assert message.trailers == ((b"Digest", b"abc"), (b"Host", b"evil"))
    assert message.head.headers == ((b"Host", b"a"), (b"Transfer-Encoding", b"chunked"))


@pytest.mark.parametrize(
    ("version", "connection", "stays"),
    [
        (b"1.1", b"", True),
        (b"1.1", b"close", False),
        (b"1.1", b"Upgrade, Close", False),
        (b"1.0", b"", False),
        (b"1.0", b"Keep-Alive", True),
        (b"1.0", b"keep-alive, close", False),
    ],
    ids=["modern", "modern-close", "modern-list", "old", "old-stays", "old-both"],
)
def test_connection_stays_as_the_client_asks(version: bytes, connection: bytes, stays: bool) -> None:
    lines = (
        b"GET / HTTP/"
        + version
        + b"\r\nHost: a\r\n"
        + (b"Connection: " + connection + b"\r\n" if connection else b"")
    )
    assert only(lines + b"\r\n").head.framing.keep_alive is stays


def test_too_large_a_body_leaves_what_came() -> None:
    parser = RequestParser(4096, 4)
    parser.feed(CHUNKED + b"3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n")
    with pytest.raises(BodyTooLargeError):
        parser.next_request()
    message = parser.what_came()
    assert message is not None
    assert message.body == b"abcd"


def test_a_body_that_breaks_off_leaves_what_came() -> None:
    parser = RequestParser(4096, 4096)
    for piece in (START + b"Content-Length: 9\r\n\r\nab", b"cd"):
        parser.feed(piece)
        assert parser.next_request() is None
    message = parser.what_came()
    assert message is not None
    assert message.body == b"abcd"


TOKEN = st.text("abcXYZ09-_.!", min_size=1, max_size=8).map(lambda text: b"X" + text.encode())
VALUE = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=12).map(str.encode)
CUTS = st.lists(st.integers(1, 40), min_size=1, max_size=60)


@st.composite
def one_request(draw: st.DrawFn) -> bytes:
    """A request that every reader of HTTP/1.1 accepts."""
    fields = draw(st.lists(st.tuples(TOKEN, VALUE), max_size=5))
    head = b"POST /" + draw(VALUE) + b" HTTP/1.1\r\nHost: a\r\n"
    head += b"".join(name + b": " + value + b"\r\n" for name, value in fields)
    body = draw(st.binary(max_size=60))
    if draw(st.booleans()):
        return head + b"Content-Length: %d\r\n\r\n" % len(body) + body
    size = draw(st.integers(1, 20))
    chunks = [body[at : at + size] for at in range(0, len(body), size)]
    coded = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    return head + b"Transfer-Encoding: chunked\r\n\r\n" + coded + b"0\r\n\r\n"


def cut(stream: bytes, sizes: list[int]) -> list[bytes]:
    pieces: list[bytes] = []
    at = turn = 0
    while at < len(stream):
        size = sizes[turn % len(sizes)]
        pieces.append(stream[at : at + size])
        at, turn = at + size, turn + 1
    return pieces


@settings(max_examples=100, deadline=None)
@given(st.lists(one_request(), min_size=1, max_size=4), CUTS)
def test_how_the_stream_is_cut_does_not_matter(requests: list[bytes], sizes: list[int]) -> None:
    stream = b"".join(requests)
    whole = listen_to([stream])
    assert (len(whole[0]), whole[1]) == (len(requests), "")
    assert listen_to(cut(stream, sizes)) == whole


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=80), CUTS)
def test_how_rubbish_is_cut_does_not_matter(rubbish: bytes, sizes: list[int]) -> None:
    stream = CHUNKED + rubbish
    whole = listen_to([stream])
    pieces = listen_to(cut(stream, sizes))
    assert pieces[0] == whole[0]
    assert bool(pieces[1]) == bool(whole[1])


@settings(max_examples=100, deadline=None)
@given(one_request())
def test_h11_reads_the_same(stream: bytes) -> None:
    connection = h11.Connection(h11.SERVER)
    connection.receive_data(stream)
    request = connection.next_event()
    assert isinstance(request, h11.Request)
    body = b""
    while isinstance(event := connection.next_event(), h11.Data):
        body += bytes(event.data)
    assert isinstance(event, h11.EndOfMessage)
    message = only(stream)
    assert message.body == body
    assert list(message.head.headers) == [(name, value) for name, value in request.headers.raw_items()]
    assert message.head.line == request.method + b" " + request.target + b" HTTP/1.1"


def test_a_body_of_many_pieces_takes_linear_work() -> None:
    size = 4 * 1024 * 1024
    parser = RequestParser(4096, size)
    parser.feed(START + b"Content-Length: %d\r\n\r\n" % size)
    assert parser.next_request() is None
    piece = b"x" * 1024
    for _ in range(size // 1024 - 1):
        parser.feed(piece)
        assert parser.next_request() is None
    parser.feed(piece)
    message = parser.next_request()
    assert message is not None
    assert len(message.body) == size
