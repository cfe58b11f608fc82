"""What a checkup says of handlers that are good, and bad in one way each."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import replace

import pytest

from inspector.core.checkup import demands
from inspector.core.checkup.kit import Kit, Shot
from inspector.core.checkup.lines import Result
from inspector.core.checkup.samples import samples_of
from inspector.core.checkup.seen import Seen
from inspector.core.event import Verdict
from inspector.core.headers import text
from inspector.core.signatures.bundled import bundled
from inspector.core.signatures.outcome import Key, SignedRequest
from inspector.core.signatures.verify import verify
from tests.unit.core.checkup.conversation import MS, OK, UNAUTHORIZED, failures, held, results
from tests.unit.core.signatures.material import NOW_S, SECRET, keys_for

NUDJ = Kit("http://h.example/in", samples_of("nudj"), bundled()["nudj"], Key("k", SECRET))


def good(shot: Shot) -> Seen:
    """Verifies the raw body and takes everything that is signed."""
    digest = hmac.new(SECRET, shot.body, hashlib.sha256).hexdigest()
    return OK if text(shot.headers, "X-Nudj-Signature") == f"sha256={digest}" else UNAUTHORIZED


def test_a_good_handler_passes_everything_that_applies():
    lines = held(NUDJ, good)
    assert [line.check for line in lines] == [demand.id for demand in demands.ALL]
    assert {check for check, result in results(lines).items() if result is not Result.PASSED} == {
        "old-timestamp"
    }


# Their sample has none of the fields that they sign.
UNSIGNABLE = {"adyen-payments", "aws-sns"}


@pytest.mark.parametrize("name", sorted(set(bundled().records) - UNSIGNABLE))
def test_a_handler_that_verifies_as_the_scheme_says_passes(name):
    scheme = bundled()[name]
    key, keys = keys_for(scheme)
    second = keys[-1] if scheme.key.second else None
    kit = Kit("https://h.example/in?a=1", samples_of(name), scheme, key, second)

    def handler(shot: Shot) -> Seen:
        seen = SignedRequest("POST", shot.url, shot.headers, shot.body)
        outcome = verify(scheme, seen, keys, now_s=NOW_S)
        return OK if outcome.verdict is Verdict.VALID else UNAUTHORIZED

    lines = held(kit, handler)
    assert failures(lines) == {}
    assert results(lines)["answers-2xx"] is Result.PASSED
    timed = scheme.timestamp is not None and scheme.timestamp.past_s is not None
    assert results(lines)["old-timestamp"] is (Result.PASSED if timed else Result.NOT_APPLICABLE)


@pytest.mark.parametrize("name", sorted(UNSIGNABLE))
def test_what_cannot_be_signed_is_said_and_the_rest_is_tried(name):
    key, _ = keys_for(bundled()[name])
    lines = held(Kit("https://h.example/", samples_of(name), bundled()[name], key), lambda _: OK)
    assert results(lines)["reachable"] is Result.PASSED
    assert {line.seen for line in lines if line.check == "burst"} != {""}
    assert results(lines)["burst"] is Result.NOT_APPLICABLE


def test_a_handler_that_verifies_nothing_fails_all_refusals():
    assert list(failures(held(NUDJ, lambda _: OK))) == [
        "bad-signature",
        "altered-body",
        "malformed-signature",
        "missing-signature",
    ]


def test_a_handler_that_ignores_the_time_fails_that_alone():
    kit = replace(NUDJ, scheme=bundled()["stripe"])

    def handler(shot: Shot) -> Seen:
        items = dict(item.partition("=")[::2] for item in text(shot.headers, "Stripe-Signature").split(","))
        digest = hmac.new(SECRET, f"{items.get('t')}.".encode() + shot.body, hashlib.sha256).hexdigest()
        return OK if items.get("v1") == digest else UNAUTHORIZED

    assert list(failures(held(kit, handler))) == ["old-timestamp"]


def again(dumps):
    """A handler that verifies what `dumps` writes of the parsed body."""

    def handler(shot: Shot) -> Seen:
        body = dumps(json.loads(shot.body)).encode()
        return good(replace(shot, body=body))

    return handler


def test_a_handler_that_verifies_rewritten_json_is_found_out():
    compact = again(lambda event: json.dumps(event, ensure_ascii=False, separators=(",", ":")))
    assert list(failures(held(NUDJ, compact))) == ["raw-body"]
    lines = held(NUDJ, again(json.dumps))
    assert list(failures(lines)) == ["answers-2xx"]
    assert "json.dumps of Python" in failures(lines)["answers-2xx"].remedy
    assert results(lines)["bad-signature"] is Result.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("answer", "failed"),
    [
        (Seen(failure="refused", detail="Nothing listens."), "reachable"),
        (Seen(failure="dns", detail="No such name."), "reachable"),
        (Seen(failure="tls", detail="Expired."), "reachable"),
        (Seen(404, "Not Found", took_ns=MS), "accepts-post"),
        (Seen(405, took_ns=MS), "accepts-post"),
        (Seen(failure="reset", detail="Closed."), "accepts-post"),
        (Seen(302, location="/login", took_ns=MS), "answers-2xx"),
        (Seen(500, took_ns=MS), "answers-2xx"),
        (UNAUTHORIZED, "answers-2xx"),
        (Seen(failure="timeout-first-byte", took_ns=10_000 * MS), "in-time"),
        (Seen(200, took_ns=10_001 * MS), "in-time"),
    ],
    ids=["refused", "dns", "tls", "404", "405", "reset", "302", "500", "401", "hangs", "late"],
)
def test_a_handler_that_takes_nothing_is_one_failure(answer, failed):
    lines = held(NUDJ, lambda _: answer)
    assert list(failures(lines)) == [failed]
    assert failures(lines)[failed].remedy
    assert len(lines) == len(demands.ALL)


def test_a_handler_that_ends_meanwhile_is_one_failure_that_says_when():
    ended = []

    def handler(shot: Shot) -> Seen:
        if text(shot.headers, "X-Nudj-Signature") == "x":
            ended.append(True)
        return Seen(failure="refused", detail="Nothing listens.") if ended else good(shot)

    lines = failures(held(NUDJ, handler))
    assert list(lines) == ["malformed-signature"]
    assert "refuses a body that was altered" in lines["malformed-signature"].seen
    assert "timingSafeEqual" in lines["malformed-signature"].remedy


def test_a_handler_that_breaks_off_and_then_is_gone_is_one_failure_as_well():
    ended = []

    def handler(shot: Shot) -> Seen:
        if ended:
            return Seen(failure="refused", detail="Nothing listens.")
        if text(shot.headers, "X-Nudj-Signature") == "x":
            ended.append(True)
            return Seen(failure="reset", detail="The connection was closed.")
        return good(shot)

    lines = held(NUDJ, handler)
    assert list(failures(lines)) == ["malformed-signature"]
    assert results(lines)["burst"] is Result.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("bad", "check"),
    [
        (lambda event, body: len(body) > 100_000, "large-body"),
        (lambda event, body: event["type"].startswith("checkup."), "unknown-type"),
        (lambda event, body: event["type"] == "points.awarded", "known-types"),
        (lambda event, body: "checkupField" in event, "unknown-field"),
        (lambda event, body: "name" in event["data"] and not event["data"]["name"].isascii()
            and event["type"] == "challenge.completed", "unicode"),
    ],
    ids=["large", "unknown type", "one type", "field", "unicode"],
)  # fmt: skip
def test_one_weakness_is_one_failure(bad, check):
    def handler(shot: Shot) -> Seen:
        answer = good(shot)
        failing = answer is OK and bad(json.loads(shot.body), shot.body)
        return Seen(500, "Internal Server Error", "boom", took_ns=MS) if failing else answer

    lines = failures(held(NUDJ, handler))
    assert list(lines) == [check]
    assert "500 Internal Server Error" in lines[check].seen
    assert lines[check].remedy


def test_a_duplicate_that_is_an_error_fails_both_times():
    known = set()

    def handler(shot: Shot) -> Seen:
        answer = good(shot)
        if answer is OK:
            if json.loads(shot.body)["id"] in known:
                return Seen(409, "Conflict", took_ns=MS)
            known.add(json.loads(shot.body)["id"])
        return answer

    lines = failures(held(NUDJ, handler))
    assert list(lines) == ["duplicate", "two-at-once"]
    assert "the duplicate answered 409 Conflict" in lines["duplicate"].seen


def test_a_rate_limit_that_stops_a_burst_is_named():
    count = []

    def handler(shot: Shot) -> Seen:
        count.append(shot)
        return Seen(429, "Too Many Requests", took_ns=MS) if len(count) > 30 else good(shot)

    lines = failures(held(NUDJ, handler))
    assert list(lines) == ["burst"]
    assert "rate limit" in lines["burst"].remedy


def test_an_answer_that_comes_too_late_is_a_failure_though_it_is_2xx():
    slow = Seen(200, "OK", took_ns=10_500 * MS)
    line = demands.judged_acceptance(demands.BURST, [OK, slow])
    assert (line.result, line.seen) == (Result.FAILED, "answered after 10.5 s")
    assert line.remedy == demands.IN_TIME.remedy


def test_a_source_that_does_not_sign_is_checked_without_signatures():
    lines = held(Kit("http://h.example/", samples_of("shop")), lambda _: OK)
    assert failures(lines) == {}
    idle = [check for check, result in results(lines).items() if result is Result.NOT_APPLICABLE]
    assert idle == ["raw-body", *(demand.id for demand in demands.REFUSALS), "known-types"]


def test_a_refusal_by_another_status_fails_with_advice():
    line = demands.judged_refusal(demands.WRONG, Seen(400, "Bad Request", took_ns=MS))
    assert (line.result, "401 or 403" in line.remedy) == (Result.FAILED, True)
    crash = demands.judged_refusal(demands.MALFORMED, Seen(500, took_ns=MS))
    assert "sends it again" in crash.remedy
    assert demands.judged_refusal(demands.WRONG, Seen(403, took_ns=MS)).result is Result.PASSED
