"""Secrets leave, everything else stays, and what was signed still verifies."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.core.event import Checked, Event, Verdict
from inspector.core.redaction import Redaction, secret_for_tests, sign_for_tests
from inspector.core.signatures.bundled import bundled
from inspector.core.signatures.outcome import Key, SignedRequest
from inspector.core.signatures.verify import verify
from tests.unit.core.exporters.building import AT_NS, JSON, event

NOW_S = AT_NS / 1e9


def redacted(given_event: Event) -> Event:
    return Redaction(bundled()).event(given_event)


def test_headers_keep_their_names_words_and_lengths():
    headers = (
        (b"Authorization", b"Bearer s3cr3t-s3cr3t"),
        (b"Cookie", b"session=abcdefghijklmnop; theme=abcdefghijklmnop"),
        (b"X-Api-Key", b"k"),
        (b"X-Request-Id", b"abcdefghijklmnop"),
    )
    assert redacted(event(headers=headers)).request.headers == (
        (b"Authorization", b"Bearer redacted-1xxx"),
        (b"Cookie", b"session=redacted-2xxxxxx; theme=redacted-2xxxxxx"),
        (b"X-Api-Key", b"redacted-3"),
        (b"X-Request-Id", b"abcdefghijklmnop"),
    )


def test_the_same_value_gets_the_same_stand_in_everywhere():
    redaction = Redaction(bundled())
    one = redaction.event(event(b'{"token": "abcdefghijklmnop"}'))
    two = redaction.event(event(b"{}", line=b"POST /x?access_token=abcdefghijklmnop&a=1 HTTP/1.1"))
    assert one.request.body == b'{"token": "redacted-1xxxxxx"}'
    assert two.request.line == b"POST /x?access_token=redacted-1xxxxxx&a=1 HTTP/1.1"
    assert two.row.target == "/x?access_token=redacted-1xxxxxx&a=1"
    assert (redaction.counts.values, redaction.counts.events) == (2, 2)


def test_a_body_that_grows_gets_its_true_length():
    found = redacted(event(b'{"pass\\u0077ord":"a"}', headers=(*JSON, (b"Content-Length", b"22"))))
    assert found.request.body == b'{"pass\\u0077ord":"redacted-1"}'
    assert (b"Content-Length", b"30") in found.request.headers
    assert found.row.size_bytes == len(found.request.body) == 30
    assert found.request.raw_head.endswith(b"Content-Length: 30\r\n\r\n")


def test_forms_and_what_only_looks_like_a_name():
    form = ((b"Content-Type", b"application/x-www-form-urlencoded"),)
    assert redacted(event(b"token=abc&text=hi+there", headers=form)).request.body == (
        b"token=redacted-1&text=hi+there"
    )
    plain = event(
        b'["token","abc",{"a":"\\"token\\":\\"abc\\"","token_type":"x","token":{"b":"c"},"secret":""}]'
    )
    assert redacted(plain) is plain


@settings(max_examples=80, deadline=None)
@given(
    st.recursive(
        st.text(max_size=6) | st.integers() | st.none(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["token", "a", 'x"secret', "b\\"]), inner, max_size=3)
        ),
        max_leaves=12,
    )
)
def test_the_shape_of_a_body_stays(value):
    def shape(part, name=""):
        if isinstance(part, dict):
            return {key: shape(inner, key) for key, inner in part.items()}
        if isinstance(part, list):
            return [shape(inner) for inner in part]
        hidden = name.endswith(("token", "secret")) and isinstance(part, str) and part
        return "hidden" if hidden else part

    body = json.dumps([value]).encode()
    after = json.loads(redacted(event(body)).request.body)
    assert shape(after) == shape([value])
    assert all(ord(each) < 128 for each in json.dumps(after, ensure_ascii=True))


@pytest.mark.parametrize("name", ["nudj", "stripe", "github", "standard-webhooks", "shopify", "slack"])
def test_a_signed_event_still_verifies_with_the_test_secret(name):
    scheme = bundled()[name]
    signed = sign_for_tests(scheme, event(b'{"secret":"abc"}').request, now_s=NOW_S)
    given_event = replace(event(scheme=name), request=signed)
    redaction = Redaction(bundled())
    request = redaction.event(given_event).request
    assert b"abc" not in request.body
    key = Key("test", secret_for_tests(scheme.key))
    outcome = verify(
        scheme, SignedRequest(request.method, "", request.headers, request.body), [key], now_s=NOW_S
    )
    assert (outcome.verdict, redaction.counts.signed) == (Verdict.VALID, 1)


def test_a_bad_signature_stays_bad_and_a_public_key_is_counted():
    bad = event(b'{"token":"abc"}', headers=(*JSON, (b"X-Nudj-Signature", b"sha256=00")), scheme="nudj")
    invalid = replace(bad, row=replace(bad.row, checked=Checked(Verdict.INVALID, "nudj")))
    assert (b"X-Nudj-Signature", b"sha256=00") in redacted(invalid).request.headers
    redaction = Redaction(bundled())
    ed25519 = event(b'{"token":"abc"}', scheme="standard-webhooks-ed25519")
    redaction.event(ed25519)
    assert (redaction.counts.signed, redaction.counts.broken) == (0, 1)
