"""A handler's response is passed on without the fields of its hop; a failure is 502 or 504 in words."""

from __future__ import annotations

import pytest

from inspector.core.delivery import FAILURE_WORDS, Delivery, Failure, FailureKind, Response
from inspector.core.handler_reply import passed_on
from inspector.core.outgoing import Outgoing

OUT = Outgoing("POST", "http://h/", ())


def delivery(response: Response | None = None, failure: Failure | None = None) -> Delivery:
    return Delivery(1, 1, "t", OUT.url, 0, 1, "live", "as-captured", OUT, response, failure)


def test_status_headers_and_body_are_the_handlers() -> None:
    headers = (
        (b"X-One", b"1"), (b"Set-Cookie", b"a"), (b"set-cookie", b"b"), (b"Connection", b"close, X-Hop"),
        (b"X-Hop", b"1"), (b"Keep-Alive", b"timeout=5"), (b"Content-Encoding", b"gzip"), (b"Upgrade", b"h2c"),
    )  # fmt: skip
    reply = passed_on(delivery(Response(418, "Teapot", headers, b"\x1f\x8b", 2)))
    assert (reply.status, reply.body) == (418, b"\x1f\x8b")
    assert reply.headers == (
        (b"X-One", b"1"), (b"Set-Cookie", b"a"), (b"set-cookie", b"b"), (b"Content-Encoding", b"gzip"),
    )  # fmt: skip


@pytest.mark.parametrize("kind", list(FAILURE_WORDS))
def test_a_failure_is_502_or_504_with_the_reason(kind: FailureKind) -> None:
    reply = passed_on(delivery(failure=Failure(kind, "Because.")))
    assert reply.status == (504 if kind.startswith("timeout") else 502)
    assert FAILURE_WORDS[kind].encode() in reply.body
    assert b"Because." in reply.body


def test_a_response_that_is_not_whole_is_not_passed_on() -> None:
    assert passed_on(delivery(Response(200, "OK", (), b"half", 900, truncated=True))).status == 502
    broken = delivery(Response(200, "OK", (), b"half", 900, truncated=True), Failure("timeout-body"))
    assert passed_on(broken).status == 504
