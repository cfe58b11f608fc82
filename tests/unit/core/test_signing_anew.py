"""A captured event signed anew: official libraries take it, and nothing else of it changes."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qsl

import pytest
import standardwebhooks
import stripe
import svix
from slack_sdk.signature import SignatureVerifier
from twilio.request_validator import RequestValidator

from inspector.core.event import Request, Verdict
from inspector.core.headers import text, values
from inspector.core.signatures.bundled import bundled
from inspector.core.signatures.outcome import Key, SignedRequest
from inspector.core.signatures.sign import Unsignable
from inspector.core.signatures.verify import verify
from inspector.core.signing_anew import (
    companions,
    event_id_of,
    fresh_id,
    signed_anew,
    timestamp_s,
    too_old_to_resend,
)
from tests.unit.core.signatures.material import NOW_S, SECRET, keys_for, request_for

URL = "https://h.example.com/in?a=1"
KEY = Key("k", SECRET)
SCHEMES = bundled()
ALL = sorted(SCHEMES.records)


def captured(scheme_id: str, body: bytes = b'{"a":1.0}', at_s: float = NOW_S) -> tuple[Request, list[Key]]:
    """A signed event as it was captured, and the keys of its source (private ones, to sign again)."""
    scheme = SCHEMES[scheme_id]
    signing, keys = keys_for(scheme)
    seen = request_for(scheme, body)
    raw = Request(b"POST /in?a=1 HTTP/1.1", ((b"Host", b"h.example.com"), *seen.headers), seen.body)
    own = [*keys[1:], signing] if scheme.key.second else [signing]
    return signed_anew(scheme, raw, own, url=URL, now_s=at_s, event_id=None), own


def verdict(scheme_id: str, request: Request, now_s: float) -> Verdict:
    scheme = SCHEMES[scheme_id]
    url = "https://h.example.com" + request.target.decode("latin-1")
    signed = SignedRequest(request.method, url, request.headers, request.body)
    return verify(scheme, signed, keys_for(scheme)[1], now_s=now_s).verdict


@pytest.mark.parametrize("scheme_id", ALL)
def test_an_old_event_of_every_scheme_becomes_a_fresh_one(scheme_id):
    scheme = SCHEMES[scheme_id]
    event, keys = captured(scheme_id)
    later = NOW_S + 90_000
    timed = scheme.timestamp is not None and (
        scheme.timestamp.past_s is not None or scheme.timestamp.claim == "exp"
    )
    assert (verdict(scheme_id, event, later) is Verdict.VALID) is not timed
    assert (too_old_to_resend(event, scheme, later) is not None) is timed
    assert too_old_to_resend(event, scheme, NOW_S + 1) is None
    fresh = signed_anew(scheme, event, keys, url=URL, now_s=later)
    assert verdict(scheme_id, fresh, later + 1) is Verdict.VALID
    assert too_old_to_resend(fresh, scheme, later + 1) is None
    assert event_id_of(fresh) == event_id_of(event)
    assert [name for name, _ in fresh.headers] == [name for name, _ in event.headers]
    if not scheme.signature.field and not (scheme.timestamp and scheme.timestamp.field):
        assert fresh.body == event.body


@pytest.mark.parametrize(
    ("scheme_id", "headers", "body"),
    [
        ("nudj", {"X-Nudj-Delivery-Id": "evt_0a1b2c3d"}, b'{"id": "evt_0a1b2c3d", "n": 1.0}'),
        ("stripe", {}, b'{"id": "evt_1Nq2xX", "type": "a", "object":{"id":"in_1"}}'),
        ("github", {"X-GitHub-Delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958"}, b"{}"),
        ("svix", {"svix-id": "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk"}, b"{}"),
        ("shopify", {"X-Shopify-Webhook-Id": "b1234-eeee", "X-Shopify-Topic": "a/b"}, b'{"id": 820982911}'),
    ],
)  # fmt: skip
def test_a_fresh_event_id_stands_wherever_the_provider_keeps_it(scheme_id, headers, body):
    pairs = tuple((name.encode(), value.encode()) for name, value in headers.items())
    request = Request(b"POST /in HTTP/1.1", ((b"Content-Length", str(len(body)).encode()), *pairs), body)
    scheme = SCHEMES[scheme_id]
    old = event_id_of(request, scheme_id)
    assert old
    new = fresh_id(old, bytes(range(32)))
    fresh = signed_anew(scheme, request, [KEY], url=URL, now_s=NOW_S, event_id=new, dialect=scheme_id)
    assert event_id_of(fresh, scheme_id) == new != old
    everything = b"".join(value for _, value in fresh.headers) + fresh.body
    assert old.encode() not in everything
    assert fresh.body == body.replace(old.encode(), new.encode())
    assert text(fresh.headers, "content-length") == str(len(fresh.body))
    signed = SignedRequest("POST", URL, fresh.headers, fresh.body)
    assert verify(scheme, signed, [KEY], now_s=NOW_S).verdict is Verdict.VALID


@pytest.mark.parametrize(
    ("old", "form"),
    [
        ("evt_0a1b2c3d4e", r"evt_[0-9a-f]{10}"),
        ("72d3162e-cc78-11e3-81ab-4c9367dc0958", r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-.{12}"),
        ("72D3162E-CC78-11E3-81AB-4C9367DC0958", r"[0-9A-F-]{36}"),
        ("820982911", r"\d{9}"),
        ("msg_27UH4WbU6Z5A5EzD8u03UvzRbpk", r"msg_[0-9a-zA-Z]{27}"),
        ("", r"evt_[0-9a-zA-Z]{8}"),
    ],
)  # fmt: skip
def test_a_fresh_id_has_the_form_of_the_old_one(old, form):
    import re

    new = fresh_id(old, bytes(range(32)))
    assert re.fullmatch(form, new)
    assert new != old
    assert fresh_id(old, bytes(range(1, 33))) != new


def test_an_age_is_told_in_words():
    event, _ = captured("stripe")
    warning = str(too_old_to_resend(event, SCHEMES["stripe"], NOW_S + 3 * 86_400))
    assert warning.startswith("The signature is 3 days old and 5 minutes are allowed")
    assert too_old_to_resend(event, SCHEMES["stripe"], NOW_S + 900, tolerance_s=1000) is None
    assert too_old_to_resend(event, SCHEMES["stripe"], NOW_S + 900, tolerance_s=800) is not None
    assert too_old_to_resend(event, None, NOW_S + 1e6) is None


def test_a_time_that_is_missing_or_garbage_is_no_warning():
    bare = Request(b"POST / HTTP/1.1", (), b"\xff")
    for scheme in SCHEMES:
        assert timestamp_s(scheme, bare) is None
        assert too_old_to_resend(bare, scheme, 1e12) is None
    token = Request(b"POST / HTTP/1.1", ((b"plaid-verification", b"a.!!.c"),), b"")
    assert timestamp_s(SCHEMES["plaid"], token) is None


def test_without_a_key_that_can_sign_it_says_so():
    event, _ = captured("github")
    with pytest.raises(Unsignable, match="no secret"):
        signed_anew(SCHEMES["github"], event, [], url=URL, now_s=NOW_S)
    public = keys_for(SCHEMES["discord"])[1]
    event, keys = captured("discord")
    with pytest.raises(Unsignable, match="private key"):
        signed_anew(SCHEMES["discord"], event, public, url=URL, now_s=NOW_S)
    assert signed_anew(SCHEMES["discord"], event, [*public, *keys], url=URL, now_s=NOW_S) == event


def test_a_second_signature_of_the_same_secret_is_found():
    body = b'{"zen":1}'
    event, _ = captured("github", body)
    both = signed_anew(SCHEMES["github-sha1"], event, [KEY], url=URL, now_s=NOW_S)
    seen = SignedRequest("POST", URL, both.headers, both.body)
    found = companions(SCHEMES["github"], SCHEMES, seen, [KEY])
    assert [scheme.signature.header for scheme in found] == ["x-hub-signature"]
    stranger = replace(seen, body=b"another")
    assert companions(SCHEMES["github"], SCHEMES, stranger, [KEY]) == ()
    assert (
        companions(SCHEMES["github"], SCHEMES, SignedRequest("POST", URL, event.headers, body), [KEY]) == ()
    )


# Behind a real handler, with the official libraries


class _Handler(BaseHTTPRequestHandler):
    check: Callable[[dict[str, str], bytes, str], object]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            good = type(self).check({key.lower(): value for key, value in self.headers.items()}, body,
                                    f"http://{self.headers['Host']}{self.path}")  # fmt: skip
        except Exception:  # noqa: BLE001 - the libraries raise errors of their own kinds
            good = False
        self.send_response(200 if good is not False else 401)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        """Silent."""


@pytest.fixture
def handler() -> Iterator[tuple[type[_Handler], str]]:
    """A handler class whose `check` a test sets, and its address."""
    own = type("Own", (_Handler,), {})
    server = HTTPServer(("127.0.0.1", 0), own)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield own, f"127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def post(address: str, request: Request) -> int:
    connection = http.client.HTTPConnection(address, timeout=60)
    headers = {name.decode(): value.decode("latin-1") for name, value in request.headers}
    connection.request("POST", request.target.decode(), request.body, headers)
    status = connection.getresponse().status
    connection.close()
    return status


def _stripe(headers: dict[str, str], body: bytes, url: str) -> object:
    return stripe.Webhook.construct_event(body, headers["stripe-signature"], SECRET.decode())


def _standard(headers: dict[str, str], body: bytes, url: str) -> object:
    return standardwebhooks.Webhook(SECRET.decode()).verify(body, headers)


def _svix(headers: dict[str, str], body: bytes, url: str) -> object:
    svix.Webhook(SECRET.decode()).verify(body, headers)
    return True


def _slack(headers: dict[str, str], body: bytes, url: str) -> object:
    return SignatureVerifier(SECRET.decode()).is_valid_request(body, headers)


def _twilio(headers: dict[str, str], body: bytes, url: str) -> object:
    fields = dict(parse_qsl(body.decode(), keep_blank_values=True))
    return RequestValidator(SECRET.decode()).validate(url, fields, headers["x-twilio-signature"])


@pytest.mark.parametrize(
    ("scheme_id", "check", "body"),
    [
        ("stripe", _stripe, json.dumps({"id": "evt_1", "object": "event", "a": "\u20ac"}).encode()),
        ("standard-webhooks", _standard, b'{"id":"evt_1", "n": 1.0}'),
        ("svix", _svix, b'{"id":"evt_1", "n": 1.0}'),
        ("slack", _slack, b'{"event_id":"Ev1","token":"x"}'),
        ("twilio", _twilio, b"Body=a%2Bb&From=%2B49"),
    ],
    ids=["stripe", "standard-webhooks", "svix", "slack", "twilio"],
)
def test_official_libraries_take_what_was_signed_anew(handler, scheme_id, check, body):
    own, address = handler
    own.check = staticmethod(check)
    scheme = SCHEMES[scheme_id]
    kind = b"application/x-www-form-urlencoded" if scheme_id == "twilio" else b"application/json"
    old_headers = ((b"Host", address.encode()), (b"Content-Type", kind))
    old = Request(b"POST /hook?x=1 HTTP/1.1", old_headers, body)
    old = signed_anew(scheme, old, [KEY], url="https://elsewhere.example/hook?x=1", now_s=NOW_S - 1e8)
    assert post(address, old) == 401
    fresh = signed_anew(scheme, old, [KEY], url=f"http://{address}/hook?x=1", now_s=time.time())
    assert post(address, fresh) == 200
    spoiled = replace(fresh, body=fresh.body.replace(b"1", b"2").replace(b"%2B49", b"%2B50"))
    assert post(address, spoiled) == 401
    assert values(fresh.headers, "host") == [address.encode()]
