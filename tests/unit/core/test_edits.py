"""Edits of a captured request: what is not named stays byte for byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.core.edits import (
    AddHeader,
    EditError,
    Edits,
    RemoveHeader,
    SetHeader,
    edited,
    header_lines,
    kept_event,
    parse_header,
    parse_header_lines,
)
from inspector.core.event import Request
from inspector.core.json_edit import parse_assignment

HEADERS = (
    (b"Host", b"shop.example"),
    (b"x-Odd", b"1"),
    (b"Content-Length", b"12"),
    (b"X-ODD", b"\xfc2"),
    (b"Accept", b""),
)
REQUEST = Request(b"POST /in/\xfc?a=1&b=%20 HTTP/1.1", HEADERS, b'{"score": 8}', b"raw as it came")


def test_no_edits_leave_the_very_same_request():
    assert edited(REQUEST, Edits()) is REQUEST
    assert Edits().nothing


@pytest.mark.parametrize(
    ("edits", "line"),
    [
        (Edits(method="PUT"), b"PUT /in/\xfc?a=1&b=%20 HTTP/1.1"),
        (Edits(path="/x"), b"POST /x?a=1&b=%20 HTTP/1.1"),
        (Edits(path="/in/\xfc/€ y"), b"POST /in/\xfc/%E2%82%AC%20y?a=1&b=%20 HTTP/1.1"),
        (Edits(query=""), b"POST /in/\xfc HTTP/1.1"),
        (Edits(query="q=%20ü"), b"POST /in/\xfc?q=%20%C3%BC HTTP/1.1"),
    ],
)
def test_the_request_line(edits, line):
    changed = edited(REQUEST, edits)
    assert changed.line == line
    assert changed.raw_head.startswith(line + b"\r\nHost: shop.example\r\nx-Odd: 1\r\n")
    assert changed.raw_head.endswith(b"\r\nAccept: \r\n\r\n")
    assert (changed.headers, changed.body) == (REQUEST.headers, REQUEST.body)


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (SetHeader("X-odd", "new"), (HEADERS[0], (b"x-Odd", b"new"), HEADERS[2], HEADERS[4])),
        (SetHeader("New", "€"), (*HEADERS, (b"New", b"\xe2\x82\xac"))),
        (AddHeader("x-odd", "3"), (*HEADERS, (b"x-odd", b"3"))),
        (RemoveHeader("X-Odd"), (HEADERS[0], HEADERS[2], HEADERS[4])),
        (RemoveHeader("absent"), HEADERS),
    ],
)
def test_headers_keep_order_and_case(edit, expected):
    assert edited(REQUEST, Edits(header_edits=(edit,))).headers == expected


def test_the_length_follows_the_body():
    changed = edited(REQUEST, Edits(values=(parse_assignment("$.score=1000"),)))
    assert changed.body == b'{"score": 1000}'
    assert changed.headers == tuple(
        (name, b"15" if name == b"Content-Length" else value) for name, value in HEADERS
    )


@pytest.mark.parametrize("step", [SetHeader("content-length", "3"), RemoveHeader("Content-Length")])
def test_a_wrong_length_cannot_be_asked_for(step):
    changed = edited(REQUEST, Edits(header_edits=(step,)))
    assert [value for name, value in changed.headers if name.lower() == b"content-length"] == [b"12"]


def test_a_body_where_none_was_gets_a_length_and_a_chunked_one_does_not():
    bare = Request(b"POST / HTTP/1.1", ((b"Host", b"h"),), b"")
    assert edited(bare, Edits(body=b"ab")).headers[-1] == (b"Content-Length", b"2")
    chunked = Request(b"POST / HTTP/1.1", ((b"Transfer-Encoding", b"chunked"),), b"x")
    assert edited(chunked, Edits(body=b"ab")).headers == chunked.headers


@pytest.mark.parametrize(
    ("edits", "words"),
    [
        (Edits(method="GE T"), "no method"),
        (Edits(path="x"), "slash"),
        (Edits(path="/x?y"), "question mark"),
        (Edits(path="/x#y"), "%23"),
        (Edits(header_edits=(SetHeader("a b", "1"),)), "no name"),
        (Edits(header_edits=(AddHeader("a", "1\r\nb: 2"),)), "line end"),
        (Edits(headers=((b"a:", b"1"),)), "no name"),
        (Edits(body=b"{", values=(parse_assignment("$.a=1"),)), "JSON breaks"),
        (Edits(header_edits=(SetHeader("Content-Encoding", "gzip"),), values=(parse_assignment("$.a=1"),)),
         "compressed (gzip)"),
    ],
)  # fmt: skip
def test_what_could_not_be_sent_is_refused_in_a_sentence(edits, words):
    with pytest.raises(EditError) as caught:
        edited(REQUEST, edits)
    assert words in str(caught.value)


def test_the_editors_lines_give_the_same_headers_back():
    assert parse_header_lines(header_lines(HEADERS)) == HEADERS
    assert parse_header_lines("A: 1\n\n b: 2".replace(" b", "b")) == ((b"A", b"1"), (b"b", b"2"))
    with pytest.raises(EditError, match=r"Line 2: 'oops' is no header"):
        parse_header_lines("A: 1\noops")
    assert parse_header("X-Y:z ") == ("X-Y", "z")


def test_an_edited_event_names_its_parent():
    arrival = kept_event(REQUEST, source="nudj", dialect="nudj", parent=7, at_ns=5)
    assert (arrival.mark, arrival.parent, arrival.source, arrival.capture.times.received_at_ns) == (
        "edited", 7, "nudj", 5,
    )  # fmt: skip


NAMES = st.sampled_from([b"Host", b"host", b"X-A", b"x-a", b"B"])
FIELDS = st.lists(st.tuples(NAMES, st.binary(max_size=5).map(bytes.hex).map(str.encode)), max_size=6)


@given(FIELDS, NAMES, st.text("abc", max_size=3))
def test_setting_a_header_touches_no_other(fields, name, value):
    request = Request(b"POST / HTTP/1.1", tuple(fields), b"")
    changed = edited(request, Edits(header_edits=(SetHeader(name.decode(), value),)))
    others = [pair for pair in fields if pair[0].lower() != name.lower()]
    assert [pair for pair in changed.headers if pair[0].lower() != name.lower()] == others
    assert [pair[1] for pair in changed.headers if pair[0].lower() == name.lower()] == [value.encode()]
