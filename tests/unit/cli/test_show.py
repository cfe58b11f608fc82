"""One event as text, as JSON, and as the bytes of its request."""

from __future__ import annotations

import json

from inspector.cli.show import event_json, event_text, raw_request
from inspector.core.event import Event, Reading, Request, State, Times
from tests.unit.cli.test_output import row

HEADERS = ((b"Host", b"x"), (b"x-Odd", b"\xff\x1b[1m"), (b"x-Odd", b"2"))


def event(body: bytes, raw_head: bytes = b"", **changes: object) -> Event:
    request = Request(b"POST /a\xc3\xa4 HTTP/1.1", HEADERS, body, raw_head)
    return Event(
        row(size_bytes=len(body), **changes),
        request,
        Times(1, 1, 2, 3, 4, 5, 2_000_002),
        Reading(),
        note="look\x1b",
    )


def test_the_raw_request_is_the_head_as_it_came_and_the_body() -> None:
    head = b"POST /  HTTP/1.1\r\nHost:x\r\n\r\n"
    assert raw_request(event(b"\x00\xff", head).request) == head + b"\x00\xff"


def test_an_event_without_the_head_as_it_came_gets_a_plain_one() -> None:
    assert raw_request(event(b"b").request) == (
        b"POST /a\xc3\xa4 HTTP/1.1\r\nHost: x\r\nx-Odd: \xff\x1b[1m\r\nx-Odd: 2\r\n\r\nb"
    )


def test_text_for_people_steers_no_terminal() -> None:
    text = event_text(event('{"a": "\x1b[2Jä"}\r\nsecond'.encode(), state=State.REJECTED))
    assert "\x1b" not in text
    assert '{"a": "\\x1b[2Jä"}\nsecond' in text
    assert "note       look\\x1b" in text
    assert "took       2.00 ms" in text


def test_binary_bodies_are_described_and_long_ones_cut() -> None:
    assert "that are no text" in event_text(event(b"\xff\xfe\x00"))
    assert "100 kB in all" in event_text(event("ä".encode() * 50_000))


def test_json_has_text_bodies_as_text_and_others_as_base64() -> None:
    fields = event_json(event("ä".encode()))
    assert fields["body"] == "ä"
    assert fields["headers"] == [["Host", "x"], ["x-Odd", "ÿ\x1b[1m"], ["x-Odd", "2"]]
    fields = event_json(event(b"\xff"))
    assert fields["body_base64"] == "/w=="
    assert "body" not in fields
    json.dumps(fields)
