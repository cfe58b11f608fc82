from __future__ import annotations

import os
import stat
import sys
import threading
from dataclasses import replace
from pathlib import Path

import apsw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.core.event import Arrival, Capture, Reading, Reply, Request, State, Times
from inspector.core.listing import Order, SavedFilter
from inspector.core.problem import ProblemError
from inspector.core.query.nodes import Is
from inspector.core.refusal import Refusal
from inspector.core.source import PRESET, Source
from inspector.store import checkpointer
from tests.unit.store.building import PATIENCE_S, START_NS, Keeper, arrival, later, until


def test_an_event_comes_back_whole(keeper: Keeper) -> None:
    given_request = Request(
        b"POST /a?b=%20c HTTP/1.1",
        ((b"X-A", b"1"), (b"x-a", b"\xff two"), (b"Host", b"h")),
        b"\0\1\xff" * 1000,
        b"POST /a?b=%20c HTTP/1.1\r\nX-A:1\r\nx-a: \xff two \r\nHost: h\r\n\r\n",
        remote="[::1]:5",
    )
    times = Times(START_NS, 1_000, 2_000, 3_000, 4_000)
    capture = Capture(given_request, times, State.INCOMPLETE, "the sender broke off")
    put = Arrival(capture, "nudj", mark="edited", note="look", parent=7)
    stored = keeper.put(put)[0].result(PATIENCE_S)
    event = keeper.readers.event(stored.id)
    assert event is not None
    assert event.request == given_request
    assert replace(event.times, stored_ns=None) == times
    assert event.times.stored_ns is not None
    assert (event.trouble, event.note, event.parent) == ("the sender broke off", "look", 7)
    row = event.row
    assert (row.state, row.mark, row.has_note, row.size_bytes) == (State.INCOMPLETE, "edited", True, 3000)
    assert (row.method, row.target, row.remote) == ("POST", "/a?b=%20c", "[::1]:5")
    assert keeper.readers.rows([stored.id]) == [row]
    assert keeper.readers.body(stored.id) == given_request.body


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_any_bytes_come_back_identical(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    raw = st.binary(max_size=40)
    requests = data.draw(
        st.lists(
            st.builds(
                Request,
                raw,
                st.lists(st.tuples(raw, raw), max_size=4).map(tuple),
                st.binary(max_size=300),
                raw,
            ),
            min_size=1,
            max_size=5,
        )
    )
    keeper = Keeper(tmp_path_factory.mktemp("bytes") / "events.db", durable=False)
    keeper.store.open()
    try:
        numbers = keeper.keep(*[Arrival(Capture(each, Times(1, 1, 1, 1, 1)), "s") for each in requests])
        for number, each in zip(numbers, requests, strict=True):
            event = keeper.readers.event(number)
            assert event is not None
            assert event.request == each
    finally:
        keeper.store.close()


def test_events_that_wait_share_a_commit(keeper: Keeper) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def hold(_: apsw.Connection) -> None:
        begun.set()
        go_on.wait(PATIENCE_S)

    keeper.store.write(hold)
    assert begun.wait(PATIENCE_S)
    futures = keeper.put(*[arrival(b"%d" % n) for n in range(50)])
    go_on.set()
    numbers = [future.result(PATIENCE_S).id for future in futures]
    assert numbers == list(range(1, 51))
    assert len(keeper.commits) == 1


def test_what_is_kept_is_there_after_reopening(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "events.db"
    first = Keeper(path)
    first.store.open()
    numbers = first.keep(arrival(b"one"), arrival(b"two"))
    first.store.close()
    second = Keeper(path)
    second.store.open()
    assert list(second.readers.ids()) == [2, 1]
    assert [second.readers.body(number) for number in numbers] == [b"one", b"two"]
    assert second.keep(arrival(b"three")) == [3]
    second.store.close()


def test_numbers_are_never_given_twice(keeper: Keeper) -> None:
    numbers = keeper.keep(arrival(), arrival())
    undo = keeper.store.delete(numbers).result(PATIENCE_S)
    keeper.store.purge(undo).result(PATIENCE_S)
    assert keeper.keep(arrival()) == [3]
    assert keeper.readers.newest_id() == 3


def test_the_same_event_id_of_the_same_source_is_a_repeat(keeper: Keeper) -> None:
    futures = keeper.put(*[arrival(event_id="e1") for _ in range(3)], arrival(event_id="e1", source="other"))
    futures += keeper.put(arrival(), arrival())
    until(lambda: all(future.done() for future in futures))
    futures += keeper.put(arrival(event_id="e1"), arrival(event_id="e1", source="other"))
    assert [future.result(PATIENCE_S).repeat for future in futures] == [0, 1, 2, 0, 0, 0, 3, 1]
    assert [row.repeat for row in keeper.readers.repeats(2)] == [0, 1, 2, 3]
    assert keeper.readers.repeats(5) == []
    assert list(keeper.readers.ids(Is("duplicate"))) == [8, 7, 3, 2]
    assert keeper.readers.totals().duplicates == 4


def test_a_reply_is_written_soon(keeper: Keeper) -> None:
    (number,) = keeper.keep(arrival(status=202))
    assert keeper.readers.rows([number])[0].reply_status is None
    keeper.store.replied(number, 9_000, 401)
    until(lambda: keeper.readers.rows([number])[0].reply_status == 401)
    row = keeper.readers.rows([number])[0]
    assert row.took_ns == 7_000
    event = keeper.readers.event(number)
    assert event is not None
    assert event.times.replied_ns == 9_000


def test_replies_are_not_lost_at_the_end(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path / "events.db")
    keeper.store.open()
    (number,) = keeper.keep(arrival())
    keeper.store.replied(number, 9_000, 200)
    keeper.store.close()
    keeper = Keeper(tmp_path / "events.db")
    keeper.store.open()
    assert keeper.readers.rows([number])[0].took_ns == 7_000
    keeper.store.close()


def test_an_event_that_breaks_its_reader_is_kept_all_the_same(tmp_path: Path) -> None:
    def broken(_: Arrival) -> Reading:
        raise ValueError("hostile")

    keeper = Keeper(tmp_path / "events.db")
    keeper.store._writer._read = broken
    keeper.store.open()
    assert keeper.keep(arrival(b"x")) == [1]
    keeper.store.close()


def test_lists_follow_their_order_and_limits(keeper: Keeper) -> None:
    sizes = [3, 1, 2, 2]
    keeper.keep(*[arrival(b"x" * size, event_type=f"t{size}", method=f"M{size}") for size in sizes])
    ids = keeper.readers.ids
    assert list(ids()) == [4, 3, 2, 1]
    assert list(ids(order=Order(descending=False))) == [1, 2, 3, 4]
    assert list(ids(limit=2, offset=1)) == [3, 2]
    for column in ("size", "type", "method"):
        assert list(ids(order=Order(column, descending=True))) == [1, 4, 3, 2]
        assert list(ids(order=Order(column, descending=False), limit=3)) == [2, 4, 3]
    for column in ("target", "source", "id", "status", "took", "signature", "retry", "repeat", "remote"):
        assert list(ids(order=Order(column))) == [4, 3, 2, 1]
    for column in ("pinned", "state"):
        assert list(ids(order=Order(column))) == [4, 3, 2, 1]
    assert [row.id for row in keeper.readers.rows([2, 99, 4])] == [2, 4]
    assert keeper.readers.event(99) is None
    assert keeper.readers.body(99) == b""


def test_arrivals_are_counted_by_time(keeper: Keeper) -> None:
    one = arrival()
    keeper.keep(*[later(one, seconds) for seconds in (0, 0.5, 1, 9.9, 10)])
    keeper.keep(later(arrival(state=State.REJECTED, method="PUT"), 1.5))
    found = keeper.readers.histogram(None, START_NS, START_NS + 10_000_000_000, 10)
    assert found.bin_ns == 1_000_000_000
    assert found.counts == [2, 2, 0, 0, 0, 0, 0, 0, 0, 1]
    assert found.bad == [0, 1, 0, 0, 0, 0, 0, 0, 0, 0]
    some = keeper.readers.histogram(Is("rejected"), START_NS, START_NS + 10_000_000_000, 5)
    assert (some.counts, some.bad) == ([1, 0, 0, 0, 0], [1, 0, 0, 0, 0])
    assert keeper.readers.span_ns() == (START_NS, START_NS + 10_000_000_000)


def test_values_are_offered_by_how_often_they_occur(keeper: Keeper) -> None:
    keeper.keep(*[arrival(event_type=kind) for kind in ("ping", "Push", "push", "push", "")])
    assert keeper.readers.values("type") == ["push", "Push", "ping"]
    assert keeper.readers.values("type", "PU") == ["push", "Push"]
    assert keeper.readers.values("path", "/web") == ["/webhooks/nudj"]
    assert keeper.readers.values("signature") == ["unchecked"]
    assert keeper.readers.values("header", "con") == ["content-type"]
    assert keeper.readers.values("unheard-of") == []


def test_sources_and_filters_are_kept(keeper: Keeper) -> None:
    store = keeper.store
    assert store.list_sources() == [PRESET]
    other = Source("a", "/a", secrets=("s1", "s2"), reply=Reply(202, ((b"X", b"\xff"),), b"\0ok"))
    store.save_source(other)
    store.save_source(replace(PRESET, refuse_bad=True))
    assert store.list_sources() == [other, replace(PRESET, refuse_bad=True)]
    store.remove_source("nudj")
    assert store.list_sources() == [other]
    store.save_filter(SavedFilter("late", "took:>1s", 2)).result(PATIENCE_S)
    store.save_filter(SavedFilter("bad", "signature:invalid", 1)).result(PATIENCE_S)
    assert [saved.name for saved in store.list_filters()] == ["bad", "late"]
    store.remove_filter("bad").result(PATIENCE_S)
    assert [saved.name for saved in store.list_filters()] == ["late"]


def test_readers_cannot_write(keeper: Keeper) -> None:
    keeper.keep(arrival())
    with pytest.raises(ProblemError):
        keeper.readers.run(lambda connection: connection.execute("DELETE FROM events"))
    assert keeper.readers.count() == 1


def test_refusals_are_kept_within_bounds(keeper: Keeper) -> None:
    for number in range(2_100):
        keeper.store.refused(Refusal(number, "r", 400, "malformed", b"\0GET"))
    keeper.store.probe().result(PATIENCE_S)
    found = keeper.readers.refusals(5_000)
    assert len(found) == 2_000
    assert found[0] == Refusal(2_099, "r", 400, "malformed", b"\0GET")


def test_the_log_is_moved_into_the_file_while_events_come_in(
    keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpointer, "PAGES", 50)
    log = keeper.store.path.with_name("events.db-wal")

    def copied() -> bool:
        """The file has grown by far more than the log holds."""
        keeper.keep(arrival(b"x" * 100_000))
        return keeper.store.path.stat().st_size > 2 * log.stat().st_size

    until(copied)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_only_the_owner_can_read_the_files(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        keeper = Keeper(tmp_path / "data" / "events.db")
        keeper.store.open()
        keeper.keep(arrival())
        for part in (tmp_path / "data").iterdir():
            assert stat.S_IMODE(part.stat().st_mode) == 0o600, part
        assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
        keeper.store.close()
    finally:
        os.umask(before)
