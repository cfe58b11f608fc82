"""What waits for its verdict is taken in order, whole or by number."""

from __future__ import annotations

from inspector.core.event import Arrival, Capture, Reading, Request, Times
from inspector.engine.checking.backlog import Backlog
from inspector.store.results import Stored


def _stored(*numbers: int) -> list[Stored]:
    capture = Capture(Request(b"POST / HTTP/1.1", (), b"{}"), Times(7, 1, 2, 3, 4))
    return [Stored(None, number, Arrival(capture, "shop"), Reading(), 0, 5) for number in numbers]


def test_commits_are_taken_in_order_and_in_pieces() -> None:
    backlog = Backlog()
    backlog.add(_stored(1, 2, 3))
    backlog.add(_stored(4))
    assert [each.number for each in backlog.take(2)] == [1, 2]
    assert [(each.number, each.source, each.received_at_ns) for each in backlog.take(9)] == [
        (3, "shop", 7),
        (4, "shop", 7),
    ]
    assert (bool(backlog), backlog.take(1)) == (False, [])


def test_what_is_beyond_the_bound_waits_by_number_until_there_is_room_again() -> None:
    backlog = Backlog(held_bytes=10_000)
    backlog.add(_stored(1, 2))
    backlog.add(_stored(3))
    assert [(each.number, each.request is None) for each in backlog.take(9)] == [
        (1, False),
        (2, False),
        (3, True),
    ]
    backlog.add(_stored(4))
    assert [each.request is None for each in backlog.take(9)] == [False]


def test_what_is_put_back_comes_first() -> None:
    backlog = Backlog()
    backlog.add(_stored(1, 2, 3))
    taken = backlog.take(2)
    backlog.put_back(each.number for each in taken)
    assert [each.number for each in backlog.take(9)] == [1, 2, 3]
