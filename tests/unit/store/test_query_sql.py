from __future__ import annotations

import contextlib
import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.core.event import Checked, State, Verdict
from inspector.core.listing import Order
from inspector.core.query.nodes import And, Compare, Is, Match, Node, Not, Or, Since, Until, Words
from tests.unit.store.building import PATIENCE_S, SECOND_NS, START_NS, Keeper, arrival, indexed, later, until

NOW_NS = START_NS + 100 * SECOND_NS
GZIP = (b"Content-Encoding", b"gzip")


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keeper]:
    """Twelve events that differ in every way a query can tell."""
    keeper = Keeper(tmp_path_factory.mktemp("query") / "events.db", durable=False, wall_ns=lambda: NOW_NS)
    keeper.store.open()
    agent = ((b"Host", b"h"), (b"User-Agent", b"GitHub-Hookshot/1"), (b"X-A", b"one"), (b"x-a", b"TWO"))
    keeper.keep(
        arrival(b'{"user":"User_123"}', event_type="challenge.created", event_id="evt_1"),
        arrival(b'{"user":"user_124"}', event_type="challenge.updated", event_id="evt_2", headers=agent),
        arrival(b"x" * 20_000, event_type="ping", source="github", target="/hooks/GH?path=/webhooks"),
        arrival(gzip.compress(b'{"deep":"treasure"}', mtime=0), headers=(GZIP,), remote="10.0.0.9:1"),
        arrival(zlib.compress(b"sunken TREASURE"), headers=((b"content-encoding", b"deflate"),)),
        arrival(b"\x89PNG\0user_123", method="PUT"),
        arrival(b"", method="get", state=State.INCOMPLETE, mark="handshake"),
        arrival(b"100%_sure \\ [x] * ?", state=State.REJECTED, retry_count=3, mark="edited"),
        arrival("käse Grüße 日本語".encode(), note="ask about the refund"),
        later(arrival(b"late", event_id="evt_1"), 50),
        later(arrival(b"later", event_id="EVT_1"), 99),
        arrival(b"bare", headers=()),
    )
    keeper.store.pin([2, 3], True).result(PATIENCE_S)
    keeper.store.set_drifted([(9, True)]).result(PATIENCE_S)
    bad = Checked(Verdict.INVALID, "stripe", "reserialized")
    good = Checked(Verdict.VALID, "stripe", secret="current")
    keeper.store.set_checked([(1, bad), (2, good), (3, Checked(Verdict.UNSIGNED))]).result(PATIENCE_S)
    for number, status, took_ms in ((1, 200, 5), (2, 401, 1500), (3, 503, 20)):
        keeper.store.replied(number, 2_000 + took_ms * 1_000_000, status)
    until(lambda: all(row.took_ns is not None for row in keeper.readers.rows([1, 2, 3])))
    indexed(keeper)
    yield keeper
    keeper.store.close()


def text(field: str, pattern: str, *, quoted: bool = False) -> Match:
    return Match(field, pattern, quoted=quoted)


def header(name: str, pattern: str) -> Match:
    return Match("header", pattern, name=name)


ALL = list(range(1, 13))
CASES: dict[str, tuple[Node | None, list[int]]] = {
    "all": (None, ALL),
    "type": (text("type", "challenge.*"), [1, 2]),
    "type-case": (text("type", "PING"), [3]),
    "type-whole": (text("type", "challenge"), []),
    "type-none": (text("type", ""), [4, 5, 6, 7, 8, 9, 10, 11, 12]),
    "type-quoted": (text("type", "challenge.*", quoted=True), []),
    "source": (text("source", "g*b"), [3]),
    "method": (text("method", "GET"), [7]),
    "path": (text("path", "/webhooks/*"), [1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
    "path-case": (text("path", "/hooks/gh"), []),
    "path-exact": (text("path", "/hooks/GH"), [3]),
    "id": (text("id", "evt_1"), [1, 10]),
    "id-star": (text("id", "evt*"), [1, 2, 10]),
    "id-brackets": (text("id", "[e]vt*"), []),
    "remote": (text("remote", "10.*"), [4]),
    "note": (text("note", "*REFUND*"), [9]),
    "header": (header("user-agent", "github*"), [2]),
    "header-second": (header("x-a", "two"), [2]),
    "header-any": (header("content-type", "*"), [1, 3, 6, 7, 8, 9, 10, 11]),
    "header-not-a-value": (header("x-a", "*Hookshot*"), []),
    "header-wildcards": (header("user-agent", "GitHub_Hookshot%"), []),
    "body": (text("body", "user_123"), [1]),
    "body-star": (text("body", "user*12"), [1, 2]),
    "body-gzip": (text("body", "Treasure"), [4, 5]),
    "body-short": (text("body", "x]"), [8]),
    "body-odd": (text("body", "100%_sure \\ [x] * ?", quoted=True), [8]),
    "body-umlaut": (text("body", "Grüße"), [9]),
    "body-kanji": (text("body", "日本語"), [9]),
    "body-quote": (text("body", '"user":"', quoted=True), [1, 2]),
    "size": (Compare("size", ">", 10_000), [3]),
    "size-equal": (Compare("size", "=", 0), [7]),
    "retry": (Compare("retry", ">", 0), [8]),
    "status": (And((Compare("status", ">=", 400), Compare("status", "<=", 499))), [2]),
    "took": (Compare("took", ">", 19), [2, 3]),
    "since": (Since(ago_ns=60 * SECOND_NS), [10, 11]),
    "since-at": (Since(at_ns=START_NS + 99 * SECOND_NS), [11]),
    "until": (Until(ago_ns=60 * SECOND_NS), [1, 2, 3, 4, 5, 6, 7, 8, 9, 12]),
    "until-at": (Until(at_ns=START_NS), [1, 2, 3, 4, 5, 6, 7, 8, 9, 12]),
    "pinned": (Is("pinned"), [2, 3]),
    "duplicate": (Is("duplicate"), [10]),
    "is-retry": (Is("retry"), [8]),
    "complete": (Is("complete"), [1, 2, 3, 4, 5, 6, 9, 10, 11, 12]),
    "incomplete": (Is("incomplete"), [7]),
    "rejected": (Is("rejected"), [8]),
    "handshake": (Is("handshake"), [7]),
    "edited": (Is("edited"), [8]),
    "noted": (Is("noted"), [9]),
    "binary": (Is("binary"), [4, 5, 6]),
    "drifted": (Is("drifted"), [9]),
    "invalid": (text("signature", "invalid"), [1]),
    "valid": (text("signature", "valid"), [2]),
    "unsigned": (text("signature", "unsigned"), [3]),
    "unchecked": (text("signature", "unchecked"), [4, 5, 6, 7, 8, 9, 10, 11, 12]),
    "scheme": (text("scheme", "stripe"), [1, 2]),
    "cause": (text("cause", "reserial*"), [1]),
    "words-type": (Words("challenge"), [1, 2]),
    "words-path": (Words("hooks/gh"), [3]),
    "words-source": (Words("ithu"), [3]),
    "words-note": (Words("refund"), [9]),
    "words-body": (Words("USER_12"), [1, 2]),
    "words-id": (Words("evt_1"), [1, 10, 11]),
    "words-short": (Words("te"), [1, 2]),
    "not": (Not(text("type", "challenge.*")), [3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
    "not-retry": (Not(Compare("retry", ">", 0)), [1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12]),
    "not-took": (Not(Compare("took", ">", 19)), [1, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
    "not-body": (Not(text("body", "user")), [3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
    "or": (Or((text("type", "ping"), text("body", "late"))), [3, 10, 11]),
    "and": (And((text("body", "user"), text("id", "evt_2"))), [2]),
    "empty-and": (And(()), ALL),
    "empty-or": (Or(()), []),
    "sql": (text("type", "x' OR 1=1 --"), []),
}


@pytest.mark.parametrize("name", list(CASES))
def test_a_query_finds_what_it_says(full: Keeper, name: str) -> None:
    query, expected = CASES[name]
    assert list(full.readers.ids(query, Order(descending=False))) == expected
    assert full.readers.count(query) == len(expected)
    assert full.readers.matching(query, [1, 2, 3, 99]) == set(expected) & {1, 2, 3}


def test_a_query_finds_the_same_before_the_index_is_there(full: Keeper, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    with contextlib.closing(apsw.Connection(str(full.store.path))) as connection:
        connection.set_busy_timeout(60_000)
        connection.execute("VACUUM INTO ?", (str(copy),))
    keeper = Keeper(copy, capturing=False, wall_ns=lambda: NOW_NS)
    keeper.store.open()

    def unindex(connection: apsw.Connection) -> None:
        connection.execute("DELETE FROM body_index")
        connection.execute("UPDATE meta SET value = 0 WHERE name = 'indexed_id'")

    keeper.store.write(unindex).result(PATIENCE_S)
    for query, expected in CASES.values():
        assert list(keeper.readers.ids(query, Order(descending=False))) == expected
    keeper.store.close()


nodes: st.SearchStrategy[Node] = st.recursive(
    st.sampled_from([query for query, _ in CASES.values() if query is not None]),
    lambda inner: (
        st.builds(Not, inner)
        | st.builds(And, st.lists(inner, max_size=3).map(tuple))
        | st.builds(Or, st.lists(inner, max_size=3).map(tuple))
    ),
    max_leaves=6,
)
LEAVES = {query: set(found) for query, found in CASES.values() if query is not None}


def expected_of(node: Node) -> set[int]:
    """What sets say."""
    if node in LEAVES:
        return LEAVES[node]
    if isinstance(node, Not):
        return set(ALL) - expected_of(node.part)
    assert isinstance(node, And | Or)
    found = [expected_of(part) for part in node.parts]
    if isinstance(node, And):
        return set(ALL).intersection(*found)
    return set().union(*found)


@settings(max_examples=60, deadline=None)
@given(nodes)
def test_combined_queries_find_what_sets_say(full: Keeper, node: Node) -> None:
    assert set(full.readers.ids(node)) == expected_of(node)
