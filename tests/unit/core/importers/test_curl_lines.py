"""curl commands as people paste them, and as this program writes them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.core.curl import curl_command
from inspector.core.event import Request
from tests.unit.core.importers.reading import bad, read, requests

CHROME = rb"""curl 'https://example.com/hook?a=1' \
  -H 'accept: application/json' \
  -H 'content-type: application/json' \
  --data-raw $'{"name":"it\'s \u00fc!","n":1}' \
  --compressed"""
WINDOWS = (
    b'curl ^"https://example.com/hook?a=1^&b=2^" ^\r\n'
    b'  -H ^"content-type: application/json^" ^\r\n'
    b'  --data-raw ^"^{^\\^"name^\\^":^\\^"50^%^\\^"^}^"'
)


def test_the_curl_of_a_browser() -> None:
    made = requests(CHROME, expect="curl")[0]
    assert made.line == b"POST /hook?a=1 HTTP/1.1"
    assert made.body == '{"name":"it\'s ü!","n":1}'.encode()
    assert made.headers[:3] == (
        (b"Host", b"example.com"), (b"accept", b"application/json"), (b"content-type", b"application/json"),
    )  # fmt: skip
    assert made.scheme == "https"


def test_the_curl_of_a_browser_for_windows() -> None:
    made = requests(WINDOWS, expect="curl")[0]
    assert made.line == b"POST /hook?a=1&b=2 HTTP/1.1"
    assert made.body == b'{"name":"50%"}'


@pytest.mark.parametrize(
    ("command", "line", "body"),
    [
        ("$ curl -sSX PUT localhost:8787/x -d a=1 -d b=2", "PUT /x", "a=1&b=2"),
        ("curl -G http://h/x?p=1 --data-urlencode 'q=a b&c'", "GET /x?p=1&q=a%20b%26c", ""),
        ("curl --json '{\"a\":1}' http://h", "POST /", '{"a":1}'),
        ("curl -I https://h/x -o /dev/null -m5", "HEAD /x", ""),
        ('curl.exe -X POST `\nhttp://h/x `\n-d "a \\"b\\""', "POST /x", 'a "b"'),
        ("echo -n '{\"a\": 1}' | curl -X POST -d @- http://h/x", "POST /x", '{"a": 1}'),
        ("cat <<EOF | curl --data-binary @- http://h/x\n{\n}\nEOF\n", "POST /x", "{\n}\n"),
    ],
    ids=["short", "get", "json", "head", "powershell", "echo", "document"],
)
def test_commands_give_what_curl_would_send(command: str, line: str, body: str) -> None:
    made = requests(command.encode(), expect="curl")
    assert [(each.line.decode(), each.body.decode()) for each in made] == [(f"{line} HTTP/1.1", body)]


def test_headers_of_options_and_those_taken_away() -> None:
    made = requests(b"curl http://h/ -u me:pw -A agent -H 'Accept:' -H 'X-Empty;' -b a=1 -d x")[0]
    assert made.headers == (
        (b"Host", b"h"), (b"Authorization", b"Basic bWU6cHc="),
        (b"User-Agent", b"agent"), (b"Cookie", b"a=1"),
        (b"Content-Type", b"application/x-www-form-urlencoded"), (b"X-Empty", b""), (b"Content-Length", b"1"),
    )  # fmt: skip


def test_what_is_not_in_the_text_makes_a_bad_entry_and_nothing_is_run() -> None:
    text = b"""set -eu
curl http://h/1 -d @body.json
curl http://h/2 -F file=@x
curl -d x
touch marker; curl http://h/3
"""
    found = read(text, expect="curl")
    assert bad(found) == [
        ("line 2", "Its body is in the file 'body.json', which is not part of the command."),
        ("line 3", "The option --form is not understood."),
        ("line 4", "The command names no URL."),
    ]
    assert len(found) == 4
    assert bad(read(b"curl 'http://h")) == [("", "The quotation that ' begins in line 1 does not end.")]


names = st.sampled_from([b"Host", b"host", b"X-A", b"Accept", b"User-Agent", b"Content-Type"])
values = st.binary(max_size=12).map(lambda raw: bytes(b for b in raw if b > 31 and b != 127).strip(b" \t"))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(names, values), max_size=4), st.binary(min_size=1, max_size=3000))
def test_our_own_commands_come_back_byte_for_byte(headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    hosts = [*(pair for pair in headers if pair[0].lower() == b"host"), (b"Host", b"example.com")]
    kept = [pair for pair in headers if pair not in hosts]
    length = (b"Content-Length", str(len(body)).encode())
    request = Request(b"POST /a?b=%20 HTTP/1.1", (*hosts[:1], *kept, length), body)
    made = requests(curl_command(request, "http://localhost:1").encode(), expect="curl")[0]
    assert (made.line, made.headers, made.body) == (request.line, request.headers, body)
