"""Requests that webhook.site, ngrok and Hookdeck recorded."""

from __future__ import annotations

import base64
import json

from inspector.core.importers.entry import Taken
from tests.unit.core.importers.reading import bad, read, requests

SITE = {
    "uuid": "9f", "type": "web", "token_id": "7a", "ip": "1.2.3.4", "hostname": "webhook.site",
    "method": "POST", "user_agent": "x", "content": '{"a": "ü"}', "url": "https://webhook.site/7a/x?q=1",
    "headers": {"content-type": ["application/json"], "x-two": ["1", "2"], "host": ["webhook.site"]},
    "created_at": "2024-05-01 08:00:00", "query": {"q": "1"},
}  # fmt: skip
RAW = b"POST /hook HTTP/1.1\r\nHost: h\r\nX-A: \xff\r\n\r\n\x00\x01"
NGROK = {
    "uri": "/api/requests/http",
    "requests": [
        {"uri": "/api/requests/http/1", "start": "2024-05-01T08:00:00Z",
         "request": {"method": "POST", "raw": base64.b64encode(RAW).decode()}, "response": {"raw": ""}},
        {"request": {"raw": "***"}},
    ],
}  # fmt: skip


def test_requests_of_webhook_site() -> None:
    other = SITE | {"type": "email"}
    found = read(json.dumps({"data": [SITE, other], "total": 2}).encode(), expect="webhook-site")
    assert isinstance(found[0], Taken)
    capture = found[0].arrival.capture
    assert capture.request.line == b"POST /7a/x?q=1 HTTP/1.1"
    assert capture.request.body == '{"a": "ü"}'.encode()
    assert capture.request.headers[:3] == (
        (b"content-type", b"application/json"), (b"x-two", b"1"), (b"x-two", b"2"),
    )  # fmt: skip
    assert (capture.request.remote, capture.times.received_at_ns) == ("1.2.3.4", 1_714_550_400_000_000_000)
    assert bad(found) == [("entry 2", "It is no web request, but of the type 'email'.")]
    assert len(requests(json.dumps([SITE]).encode(), expect="webhook-site")) == 1


def test_requests_of_an_ngrok_agent_stay_byte_for_byte() -> None:
    found = read(json.dumps(NGROK).encode(), expect="ngrok")
    assert isinstance(found[0], Taken)
    request = found[0].arrival.capture.request
    assert request.raw_head + request.body == RAW
    assert bad(found) == [("entry 2", "The body is no base64.")]


def test_a_sample_of_hookdeck() -> None:
    sample = {
        "headers": {"x-shopify-topic": "orders/create", "content-length": "9"},
        "body": {"id": 1, "n": "ü"},
    }
    made = requests(json.dumps(sample).encode(), expect="hookdeck")[0]
    assert (made.line, made.body) == (b"POST /hook HTTP/1.1", '{"id":1,"n":"ü"}'.encode())
    assert made.headers == ((b"x-shopify-topic", b"orders/create"), (b"Content-Length", b"17"))


def test_a_body_that_looks_like_a_record_stays_a_body() -> None:
    for document in ({"requests": [1]}, {"data": [{"uuid": 1}]}, {"body": "text"}, {"headers": {}}):
        assert requests(json.dumps(document).encode(), expect="json")
