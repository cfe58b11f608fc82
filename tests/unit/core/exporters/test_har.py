"""HAR files have what the specification demands, and give back every body."""

from __future__ import annotations

import base64
import json

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.core.exporters.har import Har
from tests.unit.core.exporters.building import event, exported

PAIRS = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["name", "value"],
        "properties": {"name": {"type": "string"}, "value": {"type": "string"}},
    },
}
MESSAGE = {"httpVersion": {"type": "string"}, "cookies": PAIRS, "headers": PAIRS,
           "headersSize": {"type": "integer"}, "bodySize": {"type": "integer"}}  # fmt: skip
SCHEMA = {
    "type": "object",
    "required": ["log"],
    "properties": {"log": {
        "type": "object",
        "required": ["version", "creator", "entries"],
        "properties": {
            "version": {"const": "1.2"},
            "creator": {"type": "object", "required": ["name", "version"]},
            "entries": {"type": "array", "items": {
                "type": "object",
                "required": ["startedDateTime", "time", "request", "response", "cache", "timings"],
                "properties": {
                    "startedDateTime": {"pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$"},
                    "time": {"type": "number", "minimum": 0},
                    "request": {
                        "required": ["method", "url", *MESSAGE, "queryString"],
                        "properties": {**MESSAGE, "queryString": PAIRS,
                                       "url": {"pattern": r"^https?://[!-~]+$"},
                                       "postData": {"required": ["mimeType", "text"]}},
                    },
                    "response": {
                        "required": ["status", "statusText", *MESSAGE, "content", "redirectURL"],
                        "properties": {**MESSAGE, "status": {"type": "integer"},
                                       "content": {"required": ["size", "mimeType"]}},
                    },
                    "timings": {"required": ["send", "wait", "receive"]},
                },
            }},
        },
    }},
}  # fmt: skip
"""The demands of the HAR 1.2 specification on the parts that we write."""


def archive(*events: object) -> dict[str, dict[str, list[dict[str, dict[str, object]]]]]:
    found = json.loads(exported(Har(), *events)[""])  # type: ignore[arg-type] # events
    jsonschema.validate(found, SCHEMA)
    return found


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=40), st.binary(max_size=20))
def test_every_body_comes_back_and_every_target_makes_a_url(body, odd):
    sent = event(body, line=b"POST /" + odd.replace(b" ", b"") + b" HTTP/1.1")
    request = archive(sent, sent)["log"]["entries"][1]["request"]
    data = request.get("postData", {"text": ""})
    text = str(data["text"])
    assert (base64.b64decode(text) if "_encoding" in data else text.encode()) == body


def test_no_events_are_an_archive_too():
    assert archive()["log"]["entries"] == []


@pytest.mark.parametrize(
    ("line", "host", "url"),
    [
        (b"POST /a?b=c%20d HTTP/1.1", b"shop.example:81", "http://shop.example:81/a?b=c%20d"),
        (b"POST /\xff\"#x HTTP/1.1", b"shop.example", "http://shop.example/%FF%22%23x"),
        (b"POST http://other.example/a HTTP/1.1", b"shop.example", "http://other.example/a"),
        (b"OPTIONS * HTTP/1.1", b"shop.example", "http://shop.example/"),
        (b"POST /a HTTP/1.1", b"evil/@host", "http://localhost/a"),
    ],
    ids=["query", "bytes", "absolute", "asterisk", "host"],
)  # fmt: skip
def test_the_url(line, host, url):
    found = archive(event(line=line, headers=((b"Host", host), (b"Cookie", b"a=1; b=2"))))
    request = found["log"]["entries"][0]["request"]
    assert request["url"] == url
    assert request["cookies"] == [{"name": "a", "value": "1"}, {"name": "b", "value": "2"}]
