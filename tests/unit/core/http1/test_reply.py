"""Which bytes a reply is."""

from __future__ import annotations

import pytest

from inspector.core.event import Reply
from inspector.core.http1.reply import asks_to_close, http_date, reply_bytes

DATE = http_date(0)


def test_the_reply_keeps_its_headers_and_gets_its_framing() -> None:
    reply = Reply(202, ((b"x-B", b"2"), (b"X-a", b"1"), (b"Content-Length", b"99")), b"hi")
    assert reply_bytes(reply, date=DATE, close=False) == (
        b"HTTP/1.1 202 Accepted\r\nx-B: 2\r\nX-a: 1\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n"
        b"Content-Length: 2\r\n\r\nhi"
    )


@pytest.mark.parametrize("status", [204, 304])
def test_some_statuses_have_no_body(status: int) -> None:
    sent = reply_bytes(Reply(status, (), b"hi"), date=DATE, close=False)
    assert sent.endswith(b"\r\n\r\n")
    assert b"Content-Length" not in sent


def test_a_reply_to_head_says_its_length_without_a_body() -> None:
    sent = reply_bytes(Reply(200, (), b"hi"), date=DATE, close=True, to_head=True)
    assert sent.endswith(b"Content-Length: 2\r\nConnection: close\r\n\r\n")


def test_an_old_client_hears_that_the_connection_stays() -> None:
    assert b"\r\nConnection: keep-alive\r\n" in reply_bytes(Reply(), date=DATE, close=False, legacy=True)


def test_a_line_break_in_a_header_cannot_begin_another() -> None:
    sent = reply_bytes(Reply(200, ((b"X", b"a\r\nY: b"),)), date=DATE, close=False)
    assert b"X: a  Y: b\r\n" in sent


def test_a_date_of_its_own_wins_and_a_status_of_its_own_goes_out() -> None:
    sent = reply_bytes(Reply(299, ((b"date", b"now"),)), date=DATE, close=False)
    assert sent.startswith(b"HTTP/1.1 299 \r\ndate: now\r\n")
    assert b"Date:" not in sent


def test_a_reply_can_ask_to_close() -> None:
    assert asks_to_close(Reply(200, ((b"connection", b"Close"),)))
    assert not asks_to_close(Reply())
