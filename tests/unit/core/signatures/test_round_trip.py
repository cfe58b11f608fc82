"""What we sign for any scheme, we verify; and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.core.event import Verdict
from inspector.core.signatures.bundled import bundled
from inspector.core.signatures.checker import Checker
from inspector.core.signatures.outcome import Key
from inspector.core.signatures.sign import Unsignable, sign
from inspector.core.signatures.verify import verify
from tests.unit.core.signatures.material import NOW_S, keys_for, request_for

ALL = sorted(bundled().records)
BODIES = [
    b"",
    b'{"a":"\xc3\xbc\xe2\x82\xac \xf0\x9f\x98\x80"}',
    b'{\r\n "a": 1\r\n}\r\n',
    b"\xff\xfe\x00 no text",
    b"x" * 20_000,
]
UNSIGNED_BODY = {"gitlab-token", "telegram", "mailgun"}
"""Schemes whose signature does not cover the raw body."""
FIELDS_ONLY = {"adyen-payments", "aws-sns"}


@pytest.mark.parametrize("name", ALL)
def test_what_is_signed_verifies(name):
    scheme = bundled()[name]
    key, keys = keys_for(scheme)
    second = keys[1] if scheme.key.second else None
    for body in BODIES:
        fresh = sign(scheme, request_for(scheme, body), key, now_s=NOW_S + 0.25, second=second)
        outcome = verify(scheme, fresh, keys, now_s=NOW_S + 2)
        assert outcome.verdict is Verdict.VALID, outcome.steps
        assert outcome.key == "k"
        assert all(step.passed is not False for step in outcome.steps)
        assert Checker(scheme, keys).check(fresh, NOW_S + 2).verdict is Verdict.VALID
        again = sign(scheme, fresh, key, now_s=NOW_S + 90_000, second=second)
        assert verify(scheme, again, keys, now_s=NOW_S + 90_001).verdict is Verdict.VALID


@pytest.mark.parametrize("name", sorted(set(ALL) - UNSIGNED_BODY - FIELDS_ONLY))
def test_an_altered_body_does_not_verify(name):
    scheme = bundled()[name]
    key, keys = keys_for(scheme)
    second = keys[1] if scheme.key.second else None
    fresh = sign(scheme, request_for(scheme, b'{"amount":1999}'), key, now_s=NOW_S, second=second)
    for body in (
        fresh.body + b"\n",
        fresh.body[:-1],
        b"",
        fresh.body.replace(b"9", b"8").replace(b"3", b"4"),
    ):
        outcome = verify(scheme, replace(fresh, body=body), keys, now_s=NOW_S, ignore_time=True)
        assert outcome.verdict is not Verdict.VALID, body
        assert Checker(scheme, keys).check(replace(fresh, body=body), NOW_S).verdict is outcome.verdict


@pytest.mark.parametrize("name", [name for name in ALL if bundled()[name].symmetric])
def test_another_secret_does_not_verify(name):
    scheme = bundled()[name]
    key, _ = keys_for(scheme)
    other = Key("other", b"cd" * 32 if scheme.key.form == "hex" else b"whsec_" + b"QUJD" * 8)
    fresh = sign(scheme, request_for(scheme, b"{}"), key, now_s=NOW_S)
    assert verify(scheme, fresh, [other], now_s=NOW_S).trouble == "mismatch"
    rotated = verify(scheme, fresh, [other, key], now_s=NOW_S)
    assert (rotated.verdict, rotated.key) == (Verdict.VALID, "k")
    assert Checker(scheme, [other, key]).check(fresh, NOW_S).secret == "k"


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(ALL), st.binary(max_size=200), st.floats(1e9, 4e9))
def test_any_body_at_any_time(name, body, now_s):
    scheme = bundled()[name]
    key, keys = keys_for(scheme)
    fresh = sign(
        scheme, request_for(scheme, body), key, now_s=now_s, second=keys[-1] if scheme.key.second else None
    )
    assert verify(scheme, fresh, keys, now_s=now_s + 1).verdict is Verdict.VALID
    assert Checker(scheme, keys).check(fresh, now_s + 1).verdict is Verdict.VALID


def test_a_public_key_cannot_sign():
    scheme = bundled()["discord"]
    _, keys = keys_for(scheme)
    with pytest.raises(Unsignable, match="private key"):
        sign(scheme, request_for(scheme, b"{}"), keys[0], now_s=NOW_S)


def test_a_body_without_the_place_for_the_signature_cannot_be_signed():
    scheme = bundled()["adyen-payments"]
    key, _ = keys_for(scheme)
    fresh = request_for(scheme, b"")
    with pytest.raises(Unsignable):
        sign(scheme, replace(fresh, body=b"[]"), key, now_s=NOW_S)


def test_paypal_needs_the_webhook_id():
    scheme = bundled()["paypal"]
    key, _ = keys_for(scheme)
    with pytest.raises(Unsignable, match="webhook id"):
        sign(scheme, request_for(scheme, b"{}"), key, now_s=NOW_S)


def test_a_checker_serves_only_what_it_was_made_for():
    scheme, key = bundled()["github"], Key("k", b"1")
    checker = Checker(scheme, [key])
    assert checker.serves(scheme, (key,), None)
    assert not checker.serves(scheme, (key, key), None)
    assert not checker.serves(scheme, (Key("k", b"2"),), None)
    assert not checker.serves(bundled()["stripe"], (key,), None)
    assert not checker.serves(scheme, (key,), 5)
    assert "1" not in repr(checker)
