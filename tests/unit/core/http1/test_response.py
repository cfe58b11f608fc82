"""Responses out of bytes: the same however they are cut, and the same as another parser reads."""

from __future__ import annotations

from dataclasses import dataclass

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.core.delivery import Response
from inspector.core.http1.errors import MalformedError
from inspector.core.http1.response import ResponseParser

LIMIT = 1 << 20
PLAIN = b"HTTP/1.1 200 OK\r\nA: 1\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"
INTERIM = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\n"
CLOSED = b"HTTP/1.1 404 Not Found\r\nB: 2\r\n\r\nnothing here"


@dataclass
class Read:
    response: Response | None
    keep_alive: bool


def read(pieces: list[bytes], method: str = "POST", limit: int = LIMIT) -> Read:
    parser = ResponseParser(method, limit)
    for piece in pieces:
        parser.feed(piece)
    if not parser.done:
        parser.ended()
    return Read(parser.response(), parser.keep_alive)


@pytest.mark.parametrize("raw", [PLAIN, CHUNKED, INTERIM + PLAIN, CLOSED], ids=range(4))
@given(data=st.data())
def test_cuts_do_not_matter(raw: bytes, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(raw)), max_size=8)))
    pieces = [raw[a:b] for a, b in zip([0, *cuts], [*cuts, len(raw)], strict=True)]
    assert read(pieces) == read([raw])
    assert read([raw[at : at + 1] for at in range(len(raw))]) == read([raw])


@pytest.mark.parametrize("raw", [PLAIN, CHUNKED, INTERIM + PLAIN, CLOSED], ids=range(4))
def test_another_parser_reads_the_same(raw: bytes) -> None:
    other = h11.Connection(h11.CLIENT)
    other.send(h11.Request(method="POST", target="/", headers=[("Host", "h"), ("Content-Length", "0")]))
    other.send(h11.EndOfMessage())
    other.receive_data(raw)
    other.receive_data(b"")
    status, body = 0, b""
    while not isinstance(event := other.next_event(), (h11.EndOfMessage, h11.ConnectionClosed)):
        if isinstance(event, h11.Response):
            status = event.status_code
        elif isinstance(event, h11.Data):
            body += bytes(event.data)
    ours = read([raw]).response
    assert ours is not None
    assert (ours.status, ours.body) == (status, body)


@pytest.mark.parametrize(
    ("raw", "method", "kept"),
    [
        (PLAIN, "POST", True),
        (CHUNKED, "POST", True),
        (CLOSED, "POST", False),
        (PLAIN + b"x", "POST", False),
        (PLAIN.replace(b"A: 1", b"Connection: close"), "POST", False),
        (PLAIN.replace(b"1.1", b"1.0"), "POST", False),
        (PLAIN.replace(b"1.1", b"1.0").replace(b"A: 1", b"Connection: Keep-Alive"), "POST", True),
        (CHUNKED.replace(b": chunked", b": chunked\r\nContent-Length: 5"), "POST", False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "HEAD", True),
        (b"HTTP/1.1 204 No Content\r\n\r\n", "POST", True),
        (b"HTTP/1.1 200 Tunnel\r\nContent-Length: 5\r\n\r\n", "CONNECT", True),
    ],
    ids=range(11),
)
def test_whether_the_connection_stays(raw: bytes, method: str, kept: bool) -> None:
    assert read([raw], method).keep_alive is kept


def test_what_came_of_a_broken_response_is_kept() -> None:
    parser = ResponseParser("POST", LIMIT)
    parser.feed(PLAIN[:-2])
    with pytest.raises(MalformedError, match="after 3 of the 5 bytes"):
        parser.ended()
    response = parser.response()
    assert response is not None
    assert (response.body, response.body_bytes, response.truncated) == (b"hel", 5, True)


def test_a_flood_of_tiny_chunks_ends_at_its_bound() -> None:
    parser = ResponseParser("POST", LIMIT)
    parser.feed(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(20):
        parser.feed(b"1\r\nx\r\n" * 10_000)
    with pytest.raises(MalformedError, match="so small"):
        parser.feed(b"1\r\nx\r\n" * 10_000)
    assert not parser.done


@given(st.binary(max_size=80), st.sampled_from([b"", b"HTTP/1.1 200 OK\r\n", CHUNKED[:47]]))
def test_rubbish_ends_in_an_error_or_a_response(rubbish: bytes, begin: bytes) -> None:
    parser = ResponseParser("POST", LIMIT)
    reason = ""
    try:
        parser.feed(begin + rubbish)
        parser.ended()
    except MalformedError as error:
        reason = error.reason
    assert parser.done or reason.endswith(".")
