"""What is sent for a captured request: the listed changes and no other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.core.event import Request
from inspector.core.headers import HeaderPairs
from inspector.core.outgoing import MASK, Outgoing, UnsendableError, outgoing, url_parts, wire_head, with_body
from inspector.core.target import Target

HOOK = Target("app", "http://localhost:3000")


def request(headers: HeaderPairs, body: bytes = b"", target: bytes = b"/hook?a=1") -> Request:
    return Request(b"POST %b HTTP/1.1" % target, headers, body)


def test_only_host_changes_in_an_ordinary_request() -> None:
    headers = ((b"hOsT", b"example.com"), (b"X-A", b"1"), (b"x-a", b""), (b"content-LENGTH", b"2"))
    sent = outgoing(request(headers, b"{}"), HOOK)
    assert sent.method == "POST"
    assert sent.url == "http://localhost:3000/hook?a=1"
    assert sent.body == b"{}"
    assert sent.headers == ((b"hOsT", b"localhost:3000"), *headers[1:])


def test_host_is_kept_where_the_target_says_so_and_added_first_where_there_was_none() -> None:
    kept = outgoing(request(((b"A", b"1"), (b"Host", b"example.com"))), Target("", HOOK.url, keep_host=True))
    assert kept.headers == ((b"A", b"1"), (b"Host", b"example.com"))
    added = outgoing(request(((b"A", b"1"),)), Target("", HOOK.url, keep_host=True))
    assert added.headers == ((b"Host", b"localhost:3000"), (b"A", b"1"))


def test_fields_of_one_hop_go_with_those_that_connection_names() -> None:
    headers = (
        (b"Host", b"h"),
        (b"Connection", b"keep-alive, X-Mine , content-length, host"),
        (b"x-mine", b"1"),
        (b"Keep-Alive", b"timeout=5"),
        (b"Proxy-Authorization", b"Basic x"),
        (b"proxy-connection", b"close"),
        (b"TE", b"trailers"),
        (b"Trailer", b"X-Sum"),
        (b"Upgrade", b"h2c"),
        (b"X-Kept", b"1"),
        (b"Content-Length", b"1"),
    )
    assert outgoing(request(headers, b"x"), HOOK).headers == (
        (b"Host", b"localhost:3000"),
        (b"X-Kept", b"1"),
        (b"Content-Length", b"1"),
    )


def test_a_chunked_request_gets_its_length_in_the_place_of_transfer_encoding() -> None:
    headers = ((b"Host", b"h"), (b"A", b"1"), (b"transfer-encoding", b"chunked"), (b"B", b"2"))
    assert outgoing(request(headers, b"four"), HOOK).headers[1:] == (
        (b"A", b"1"),
        (b"Content-Length", b"4"),
        (b"B", b"2"),
    )


def test_a_length_that_did_not_come_true_is_corrected_and_none_is_invented() -> None:
    broken_off = request(((b"Host", b"h"), (b"content-length", b"100"), (b"Z", b"")), b"half")
    assert outgoing(broken_off, HOOK).headers[1:] == ((b"content-length", b"4"), (b"Z", b""))
    assert outgoing(request(((b"Host", b"h"),)), HOOK).headers == ((b"Host", b"localhost:3000"),)
    edited = with_body(Outgoing("POST", HOOK.url, ((b"Content-Length", b"1"), (b"A", b""))), b"longer")
    assert edited.headers == ((b"Content-Length", b"6"), (b"A", b""))
    assert edited.body == b"longer"


def test_the_headers_of_a_target_take_the_place_of_captured_ones_and_secrets_are_masked() -> None:
    target = Target(
        "app",
        HOOK.url,
        headers=((b"x-env", b"dev"), (b"New", b"1"), (b"x-env", b"two"), (b"Host", b"never")),
        secret_headers=(("Authorization", "handler-token"),),
    )
    captured = ((b"Host", b"h"), (b"authorization", b"theirs"), (b"X-Env", b"live"), (b"X-Env", b"more"))
    assert outgoing(request(captured), target).headers == (
        (b"Host", b"localhost:3000"),
        (b"Authorization", MASK),
        (b"x-env", b"dev"),
        (b"x-env", b"two"),
        (b"New", b"1"),
    )


@pytest.mark.parametrize(
    ("url", "captured", "sent"),
    [
        ("http://h", b"/a?b", "http://h/a?b"),
        ("http://h/", b"/a?b", "http://h/a?b"),
        ("http://h/own", b"/a?b", "http://h/own?b"),
        ("http://h/own?c", b"/a?b", "http://h/own?c"),
        ("http://h/own?", b"/a?b", "http://h/own?"),
        ("http://h/own", b"/a", "http://h/own"),
        ("http://h", b"/a%2Fb/../c;d?x=%20&&", "http://h/a%2Fb/../c;d?x=%20&&"),
        ("http://h", b"/\xc3\xa9", "http://h/\u00c3\u00a9"),
        ("http://h", b"http://evil.example/x?y", "http://h/x?y"),
        ("http://h", b"@evil.example/x", "http://h/@evil.example/x"),
        ("http://h", b".evil.example/x", "http://h/.evil.example/x"),
        ("http://h", b"//evil.example/x", "http://h//evil.example/x"),
        ("http://h:80", b"?a", "http://h:80/?a"),
        ("http://[::1]:3000", b"/a#b?c", "http://[::1]:3000/a#b?c"),
    ],
    ids=range(14),
)
def test_the_url_takes_what_it_lacks_from_the_event(url: str, captured: bytes, sent: str) -> None:
    made = outgoing(request((), target=captured), Target("", url))
    assert made.url == sent
    assert url_parts(sent).host == url_parts(url).host
    assert url_parts(sent).port == url_parts(url).port


def test_the_head_is_written_as_it_stands() -> None:
    sent = Outgoing("PATCH", "https://h:8443/a?b", ((b"HOST", b"x"), (b"e", b""), (b"V", b"\xff \t=")))
    assert wire_head(sent) == b"PATCH /a?b HTTP/1.1\r\nHOST: x\r\ne: \r\nV: \xff \t=\r\n\r\n"
    through = wire_head(sent, absolute=True, extra=((b"Proxy-Authorization", b"Basic eA=="),))
    assert through.startswith(b"PATCH https://h:8443/a?b HTTP/1.1\r\nHOST: x\r\n")
    assert through.endswith(b"\r\nProxy-Authorization: Basic eA==\r\n\r\n")


def test_options_of_the_whole_server_keeps_its_asterisk() -> None:
    captured = Request(b"OPTIONS * HTTP/1.1", ((b"Host", b"h"),), b"")
    assert wire_head(outgoing(captured, HOOK)).startswith(b"OPTIONS * HTTP/1.1\r\n")


def test_a_body_never_goes_without_a_length_and_a_false_length_on_purpose_goes() -> None:
    assert b"\r\nContent-Length: 2\r\n" in wire_head(Outgoing("POST", "http://h/", (), b"ab"))
    coded = Outgoing("POST", "http://h/", ((b"Transfer-Encoding", b"chunked"),), b"ab")
    assert wire_head(coded) == b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n"
    false = Outgoing("POST", "http://h/", ((b"Content-Length", b"9"),), b"ab")
    assert b"\r\nContent-Length: 9\r\n" in wire_head(false)


@pytest.mark.parametrize(
    "bad",
    [
        Outgoing("PO ST", "http://h/", ()),
        Outgoing("POST", "ftp://h/", ()),
        Outgoing("POST", "http:///x", ()),
        Outgoing("POST", "http://h:99999/", ()),
        Outgoing("POST", "http://h/a b", ()),
        Outgoing("POST", "http://h/a\r\nX: 1", ()),
        Outgoing("POST", "http://h/", ((b"A", b"1\r\nB: 2"),)),
        Outgoing("POST", "http://h/", ((b"A", b"1\n"),)),
        Outgoing("POST", "http://h/", ((b"A:", b"1"),)),
        Outgoing("POST", "http://h/", ((b"", b"1"),)),
    ],
    ids=range(10),
)
def test_nothing_breaks_out_of_its_line(bad: Outgoing) -> None:
    with pytest.raises(UnsendableError):
        wire_head(bad)


VALUES = st.binary(max_size=12).map(lambda data: data.translate(None, b"\r\n\0").strip(b" \t"))
NAMES = st.from_regex(rb"\A[!#$%&'*+.^_`|~0-9A-Za-z-]{1,8}\Z")
HOP = {b"connection", b"keep-alive", b"te", b"trailer", b"upgrade", b"host", b"transfer-encoding"}


@given(st.lists(st.tuples(NAMES, VALUES), max_size=8).map(tuple), st.binary(max_size=40))
def test_every_other_field_and_byte_is_untouched(headers: HeaderPairs, body: bytes) -> None:
    headers = tuple(
        (name, value)
        for name, value in headers
        if name.lower() not in HOP
        and name.lower() != b"content-length"
        and not name.lower().startswith(b"proxy-")
    )
    framing = ((b"Content-Length", str(len(body)).encode()),) if body else ()
    sent = outgoing(request(((b"Host", b"h"), *framing, *headers), body), HOOK)
    assert sent.headers == ((b"Host", b"localhost:3000"), *framing, *headers)
    assert sent.body == body
