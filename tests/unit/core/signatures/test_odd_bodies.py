"""Bodies that strict parsers refuse, and hashes of bodies that stand elsewhere."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest

from inspector.core.event import Verdict
from inspector.core.signatures.outcome import SignedRequest
from tests.unit.core.signatures.material import NOW_S, request
from tests.unit.core.signatures.test_rules import KEY, hexed, judged


@pytest.mark.parametrize("odd", [b'"\\ud800"', b"1e999", b'"\xff"'], ids=["surrogate", "huge", "not-utf-8"])
def test_a_timestamp_in_a_body_is_read_as_leniently_as_javascript_reads_it(odd):
    body = b'{"odd":%s,"webhookTimestamp":%d}' % (odd, NOW_S * 1000)
    seen = request(body, (b"Linear-Signature", hexed(body)))
    assert judged("linear", seen).verdict is Verdict.VALID
    assert judged("linear", seen, now_s=NOW_S + 61).trouble == "too-old"


def test_twilio_compares_a_hash_of_the_body_in_the_url_also_without_the_scheme_for_it():
    body = b'{"a":1}'
    url = f"https://shop.example/sms?bodySHA256={hashlib.sha256(body).hexdigest()}"
    digest = base64.b64encode(hmac.new(KEY.material, url.encode(), "sha1").digest())
    pairs = ((b"Content-Type", b"application/json"), (b"X-Twilio-Signature", digest))
    assert judged("twilio", SignedRequest("POST", url, pairs, body)).verdict is Verdict.VALID
    assert judged("twilio", SignedRequest("POST", url, pairs, b'{"a":2}')).trouble == "mismatch"


def test_a_token_is_a_secret_in_itself_and_is_not_repeated_in_the_steps():
    for token, verdict in ((b"secret", Verdict.VALID), (b"secreT", Verdict.INVALID)):
        outcome = judged("gitlab-token", request(b"{}", (b"X-Gitlab-Token", token)))
        assert outcome.verdict is verdict
        assert token.decode() not in repr(outcome.steps) + outcome.expected + "".join(outcome.received)
