"""What a diagnosis tells a person: sentence, proof, code, what was ruled out, what other events say."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.core.doctor import CAUSES, diagnose
from inspector.core.reserialise import PYTHON
from inspector.core.signatures.bundled import bundled
from inspector.core.signatures.outcome import Key, SignedRequest
from inspector.core.signatures.verify import verify
from tests.unit.core.doctor.failures import DOCUMENT, NOW_S, URL, Spoiler, written

NUDJ = Spoiler(bundled()["nudj"])
STRIPE = Spoiler(bundled()["stripe"])
SQUARE = Spoiler(bundled()["square"])


def test_a_valid_request_has_no_diagnosis() -> None:
    found = NUDJ.case("", "", NUDJ.signed(DOCUMENT)).diagnosis()
    assert (found.cause, found.sentence) == ("", "")


def test_the_first_differing_byte_the_serialiser_and_the_code_are_named() -> None:
    found = NUDJ.came("", "", DOCUMENT, written(DOCUMENT, PYTHON)).diagnosis()
    assert found.cause == "reserialized"
    assert found.difference is not None
    assert found.difference.offset == 11
    assert "byte 11" in found.sentence
    assert "json.dumps(json.loads(body)) (Python)" in found.found_by
    assert found.hints[0].receiver.startswith("Python")
    assert {hint.receiver.split()[0] for hint in found.hints} == {"Node", "Python", "Go", "PHP", "Ruby"}
    assert found.signed_body == DOCUMENT
    assert (found.key, found.proven) == ("main", True)


def test_a_sender_that_signs_what_it_does_not_send_is_told_of() -> None:
    found = NUDJ.came("", "", DOCUMENT, written(DOCUMENT, PYTHON)).diagnosis()
    assert "documents of Nudj contradict" in found.remedy
    assert "contradict" not in STRIPE.came("", "", DOCUMENT, written(DOCUMENT, PYTHON)).diagnosis().remedy


def test_the_stored_secret_that_matches_is_named() -> None:
    other = Key("live", b"another secret")
    case = NUDJ.case("", "", NUDJ.signed(DOCUMENT, key=other), others=(Key("cli", b"x"), other))
    found = case.diagnosis()
    assert (found.cause, found.key) == ("wrong-secret", "live")
    assert "stored as live" in found.sentence


@pytest.mark.parametrize("ending", [b"\n", b" ", b'"'], ids=["line", "space", "quote"])
def test_no_secret_is_in_what_is_said(ending: bytes) -> None:
    material = NUDJ.key.material + ending
    found = NUDJ.case("", "", NUDJ.signed(DOCUMENT), keys=(Key("main", material),)).diagnosis()
    assert found.cause == "secret-whitespace"
    assert NUDJ.key.material.decode() not in repr(found)


def test_a_secret_of_the_wrong_form_is_told_of() -> None:
    svix = Spoiler(bundled()["svix"])
    case = svix.case("", "", svix.signed(DOCUMENT), keys=(Key("main", b"whsec_abcde"),))
    assert case.diagnosis().cause == ""
    assert "not in the form that Svix" in case.diagnosis().sentence


@pytest.mark.parametrize(
    ("material", "cause"),
    [
        (b"the-token\n", "secret-whitespace"),
        (b'"the-token"', "secret-whitespace"),
        (b"THE-TOKEN", "secret-encoding"),
    ],
    ids=["line", "quotes", "case"],
)
def test_tokens_are_cleaned_too(material: bytes, cause: str) -> None:
    request = SignedRequest("POST", URL, ((b"X-Gitlab-Token", b"the-token"),), DOCUMENT)
    scheme, keys = bundled()["gitlab-token"], (Key("main", material),)
    outcome = verify(scheme, request, keys, now_s=NOW_S)
    assert diagnose(scheme, request, keys, outcome, now_s=NOW_S).cause == cause


def test_what_was_ruled_out_is_told_in_order() -> None:
    lost = NUDJ.signed(DOCUMENT, key=Key("", b"nobody knows"))
    found = NUDJ.case("", "", lost, others=(Key("a", b"1"), Key("b", b"2"))).diagnosis()
    assert found.cause == ""
    assert "explains" in found.sentence
    assert "2 other stored secrets" in found.ruled_out
    assert any("forms of the body" in line for line in found.ruled_out)
    assert found.tried > 100


def test_other_events_speak_for_or_against_the_secret() -> None:
    good = verify(NUDJ.scheme, NUDJ.signed(DOCUMENT), (NUDJ.key,), now_s=NOW_S)
    bad = verify(NUDJ.scheme, NUDJ.signed(DOCUMENT, key=Key("", b"?")), (NUDJ.key,), now_s=NOW_S)
    altered = replace(NUDJ.signed(DOCUMENT), body=b'{"a":2}')
    found = NUDJ.case("", "", altered, siblings=(good, bad, good)).diagnosis()
    assert found.cause == "body-altered"
    assert found.siblings == "2 of 3 other events of this source verify with the secret main."
    assert not found.proven
    found = NUDJ.case("", "", altered, siblings=(bad, bad)).diagnosis()
    assert found.cause == "wrong-secret"
    assert found.siblings.startswith("None of 2 ")
    assert NUDJ.case("", "", altered, siblings=(bad,)).diagnosis().cause == ""


def test_clock_and_old_requests() -> None:
    request = STRIPE.signed(DOCUMENT)
    old = STRIPE.case("", "", request, now_s=NOW_S + 7_000)
    assert old.diagnosis().cause == "replayed"
    assert "1 h 56 min" in old.diagnosis().sentence
    same = replace(old, siblings=(old.outcome(), old.outcome()))
    assert same.diagnosis().cause == "clock"
    zone = STRIPE.case("", "", request, now_s=NOW_S + 3_600 * 5)
    assert "time zone" in zone.diagnosis().sentence
    svix = Spoiler(bundled()["svix"])
    future = svix.case("", "", svix.signed(DOCUMENT), now_s=NOW_S - 4_000).diagnosis()
    assert future.cause == "clock"
    assert "future" in future.sentence


def test_the_address_that_was_signed_is_shown() -> None:
    request = replace(SQUARE.signed(DOCUMENT), url="http://127.0.0.1:8765/in/abc?tenant=7")
    found = SQUARE.case("", "", request, public_urls=("https://other.example.com/", URL)).diagnosis()
    assert found.cause == "url-changed"
    assert URL in found.sentence
    assert any("trust proxy" in hint.code for hint in found.hints)
    unknown = SQUARE.case("", "", replace(request, url="", headers=request.headers[2:])).diagnosis()
    assert unknown.cause == "url-unknown"


def test_a_digest_header_proves_that_the_body_was_altered() -> None:
    request = NUDJ.signed(DOCUMENT)
    digest = base64.b64encode(hashlib.sha256(DOCUMENT).digest())
    fields = (*request.headers, (b"Content-Digest", b"sha-256=:" + digest + b":"))
    altered = replace(request, headers=fields, body=DOCUMENT.replace(b"19.5", b"91.5"))
    assert NUDJ.case("", "", altered).diagnosis().cause == "body-altered"
    lost = NUDJ.signed(DOCUMENT, key=Key("", b"?"))
    assert NUDJ.case("", "", replace(lost, headers=(*lost.headers, fields[-1]))).diagnosis().cause == ""


@pytest.mark.parametrize("scheme", ["netlify", "twilio-json"])
def test_a_signed_hash_that_differs_proves_that_the_body_was_altered(scheme: str) -> None:
    spoiler = Spoiler(bundled()[scheme])
    request = spoiler.signed(DOCUMENT)
    altered = spoiler.case("", "", replace(request, body=DOCUMENT.replace(b"19.5", b"91.5"))).diagnosis()
    assert (altered.cause, altered.key, altered.proven) == ("body-altered", "main", True)
    anew = spoiler.case("", "", replace(request, body=written(DOCUMENT, PYTHON))).diagnosis()
    assert anew.cause == "reserialized"


def test_a_missing_header_is_named_and_what_looks_like_it() -> None:
    request = SignedRequest("POST", URL, ((b"X-Hub-Signature-256", b"sha256=00"),), DOCUMENT)
    found = NUDJ.case("", "", request).diagnosis()
    assert found.cause == "header-missing"
    assert "x-nudj-signature" in found.sentence
    assert "X-Hub-Signature-256" in found.sentence


def test_the_work_on_a_large_body_is_bounded_and_said_to_be() -> None:
    body = b'{"data":"' + b"x" * (24 * 1024 * 1024) + b'"}'
    lost = NUDJ.signed(body, key=Key("", b"?"))
    found = NUDJ.case("", "", lost).diagnosis()
    assert found.cause == ""
    assert found.tried < 100
    assert "too large" in found.ruled_out[-1]


@given(
    scheme=st.sampled_from([scheme.id for scheme in bundled()]),
    body=st.binary(max_size=60)
    | st.sampled_from([b"{", b'{"a":"\\ud800"}', b"a=%zz&b", b"\x1f\x8b\x00", b"x\x9c"]),
    fields=st.lists(
        st.tuples(
            st.sampled_from([b"Digest", b"Forwarded", b"Host", b"Content-Length", b"Content-Type"]),
            st.binary(max_size=30),
        ),
        max_size=4,
    ),
    url=st.text(max_size=20) | st.just("https://[::1") | st.just("http://h:99999/%"),
    material=st.binary(max_size=40),
    signature=st.text("0123456789abcdef=,v1 t.", max_size=80),
)
@settings(max_examples=100, deadline=None)
def test_it_never_raises_and_explains_no_chance_hit(
    scheme: str, body: bytes, fields: list[tuple[bytes, bytes]], url: str, material: bytes, signature: str
) -> None:
    record = bundled()[scheme]
    name = (record.signature.header or "x").encode()
    headers = (*fields, (name, record.signature.prefix.encode() + signature.encode()))
    request = SignedRequest("POST", url, headers, body)
    keys = (Key("main", material),)
    outcome = verify(record, request, keys, now_s=NOW_S)
    found = diagnose(record, request, keys, outcome, now_s=NOW_S)
    assert found.cause == "" or found.cause in CAUSES


def test_every_cause_has_words() -> None:
    for cause in CAUSES.values():
        told = cause.sentence.format(how="HOW", key="KEY")
        assert told.endswith(".")
        assert cause.title
        assert cause.remedy.endswith(".")
