"""Sending an event once: what arrives, what is kept, what is hidden, what is announced."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace

import pytest

from inspector.core.delivery import Delivery
from inspector.core.event import Arrival
from inspector.core.outgoing import MASK, Outgoing
from inspector.core.problem import ProblemError
from inspector.core.query.parse import parse
from inspector.core.target import Target
from inspector.engine.announcements import Announcement, DeliveriesStored, EventsChanged
from inspector.engine.inspector import Inspector
from tests.unit.engine.conftest import arrival
from tests.unit.engine.deliveries.handler import PATIENCE_S, Answer, Got, Handler


def event(inspector: Inspector, body: bytes = b'{"a": 1}', **of: object) -> int:
    made = arrival(body, **of)  # type: ignore[arg-type] # passed on
    request = replace(
        made.capture.request,
        headers=((b"Host", b"me.test"), (b"X-Odd", b"1"), (b"x-odd", b"2"), (b"Content-Length", b"8")),
        line=b"POST /webhooks/nudj?q=1 HTTP/1.1",
    )
    (number,) = inspector.inbox.add([Arrival(replace(made.capture, request=request), "nudj")])
    return number


def result(future: Future[Delivery]) -> Delivery:
    return future.result(PATIENCE_S)


def test_an_event_is_sent_as_it_came_and_the_delivery_is_kept_whole(inspector: Inspector) -> None:
    heard: list[Announcement] = []
    number = event(inspector)
    inspector.announcements.subscribe(heard.append)
    with Handler(lambda _: Answer(201, (("X-Said", "yes"),), b"made")) as handler:
        delivery = result(inspector.deliveries.send(number, Target("", handler.url, timeout_s=60)))
        (got,) = handler.got
    assert (got.method, got.target, got.body) == ("POST", "/webhooks/nudj?q=1", b'{"a": 1}')
    assert [pair for pair in got.headers if pair[0].lower() == "x-odd"] == [("X-Odd", "1"), ("x-odd", "2")]
    assert delivery.succeeded
    assert delivery.response is not None
    assert (delivery.response.status, delivery.response.body) == (201, b"made")
    assert (b"X-Said", b"yes") in delivery.response.headers
    assert inspector.deliveries.find(delivery.id) == delivery
    (row,) = inspector.deliveries.of_event(number)
    assert (row.outcome, row.attempt, row.origin, row.phases) == ("201", 1, "resend", delivery.phases)
    assert DeliveriesStored((number,)) in heard
    assert EventsChanged((number,)) in heard
    (kept,) = inspector.inbox.rows([number])
    assert (kept.delivery, kept.delivery_ok, kept.handler_ns) == ("201", True, delivery.phases.handler_ns)


def test_failures_are_kept_with_their_kind_and_attempts_are_counted(inspector: Inspector) -> None:
    number = event(inspector)
    with Handler() as gone:
        url = gone.url
    first = result(inspector.deliveries.send(number, Target("", url)))
    second = result(inspector.deliveries.send(number, Target("", url)))
    assert first.failure is not None
    assert first.failure.kind == "refused"
    assert (first.attempt, second.attempt) == (1, 2)
    assert inspector.deliveries.find(second.id) == second
    assert [row.id for row in inspector.deliveries.latest(failed=True)] == [second.id, first.id]
    assert inspector.inbox.ids(parse("delivery:failed")).tolist() == [number]
    assert inspector.inbox.ids(parse("delivery:ok")).tolist() == []
    assert inspector.deliveries.targets.remembered() == (url,)


def test_queries_find_events_by_their_last_delivery(inspector: Inspector) -> None:
    never, good, bad = event(inspector), event(inspector), event(inspector)
    with Handler(lambda got: Answer(500 if got.header("x-fail") else 200)) as handler:
        result(inspector.deliveries.send(good, Target("", handler.url, timeout_s=60)))
        result(inspector.deliveries.send(bad, Target("", handler.url, headers=((b"X-Fail", b"1"),))))

    def found(query: str) -> list[int]:
        return inspector.inbox.ids(parse(query)).tolist()

    assert found("delivery:none") == [never]
    assert found("delivery:ok") == [good]
    assert found("delivery:failed") == [bad]
    assert found("delivery:o* OR delivery:f*") == [bad, good]
    assert found("-delivery:none") == [bad, good]
    assert found("handler:>=0ms") == [bad, good]
    assert found("handler:>1d") == []
    assert found("is:dead") == []


def test_a_secret_is_sent_but_never_kept_nor_shown(
    start: Callable[..., Inspector], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEBHOOK_INSPECTOR_SECRET_STAGING", 'Bearer tok"en-1234567')
    inspector = start()
    number = event(inspector)

    def echo(got: Got) -> Answer:
        token = got.header("authorization")[0]
        plain = token.removeprefix("Bearer ")
        escaped = plain.replace('"', '\\"')
        return Answer(200, (("X-Echo", token),), f'{{"token": "{escaped}", "raw": {plain}}}'.encode())

    with Handler(echo) as handler:
        target = Target("st", handler.url, secret_headers=(("Authorization", "staging"),))
        inspector.deliveries.targets.add(target)
        delivery = result(inspector.deliveries.send(number, "st"))
        (got,) = handler.got
    assert got.header("authorization") == ['Bearer tok"en-1234567']
    assert (b"Authorization", MASK) in delivery.outgoing.headers
    assert delivery.response is not None
    assert b"en-1234567" not in delivery.response.body
    assert (b"X-Echo", MASK) in delivery.response.headers
    assert "en-1234567" not in repr(delivery)
    assert inspector.deliveries.find(delivery.id) == delivery
    inspector.stop()
    kept = b"".join(
        path.read_bytes() for path in inspector.database.parent.iterdir() if path.name.startswith("events.db")
    )
    assert b"en-1234567" not in kept


def test_a_captured_authorization_gives_way_to_the_targets(
    inspector: Inspector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEBHOOK_INSPECTOR_SECRET_MINE", "Basic mine-mine")
    number = event(inspector)
    sent = Outgoing(
        "POST", "", ((b"Host", b"x"), (b"authorization", b"Basic theirs"), (b"Content-Length", b"0"))
    )
    with Handler() as handler:
        target = Target("", handler.url, secret_headers=(("Authorization", "mine"),))
        sent = replace(sent, url=handler.url)
        delivery = result(inspector.deliveries.send(number, target, outgoing=sent, signing="resigned"))
        (got,) = handler.got
    assert got.header("authorization") == ["Basic mine-mine"]
    assert (delivery.signing, delivery.outgoing.body) == ("resigned", b"")
    assert inspector.deliveries.find(delivery.id) == delivery


def test_what_cannot_be_sent_is_a_problem_and_leaves_no_delivery(inspector: Inspector) -> None:
    number = event(inspector)
    secret = Target("", "http://127.0.0.1:9", secret_headers=(("Authorization", "nobody-knows"),))
    for target, key, event_id in (
        ("nowhere", "target-unknown", number),
        (secret, "target-secret", number),
        (Target("", "ftp://x"), "target-wrong", number),
        (Target("", "http://127.0.0.1:9"), "event-unknown", 999),
    ):
        with pytest.raises(ProblemError) as caught:
            result(inspector.deliveries.send(event_id, target))  # type: ignore[arg-type] # a table of both kinds
        assert caught.value.problem.key == key
        if key == "target-secret":
            assert "secrets set nobody-knows" in caught.value.problem.remedy
    assert inspector.deliveries.latest() == []


def test_deliveries_go_with_their_event(inspector: Inspector) -> None:
    number = event(inspector)
    with Handler() as handler:
        delivery = result(inspector.deliveries.send(number, Target("", handler.url, timeout_s=60)))
    undo = inspector.inbox.delete([number])
    assert inspector.deliveries.find(delivery.id) is not None
    inspector._store.purge(undo).result(PATIENCE_S)
    assert inspector.deliveries.find(delivery.id) is None
    assert inspector.deliveries.latest() == []


def test_a_program_that_does_not_capture_sends_too(start: Callable[..., Inspector]) -> None:
    other = start()
    number = event(other)
    short = start(capture=False)
    with Handler() as handler:
        assert result(short.deliveries.send(number, Target("", handler.url, timeout_s=60))).succeeded
    assert len(other.deliveries.of_event(number)) == 1
