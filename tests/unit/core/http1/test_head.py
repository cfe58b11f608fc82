"""Heads are read the same whether their lines were met before or not."""

from __future__ import annotations

import pytest

from inspector.core.http1.errors import MalformedError
from inspector.core.http1.head import TokenCache, parse_head


def test_lines_that_were_met_before_are_read_the_same() -> None:
    tokens = TokenCache(size=4)
    raw = b"POST /a HTTP/1.1\r\nHost: a\r\nX-A:  1 \r\nContent-Length: 2\r\n\r\n"
    first, again = parse_head(raw, tokens), parse_head(raw, tokens)
    assert first == again
    assert again.headers == ((b"Host", b"a"), (b"X-A", b"1"), (b"Content-Length", b"2"))
    assert again.framing.length == 2
    for number in range(20):
        other = b"POST /%d HTTP/1.1\r\nHost: %d\r\nContent-Length: %d\r\n\r\n" % (number, number, number)
        assert parse_head(other, tokens).framing.length == number
    assert parse_head(raw, tokens) == first


def test_a_field_of_the_framing_that_is_folded_counts_whole() -> None:
    tokens = TokenCache()
    raw = b"POST / HTTP/1.1\r\nHost: a\r\nConnection: x,\r\n close\r\n\r\n"
    for _ in range(2):
        assert parse_head(raw, tokens).framing.keep_alive is False
    plain = b"POST / HTTP/1.1\r\nHost: a\r\nConnection: x,\r\n\r\n"
    assert parse_head(plain, tokens).framing.keep_alive is True


def test_what_is_refused_is_refused_again() -> None:
    tokens = TokenCache()
    for _ in range(2):
        for raw in (b"POST / HTTP/2.0\r\nHost: a\r\n\r\n", b"POST / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"):
            with pytest.raises(MalformedError):
                parse_head(raw, tokens)
    assert parse_head(b"GET / HTTP/1.0\r\n\r\n", tokens).framing.keep_alive is False
    with pytest.raises(MalformedError):
        parse_head(b"GET / HTTP/1.1\r\n\r\n", tokens)
