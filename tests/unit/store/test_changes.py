from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.core.event import Checked, State, Verdict
from inspector.core.listing import Retention, Totals
from inspector.core.query.nodes import Is, Match
from tests.unit.store.building import PATIENCE_S, SECOND_NS, START_NS, Keeper, arrival, indexed, later, until

KEEP_ALL = Retention(None, None, None)


def pruned(keeper: Keeper, keep: Retention) -> int:
    total = 0
    while removed := keeper.store.prune(keep).result(PATIENCE_S):
        total += removed
    return total


def test_pins_and_notes_show(keeper: Keeper) -> None:
    one, two = keeper.keep(arrival(), arrival())
    keeper.store.pin([one, two, 99], True).result(PATIENCE_S)
    keeper.store.pin([two], False).result(PATIENCE_S)
    keeper.store.note(one, "look here").result(PATIENCE_S)
    assert [(row.pinned, row.has_note) for row in keeper.readers.rows([one, two])] == [
        (True, True),
        (False, False),
    ]
    event = keeper.readers.event(one)
    assert event is not None
    assert event.note == "look here"
    keeper.store.note(one, "").result(PATIENCE_S)
    assert not keeper.readers.rows([one])[0].has_note


def test_verdicts_are_counted(keeper: Keeper) -> None:
    one, two = keeper.keep(arrival(), arrival())
    bad = Checked(Verdict.INVALID, "github", "wrong-secret")
    keeper.store.set_checked([(one, bad), (two, bad), (99, bad)]).result(PATIENCE_S)
    assert keeper.readers.rows([one])[0].checked == bad
    assert keeper.readers.totals().invalid == 2
    keeper.store.set_checked([(one, Checked(Verdict.VALID, "github", "", "new"))]).result(PATIENCE_S)
    assert keeper.readers.totals().invalid == 1
    assert keeper.readers.values("secret") == ["new"]


def test_a_deletion_can_be_taken_back(keeper: Keeper) -> None:
    keeper.keep(*[arrival(b"body %d" % n, event_id="e") for n in range(4)])
    before = keeper.readers.event(2)
    undo = keeper.store.delete([2, 3, 99]).result(PATIENCE_S)
    assert undo.ids == (2, 3)
    assert list(keeper.readers.ids()) == [4, 1]
    assert keeper.readers.event(2) is None
    assert keeper.readers.body(2) == b""
    assert list(keeper.readers.ids(Match("body", "body"))) == [4, 1]
    assert keeper.store.restore(undo).result(PATIENCE_S) == [2, 3]
    assert list(keeper.readers.ids()) == [4, 3, 2, 1]
    assert keeper.readers.event(2) == before
    assert keeper.store.restore(undo).result(PATIENCE_S) == []


def test_purged_events_are_gone_for_good(keeper: Keeper) -> None:
    keeper.keep(*[arrival(b"body %d" % n) for n in range(5)])
    indexed(keeper)
    undo = keeper.store.delete([1, 2, 3]).result(PATIENCE_S)
    other = keeper.store.delete([4]).result(PATIENCE_S)
    assert keeper.store.purge(undo, most=2).result(PATIENCE_S) == 2
    assert keeper.store.purge(undo).result(PATIENCE_S) == 1
    assert keeper.store.restore(undo).result(PATIENCE_S) == []
    assert keeper.store.restore(other).result(PATIENCE_S) == [4]
    assert list(keeper.readers.ids(Match("body", "body"))) == [5, 4]
    left = [
        keeper.readers.run(lambda c, table=table: c.execute(f"SELECT count(*) FROM {table}").get)  # type: ignore[misc]
        for table in ("events", "heads", "bodies", "trash")
    ]
    assert left == [2, 2, 2, 0]


def test_clear_spares_pinned_events(keeper: Keeper) -> None:
    keeper.keep(*[arrival(state=State.INCOMPLETE if n % 2 else State.COMPLETE) for n in range(6)])
    keeper.store.pin([2], True).result(PATIENCE_S)
    assert sorted(keeper.store.clear(Is("incomplete")).result(PATIENCE_S).ids) == [4, 6]
    undo = keeper.store.clear(None).result(PATIENCE_S)
    assert sorted(undo.ids) == [1, 3, 5]
    assert list(keeper.readers.ids()) == [2]
    keeper.store.restore(undo).result(PATIENCE_S)
    assert keeper.readers.count() == 4


def test_many_are_deleted_in_slices_under_one_undo(keeper: Keeper) -> None:
    keeper.keep(*[arrival() for _ in range(2_500)])
    undo = keeper.store.clear(None).result(PATIENCE_S)
    assert len(undo.ids) == 2_500
    assert keeper.readers.totals().all == 0
    assert len(keeper.store.restore(undo).result(PATIENCE_S)) == 2_500
    assert keeper.readers.totals().all == 2_500


def test_retention_by_count_keeps_the_newest_and_the_pinned(keeper: Keeper) -> None:
    keeper.keep(*[arrival() for _ in range(500)])
    keeper.store.pin([1], True).result(PATIENCE_S)
    assert pruned(keeper, Retention(10, None, None)) == 490
    assert list(keeper.readers.ids()) == [*range(500, 491, -1), 1]
    assert pruned(keeper, Retention(0, None, None)) == 9
    assert list(keeper.readers.ids()) == [1]


def test_retention_by_age(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path / "events.db", wall_ns=lambda: START_NS + 100 * SECOND_NS)
    keeper.store.open()
    keeper.keep(*[later(arrival(), seconds) for seconds in (0, 50, 10, 100)])
    keeper.store.pin([1], True).result(PATIENCE_S)
    assert pruned(keeper, Retention(None, 60, None)) == 1
    assert list(keeper.readers.ids()) == [4, 2, 1]
    keeper.store.close()


def test_retention_by_size_gives_room_back(keeper: Keeper) -> None:
    keeper.keep(*[arrival(b"x" * 20_000) for _ in range(300)])
    indexed(keeper)
    assert pruned(keeper, KEEP_ALL) == 0
    removed = pruned(keeper, Retention(None, None, 2_000_000))
    assert 150 < removed < 300
    pages = keeper.readers.run(
        lambda c: (int(c.pragma("page_count")) - int(c.pragma("freelist_count"))) * int(c.pragma("page_size"))
    )
    assert pages <= 2_000_000


def test_the_index_leaves_binary_bodies_out_and_looks_into_compressed_ones(keeper: Keeper) -> None:
    keeper.keep(
        arrival(b"\0needle"),
        arrival(gzip.compress(b"a needle", mtime=0), headers=((b"Content-Encoding", b"gzip"),)),
        arrival(b"not gzip: needle", headers=((b"Content-Encoding", b"gzip"),)),
        arrival(b"NEEDLE"),
    )
    indexed(keeper)
    assert list(keeper.readers.ids(Match("body", "needle"))) == [4, 2]


def test_a_long_body_is_found_without_the_index(keeper: Keeper) -> None:
    keeper.keep(arrival(b"short"), arrival(b"x" * 5_000_000 + b"needle"), arrival(b"needles"))
    indexed(keeper)
    assert list(keeper.readers.ids(Match("body", "needle"))) == [3, 2]


def test_the_index_goes_on_while_events_come_in(keeper: Keeper) -> None:
    numbers = keeper.keep(*[arrival(b"body %d" % n) for n in range(50)])

    def one_more() -> bool:
        numbers.extend(keeper.keep(arrival(b"more")))
        return keeper.readers.index_state().indexed_id >= 50

    until(one_more)
    assert keeper.readers.count(Match("body", "body")) == 50


def test_room_of_purged_events_goes_back_to_the_disk(keeper: Keeper) -> None:
    keeper.keep(*[arrival(b"%d" % n * 10_000) for n in range(400)])
    keeper.store.purge(keeper.store.clear(None).result(PATIENCE_S), most=500).result(PATIENCE_S)

    def given_back() -> bool:
        return keeper.readers.run(lambda c: int(c.pragma("page_count")) < 1_500)

    until(given_back)


steps = st.lists(
    st.tuples(
        st.sampled_from(["put", "delete", "restore", "purge", "check", "pin", "prune"]), st.integers(0, 11)
    ),
    max_size=12,
)


@settings(max_examples=30, deadline=None)
@given(steps)
def test_totals_stay_true_whatever_happens(
    tmp_path_factory: pytest.TempPathFactory, given_steps: list[tuple[str, int]]
) -> None:
    keeper = Keeper(tmp_path_factory.mktemp("totals") / "events.db", durable=False)
    keeper.store.open()
    store = keeper.store
    undos = []
    keeper.keep(*[arrival(source="ab"[n % 2], event_id=f"e{n % 3}") for n in range(5)])
    for step, number in given_steps:
        if step == "put":
            keeper.keep(arrival(source="a", state=list(State)[number % 3], event_id=f"e{number % 3}"))
        elif step == "delete":
            undos.append(store.delete([number, number + 1]).result(PATIENCE_S))
        elif step == "restore" and undos:
            store.restore(undos[number % len(undos)]).result(PATIENCE_S)
        elif step == "purge" and undos:
            store.purge(undos[number % len(undos)]).result(PATIENCE_S)
        elif step == "check":
            verdict = list(Verdict)[number % 4]
            store.set_checked([(number, Checked(verdict)), (number, Checked(verdict))]).result(PATIENCE_S)
        elif step == "pin":
            store.pin([number], number % 2 == 0).result(PATIENCE_S)
        elif step == "prune":
            store.prune(Retention(5, None, None)).result(PATIENCE_S)
    totals, rows = keeper.readers.totals(), keeper.readers.rows(list(keeper.readers.ids()))
    keeper.store.close()
    sources = [row.source for row in rows]
    assert totals == Totals(
        all=len(rows),
        pinned=sum(row.pinned for row in rows),
        duplicates=sum(row.repeat > 0 for row in rows),
        incomplete=sum(row.state is State.INCOMPLETE for row in rows),
        rejected=sum(row.state is State.REJECTED for row in rows),
        invalid=sum(row.checked.verdict is Verdict.INVALID for row in rows),
        by_source={source: sources.count(source) for source in sorted(set(sources))},
        database_bytes=totals.database_bytes,
    )
