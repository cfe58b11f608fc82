"""The order and the limits of one target, with every moment given."""

from __future__ import annotations

from inspector.core.delivery_queue import BreakerState, Job
from inspector.core.target import Target
from inspector.engine.breaker import Breaker
from inspector.engine.delivery_lane import Lane

SECOND_NS = 1_000_000_000


def job(number: int, due_s: float = 0.0) -> Job:
    return Job(number, "t", number * 10, 0, int(due_s * SECOND_NS), 0, "forward", "")


def lane(concurrency: int = 100, rate_per_s: float | None = None) -> Lane:
    return Lane(Target("t", "http://x", concurrency=concurrency, rate_per_s=rate_per_s))


def taken(of: Lane, now_s: float = 0.0) -> list[int]:
    found = []
    while (one := of.take(now_s, int(now_s * SECOND_NS))) is not None:
        found.append(one[0].id)
    return found


def test_what_is_due_goes_in_the_order_of_the_queue() -> None:
    made = lane()
    made.add([job(3), job(1, 2), job(2), job(4, 1)])
    assert taken(made) == [2, 3]
    assert made.wake_in_s(0.0, 0) == 1
    assert taken(made, 2) == [1, 4]
    assert made.wake_in_s(2, 2 * SECOND_NS) is None


def test_no_more_are_under_way_than_the_target_allows() -> None:
    made = lane(concurrency=2)
    made.add(job(number) for number in range(1, 5))
    assert taken(made) == [1, 2]
    assert made.wake_in_s(0, 0) is None
    made.done(job(1))
    assert taken(made) == [3]
    state = made.state(0, 0)
    assert (state.waiting, state.sending) == (1, 2)


def test_the_rate_spaces_the_starts() -> None:
    made = lane(rate_per_s=2)
    made.add(job(number) for number in range(1, 4))
    assert taken(made) == [1]
    assert made.wake_in_s(0, 0) == 0.5
    assert made.reserve_s(0.0) == 0.5
    assert taken(made, 0.5) == []
    assert taken(made, 1.0) == [2]


def test_failures_in_a_row_pause_it_and_one_probe_at_a_time_goes() -> None:
    made = lane()
    made.add(job(number) for number in range(1, 9))
    for number in range(1, 6):
        one = made.take(0.0, 0)
        assert one is not None
        assert made.failed(0.0, "refused", probe=one[1]) is (number == 5)
        made.done(one[0])
    assert taken(made, 4.9) == []
    state = made.state(1.0, SECOND_NS)
    assert (state.breaker, state.failures, state.last_failure) == (BreakerState.OPEN, 5, "refused")
    assert state.probe_at_ns == state.next_at_ns == 5 * SECOND_NS
    probe = made.take(5.0, 5 * SECOND_NS)
    assert probe is not None
    assert (probe[0].id, probe[1]) == (6, True)
    assert taken(made, 99) == []
    made.failed(5.0, "refused", probe=True)
    made.done(probe[0])
    assert taken(made, 14.9) == []
    assert made.take(15.0, 15 * SECOND_NS) is not None


def test_it_can_be_tried_now() -> None:
    breaker = Breaker(failures=1)
    made = Lane(Target("t", "http://x"), breaker)
    made.add([job(1), job(2, 100)])
    assert taken(made) == [1]
    made.failed(0.0, "x", probe=False)
    made.done(job(1))
    made.hurry()
    breaker.try_now(1.0)
    assert made.take(1.0, SECOND_NS) == (job(2, 100), True)


def test_a_target_that_comes_back_gets_all_it_missed_in_order_and_not_at_once() -> None:
    made = Lane(Target("t", "http://x", concurrency=8), Breaker(failures=1))
    made.add(job(number, due_s=100 - number) for number in range(1, 20))
    made.failed(0.0, "x", probe=False)
    made.add([job(30)])
    probe = made.take(5.0, 5 * SECOND_NS)
    assert probe is not None
    assert probe[0].id == 30
    assert made.succeeded()
    made.done(probe[0])
    made.add(job(number) for number in range(40, 60))
    for number in range(1, 20):
        assert taken(made, 5.0) == [number]
        assert made.wake_in_s(5.0, 5 * SECOND_NS) is None
        made.succeeded()
        made.done(job(number))
    assert taken(made, 5.0) == list(range(40, 48))


def test_jobs_that_were_discarded_are_forgotten() -> None:
    made = lane()
    made.add([job(1), job(2), job(3)])
    made.keep_only({3})
    assert taken(made) == [3]
    made.done(job(3))
    assert made.idle
