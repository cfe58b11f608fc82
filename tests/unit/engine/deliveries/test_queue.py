"""The queue on a real file with a real handler: order, retries, dead letters, pauses, restarts."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable

import pytest

from inspector.core.delivery_queue import BreakerState, LaneState
from inspector.core.query.parse import parse
from inspector.core.target import Target
from inspector.engine.announcements import Announcement, QueueChanged
from inspector.engine.inspector import Inspector
from tests.unit.engine.conftest import arrival
from tests.unit.engine.deliveries.handler import PATIENCE_S, Answer, Got, Handler, until

QUICK = "retries=2 first=10ms factor=1"


def events(inspector: Inspector, count: int) -> list[int]:
    return inspector.inbox.add([arrival(str(number).encode()) for number in range(count)])


def settled(inspector: Inspector) -> None:
    until(lambda: not inspector.deliveries.jobs() and inspector.deliveries.queue().depth == 0)


def add_target(inspector: Inspector, url: str, **options: object) -> None:
    options.setdefault("timeout_s", PATIENCE_S)
    inspector.deliveries.targets.add(Target("t", url, **options))  # type: ignore[arg-type] # as Target says


def lane(inspector: Inspector) -> LaneState:
    (found,) = inspector.deliveries.queue().lanes
    return found


def enqueue(inspector: Inspector, ids: list[int]) -> None:
    inspector.deliveries.enqueue(ids, "t").result(PATIENCE_S)


def test_events_go_out_in_order_and_leave_the_queue(inspector: Inspector) -> None:
    heard: list[Announcement] = []
    inspector.announcements.subscribe(heard.append)
    numbers = events(inspector, 20)
    with Handler() as handler:
        add_target(inspector, handler.url, concurrency=1)
        enqueue(inspector, numbers)
        got = handler.wait(20)
        settled(inspector)
    assert [each.body for each in got] == [str(number).encode() for number in range(20)]
    assert {row.origin for row in inspector.deliveries.latest()} == {"forward"}
    until(lambda: QueueChanged() in heard)
    assert inspector.inbox.ids(parse("delivery:ok")).tolist() == numbers[::-1]


def test_failures_are_retried_by_the_policy_until_one_succeeds(inspector: Inspector) -> None:
    (number,) = events(inspector, 1)
    answers = iter([Answer(500), Answer(503, (("Retry-After", "0"),)), Answer(200)])
    with Handler(lambda _: next(answers)) as handler:
        add_target(inspector, handler.url, policy=QUICK)
        enqueue(inspector, [number])
        handler.wait(3)
        settled(inspector)
    rows = inspector.deliveries.of_event(number)
    assert [(row.outcome, row.attempt, row.origin) for row in rows] == [
        ("500", 1, "forward"), ("503", 2, "retry"), ("200", 3, "retry"),
    ]  # fmt: skip
    assert inspector.deliveries.dead_letters() == []


def test_the_planned_time_of_the_next_attempt_is_visible(inspector: Inspector) -> None:
    (number,) = events(inspector, 1)
    with Handler(lambda _: Answer(503, (("Retry-After", "7200"),))) as handler:
        add_target(inspector, handler.url, policy="delays=1h")
        enqueue(inspector, [number])
        until(lambda: [job.attempts for job in inspector.deliveries.jobs()] == [1])
        (job,) = inspector.deliveries.jobs(event_id=number)
        (row,) = inspector.deliveries.of_event(number)
        assert 7200 <= (job.due_at_ns - row.sent_at_ns) / 1e9 < 7200 + PATIENCE_S
        until(lambda: lane(inspector).next_at_ns == job.due_at_ns)
        handler.answer = lambda _: Answer(200)
        inspector.deliveries.try_now("t")
        settled(inspector)


def test_what_is_used_up_becomes_a_dead_letter_that_can_be_retried_or_discarded(inspector: Inspector) -> None:
    first, second = events(inspector, 2)
    with Handler(lambda _: Answer(422, body=b"no")) as handler:
        add_target(inspector, handler.url, policy="retries=1 first=1ms")
        enqueue(inspector, [first, second])
        until(lambda: len(inspector.deliveries.dead_letters()) == 2)
        settled(inspector)
        letters = inspector.deliveries.dead_letters()
        assert {letter.event_id for letter in letters} == {first, second}
        assert {(letter.attempts, letter.status, letter.detail) for letter in letters} == {
            (2, 422, "422 Unprocessable Entity")
        }
        assert inspector.deliveries.find(letters[0].delivery_id) is not None
        assert inspector.inbox.ids(parse("is:dead")).tolist() == [second, first]
        assert inspector.deliveries.queue().dead == 2
        handler.answer = lambda _: Answer(200)
        mine = next(letter for letter in letters if letter.event_id == first)
        assert inspector.deliveries.retry_dead([mine.id]) == 1
        settled(inspector)
    assert inspector.inbox.ids(parse("is:dead")).tolist() == [second]
    assert inspector.inbox.ids(parse("delivery:ok")).tolist() == [first]
    assert inspector.deliveries.discard_dead() == 1
    assert inspector.deliveries.dead_letters() == []
    assert inspector.inbox.ids(parse("is:dead")).tolist() == []
    assert len(inspector.deliveries.of_event(second)) == 2


def test_a_success_past_the_queue_settles_a_dead_letter(inspector: Inspector) -> None:
    (number,) = events(inspector, 1)
    with Handler(lambda _: Answer(500)) as handler:
        add_target(inspector, handler.url, policy="none")
        enqueue(inspector, [number])
        until(lambda: len(inspector.deliveries.dead_letters()) == 1)
        handler.answer = lambda _: Answer(200)
        inspector.deliveries.send(number, "t").result(PATIENCE_S)
    assert inspector.deliveries.dead_letters() == []


def test_some_failures_are_not_tried_again(inspector: Inspector) -> None:
    (number,) = events(inspector, 1)
    with Handler(lambda _: Answer(410)) as handler:
        add_target(inspector, handler.url, policy="delays=1ms,1ms drop=410")
        enqueue(inspector, [number])
        until(lambda: len(inspector.deliveries.dead_letters()) == 1)
    assert len(inspector.deliveries.of_event(number)) == 1


def test_a_handler_that_is_down_gets_all_it_missed_in_order_when_it_is_back(inspector: Inspector) -> None:
    with Handler() as gone:
        port = gone.port
    add_target(inspector, f"http://127.0.0.1:{port}", concurrency=1, policy="delays=1h,1h")
    numbers = events(inspector, 12)
    enqueue(inspector, numbers)
    until(lambda: lane(inspector).breaker is BreakerState.OPEN and lane(inspector).sending == 0)
    state = lane(inspector)
    assert state.failures >= 5
    assert state.waiting == 12
    assert state.probe_at_ns is not None
    with Handler(port=port) as back:
        inspector.deliveries.try_now("t")
        got = back.wait(12)
        settled(inspector)
    assert [int(each.body) for each in got] == list(range(12))
    assert inspector.deliveries.dead_letters() == []
    assert "probe" in {row.origin for row in inspector.deliveries.latest()}
    assert inspector.deliveries.queue().lanes == ()


def test_the_queue_survives_a_restart(start: Callable[..., Inspector]) -> None:
    inspector = start()
    (number, other) = events(inspector, 2)
    with Handler(lambda _: Answer(500)) as handler:
        add_target(inspector, handler.url, policy="delays=1h")
        enqueue(inspector, [number, other])
        until(lambda: [job.attempts for job in inspector.deliveries.jobs()] == [1, 1])
        inspector.stop()
        handler.answer = lambda _: Answer(200)
        again = start()
        assert [job.event_id for job in again.deliveries.jobs()] == [number, other]
        assert again.deliveries.queue().depth == 2
        again.deliveries.try_now("t")
        settled(again)
    assert [row.attempt for row in again.deliveries.of_event(number)] == [1, 2]


def test_a_delivery_under_way_at_the_end_is_made_again(start: Callable[..., Inspector]) -> None:
    inspector = start()
    (number,) = events(inspector, 1)
    until_freed: list[bool] = []

    def hang(_: Got) -> Answer:
        until(lambda: bool(until_freed))
        return Answer(200)

    with Handler(hang) as handler:
        add_target(inspector, handler.url)
        enqueue(inspector, [number])
        handler.wait(1)
        inspector.deliveries.stop(grace_s=0.0)
        inspector.stop()
        until_freed.append(True)
        again = start()
        handler.wait(2)
        settled(again)
    assert [row.outcome for row in again.deliveries.of_event(number)] == ["200"]


def test_jobs_of_another_program_are_taken_up(start: Callable[..., Inspector]) -> None:
    capturing = start()
    numbers = events(capturing, 3)
    other = start(capture=False)
    with Handler() as handler:
        other.deliveries.targets.add(Target("t", handler.url))
        other.deliveries.enqueue(numbers, "t").result(PATIENCE_S)
        handler.wait(3)
        until(lambda: other.deliveries.queue().depth == 0)
    until(lambda: capturing.deliveries.targets.find("t") is not None)


def test_an_edited_target_is_used_for_what_waits_and_a_renamed_one_keeps_its_queue(
    inspector: Inspector,
) -> None:
    with Handler() as gone:
        url = gone.url
    (number,) = events(inspector, 1)
    add_target(inspector, url, policy="delays=1h")
    enqueue(inspector, [number])
    until(lambda: [job.attempts for job in inspector.deliveries.jobs()] == [1])
    with Handler() as handler:
        inspector.deliveries.targets.edit("t", Target("better", handler.url))
        until(lambda: [each.target_name for each in inspector.deliveries.queue().lanes] == ["better"])
        inspector.deliveries.try_now("better")
        settled(inspector)
    assert [row.target_name for row in inspector.deliveries.of_event(number)] == ["better", "better"]


def test_removed_targets_and_deleted_events_leave_no_jobs(inspector: Inspector) -> None:
    numbers = events(inspector, 3)
    with Handler(lambda _: Answer(500)) as handler:
        add_target(inspector, handler.url, policy="delays=1h")
        enqueue(inspector, numbers)
        until(lambda: [job.attempts for job in inspector.deliveries.jobs()] == [1, 1, 1])
        inspector.inbox.delete([numbers[0]])
        inspector.deliveries.try_now("t")
        until(lambda: len(inspector.deliveries.jobs()) == 0)
        settled(inspector)
        inspector.deliveries.retry_dead()
        inspector.deliveries.targets.remove("t")
        until(lambda: inspector.deliveries.jobs() == [] and inspector.deliveries.queue().depth == 0)


class Gate:
    """A handler that answers only when it is let."""

    def __init__(self, answer: Answer) -> None:
        self.open = threading.Event()
        self._answer = answer

    def __call__(self, _: Got) -> Answer:
        assert self.open.wait(PATIENCE_S)
        return self._answer


def test_a_job_that_is_discarded_while_it_is_under_way_ends_there(inspector: Inspector) -> None:
    (number,) = events(inspector, 1)
    gate = Gate(Answer(500))
    with Handler(gate) as handler:
        add_target(inspector, handler.url, policy="delays=1ms,1ms,1ms", timeout_s=60)
        enqueue(inspector, [number])
        handler.wait(1)
        inspector.deliveries.discard_jobs([job.id for job in inspector.deliveries.jobs()])
        gate.open.set()
        settled(inspector)
    assert len(inspector.deliveries.of_event(number)) == 1
    assert inspector.deliveries.dead_letters() == []


def test_a_target_renamed_while_a_delivery_is_under_way_gets_its_retry(inspector: Inspector) -> None:
    (number,) = events(inspector, 1)
    gate = Gate(Answer(500))
    with Handler(gate) as handler:
        add_target(inspector, handler.url, policy="delays=1h", timeout_s=60)
        enqueue(inspector, [number])
        handler.wait(1)
        inspector.deliveries.targets.edit("t", Target("new", handler.url, policy="delays=1h"))
        gate.open.set()
        until(lambda: [lane.target_name for lane in inspector.deliveries.queue().lanes] == ["new"])
        handler.answer = lambda _: Answer(200)
        inspector.deliveries.try_now("new")
        settled(inspector)
    assert [row.outcome for row in inspector.deliveries.of_event(number)] == ["500", "200"]


def test_a_missing_secret_holds_the_queue_and_uses_no_attempt_up(
    inspector: Inspector, monkeypatch: pytest.MonkeyPatch
) -> None:
    (number,) = events(inspector, 1)
    with Handler() as handler:
        add_target(inspector, handler.url, secret_headers=(("Authorization", "later"),), policy="none")
        enqueue(inspector, [number])
        until(lambda: any(each.key == "target-secret" for each in inspector.announcements.problems))
        assert [job.attempts for job in inspector.deliveries.jobs()] == [0]
        monkeypatch.setenv("WEBHOOK_INSPECTOR_SECRET_LATER", "Bearer now-known")
        until(lambda: lane(inspector).sending == 0)
        inspector.deliveries.try_now("t")
        settled(inspector)
        assert handler.got[0].header("authorization") == ["Bearer now-known"]
    assert inspector.announcements.problems == ()


def test_capture_goes_on_while_a_target_hangs(inspector: Inspector) -> None:
    numbers = events(inspector, 5)
    gate = Gate(Answer(200))
    with Handler(gate) as handler:
        add_target(inspector, handler.url, concurrency=2, timeout_s=60)
        enqueue(inspector, numbers)
        handler.wait(2)
        listening = inspector.listen(port=0)
        connection = http.client.HTTPConnection(listening.host, listening.port, timeout=PATIENCE_S)
        connection.request("POST", "/webhooks/nudj", b"{}")
        assert connection.getresponse().status == 200
        connection.close()
        assert len(handler.got) == 2
        gate.open.set()
        settled(inspector)
