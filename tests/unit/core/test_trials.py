"""Bad on purpose: only the one thing is wrong that the trial is about."""

from __future__ import annotations

import pytest

from inspector.core.event import Request, Verdict
from inspector.core.headers import text
from inspector.core.signatures.bundled import bundled
from inspector.core.signatures.outcome import SignedRequest
from inspector.core.signatures.verify import verify
from inspector.core.signing_anew import signed_anew
from inspector.core.trials import TRIALS, NotPossible, Trial, plan
from tests.unit.core.signatures.material import NOW_S, keys_for
from tests.unit.core.test_signing_anew import ALL, URL, captured

SCHEMES = bundled()
LATER = NOW_S + 90_000


def signer_of(scheme_id: str, keys):
    """Signs with the keys of the source."""
    return lambda request, now_s: signed_anew(SCHEMES[scheme_id], request, keys, url=URL, now_s=now_s)


def outcome(scheme_id: str, request: Request):
    scheme = SCHEMES[scheme_id]
    url = "https://h.example.com" + request.target.decode("latin-1")
    signed = SignedRequest(request.method, url, request.headers, request.body)
    return verify(scheme, signed, keys_for(scheme)[1], now_s=LATER)


def planned(trial: Trial, scheme_id: str, events: int = 1):
    made = [captured(scheme_id, b'{"number":%d,"more":"xxxx"}' % number) for number in range(events)]
    keys = made[0][1]
    requests = [event for event, _ in made]
    return requests, plan(
        trial, requests, scheme=SCHEMES[scheme_id], signer=signer_of(scheme_id, keys), now_s=LATER
    )


@pytest.mark.parametrize("scheme_id", ALL)
def test_a_wrong_signature_is_wrong_in_the_signature_alone(scheme_id):
    (event,), made = planned(Trial.WRONG_SIGNATURE, scheme_id)
    (wrong,) = made.requests
    seen = outcome(scheme_id, wrong)
    assert (seen.verdict, seen.trouble) == (Verdict.INVALID, "mismatch")
    assert [name for name, _ in wrong.headers] == [name for name, _ in event.headers]
    assert wrong.line == event.line
    assert len(wrong.body) == len(event.body) or SCHEMES[scheme_id].signature.field


@pytest.mark.parametrize("scheme_id", ALL)
def test_no_signature_is_none(scheme_id):
    (event,), made = planned(Trial.NO_SIGNATURE, scheme_id)
    (bare,) = made.requests
    assert outcome(scheme_id, bare).verdict is Verdict.UNSIGNED
    kept = [pair for pair in event.headers if pair in bare.headers]
    assert [pair for pair in bare.headers if pair[0] != b"Content-Length"] == [
        pair for pair in kept if pair[0] != b"Content-Length"
    ]


@pytest.mark.parametrize("scheme_id", ALL)
def test_an_old_timestamp_is_signed_well(scheme_id):
    scheme = SCHEMES[scheme_id]
    if scheme.timestamp is None and scheme.algorithm != "rfc9421":
        with pytest.raises(NotPossible, match="signs no timestamp"):
            planned(Trial.OLD_TIMESTAMP, scheme_id)
        return
    _, made = planned(Trial.OLD_TIMESTAMP, scheme_id)
    seen = outcome(scheme_id, made.requests[0])
    limited = scheme.timestamp is not None and (scheme.timestamp.past_s or scheme.timestamp.claim == "exp")
    assert seen.trouble == ("too-old" if limited else "")
    assert seen.key == "k"
    assert seen.age_s is not None
    assert seen.age_s > 3600 - 61


@pytest.mark.parametrize("trial", [Trial.DUPLICATE, Trial.AT_ONCE])
def test_twice_is_the_very_same_twice(trial):
    _, made = planned(trial, "stripe")
    first, second = made.requests
    assert first is second
    assert outcome("stripe", first).verdict is Verdict.VALID
    assert made.together is (trial is Trial.AT_ONCE)


def test_out_of_order_is_the_newest_first():
    requests, made = planned(Trial.OUT_OF_ORDER, "nudj", events=3)
    assert made.events == (2, 1, 0)
    assert [each.body for each in made.requests] == [each.body for each in reversed(requests)]
    with pytest.raises(NotPossible, match="at least two"):
        planned(Trial.OUT_OF_ORDER, "nudj")


def test_a_truncated_body_says_its_own_length():
    (event,), made = planned(Trial.TRUNCATED, "github")
    (cut,) = made.requests
    assert cut.body == event.body[: len(event.body) // 2]
    assert text(cut.headers, "content-length") in ("", str(len(cut.body)))
    assert outcome("github", cut).trouble == "mismatch"


def test_what_cannot_be_tried_is_said():
    bare = Request(b"POST / HTTP/1.1", (), b"")
    for trial, words in ((Trial.WRONG_SIGNATURE, "no known scheme"), (Trial.TRUNCATED, "too short")):
        with pytest.raises(NotPossible, match=words):
            plan(trial, [bare], scheme=None, signer=None, now_s=LATER)
    with pytest.raises(NotPossible, match="needs the secret"):
        plan(Trial.OLD_TIMESTAMP, [bare], scheme=SCHEMES["stripe"], signer=None, now_s=LATER)
    with pytest.raises(NotPossible, match="no signature"):
        plan(Trial.WRONG_SIGNATURE, [bare], scheme=SCHEMES["stripe"], signer=None, now_s=LATER)
    with pytest.raises(NotPossible, match="no event"):
        plan(Trial.DUPLICATE, [], scheme=None, signer=None, now_s=LATER)


def test_every_trial_is_explained():
    assert set(TRIALS) == set(Trial)
    assert all(about.title and about.expected.endswith(".") for about in TRIALS.values())
