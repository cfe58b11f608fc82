"""Failures of every cause over many schemes are named right, and a wrong secret is never explained."""

from __future__ import annotations

import base64
import hashlib
import random
from collections import Counter
from dataclasses import replace

import pytest

from inspector.core.doctor import CAUSES, diagnose
from inspector.core.signatures.bundled import bundled
from inspector.core.signatures.outcome import Key
from inspector.core.signatures.sign import Unsignable
from inspector.core.signatures.verify import verify
from tests.unit.core.doctor.failures import DOCUMENT, NOW_S, Spoiler, asymmetric, symmetric

_GOAL = 0.95
_ALWAYS = ("nudj", "stripe", "standard-webhooks", "square", "slack", "hubspot-v1", "contentful", "twilio")
_SCHEMES = sorted({*_ALWAYS, *(scheme.id for scheme in symmetric()[::9])})


def _rate(spoilers: list[Spoiler]) -> tuple[Counter[str], Counter[str], list[str]]:
    made: Counter[str] = Counter()
    right: Counter[str] = Counter()
    wrong: list[str] = []
    for spoiler in spoilers:
        for case in spoiler.cases():
            found = case.diagnosis()
            made[case.cause] += 1
            right[case.cause] += found.cause == case.cause
            if found.cause != case.cause:
                wrong.append(
                    f"{case.scheme.id}: {case.cause} ({case.name}) was called {found.cause or 'unknown'}"
                )
            else:
                assert "{how}" not in found.sentence
                assert "secret {key}" not in found.sentence
                assert found.remedy
                assert found.found_by
    return made, right, wrong


def test_at_least_95_of_100_are_named_right() -> None:
    made, right, wrong = _rate([Spoiler(bundled()[name]) for name in _SCHEMES])
    report = "\n".join(wrong)
    assert right.total() / made.total() >= _GOAL, report
    for cause, count in made.items():
        assert right[cause] / count >= 0.8, f"{cause}\n{report}"
    assert made.total() > 800
    assert len(made) >= 24
    assert made.keys() <= CAUSES.keys()


def test_bodies_under_public_keys_are_named_right() -> None:
    made, right, wrong = _rate([Spoiler(*three) for three in asymmetric()])
    assert made.total() > 100
    assert right == made, "\n".join(wrong)


def _random_secret(chance: random.Random) -> bytes:
    raw = chance.randbytes(chance.choice((16, 20, 24, 32)))
    kind = chance.randrange(5)
    if kind == 0:
        return raw.hex().encode()
    if kind == 1:
        return base64.b64encode(raw)
    if kind == 2:
        return b"whsec_" + base64.b64encode(raw)
    if kind == 3:
        return base64.urlsafe_b64encode(raw).rstrip(b"=")
    return " ".join(chance.choices(["correct", "horse", "battery", "staple"], k=4)).encode()


def test_a_random_wrong_secret_is_never_explained() -> None:
    chance = random.Random(42)
    schemes = [scheme for scheme in symmetric() if scheme.algorithm.startswith("hmac")]
    done = 0
    while done < 1000:
        spoiler = Spoiler(schemes[done % len(schemes)])
        try:
            request = spoiler.signed(
                chance.choice((DOCUMENT, b"", b"a=1&b=2", b"plain \xff text\r\n", b"{}"))
            )
        except Unsignable:
            pytest.fail(f"{spoiler.scheme.id} cannot be signed")
        key = Key("main", _random_secret(chance))
        hashed = base64.b64encode(hashlib.sha256(request.body).digest())
        fields = (*request.headers, (b"Digest", b"SHA-256=" + hashed), (b"X-Content-SHA256", hashed))
        request = replace(request, headers=fields)
        outcome = verify(spoiler.scheme, request, (key,), now_s=NOW_S)
        others = (Key("other", _random_secret(chance)),)
        found = diagnose(spoiler.scheme, request, (key,), outcome, other_keys=others, now_s=NOW_S)
        assert found.cause == "", (spoiler.scheme.id, found)
        assert found.ruled_out
        done += 1
