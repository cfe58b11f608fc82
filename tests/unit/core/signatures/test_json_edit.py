"""Setting a field of a JSON body leaves every other byte alone."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.core.signatures.json_edit import JsonEditError, set_field

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("body", "path", "value", "expected"),
    [
        (b'{"a": 1.0, "b":[1 ,2]}', "a", 2, b'{"a": 2, "b":[1 ,2]}'),
        (b'{"a": 1.0, "b":[1 ,2]}', "b.1", "x", b'{"a": 1.0, "b":[1 ,"x"]}'),
        (b'{ "a": {"b" : "c"} }\r\n', "a.b", 7, b'{ "a": {"b" : 7} }\r\n'),
        (b'{"a":{}}', "a.b.c", 7, b'{"a":{"b":{"c":7}}}'),
        (b' {"a":1}', "t", 7, b' {"t":7,"a":1}'),
        ('{"\\u0061":"ü"}'.encode(), "a", "ö", b'{"\\u0061":"\\u00f6"}'),
    ],
)
def test_only_the_value_changes(body, path, value, expected):
    assert set_field(body, path, value) == expected


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b'{"a" 1}', b'{"a":[1}', b"\xff", b'{"a":1'])
def test_what_has_no_place_is_refused(body):
    with pytest.raises(JsonEditError):
        set_field(body, "b.c", 1)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.text(max_size=3), VALUES, max_size=4), st.booleans())
def test_the_document_is_the_same_but_for_the_field(document, spaced):
    raw = json.dumps(document, indent=2 if spaced else None).encode()
    assert json.loads(set_field(raw, "name", "x")) == {**document, "name": "x"}
