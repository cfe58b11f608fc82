"""Differences of JSON, headers, text and bytes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.core.diff.change import Change, Kind
from inspector.core.diff.headers_diff import headers_diff
from inspector.core.diff.json_diff import MAX_CHANGES, json_diff
from inspector.core.diff.text_diff import bytes_diff, text_diff

ADDED, REMOVED, CHANGED, MOVED, SAME = Kind.ADDED, Kind.REMOVED, Kind.CHANGED, Kind.MOVED, Kind.SAME


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ('{"a": 1}', '{ "a":1 }', []),
        ('{"a":1}', '{"a":1.0}', [Change(CHANGED, "$.a", "1", "1.0")]),
        (
            "12345678901234567890",
            "12345678901234567891",
            [Change(CHANGED, "$", "12345678901234567890", "12345678901234567891")],
        ),
        ('{"a":1}', '{"a":"1"}', [Change(CHANGED, "$.a", "1", '"1"')]),
        ('{"a":{}}', '{"a":[]}', [Change(CHANGED, "$.a", "{}", "[]")]),
        ("[{}]", "[[]]", [Change(CHANGED, "$[0]", "{}", "[]")]),
        (
            '{"a":1,"b":2}',
            '{"b":2,"c d":null}',
            [Change(REMOVED, "$.a", "1"), Change(ADDED, '$["c d"]', "", "null")],
        ),
        ('{"a":1,"b":2,"c":3}', '{"b":2,"c":3,"a":1}', [Change(MOVED, "$.a", "1", "1")]),
        ('{"a":1,"a":2}', '{"a":1,"a":3}', [Change(CHANGED, "$.a#2", "2", "3")]),
        ("[1,2,3]", "[0,1,2,3]", [Change(ADDED, "$[0]", "", "0")]),
        ("[1,2,3]", "[1,3]", [Change(REMOVED, "$[1]", "2")]),
        (
            '[{"id":"a","n":1},{"id":"b","n":2}]',
            '[{"id":"x","n":9},{"id":"a","n":1},{"id":"b","n":3}]',
            [Change(ADDED, "$[0]", "", '{"id": "x", "n": 9}'), Change(CHANGED, "$[2].n", "2", "3")],
        ),
        ("[true]", "[false]", [Change(CHANGED, "$[0]", "true", "false")]),
    ],
    ids=[f"json-{number}" for number in range(13)],
)
def test_json_differs(before: str, after: str, changes: list[Change]) -> None:
    assert list(json_diff(before, after).changes) == changes


@pytest.mark.parametrize("text", ["{", "", "[" * 100_000])
def test_what_is_no_json_is_said(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the message is the json module's own
        json_diff(text, "{}")


def test_much_that_differs_is_cut() -> None:
    before = json.dumps(list(range(200_000)))
    after = json.dumps([-number for number in range(200_000)])
    diff = json_diff(before, after)
    assert not diff.complete
    assert len(diff.changes) == MAX_CHANGES


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=100, deadline=None)
@given(JSON, JSON)
def test_no_change_is_claimed_exactly_of_the_same(before: object, after: object) -> None:
    left, right = json.dumps(before), json.dumps(after)
    assert json_diff(left, left).changes == ()
    assert (json_diff(left, right).changes == ()) == (left == right)


def test_headers_are_compared_by_name_and_number() -> None:
    before = ((b"Host", b"a"), (b"A", b"1"), (b"B", b"1"), (b"a", b"2"), (b"Gone", b"x"))
    after = ((b"Host", b"a"), (b"B", b"1"), (b"A", b"1"), (b"A", b"2"), (b"New", b"\xe9"))
    assert headers_diff(before, after) == (
        Change(SAME, "Host", "a", "a"),
        Change(MOVED, "A", "1", "1"),
        Change(SAME, "B", "1", "1"),
        Change(CHANGED, "A", "a: 2", "A: 2"),
        Change(REMOVED, "Gone", "x"),
        Change(ADDED, "New", "", "é"),
    )


def test_text_shows_what_differs_with_some_lines_around() -> None:
    before = [f"line {number}" for number in range(1, 21)]
    after = [*before[:9], "other", *before[10:]]
    lines = text_diff("\n".join(before), "\n".join(after)).lines
    assert [(line.kind, line.text) for line in lines if line.kind is not SAME] == [
        (REMOVED, "line 10"),
        (ADDED, "other"),
    ]
    assert [line.before for line in lines if line.kind is SAME] == [7, 8, 9, 11, 12, 13]
    assert text_diff("a\nb", "a\nb").lines == ()


def test_long_texts_end_within_a_bound() -> None:
    before = "\n".join(str(number) for number in range(100_000))
    after = "\n".join(str(-number) for number in range(100_000))
    assert not text_diff(before, after).complete


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=20), st.binary(max_size=5), st.binary(max_size=5), st.binary(max_size=20))
def test_bytes_part_where_they_part(start: bytes, left: bytes, right: bytes, end: bytes) -> None:
    before, after = start + left + end, start + right + end
    diff = bytes_diff(before, after)
    assert diff.same == (before == after)
    assert diff.common_start >= len(start)
    assert before[: diff.common_start] == after[: diff.common_start]
    assert diff.common_start + diff.common_end <= min(len(before), len(after))
    if diff.common_end:
        assert before[-diff.common_end :] == after[-diff.common_end :]
    assert diff.common_start + diff.common_end >= min(len(start) + len(end), len(before), len(after))
