"""Both ways against the official libraries: they verify what we sign, and we verify what they sign."""

from __future__ import annotations

import hashlib
import json
import time
from datetime import UTC, datetime

import jwt
import pytest
import standardwebhooks
import stripe
import svix
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.signature import SignatureVerifier
from twilio.request_validator import RequestValidator

from inspector.core.event import Verdict
from inspector.core.headers import text
from inspector.core.signatures.bundled import bundled
from inspector.core.signatures.outcome import Key, SignedRequest
from inspector.core.signatures.sign import sign
from inspector.core.signatures.verify import verify
from tests.unit.core.signatures.material import FORM, JSON, SECRET, private_of, request

KEY = Key("k", SECRET)
BODIES = st.text(st.characters(codec="utf-8"), max_size=120)
EXAMPLES = settings(max_examples=30, deadline=None)


def holds(name: str, seen: SignedRequest, key: Key = KEY, now_s: float | None = None) -> bool:
    """Whether we say that it is valid."""
    return verify(bundled()[name], seen, [key], now_s=now_s or time.time()).verdict is Verdict.VALID


def headers_of(seen: SignedRequest) -> dict[str, str]:
    return {name.decode().lower(): value.decode("latin-1") for name, value in seen.headers}


@EXAMPLES
@given(BODIES)
def test_stripe(body):
    fresh = sign(bundled()["stripe"], request(body.encode()), KEY, now_s=time.time())
    header = text(fresh.headers, "stripe-signature")
    assert stripe.WebhookSignature.verify_header(body, header, SECRET.decode(), 300)
    stamp = int(time.time())
    theirs = stripe.WebhookSignature._compute_signature(f"{stamp}.{body}", SECRET.decode())
    assert holds(
        "stripe", request(body.encode(), (b"Stripe-Signature", f"t={stamp},v0=x,v1={theirs}".encode()))
    )


@EXAMPLES
@given(BODIES, st.text("abcdefgh_0123456789", min_size=1, max_size=20))
def test_standard_webhooks(body, message_id):
    library = standardwebhooks.Webhook(SECRET.decode())
    scheme = bundled()["standard-webhooks"]
    library_body = json.dumps(body)
    fresh = sign(scheme, request(library_body.encode()), KEY, now_s=time.time(), event_id=message_id)
    assert library.verify(library_body, headers_of(fresh)) == body
    moment = datetime.now(UTC)
    theirs = library.sign(message_id, moment, body)
    headers = {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": theirs,
    }
    raw = tuple((name.encode(), value.encode()) for name, value in headers.items())
    assert holds("standard-webhooks", request(body.encode(), *raw))
    assert holds("gitlab-signing", request(body.encode(), *raw))


@EXAMPLES
@given(BODIES)
def test_svix(body):
    library = svix.Webhook(SECRET.decode())
    document = json.dumps({"text": body})
    fresh = sign(bundled()["svix"], request(document.encode()), KEY, now_s=time.time(), event_id="msg_1")
    library.verify(document, headers_of(fresh))  # raises where it does not hold
    moment = datetime.now(UTC)
    raw = (
        (b"svix-id", b"msg_2"),
        (b"svix-timestamp", str(int(moment.timestamp())).encode()),
        (b"svix-signature", library.sign("msg_2", moment, body).encode()),
    )
    assert holds("svix", request(body.encode(), *raw))


@EXAMPLES
@given(BODIES)
def test_slack(body):
    library = SignatureVerifier(SECRET.decode())
    fresh = sign(bundled()["slack"], request(body.encode()), KEY, now_s=time.time())
    assert library.is_valid_request(body, headers_of(fresh))
    stamp = str(int(time.time()))
    theirs = library.generate_signature(timestamp=stamp, body=body)
    raw = ((b"X-Slack-Request-Timestamp", stamp.encode()), (b"X-Slack-Signature", theirs.encode()))
    assert holds("slack", request(body.encode(), *raw))


NAMES = st.text("abcXYZ+ %&=ü€", min_size=1, max_size=6)
URLS = [
    "https://shop.example/sms",
    "https://shop.example:8443/sms?a=1&b=%20",
    "http://shop.example:80/x",
    "http://h/",
]


@EXAMPLES
@given(
    st.dictionaries(NAMES, st.lists(NAMES | st.just(""), min_size=1, max_size=3), max_size=4),
    st.sampled_from(URLS),
)
def test_twilio(fields, url):
    from urllib.parse import urlencode

    class Fields(dict):
        """As Django gives them."""

        def getlist(self, name):
            return self[name]

    library = RequestValidator(SECRET.decode())
    body = urlencode([(name, value) for name, values in fields.items() for value in values]).encode()
    for name, algorithm in (("twilio", "HMAC_SHA1"), ("twilio-sha256", "HMAC_SHA256")):
        fresh = sign(bundled()[name], request(body, FORM, url=url), KEY, now_s=0)
        assert library.validate(url, Fields(fields), text(fresh.headers, "x-twilio-signature"), algorithm)
        theirs = library.compute_signature(url, Fields(fields), algorithm)
        assert holds(name, request(body, FORM, (b"X-Twilio-Signature", theirs.encode()), url=url))


@EXAMPLES
@given(BODIES)
def test_twilio_json(body):
    library = RequestValidator(SECRET.decode())
    fresh = sign(
        bundled()["twilio-json"], request(body.encode(), JSON, url="https://h.example/x?b=2"), KEY, now_s=0
    )
    assert library.validate(fresh.url, body, text(fresh.headers, "x-twilio-signature"))
    url = f"https://h.example/x?bodySHA256={library.compute_hash(body)}"
    theirs = library.compute_signature(url, {}).encode()
    assert holds("twilio-json", request(body.encode(), JSON, (b"X-Twilio-Signature", theirs), url=url))
    assert not holds(
        "twilio-json", request(body.encode() + b"x", JSON, (b"X-Twilio-Signature", theirs), url=url)
    )


@EXAMPLES
@given(BODIES.filter(bool))
def test_tokens(body):
    raw = body.encode()
    digest = hashlib.sha256(raw).hexdigest()
    secret = "a secret that is long enough for HS512, sixty-four bytes at least, as RFC 7518 asks"
    key = Key("k", secret.encode())
    ours = sign(bundled()["netlify"], request(raw), key, now_s=time.time())
    claims = jwt.decode(text(ours.headers, "x-webhook-signature"), secret, ["HS256"], issuer="netlify")
    assert claims["sha256"] == digest
    theirs = jwt.encode({"iss": "netlify", "sha256": digest}, secret, "HS256")
    assert holds("netlify", request(raw, (b"X-Webhook-Signature", theirs.encode())), key)
    url = "https://h.example/in?x=1"
    claims = {
        "iss": "MessageBird",
        "url_hash": hashlib.sha256(url.encode()).hexdigest(),
        "payload_hash": digest,
        "exp": int(time.time()) + 60,
        "nbf": int(time.time()),
    }
    for algorithm in ("HS256", "HS384", "HS512"):
        theirs = jwt.encode(claims, secret, algorithm)
        assert holds(
            "messagebird", request(raw, (b"MessageBird-Signature-JWT", theirs.encode()), url=url), key
        )
    late = time.time() + 70
    assert not holds(
        "messagebird", request(raw, (b"MessageBird-Signature-JWT", theirs.encode()), url=url), key, late
    )


@pytest.mark.parametrize("curve", ["P-256"])
def test_plaid(curve):
    private = private_of("jwt-es256")
    assert private is not None
    public = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(private.public_key()))
    assert public["crv"] == curve
    claims = {"iat": int(time.time()), "request_body_sha256": hashlib.sha256(b"{}").hexdigest()}
    theirs = jwt.encode(claims, private, "ES256", headers={"kid": "one"})
    seen = request(b"{}", (b"Plaid-Verification", theirs.encode()))
    for document in (public, {"key": public}, {"keys": [{**public, "kid": "one"}]}):
        assert holds("plaid", seen, Key("k", json.dumps(document).encode()))
    strange = {"keys": [{**public, "kid": "two"}]}
    outcome = verify(bundled()["plaid"], seen, [Key("k", json.dumps(strange).encode())], now_s=time.time())
    assert outcome.trouble == "key-malformed"
    assert not holds("plaid", seen, Key("k", json.dumps(public).encode()), time.time() + 301)
    private_jwk = jwt.algorithms.ECAlgorithm.to_jwk(private)
    ours = sign(bundled()["plaid"], request(b"{}"), Key("k", private_jwk.encode()), now_s=time.time())
    decoded = jwt.decode(text(ours.headers, "plaid-verification"), private.public_key(), ["ES256"])
    assert decoded["request_body_sha256"] == claims["request_body_sha256"]
