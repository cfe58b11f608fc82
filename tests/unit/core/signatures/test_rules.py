"""The rules that vectors do not show: headers, keys, times, and what the steps say."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime
from zlib import crc32

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from inspector.core.event import Verdict
from inspector.core.signatures.bundled import bundled
from inspector.core.signatures.explain import first_difference, visible
from inspector.core.signatures.outcome import Key, SignedRequest
from inspector.core.signatures.reading import unicode_escaped
from inspector.core.signatures.sign import sign, with_header
from inspector.core.signatures.times import seconds
from inspector.core.signatures.urls import url_path, url_variants
from inspector.core.signatures.verify import message_recipe, verify
from tests.unit.core.signatures.material import NOW_S, SECRET, SPECIAL_BODIES, keys_for, private_of, request

KEY = Key("current", b"secret")
OLD = Key("previous", b"older")


def judged(name: str, seen: SignedRequest, *keys: Key, now_s: float = NOW_S, **options):
    return verify(bundled()[name], seen, keys or [KEY], now_s=now_s, **options)


def signed(
    name: str, body: bytes = b'{"a":1}', key: Key = KEY, now_s: float = NOW_S, **options
) -> SignedRequest:
    return sign(bundled()[name], request(body, **options), key, now_s=now_s)


def hexed(body: bytes) -> bytes:
    return hmac.new(KEY.material, body, hashlib.sha256).hexdigest().encode()


def test_repeated_headers_are_joined_unless_any_may_match():
    good, bad = b"sha256=" + hexed(b"{}"), b"sha256=" + b"0" * 64
    pairs = [(b"X-Hub-Signature-256", good), (b"X-Hub-Signature-256", bad)]
    assert judged("github", request(b"{}", *pairs)).verdict is Verdict.INVALID
    pairs = [(b"X-Mollie-Signature", bad), (b"x-mollie-signature", hexed(b"{}"))]
    assert judged("mollie", request(b"{}", *pairs)).verdict is Verdict.VALID
    fresh = signed("stripe")
    header = dict(fresh.headers)[b"Stripe-Signature"]
    stamp, _, signature = header.partition(b",")
    halves = ((b"Stripe-Signature", stamp + b",v1=" + b"0" * 64), (b"Stripe-Signature", signature))
    assert judged("stripe", replace(fresh, headers=halves)).trouble == "mismatch"
    halves = ((b"Workos-Signature", b"t=1, v1=aa"), (b"Workos-Signature", b"v1=bb"))
    assert judged("workos", request(b"{}", *halves), ignore_time=True).received == ("aa", "bb")


def test_hex_in_upper_case_is_right_and_said_so():
    upper = (b"X-Hub-Signature-256", b"sha256=" + hexed(b"{}").upper())
    outcome = judged("github", request(b"{}", upper))
    assert outcome.verdict is Verdict.VALID
    assert "upper case" in outcome.remarks[0]
    notion = (b"X-Notion-Signature", b"sha256=" + hexed(b"{}").upper())
    assert judged("notion", request(b"{}", notion)).remarks == ()


def test_a_signature_that_is_cut_off_or_without_its_prefix_is_malformed():
    for value in (b"sha256=" + hexed(b"{}")[:-2], hexed(b"{}"), b"sha256=", b"garbage", b""):
        outcome = judged("github", request(b"{}", (b"X-Hub-Signature-256", value)))
        assert (outcome.verdict, outcome.trouble) == (Verdict.INVALID, "header-malformed"), value


def test_without_a_key_nothing_is_said():
    assert verify(bundled()["github"], signed("github"), [], now_s=0).verdict is Verdict.UNCHECKED


@pytest.mark.parametrize(
    ("name", "offset_s", "trouble"),
    [
        ("stripe", 300, ""),
        ("stripe", 301, "too-old"),
        ("stripe", -100_000, ""),
        ("slack", 301, "too-old"),
        ("slack", -300, ""),
        ("slack", -301, "too-new"),
        ("paddle", 6, "too-old"),
        ("linear", 61, "too-old"),
        ("hubspot-v3", 300, ""),
        ("hubspot-v3", 301, "too-old"),
        ("box", 601, "too-old"),
        ("box", -1, "too-new"),
        ("twitch", 601, "too-old"),
        ("zendesk", 10**8, ""),
        ("sanity", 10**8, ""),
        ("mailgun", 901, "too-old"),
        ("elevenlabs", 1801, "too-old"),
        ("contentful", 31, "too-old"),
    ],
)
def test_how_old_and_how_new(name, offset_s, trouble):
    fresh = signed(name)
    outcome = judged(name, fresh, now_s=NOW_S + offset_s)
    assert outcome.trouble == trouble
    assert outcome.key == "current"
    assert outcome.age_s == pytest.approx(offset_s)
    assert judged(name, fresh, now_s=NOW_S + offset_s, ignore_time=True).verdict is Verdict.VALID


def test_a_tolerance_of_ones_own():
    fresh = signed("slack")
    assert judged("slack", fresh, now_s=NOW_S + 3000, tolerance_s=3600).verdict is Verdict.VALID
    assert judged("slack", fresh, now_s=NOW_S + 11, tolerance_s=10).trouble == "too-old"
    assert judged("stripe", signed("stripe"), now_s=NOW_S - 11, tolerance_s=10).verdict is Verdict.VALID


def test_a_timestamp_that_is_missing_or_unreadable():
    fresh = signed("slack")
    without = tuple(pair for pair in fresh.headers if pair[0] != b"X-Slack-Request-Timestamp")
    assert judged("slack", replace(fresh, headers=without)).trouble == "timestamp-missing"
    odd = request(b"{}", (b"X-Slack-Request-Timestamp", b"noon"), (b"X-Slack-Signature", b""))
    digest = hmac.new(KEY.material, b"v0:noon:{}", hashlib.sha256).hexdigest().encode()
    odd = replace(odd, headers=with_header(odd.headers, "x-slack-signature", "v0=" + digest.decode()))
    assert judged("slack", odd).trouble == "timestamp-malformed"


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        (b"1795446000", "s", 1795446000.0),
        (b"1795446000123", "ms", 1795446000.123),
        (b"2026-11-23T15:00:00.123456789Z", "iso8601", 1795446000.123456789),
        (b"2026-11-23T15:00:00Z", "iso8601", 1795446000.0),
        (b"2026-11-23T07:00:00-08:00", "iso8601", 1795446000.0),
        (b"2026-11-23T16:00:00+0100", "iso8601", 1795446000.0),
        (b"2026-11-23T15:00:00", "iso8601", 1795446000.0),
        (b"2026-11-31T15:00:00Z", "iso8601", None),
        (b"1795446000", "iso8601", None),
        (b"12e9", "s", None),
        (b"", "s", None),
        (b"\xd9\xa1", "s", None),
    ],
)
def test_units_of_time(text, unit, expected):
    assert seconds(text, unit) == expected


def test_secrets_in_their_forms():
    plain, whole = Key("k", SECRET[6:]), Key("k", SECRET)
    fresh = signed("standard-webhooks", key=whole)
    assert judged("standard-webhooks", fresh, plain).verdict is Verdict.VALID
    assert judged("liveblocks", fresh, plain).trouble == "key-malformed"
    assert judged("openai", fresh, plain).trouble == "mismatch"
    assert judged("openai", fresh, whole).verdict is Verdict.VALID
    assert judged("polar", fresh, whole).trouble == "mismatch"
    assert judged("standard-webhooks", fresh, Key("k", b"whsec_abc")).trouble == "key-malformed"
    assert judged(
        "adyen-platform", signed("adyen-platform", key=Key("k", b"abcd")), Key("k", b"xyz")
    ).trouble == ("key-malformed")


def test_nudj_takes_the_secret_as_text_first_and_then_decoded():
    whole = Key("k", SECRET)
    assert judged("nudj", signed("nudj", key=whole), whole).verdict is Verdict.VALID
    decoded = Key("d", bytes.fromhex("31f2903faf1f18aa9b4d38d4383f082cf6482362da2da4b0"))
    assert (
        judged("nudj", signed("nudj", key=decoded), Key("k", b"whsec_MfKQP68fGKqbTTjUOD8ILPZII2LaLaSw")).key
        == "k"
    )


def test_box_escaped_body_and_secondary_key():
    raw = '{"name":"Zoë 😀"}'.encode()
    escaped = signed("box", unicode_escaped(raw))
    assert judged("box", replace(escaped, body=raw)).verdict is Verdict.VALID
    primary = dict(escaped.headers)[b"Box-Signature-Primary"]
    both = with_header(with_header(escaped.headers, "box-signature-secondary", primary.decode()),
                       "box-signature-primary", "A" * 43 + "=")  # fmt: skip
    assert judged("box", replace(escaped, body=raw, headers=both), OLD, KEY).key == "current"
    other = with_header(escaped.headers, "box-signature-version", "2")
    assert judged("box", replace(escaped, body=raw, headers=other)).trouble == "header-malformed"


def test_escaping_of_unicode():
    assert unicode_escaped("a/\x7fü€😀".encode()) == rb"a/\u007f\u00fc\u20ac\ud83d\ude00"
    assert unicode_escaped(b"\xff") == b"\xff"


def test_docusign_takes_any_of_the_numbered_headers():
    good = dict(signed("docusign").headers)[b"X-Docusign-Signature-1"]
    pairs = ((b"X-DocuSign-Signature-1", b"A" * 43 + b"="), (b"X-DocuSign-Signature-12", good))
    assert judged("docusign", request(b'{"a":1}', *pairs)).verdict is Verdict.VALID


def test_coinbase_signs_the_headers_that_it_lists():
    headers = (
        (b"X-Event-Id", b"e1"),
        (b"X-Event-Type", b"paid"),
        (b"X-Hook0-Signature", b"t=1,h=x-event-id x-event-type,v1=00"),
    )
    fresh = sign(bundled()["coinbase-cdp-v1"], request(b"{}", *headers), KEY, now_s=NOW_S)
    outcome = judged("coinbase-cdp-v1", fresh)
    assert outcome.verdict is Verdict.VALID
    assert outcome.message == f"{NOW_S}.x-event-id x-event-type.e1.paid.{{}}".encode()
    assert judged(
        "coinbase-cdp-v1", replace(fresh, headers=with_header(fresh.headers, "x-event-id", "e2"))
    ).trouble


def test_the_url_is_needed_where_it_is_signed():
    assert judged("square", replace(signed("square"), url="")).trouble == "url-missing"


def test_hubspot_decodes_some_escapes_of_the_url():
    fresh = signed("hubspot-v3", url="https://h.example/x?to=a%40b:c d")
    fresh = replace(fresh, headers=signed("hubspot-v3", url="https://h.example/x?to=a@b:c").headers)
    assert (
        judged("hubspot-v3", replace(fresh, url="https://h.example/x?to=a%40b%3ac")).verdict is Verdict.VALID
    )


def test_contentful_writes_the_path_encoded_once_more():
    assert url_path(b"https://h/a%20b/c;d") == b"/a%2520b/c;d"
    assert url_path(b"https://h/x?a=1&b=2#f") == b"/x?a%253D1%2526b%253D2"
    assert url_path(b"https://h") == b"/"


def test_twilio_twice_the_same_field_and_a_port():
    url = "https://h.example/x"
    body = b"b=2&a=1&b=2&empty="
    form = (b"Content-Type", b"application/x-www-form-urlencoded")
    fresh = sign(bundled()["twilio"], request(body, form, url="https://h.example:443/x"), KEY, now_s=0)
    outcome = judged("twilio", replace(fresh, url=url))
    assert outcome.verdict is Verdict.VALID
    assert outcome.message == b"https://h.example:443/xa1b2empty"


def test_jwt_says_which_claim_is_wrong():
    fresh = signed("messagebird")
    assert "payload_hash" in judged("messagebird", replace(fresh, body=b"x")).steps[-2].detail
    assert "URL" in judged("messagebird", replace(fresh, url="https://h.example/other")).steps[-2].detail
    assert judged("messagebird", replace(fresh, body=b"")).verdict is Verdict.INVALID
    assert judged("messagebird", signed("messagebird", b"")).verdict is Verdict.VALID
    none = b"eyJhbGciOiJub25lIn0.e30."
    assert judged("netlify", request(b"", (b"X-Webhook-Signature", none))).trouble == "header-malformed"


def test_sns_version_chooses_the_hash():
    scheme = bundled()["aws-sns"]
    key, keys = keys_for(scheme)
    for version in (b"1", b"2"):
        body = (
            b'{"Type":"SubscriptionConfirmation","MessageId":"1","Token":"t","TopicArn":"a","Message":"m",'
            b'"SubscribeURL":"https://sns.example/","Timestamp":"now","SignatureVersion":"' + version + b'"}'
        )
        fresh = sign(scheme, request(body), key, now_s=NOW_S)
        outcome = verify(scheme, fresh, keys, now_s=NOW_S)
        assert outcome.verdict is Verdict.VALID
        assert outcome.message == (
            b"Message\nm\nMessageId\n1\nSubscribeURL\nhttps://sns.example/\nTimestamp\nnow\nToken\nt\n"
            b"TopicArn\na\nType\nSubscriptionConfirmation\n"
        )
        swapped = fresh.body.replace(
            b'Version":"' + version, b'Version":"' + (b"1" if version == b"2" else b"2")
        )
        assert verify(scheme, replace(fresh, body=swapped), keys, now_s=NOW_S).trouble == "mismatch"


def test_the_steps_say_what_differs():
    fresh = signed("stripe")
    outcome = judged("stripe", replace(fresh, body=b"{}"), OLD, KEY)
    assert [step.title for step in outcome.steps] == [
        "Signature found", "Signature read", "Secret", "Message built", "Signature compared", "Timestamp",
    ]  # fmt: skip
    assert [step.passed for step in outcome.steps] == [True, True, None, True, False, None]
    assert outcome.message == f"{NOW_S}.{{}}".encode()
    assert outcome.expected in outcome.steps[4].detail
    assert first_difference("abcd", "abxd") == 2
    assert first_difference("ab", "abc") == 2


def test_no_secret_is_in_the_outcome():
    for name in ("stripe", "github", "telegram", "netlify"):
        seen = with_header(signed(name).headers, "x-telegram-bot-api-secret-token", "other")
        outcome = judged(name, replace(signed(name), headers=seen, body=b"x"))
        shown = repr(replace(outcome, message=None))
        assert "secret'" not in shown.replace("secret-token'", ""), name
        assert outcome.expected != "secret"


def test_what_cannot_be_seen_is_made_visible():
    assert visible(b"a\r\n\tb\x00\xff\xef\xbb\xbf") == "a␍␊\n␉b\\x00\\xff\\ufeff"
    assert visible("\u202e\u2028ü".encode()) == "\\u202e\\u2028ü"


def test_another_recipe_as_bytes():
    scheme, fresh = bundled()["stripe"], signed("stripe")
    shorter = scheme.message.without("timestamp")
    assert shorter is not None
    assert message_recipe(scheme, fresh, shorter) == b'{"a":1}'
    assert bundled()["github"].message.without("timestamp") is None


def certificate(private) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sender.example")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(7)
    builder = builder.public_key(private.public_key())
    builder = builder.not_valid_before(datetime(2026, 1, 1, tzinfo=UTC)).not_valid_after(
        datetime(2027, 1, 1, tzinfo=UTC)
    )
    return builder.sign(private, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def test_certificates_of_paypal_and_sns():
    paypal, private = bundled()["paypal"], private_of("rsa-sha256")
    key, _ = keys_for(paypal)
    cert, webhook_id = Key("cert", certificate(private)), Key("id", b"WH-1")
    fresh = sign(paypal, request("{ü}".encode()), key, now_s=NOW_S, second=webhook_id)
    outcome = verify(paypal, fresh, [webhook_id, cert], now_s=NOW_S)
    assert (outcome.verdict, outcome.key) == (Verdict.VALID, "cert")
    assert (outcome.message or b"").endswith(b"|WH-1|" + str(crc32("{ü}".encode())).encode())
    assert verify(paypal, fresh, [cert, Key("id", b"WH-2")], now_s=NOW_S).trouble == "mismatch"
    assert verify(paypal, fresh, [cert], now_s=NOW_S).trouble == "key-malformed"
    assert verify(paypal, fresh, [webhook_id], now_s=NOW_S).trouble == "key-malformed"
    sns = bundled()["aws-sns"]
    fresh = sign(sns, request(SPECIAL_BODIES["aws-sns"]), key, now_s=NOW_S)
    assert verify(sns, fresh, [cert], now_s=NOW_S).verdict is Verdict.VALID


def test_public_keys_in_every_form():
    private = private_of("ed25519")
    raw = private.public_key().public_bytes_raw()
    pem = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    jwk = b'{"kty":"OKP","crv":"Ed25519","x":"' + base64.urlsafe_b64encode(raw).rstrip(b"=") + b'"}'
    plain = base64.b64encode(raw)
    forms = {
        "discord": [raw.hex().encode(), raw.hex().upper().encode() + b"\n", pem, jwk],
        "telnyx": [plain, pem, jwk],
        "standard-webhooks-ed25519": [b"whpk_" + plain, plain, pem],
    }
    for name, materials in forms.items():
        seed = Key("k", b"whsk_" + base64.b64encode(b"\x07" * 32))
        fresh = sign(bundled()[name], request(b"{}"), seed, now_s=NOW_S)
        for material in materials:
            assert judged(name, fresh, Key("k", material)).verdict is Verdict.VALID, (name, material)
        for material in (raw.hex()[:-2].encode(), b"", b"{", b"-----BEGIN PUBLIC KEY-----", b"\xff" * 40):
            assert judged(name, fresh, Key("k", material)).trouble == "key-malformed", (name, material)
    private = private_of("ecdsa-sha256")
    fresh = sign(bundled()["sendgrid"], request(b"{}\r\n"), keys_for(bundled()["sendgrid"])[0], now_s=NOW_S)
    der = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    assert judged("sendgrid", fresh, Key("k", base64.b64encode(der))).verdict is Verdict.VALID
    assert judged("sendgrid", fresh, Key("k", jwk)).trouble == "mismatch"


def jwt_of(claims: dict[str, object]) -> bytes:
    """A token with the test's secret, whatever the claims are."""
    parts = [json.dumps(part).encode() for part in ({"alg": "HS256"}, claims)]
    message = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    return (
        message + b"." + base64.urlsafe_b64encode(hmac.digest(KEY.material, message, "sha256")).rstrip(b"=")
    )


def test_tokens_that_are_not_ascii_and_tokens_without_time():
    key = Key("k", "geheimes Wörtchen".encode())
    assert judged("gitlab-token", signed("gitlab-token", key=key), key).verdict is Verdict.VALID
    timeless = jwt.encode(
        {"request_body_sha256": hashlib.sha256(b"{}").hexdigest()}, private_of("jwt-es256"), "ES256"
    )
    seen = request(b"{}", (b"Plaid-Verification", timeless.encode()))
    assert (
        verify(bundled()["plaid"], seen, keys_for(bundled()["plaid"])[1], now_s=NOW_S).trouble
        == "timestamp-missing"
    )
    for odd in ("soon", None, [], True):
        claims = {
            "iss": "MessageBird",
            "url_hash": hashlib.sha256(b"https://h.example.com/in?a=1").hexdigest(),
        }
        token = jwt_of({**claims, "exp": odd})
        outcome = judged("messagebird", request(b"", (b"MessageBird-Signature-JWT", token)))
        assert outcome.trouble in ("timestamp-missing", "timestamp-malformed"), odd
    early = signed("messagebird", now_s=NOW_S + 5)
    assert judged("messagebird", early).trouble == "too-new"


def test_a_port_is_put_in_and_taken_out_of_the_host_alone():
    assert url_variants("port", "http://h/h?h") == [b"http://h/h?h", b"http://h:80/h?h"]
    assert url_variants("port", "https://h:8443/h:8443") == [b"https://h:8443/h:8443", b"https://h/h:8443"]
    assert url_variants("port", "https://[::1]/x")[1] == b"https://[::1]:443/x"
    assert url_variants("port", "https://h:port/x") == [b"https://h:port/x"]
