"""From kept events to a real handler: as captured, edited, signed anew, wrong on purpose."""

from __future__ import annotations

import gzip
import hashlib
import hmac
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import stripe

from inspector.core.edits import Edits, SetHeader
from inspector.core.event import Arrival, Capture, Request, State, Times
from inspector.core.json_edit import parse_assignment
from inspector.core.problem import ProblemError
from inspector.core.source import Source
from inspector.core.target import Target
from inspector.core.trials import Trial
from inspector.engine.inspector import Inspector, Options
from inspector.engine.paths import Folders
from inspector.engine.resends_batch import FAST, Pacing
from inspector.engine.resends_prepare import Choice
from inspector.engine.secrets import MemoryKeeper
from tests.unit.engine.resends.handler import PATIENCE_S, Handler, Seen

SECRET = "whsec_of_the_tests"
THEN_S = 1_700_000_000
BODY = b'{"id": "evt_1", "object": "event", "n": 1.0, "name": "\xc3\xbc"}'


def stripe_signature(body: bytes, at_s: int) -> bytes:
    digest = hmac.new(SECRET.encode(), f"{at_s}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at_s},v1={digest}".encode()


def checked_by_stripe(seen: Seen) -> int:
    """What a handler with the official library answers."""
    try:
        stripe.Webhook.construct_event(seen.body, seen.lower.get("stripe-signature", ""), SECRET)
    except (ValueError, stripe.SignatureVerificationError):
        return 400
    return 200


@pytest.fixture
def inspector(tmp_path: Path) -> Iterator[Inspector]:
    whole = Inspector(Options(folders=Folders(tmp_path, tmp_path)))
    whole.secrets.use(MemoryKeeper())
    whole.start()
    whole.secrets.put("shop", SECRET)
    whole.sources.add(Source("shop", path="/shop", scheme="stripe", dialect="stripe", secrets=("shop",)))
    yield whole
    whole.stop()


@pytest.fixture
def handler() -> Iterator[Handler]:
    with Handler(checked_by_stripe) as running:
        yield running


@pytest.fixture
def keep(inspector: Inspector) -> Callable[..., int]:
    """Keeps a signed event as capture would."""

    def keep_(body: bytes = BODY, *, at_s: int = THEN_S, state: State = State.COMPLETE) -> int:
        headers = (
            (b"Host", b"shop.example"),
            (b"x-ODD", b"1"),
            (b"Stripe-Signature", stripe_signature(body, at_s)),
            (b"X-Odd", b"2"),
            (b"Content-Length", str(len(body)).encode()),
        )
        request = Request(b"POST /shop/hook?a=%20b HTTP/1.1", headers, body)
        capture = Capture(request, Times(at_s * 10**9, 1, 2, 3, 4), state)
        return inspector.inbox.add([Arrival(capture, "shop", "stripe")])[0]

    return keep_


def test_as_captured_arrives_as_it_came_and_is_warned_of(inspector, handler, keep) -> None:
    number = keep()
    target = Target("", handler.url)
    ready = inspector.resends.prepare(number, target)
    assert not ready.changed
    assert [warning.split(" old ")[0] for warning in ready.warnings] == [
        f"The signature is {(time.time() - THEN_S) / 86400:,.0f} days"
    ]
    delivery = inspector.resends.send(ready, target).result(PATIENCE_S)
    assert (delivery.status, delivery.signing, delivery.origin) == (400, "as-captured", "resend")
    (seen,) = handler.seen
    assert (seen.target, seen.body) == ("/shop/hook?a=%20b", BODY)
    assert seen.headers[1:] == (
        ("x-ODD", "1"),
        ("Stripe-Signature", stripe_signature(BODY, THEN_S).decode()),
        ("X-Odd", "2"),
        ("Content-Length", str(len(BODY))),
    )


def test_a_fresh_event_is_sent_without_a_warning(inspector, handler, keep) -> None:
    number = keep(at_s=int(time.time()))
    assert inspector.resends.warnings(number) == ()
    batch = inspector.resends.start([number], Target("", handler.url))
    assert batch.wait(PATIENCE_S).outcomes == (("200", 1),)


def test_edited_and_signed_anew_is_taken_by_the_official_library(inspector, handler, keep) -> None:
    number = keep()
    target = Target("", f"{handler.url}/other")
    edits = Edits(values=(parse_assignment("$.n=2.50"),), header_edits=(SetHeader("X-ODD", "3"),))
    warned = inspector.resends.prepare(number, target, Choice(edits=edits)).warnings
    assert "sign anew" in warned[-1]
    ready = inspector.resends.prepare(number, target, Choice("resigned", fresh_id=True, edits=edits))
    assert ready.warnings == ()
    delivery = inspector.resends.send(ready, target).result(PATIENCE_S)
    assert (delivery.status, delivery.signing) == (200, "resigned")
    (seen,) = handler.seen
    new_id = seen.body[9:14].decode()
    assert new_id != "evt_1"
    assert seen.target == "/other?a=%20b"
    assert b'"n": 2.50, "name": "\xc3\xbc"}' in seen.body
    assert [pair for pair in seen.headers if pair[0].lower() == "x-odd"] == [("x-ODD", "3")]
    kept = inspector.deliveries.find(delivery.id)
    assert kept is not None
    assert kept.outgoing.body == seen.body


def test_an_edited_event_is_kept_beside_its_parent(inspector, handler, keep) -> None:
    number = keep()
    edits = Edits(method="PUT", values=(parse_assignment("$.n=3"),))
    ready = inspector.resends.prepare(number, Target("", handler.url), Choice("resigned", edits=edits))
    new = inspector.inbox.event(inspector.resends.keep_edited(number, ready.request))
    assert new is not None
    assert (new.row.mark, new.parent, new.row.source, new.row.event_id) == ("edited", number, "shop", "evt_1")
    assert new.request.method == "PUT"
    assert new.request.body == BODY.replace(b"1.0", b"3")
    parent = inspector.inbox.event(number)
    assert parent is not None
    assert parent.request.body == BODY


def test_many_go_in_the_order_of_their_arrival(inspector, handler, keep) -> None:
    numbers = [keep(b'{"id": "evt_%d"}' % at, at_s=THEN_S - at) for at in range(12)]
    target = Target("", handler.url)
    order = [f"evt_{at}".encode() for at in reversed(range(12))]

    batch = inspector.resends.start([*numbers, 999_999, numbers[0]], target, Choice("resigned"))
    end = batch.wait(PATIENCE_S)
    assert [seen.body.split(b'"')[3] for seen in handler.seen] == order
    assert (end.total, end.good) == (12, True)
    assert end.p50_ns is not None

    fast = inspector.resends.start(numbers, target, Choice("resigned"), FAST).wait(PATIENCE_S)
    assert fast.total == 12
    assert sorted(seen.body.split(b'"')[3] for seen in handler.seen[12:]) == sorted(order)


def test_cancelling_a_batch_leaves_the_way_free(inspector, keep) -> None:
    free = threading.Event()

    def answer(seen: Seen) -> int:
        assert free.wait(PATIENCE_S)
        return 200

    with Handler(answer) as handler:
        try:
            target = Target("", handler.url)
            numbers = [keep(b'{"id": "evt_%d"}' % at) for at in range(20)]
            batch = inspector.resends.start(numbers, target, pacing=Pacing(4))
            handler.wait_for(4)
            batch.cancel()
            end = batch.wait(PATIENCE_S)
            assert (end.succeeded, end.failed, end.left) == (0, 4, 16)
        finally:
            free.set()
        again = inspector.resends.start(numbers, target, pacing=FAST).wait(PATIENCE_S)
        assert again.good
    assert len(handler.seen) == 24


@pytest.mark.parametrize(
    ("trial", "statuses"),
    [
        (Trial.WRONG_SIGNATURE, {"400": 1}),
        (Trial.NO_SIGNATURE, {"400": 1}),
        (Trial.OLD_TIMESTAMP, {"400": 1}),
        (Trial.DUPLICATE, {"200": 2}),
        (Trial.AT_ONCE, {"200": 2}),
        (Trial.OUT_OF_ORDER, {"200": 2}),
        (Trial.TRUNCATED, {"400": 1}),
    ],
)
def test_trials_at_a_good_handler(inspector, handler, keep, trial, statuses) -> None:
    body = b'{"id": "evt_%d", "object": "event"}'
    numbers = [keep(body % at, at_s=THEN_S + at) for at in range(2)]
    chosen = numbers if trial is Trial.OUT_OF_ORDER else numbers[:1]
    batch = inspector.resends.try_out(trial, chosen, Target("", handler.url))
    assert dict(batch.wait(PATIENCE_S).outcomes) == statuses
    if trial is Trial.OUT_OF_ORDER:
        assert [seen.body for seen in handler.seen] == [body % 1, body % 0]


def test_an_event_with_two_signatures_is_signed_twice_and_spoiled_twice(inspector, handler) -> None:
    inspector.sources.add(Source("git", path="/git", scheme="github", dialect="github", secrets=("shop",)))
    inspector.signatures.judge.refresh_keys()
    body = b'{"zen": 1}'

    def both(body: bytes) -> list[str]:
        return [f"{name}=" + hmac.new(SECRET.encode(), body, name).hexdigest() for name in ("sha1", "sha256")]

    names = (b"X-Hub-Signature", b"X-Hub-Signature-256")
    signed = tuple((name, value.encode()) for name, value in zip(names, both(body), strict=True))
    request = Request(b"POST /git HTTP/1.1", ((b"X-GitHub-Event", b"ping"), *signed), body)
    capture = Capture(request, Times(THEN_S * 10**9, 1, 2, 3, 4))
    (number,) = inspector.inbox.add([Arrival(capture, "git", "github")])
    target = Target("", handler.url)
    choice = Choice("resigned", edits=Edits(body=b'{"zen": 2}'))
    ready = inspector.resends.prepare(number, target, choice)
    sent = [value.decode() for name, value in ready.outgoing.headers if name in names]
    assert sent == both(b'{"zen": 2}')

    _, (bare,) = inspector.resends.plan(Trial.NO_SIGNATURE, [number], target)
    assert not any(name in names for name, _ in bare.outgoing.headers)
    _, (wrong,) = inspector.resends.plan(Trial.WRONG_SIGNATURE, [number], target)
    spoiled = [value.decode() for name, value in wrong.outgoing.headers if name in names]
    assert all(mine != theirs for mine, theirs in zip(spoiled, both(body), strict=True))


def test_a_trial_without_a_secret_is_made_of_the_captured_signature(inspector, keep) -> None:
    number = keep()
    inspector.sources.edit("shop", replace(inspector.sources.get("shop"), secrets=()))
    _, (ready,) = inspector.resends.plan(Trial.WRONG_SIGNATURE, [number], Target("", "http://127.0.0.1:9"))
    assert ready.signing == "as-captured"
    assert "Sign anew" in ready.warnings[0]


def test_an_id_that_cannot_be_made_fresh_is_told_of(inspector, keep) -> None:
    target, choice = Target("", "http://127.0.0.1:9"), Choice("resigned", fresh_id=True)
    (nothing,) = inspector.resends.prepare(keep(b'{"object": "event"}'), target, choice).warnings
    assert "no id" in nothing
    zipped = gzip.compress(BODY, mtime=0)
    headers = ((b"Content-Encoding", b"gzip"), (b"Stripe-Signature", stripe_signature(zipped, THEN_S)))
    capture = Capture(Request(b"POST /shop HTTP/1.1", headers, zipped), Times(THEN_S * 10**9, 1, 2, 3, 4))
    (number,) = inspector.inbox.add([Arrival(capture, "shop", "stripe")])
    ready = inspector.resends.prepare(number, target, choice)
    assert "keeps its id" in ready.warnings[0]
    assert ready.outgoing.body == zipped


def test_a_composed_request_is_signed_by_its_source(inspector, handler) -> None:
    request = Request(b"POST /shop HTTP/1.1", ((b"Host", b"x"),), b'{"id":"evt_9","object":"event"}')
    target = Target("", handler.url)
    ready = inspector.resends.compose(request, target, Choice("resigned"), "shop")
    assert inspector.resends.send(ready, target).result(PATIENCE_S).status == 200
    assert (
        inspector.resends.send(inspector.resends.compose(request, target), target).result(PATIENCE_S).status
        == 400
    )


def test_what_cannot_be_done_is_a_problem(inspector, keep) -> None:
    number, target = keep(), Target("", "http://127.0.0.1:9")
    unknown = Choice(edits=Edits(values=(parse_assignment("$.n.m=1"),)))
    inspector.sources.edit("shop", replace(inspector.sources.get("shop"), secrets=()))
    for call, key in (
        (lambda: inspector.resends.prepare(4711, target), "event-unknown"),
        (lambda: inspector.resends.keep_edited(4711, Request(b"", (), b"")), "event-unknown"),
        (lambda: inspector.resends.prepare(number, target, unknown), "edit-wrong"),
        (lambda: inspector.resends.prepare(number, target, Choice("resigned")), "unsignable"),
        (lambda: inspector.resends.plan(Trial.OUT_OF_ORDER, [number], target), "trial-impossible"),
        (lambda: inspector.resends.plan(Trial.DUPLICATE, [4711], target), "event-unknown"),
    ):
        with pytest.raises(ProblemError) as caught:
            call()
        assert caught.value.problem.key == key
        assert SECRET not in str(caught.value)


def test_half_an_event_is_warned_of(inspector, keep) -> None:
    number = keep(state=State.INCOMPLETE, at_s=int(time.time()))
    assert inspector.resends.warnings(number) == (
        "The event came incomplete: only what was received is sent.",
    )
