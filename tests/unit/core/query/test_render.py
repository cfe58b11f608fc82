"""Every tree can be written and is read back the same."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.core.query.error import QueryError
from inspector.core.query.fields import FIELDS, MARKS, Kind
from inspector.core.query.nodes import And, Compare, Is, Match, Node, Not, Or, Since, Until, Words
from inspector.core.query.parse import parse
from inspector.core.query.render import render
from inspector.core.query.tokens import is_bare

TEXT_FIELDS = [
    field.name for field in FIELDS if field.kind is Kind.TEXT and not field.named and field.name != "body"
]
BARE = st.text(min_size=1, max_size=12).filter(is_bare)
LARGE = st.integers(0, 2**62)
LEAVES: st.SearchStrategy[Node] = st.one_of(
    st.builds(Words, st.text(min_size=1, max_size=12)),
    st.sampled_from(["AND", "OR", "NOT", "-a", "type:x", "typ:", "http://x", "a:b", '"', "\\", "(", "-"]).map(
        Words
    ),
    st.builds(Match, st.sampled_from(TEXT_FIELDS), BARE),
    st.builds(Match, st.sampled_from(TEXT_FIELDS), st.text(max_size=12), quoted=st.just(True)),
    st.builds(Match, st.just("body"), st.text(min_size=3, max_size=12), quoted=st.just(True)),
    st.builds(Match, st.just("header"), BARE, name=st.sampled_from(["user-agent", "x.y", "a_b", "1"])),
    st.builds(
        Compare,
        st.sampled_from(["size", "took", "retry", "status"]),
        st.sampled_from(["<", "<=", "=", ">=", ">"]),
        LARGE,
    ),
    st.builds(Is, st.sampled_from([mark for mark, _ in MARKS])),
    st.builds(Since, ago_ns=LARGE),
    st.builds(Until, at_ns=LARGE),
)


def _grow(children: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(children, min_size=2, max_size=3).map(tuple)
    return st.one_of(st.builds(And, several), st.builds(Or, several), st.builds(Not, children))


@settings(max_examples=100, deadline=None)
@given(st.recursive(LEAVES, _grow, max_leaves=8))
def test_a_tree_is_read_back_as_it_was(node: Node) -> None:
    assert parse(render(node)) == node


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet='a*:()"\\- ORtype.header>10kb', max_size=30))
def test_any_text_is_a_query_or_an_error_with_a_place(text: str) -> None:
    column = 1
    try:
        node = parse(text)
    except QueryError as error:
        node, column = None, error.column
    assert 1 <= column <= len(text) + 1
    assert parse(render(node)) == node


def test_a_tree_made_by_hand_becomes_something_readable() -> None:
    assert render(None) == ""
    assert render(Match("type", "two words")) == 'type:"two words"'
    assert render(Match("type", "two (w*")) == "type:two**w*"
    assert render(Not(And((Words("a"), Or((Words("b"), Is("pinned"))))))) == "-(a (b OR is:pinned))"
    assert render(Compare("size", ">", 10240)) == "size:>10kb"
    assert render(Since(ago_ns=5400 * 10**9)) == "since:1h30m"
