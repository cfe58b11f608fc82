"""Deliveries on the disk: whole, without keeping a body twice, and gone with their event."""

from __future__ import annotations

from dataclasses import replace

import apsw

from inspector.core.delivery import Delivery, Failure, Phases, Redirect, Response
from inspector.core.delivery_queue import DeadLetter
from inspector.core.listing import Order
from inspector.core.outgoing import Outgoing
from inspector.core.target import Target
from inspector.store import deliveries, delivery_jobs, targets
from tests.unit.store.building import PATIENCE_S, Keeper, arrival

SENT = Delivery(
    id=0,
    event_id=1,
    target_name="t",
    url="http://x/p?q=1",
    sent_at_ns=5,
    attempt=1,
    origin="forward",
    signing="as-captured",
    outgoing=Outgoing(
        "POST", "http://x/p?q=1", ((b"Host", b"x"), (b"X-Odd", b"\xff:"), (b"x-odd", b"")), b"{}"
    ),
    response=Response(302, "Found", ((b"Location", b"/y"),), b"\x00\xffbody", 600, truncated=True),
    phases=Phases(1, 2, None, 3, 4, 5),
    redirects=(Redirect(302, "http://x/p", "http://x/y", "GET", ("Authorization",)),),
)


def add(keeper: Keeper, delivery: Delivery, *, own_body: bool = True, ok: bool = False) -> tuple[int, int]:
    kept = [deliveries.Kept(delivery, own_body, ok)]
    (written,) = keeper.store.write(lambda connection: deliveries.add(connection, kept)).result(PATIENCE_S)
    return written.id, written.attempt


def test_a_delivery_comes_back_as_it_was(keeper: Keeper) -> None:
    keeper.keep(arrival(b"{}"))
    assert add(keeper, SENT) == (1, 1)
    failed = replace(SENT, response=None, failure=Failure("refused", "nobody"), phases=Phases(), redirects=())
    assert add(keeper, failed, own_body=False) == (2, 2)
    assert add(keeper, replace(failed, target_name="u")) == (3, 1)

    def found(number: int) -> Delivery | None:
        return keeper.readers.run(lambda connection: deliveries.find(connection, number))

    assert found(1) == replace(SENT, id=1)
    assert found(2) == replace(failed, id=2, attempt=2)
    assert found(4) is None
    first, second, _ = keeper.readers.run(lambda connection: deliveries.of_event(connection, 1))
    assert (first.outcome, first.response_bytes, first.redirects, first.phases) == (
        "302",
        600,
        1,
        SENT.phases,
    )
    assert (second.outcome, second.failure, second.status) == ("refused", failed.failure, None)
    newest = keeper.readers.run(
        lambda connection: deliveries.latest(connection, before_id=3, target_name="t")
    )
    assert [row.id for row in newest] == [2, 1]


def test_only_a_changed_body_is_kept_again(keeper: Keeper) -> None:
    keeper.keep(arrival(b"{}"))
    add(keeper, SENT, own_body=False)
    add(keeper, replace(SENT, outgoing=replace(SENT.outgoing, body=b"changed")), own_body=False)
    kept = keeper.readers.run(
        lambda connection: list(connection.execute("SELECT body FROM delivery_parts ORDER BY id"))
    )
    assert kept == [(None,), (b"changed",)]


def test_the_row_of_an_event_has_its_last_delivery(keeper: Keeper) -> None:
    keeper.keep(arrival(b"{}"))
    add(keeper, replace(SENT, response=None, failure=Failure("dns", "")))
    (row,) = keeper.readers.rows([1])
    assert (row.delivery, row.delivery_ok, row.handler_ns) == ("dns", False, 12)
    add(keeper, replace(SENT, response=Response(200, "OK")), ok=True)
    (row,) = keeper.readers.rows([1])
    assert (row.delivery, row.delivery_ok, row.dead) == ("200", True, False)


def test_all_goes_with_the_event(keeper: Keeper) -> None:
    keeper.keep(arrival(b"{}"), arrival(b"{}"))
    add(keeper, SENT)
    letter = DeadLetter(0, "t", 1, 3, 9, 1, 500, "", "broken")

    def fill(connection: apsw.Connection) -> None:
        delivery_jobs.add_jobs(connection, [1, 2], "t", origin="forward", now_ns=1)
        delivery_jobs.bury(connection, letter)

    keeper.store.write(fill).result(PATIENCE_S)
    assert keeper.readers.run(delivery_jobs.dead_letters) == [replace(letter, id=1)]
    undo = keeper.store.delete([1]).result(PATIENCE_S)
    assert keeper.readers.run(delivery_jobs.dead_letters) == []
    assert keeper.store.restore(undo).result(PATIENCE_S) == [1]
    assert keeper.readers.run(delivery_jobs.count_dead) == 1
    assert keeper.readers.rows([1])[0].dead
    keeper.store.purge(keeper.store.delete([1]).result(PATIENCE_S)).result(PATIENCE_S)
    assert [job.event_id for job in keeper.readers.run(delivery_jobs.jobs)] == [2]
    for table in ("deliveries", "delivery_parts", "outcomes", "dead_letters"):
        sql = f"SELECT count(*) FROM {table}"
        assert keeper.readers.run(lambda connection, sql=sql: connection.execute(sql).get) == 0


def test_a_database_can_be_sorted_by_outcome(keeper: Keeper) -> None:

    keeper.keep(arrival(b"{}"), arrival(b"{}"))
    add(keeper, SENT)
    assert keeper.readers.ids(None, Order("handler")).tolist() == [1, 2]
    assert keeper.readers.ids(None, Order("delivery", descending=False)).tolist() == [2, 1]


def test_targets_and_the_urls_of_none(keeper: Keeper) -> None:
    shop = Target(
        "shop", "http://x", headers=((b"X", b"\xff"),), secret_headers=(("A", "b"),), rate_per_s=0.5
    )

    def fill(connection: apsw.Connection) -> None:
        targets.save_target(connection, shop)
        targets.save_target(connection, Target("a", "http://a"))
        targets.set_default(connection, "shop")
        delivery_jobs.add_jobs(connection, [1], "shop", origin="forward", now_ns=1)
        targets.save_target(connection, replace(shop, name="store"), "shop")
        for number in range(30):
            targets.remember_url(connection, f"http://u/{number}", number)

    keeper.store.write(fill).result(PATIENCE_S)
    found, default = keeper.readers.run(targets.list_targets)
    assert (found, default) == ([Target("a", "http://a"), replace(shop, name="store")], "store")
    assert [job.target_name for job in keeper.readers.run(delivery_jobs.jobs)] == ["store"]
    urls = keeper.readers.run(targets.remembered_urls)
    assert (len(urls), urls[0]) == (targets.URLS_KEPT, "http://u/29")


def test_many_are_kept_at_once_and_attempts_counted_among_them(keeper: Keeper) -> None:
    keeper.keep(*(arrival(b"{}") for _ in range(40)))
    add(keeper, SENT)
    group = [deliveries.Kept(replace(SENT, event_id=1 + place // 2), True, True) for place in range(80)]
    written = keeper.store.write(lambda connection: deliveries.add(connection, group)).result(PATIENCE_S)
    assert [delivery.id for delivery in written] == list(range(2, 82))
    assert [delivery.attempt for delivery in written] == [2, 3, *([1, 2] * 39)]
    for delivery in written[::20]:
        found = keeper.readers.run(lambda connection, of=delivery.id: deliveries.find(connection, of))
        assert found == delivery
    assert keeper.keep(arrival(b"{}")) == [41]
