"""Raw requests, .http files, JSON bodies, and how they are told apart."""

from __future__ import annotations

import pytest

from inspector.core import importers
from inspector.core.importers.entry import Taken
from tests.unit.core.importers.reading import bad, read, requests

RAW = b"POST /a HTTP/1.1\r\nhost: x\r\nX-B:  1\r\nContent-Length: 3\r\n\r\n\x00\xff\n"
HTTP_FILE = """\
@host = https://example.com
@base = {{host}}/api
### create
# @name create
POST {{base}}/hook
    ?a=1
    &b=2
Content-Type: application/json
X-A: 1

{
  "a": "ü", "t": "{{other}}"
}

> {% client.log("done") %}

###
GET {{base}}/one HTTP/1.1

### from a file
POST {{base}}/two

< ./body.json
###
POST {{base}}/three
Authorization: {{token}}
""".encode()


def test_a_raw_request_stays_byte_for_byte() -> None:
    made = requests(RAW, expect="raw")[0]
    assert (made.raw_head + made.body, made.scheme) == (RAW, "http")
    assert made.headers[1] == (b"X-B", b"1")


def test_a_raw_request_with_line_feeds_gets_the_usual_head() -> None:
    made = requests(b"POST /a HTTP/1.1\nhost: x\n\n{}", expect="raw")[0]
    assert (made.raw_head, made.body) == (b"POST /a HTTP/1.1\r\nhost: x\r\n\r\n", b"{}")


def test_a_raw_request_that_is_none_says_where() -> None:
    found = read(b"POST /a HTTP/1.1\nno header\n\n{}", expect="raw")
    assert bad(found) == [("", "It is no raw HTTP request: line 2 is no header such as Name: value.")]


def test_requests_of_an_http_file_with_their_variables() -> None:
    found = read(HTTP_FILE, "calls.http", expect="http")
    taken = [each.arrival.capture.request for each in found if isinstance(each, Taken)]
    assert [each.line for each in taken] == [b"POST /api/hook?a=1&b=2 HTTP/1.1", b"GET /api/one HTTP/1.1"]
    assert taken[0].headers == (
        (b"Host", b"example.com"), (b"Content-Type", b"application/json"),
        (b"X-A", b"1"), (b"Content-Length", b"33"),
    )  # fmt: skip
    assert taken[0].body == '{\n  "a": "ü", "t": "{{other}}"\n}'.encode()
    assert bad(found) == [
        ("line 21", "Its body is in the file './body.json', which is not part of this one."),
        ("line 25", "It needs the variable 'token', which the file does not define."),
    ]


def test_variables_that_name_each_other_end() -> None:
    found = read(b"@a={{b}}\n@b={{a}}\nGET http://h/{{a}}", "x.http")
    assert bad(found) == [("line 3", "Its variables stand inside of each other without an end.")]


def test_a_json_file_is_the_body_of_one_event() -> None:
    made = requests(b'\xef\xbb\xbf{ "a": 1.0 }\n', "order.json", expect="json")[0]
    assert (made.line, made.body) == (b"POST /hook HTTP/1.1", b'{ "a": 1.0 }\n')
    assert (b"Content-Type", b"application/json") in made.headers
    assert bad(read(b'{"a": }', "order.json")) == [("", "It is no JSON: Expecting value at character 7.")]


@pytest.mark.parametrize(
    ("head", "name", "expected"),
    [
        (b'{"format":"webhook-inspector events","version":1}\n', "x", "jsonl"),
        (b'\xef\xbb\xbf{"log": {"version": "1.2"', "-", "har"),
        (b"# comment\n$ curl http://h", "-", "curl"),
        (b"GET http://h/x\nA: b\n", "-", "http"),
        (b"### one\nGET http://h/x", "-", "http"),
        (b"[1]", "-", "json"),
        (b"\x89PNG", "x.png", None),
        (b"", "-", None),
    ],
    ids=["jsonl", "har", "curl", "line", "separator", "json", "picture", "empty"],
)
def test_formats_are_seen_by_how_files_begin(head: bytes, name: str, expected: str | None) -> None:
    assert importers.detect(head, name) == expected
