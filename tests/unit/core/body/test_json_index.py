"""The JSON tree over bytes: lexemes as they came, anything nested, breaks with their place."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.core.body.json_index import MAX_DEPTH, CancelledError, JsonIndex, Node, Sort, text_of
from inspector.core.body.json_path import path
from inspector.core.body.json_text import duplicate_keys

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=5), inner, max_size=6),
    max_leaves=60,
)


def rebuilt(index: JsonIndex, node: Node) -> object:
    if node.sort is Sort.OBJECT:
        return {text_of(child.key or b""): rebuilt(index, child) for child in index.members(node)}
    if node.sort is Sort.ARRAY:
        return [rebuilt(index, child) for child in index.members(node)]
    return json.loads(index.lexeme(node))


@given(VALUES, st.sampled_from([None, 1]), st.booleans())
def test_the_tree_is_what_json_reads(value: object, indent: int | None, escaped: bool) -> None:
    index = JsonIndex(
        json.dumps(value, indent=indent, ensure_ascii=escaped).encode("utf-8", "surrogatepass")
    ).scan()
    assert index.broken is None
    assert index.root is not None
    assert rebuilt(index, index.root) == value


@given(st.text(alphabet='{}[],:"01.eE-+\\u truefalsn\n', max_size=30))
def test_broken_exactly_where_json_is_broken(text: str) -> None:
    index = JsonIndex(text.encode()).scan()
    try:
        json.loads(text, parse_constant=pytest.fail)
    except ValueError:
        assert index.broken is not None
        assert 0 <= index.broken.offset <= len(text)
    else:
        assert index.broken is None


def children(source: bytes) -> tuple[JsonIndex, list[Node]]:
    index = JsonIndex(source).scan()
    assert index.root is not None
    return index, list(index.members(index.root))


def test_lexemes_stay() -> None:
    source = b'[12345678901234567890, 1.0, 1e5, -0, "\\u00e9", "\\ud800"]'
    index, nodes = children(source)
    lexemes = [b"12345678901234567890", b"1.0", b"1e5", b"-0", b'"\\u00e9"', b'"\\ud800"']
    assert [index.lexeme(node) for node in nodes] == lexemes
    assert text_of(b'"\\ud800"') == "\ud800"


def test_key_order_and_duplicates_stay() -> None:
    _, nodes = children(b'{"b": 1, "a": 2, "b": 3}')
    assert [node.key for node in nodes] == [b'"b"', b'"a"', b'"b"']


def test_a_hundred_thousand_levels() -> None:
    index = JsonIndex(b"[" * 100_000 + b"]" * 100_000).scan()
    assert index.broken is None
    assert index.root is not None
    assert index.count(index.root) == 1


@pytest.mark.parametrize("size", [99, 100, 101, 1000, 2345])
def test_pages_of_big_containers(size: int) -> None:
    array = json.dumps([{"n": n, "deep": [[[[n]]]]} for n in range(size)]).encode()
    index = JsonIndex(array).scan()
    assert index.root is not None
    assert index.count(index.root) == size
    page = list(index.members(index.root, size - 9, 5))
    assert [json.loads(index.lexeme(node))["n"] for node in page] == list(range(size - 9, size - 4))
    wide = JsonIndex(json.dumps({f"k{n}": n for n in range(size)}).encode()).scan()
    assert wide.root is not None
    last = list(wide.members(wide.root, size - 1))
    assert [(node.key, wide.lexeme(node)) for node in last] == [(b'"k%d"' % (size - 1), b"%d" % (size - 1))]


def test_values_larger_than_a_window() -> None:
    long = "x" * 3_000_000 + "\\n" * 200_000
    source = b'{"a": ["' + long.encode() + b'"], "b": ' + b"7" * 100_000 + b"}"
    index, nodes = children(source)
    assert index.broken is None
    assert [len(index.lexeme(node)) for node in nodes] == [len(long) + 4, 100_000]


@pytest.mark.parametrize(
    ("source", "line", "column", "expected", "advice"),
    [
        ("[1,2,]", 1, 6, "a value", "comma before the closing"),
        ('{"a":1,}', 1, 8, "a key", "comma before the closing"),
        ('{"a" 1}', 1, 6, "a colon", ""),
        ("{\n  'a': 1}", 2, 3, "a key in quotes", "double quotes"),
        ('{"é":True}', 1, 6, "a value", "JSON writes true"),
        ("[01]", 1, 3, "a comma or ]", "leading zeros"),
        ("[1.]", 1, 4, "a digit", ""),
        ('["a\tb"]', 1, 4, "the closing quote", "Control characters"),
        ('["\\x"]', 1, 3, "an escape", ""),
        ('{"a":1 "b":2}', 1, 8, "a comma or }", "comma is missing"),
        ('{"a":1} x', 1, 9, "the end of the text", "One JSON value"),
        ("", 1, 1, "a value", ""),
    ],
    ids=range(12),
)
def test_breaks_have_a_place_and_advice(
    source: str, line: int, column: int, expected: str, advice: str
) -> None:
    broken = JsonIndex(source.encode()).scan().broken
    assert broken is not None
    assert (broken.line, broken.column) == (line, column)
    assert broken.expected.startswith(expected)
    assert advice in broken.advice


def test_what_could_be_read_is_shown() -> None:
    index, nodes = children(b'{"a": [1, {"b": 2, "c": tru}], "z": 1}')
    assert index.broken is not None
    assert [(node.key, node.whole) for node in nodes] == [(b'"a"', False)]
    inner = list(index.members(nodes[0]))
    assert [index.lexeme(node) for node in index.members(inner[1])] == [b"2"]


def test_locate_finds_keys_and_values() -> None:
    source = json.dumps({"data": {"it's": [{"n": n} for n in range(500)]}, "last": 1}).encode()
    index = JsonIndex(source).scan()
    assert path(index.locate(source.index(b"321}"))) == "$.data['it\\'s'][321].n"
    assert path(index.locate(source.index(b"last"))) == "$.last"
    assert path(index.locate(0)) == "$"


def test_the_scan_can_be_cancelled() -> None:
    with pytest.raises(CancelledError):
        JsonIndex(b"[" + b'{"a":[[[[1]]]]},' * 5000 + b"1]").scan(lambda: True)


def test_depth_is_bounded_so_that_a_small_compressed_body_cannot_take_the_memory() -> None:
    source = b"[" * (MAX_DEPTH + 10)
    index = JsonIndex(source).scan()
    assert index.broken is not None
    assert "deeper" in str(index.broken)
    assert index.root is not None
    assert duplicate_keys(source) == []
