"""Replies say what the event said, byte for byte, and wrong templates say where they are wrong."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.core.event import Reading, Reply, Request
from inspector.core.reply_template import Kept, TemplateError, check, filled, filled_reply

BODY = b'{"challenge": "a\\"b \xc3\xa4", "n": 1.50, "o": {"k": [1, 2.0]}, "no": null}'
REQUEST = Request(
    b"POST /hook/x?hub.challenge=a%20b&hub.challenge=2&e= HTTP/1.1", ((b"X-Id", b"q\xe9"),), BODY
)
KEPT = Kept(REQUEST, Reading("order.paid", "evt_1"), 7, 2)


@pytest.mark.parametrize(
    ("template", "wanted"),
    [
        ("plain", b"plain"),
        ('{"a": {"b": {}}}', b'{"a": {"b": {}}}'),
        ("{{json:$.challenge}}", b'a"b \xc3\xa4'),
        ('{"challenge": {{json:$.challenge|json}}}', b'{"challenge": "a\\"b \xc3\xa4"}'),
        ("{{ json:$.n }}", b"1.50"),
        ("{{json:$.o}}", b'{"k": [1, 2.0]}'),
        ("{{json:$['o'].k[-1]}}", b"2.0"),
        ("[{{json:$.gone}}]", b"[]"),
        ("[{{json:$.gone|json}}]", b"[null]"),
        ("{{json:$.no}}", b"null"),
        ("{{header:x-id}}", b"q\xe9"),
        ("{{header:gone}}", b""),
        ("{{query:hub.challenge}}", b"a b"),
        ("{{query:hub.challenge|url}}", b"a%20b"),
        ("{{query:e}}{{query:gone}}", b""),
        ("{{method}} {{path}} {{id}} {{type}} {{number}} {{attempt}}", b"POST /hook/x evt_1 order.paid 7 2"),
        ("{{body}}", BODY),
        ("{{id|json}}", b'"evt_1"'),
        ("{{id|base64}}", b"ZXZ0XzE="),
    ],
)  # fmt: skip
def test_fields_are_filled_in(template: str, wanted: bytes) -> None:
    assert filled(template, KEPT) == wanted


@pytest.mark.parametrize(
    "template",
    ["{{nothing}}", "{{json:a}}", "{{json}}", "{{header}}", "{{query:}}", "{{id", "{{id:x}}", "{{id|x}}"],
)  # fmt: skip
def test_a_wrong_template_is_refused(template: str) -> None:
    with pytest.raises(TemplateError):
        check(template)


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=40), st.sampled_from(["", "|json", "|url", "|base64"]))
def test_hostile_bytes_are_no_trouble(raw: bytes, name: str) -> None:
    for body in (raw, b'{"a": "%b"}' % raw, b'{"a": %b}' % raw, b'{"%b": 1}' % raw):
        request = Request(b"POST /?a=%b HTTP/1.1" % raw, ((b"A", raw),), body)
        made = Kept(request, Reading(raw.decode("latin-1"), raw.decode("utf-8", "surrogateescape")))
        for field in ("json:$.a", "header:a", "query:a", "id", "type", "path", "body"):
            assert isinstance(filled(f"{{{{{field}{name}}}}}", made), bytes)


@pytest.mark.parametrize("body", [b"", b"no json", b"{", b"[]", b'"text"', b"\xff\xfe"])
def test_a_body_without_the_value_leaves_nothing(body: bytes) -> None:
    assert filled("<{{json:$.challenge}}>", Kept(Request(b"POST / HTTP/1.1", (), body), Reading())) == b"<>"


def test_an_echo_is_nothing_but_text_to_a_browser() -> None:
    reply = filled_reply(Reply(200, ((b"X-Echo", b"{{header:X-Id}}"),), b"{{json:$.challenge}}"), KEPT)
    assert (b"Content-Type", b"text/plain; charset=utf-8") in reply.headers
    assert (b"X-Content-Type-Options", b"nosniff") in reply.headers
    assert (b"X-Echo", b"q\xe9") in reply.headers
    own = filled_reply(Reply(200, ((b"content-type", b"application/json"),), b"{}"), KEPT)
    assert [value for name, value in own.headers if name.lower() == b"content-type"] == [b"application/json"]


@settings(max_examples=60, deadline=None)
@given(st.text())
def test_any_text_goes_round_as_json(text: str) -> None:
    body = json.dumps({"challenge": text}).encode()
    said = filled('{"c": {{json:$.challenge|json}}}', Kept(Request(b"POST / HTTP/1.1", (), body), Reading()))
    assert json.loads(said) == {"c": text}
