"""Formatted JSON keeps lexemes; search and duplicates find their places."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from inspector.core.body.json_text import duplicate_keys, formatted, search


def test_formatted_keeps_every_lexeme() -> None:
    source = b'{"a":[12345678901234567890,1.0,{}],"a":"\\u00e9","e":[]}'
    expected = (
        '{\n  "a": [\n    12345678901234567890,\n    1.0,\n    {}\n  ],\n  "a": "\\u00e9",\n  "e": []\n}'
    )
    assert formatted(source) == (expected, True)


@given(st.recursive(st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=4)))
def test_formatted_says_the_same(value: object) -> None:
    text, whole = formatted(json.dumps(value).encode())
    assert whole
    assert json.loads(text) == value


def test_formatted_takes_broken_text_and_a_limit() -> None:
    assert formatted(b'{"a": [1, tru')[0] == '{\n  "a": [\n    1,\n    tru'
    text, whole = formatted(b"[" + b"1," * 1000, limit_chars=50)
    assert (len(text), whole) == (50, False)


def test_search_ignores_case_and_sees_escapes() -> None:
    source = rb'{"Name": "caf\u00e9", "other": "say \"hi\""}'
    assert search(source, "name") == [2]
    assert search(source, "café") == [source.index(rb"caf")]
    assert search(source, 'say "hi"') == [source.index(b"say")]
    assert search(source, "") == []


def test_search_crosses_its_slices_once() -> None:
    source = b"x" * (1024 * 1024 - 2) + b"needle" + b"x" * 100
    assert search(source, "NEEDLE") == [1024 * 1024 - 2]


def test_duplicates_within_one_object_only() -> None:
    source = rb'{"a": {"b": 1}, "b": {"b": "x", "\u0062": 2}, "c": ["a", "a"], "a": 3}'
    assert duplicate_keys(source) == [source.index(rb'"\u0062"'), source.rindex(b'"a"')]
