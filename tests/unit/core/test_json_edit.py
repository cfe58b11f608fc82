"""Setting and removing values of a body: only the bytes of the value change."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.core.json_edit import (
    Assignment,
    JsonEditError,
    compact,
    is_json,
    parse_assignment,
    parse_path,
    pretty,
    remove_value,
    set_value,
    shown,
    value_at,
)

BODY = (
    b'\xef\xbb\xbf{ "id" : "evt_\\u0031",\r\n\t"data":{"score": 85.0 , "list":[1e3, -0.0,1E+2],'
    b' "big":12345678901234567890.10},\n "odd key":null, "id2":"\xc3\xbc" }\r\n'
)


@pytest.mark.parametrize(
    ("assignment", "before", "after"),
    [
        ("$.data.score=100", b"85.0", b"100"),
        ("$.data.score=1.0", b"85.0", b"1.0"),
        ("$.data.list[1]=-0", b"-0.0", b"-0"),
        ("$.data.list[-1]=[]", b"1E+2", b"[]"),
        ("$['odd key']=true", b"null", b"true"),
        ('$["odd key"]={"a": 1}', b"null", b'{"a": 1}'),
        ("$.id=evt_2", b'"evt_\\u0031"', b'"evt_2"'),
        ('$.id="5"', b'"evt_\\u0031"', b'"5"'),
        ("$.id=a=b ", b'"evt_\\u0031"', b'"a=b "'),
        ("$.id2=€", b'"\xc3\xbc"', b'"\xe2\x82\xac"'),
        ("$.data.list=0", b"[1e3, -0.0,1E+2]", b"0"),
        ("$.data.big=", b"12345678901234567890.10", b'""'),
    ],
)
def test_only_the_bytes_of_the_value_change(assignment, before, after):
    assert BODY.count(before) == 1
    assert set_value(BODY, parse_assignment(assignment)) == BODY.replace(before, after)


@pytest.mark.parametrize(
    ("body", "assignment", "expected"),
    [
        (b'{"a": 1,\n  "b": 2}', "$.c=3", b'{"a": 1,\n  "b": 2,\n  "c": 3}'),
        (b'{"a":1}', "$.c.d[0]=x", b'{"a":1,"c":{"d":["x"]}}'),
        (b"{}", "$.a=1", b'{"a":1}'),
        (b"[1, 2]", "$[2]=3", b"[1, 2, 3]"),
        (b"[]", "$[0]=3", b"[3]"),
        (b"1", "$=2", b"2"),
    ],
)
def test_what_is_missing_is_added_at_the_end_in_the_style_of_the_others(body, assignment, expected):
    assert set_value(body, parse_assignment(assignment)) == expected


def test_of_a_name_that_stands_twice_the_last_is_meant_as_parsers_do():
    assert set_value(b'{"a":1,"a":2}', parse_assignment("$.a=3")) == b'{"a":1,"a":3}'


def test_a_name_is_found_whatever_its_escapes():
    assert set_value(b'{"\\u0061":1}', parse_assignment("$.a=3")) == b'{"\\u0061":3}'


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$.a", b'{ "b":[1 , 2,3]}'),
        ("$.b", b'{ "a":1}'),
        ("$.b[0]", b'{ "a":1, "b":[2,3]}'),
        ("$.b[2]", b'{ "a":1, "b":[1 , 2]}'),
    ],
)
def test_removing_takes_one_comma_along(path, expected):
    assert remove_value(b'{ "a":1, "b":[1 , 2,3]}', parse_path(path)) == expected


@pytest.mark.parametrize(
    ("body", "assignment", "words"),
    [
        (b"{}", "a=1", "must begin with $"),
        (b"{}", "$.a", "no assignment"),
        (b"{}", "$..a=1", "no assignment"),
        (b'{"n":1}', "$.n.q=1", "$.n is a number"),
        (b'{"n":[]}', "$.n.q=1", "$.n is an array"),
        (b'{"n":[]}', "$[0]=1", "$ is an object"),
        (b"[1]", "$[5]=1", "1 elements"),
        (b"[1]", "$[-2]=1", "1 elements"),
        (b'{"a":}', "$.a=1", "JSON breaks at line 1, column 6"),
        (b"", "$.a=1", "expected"),
        (b"{}", "$.a[3]=1", "leads nowhere"),
    ],
)
def test_what_cannot_be_set_is_said_in_a_sentence(body, assignment, words):
    with pytest.raises(JsonEditError) as caught:
        set_value(body, parse_assignment(assignment))
    assert words in str(caught.value)


def test_formatting_keeps_every_lexeme():
    body = BODY.removeprefix(b"\xef\xbb\xbf")
    tokens = b"".join(body.split())
    assert b"".join(compact(body).split()) == tokens
    assert b"".join(pretty(body).split()) == tokens
    assert b'"score": 85.0,' in pretty(body)
    assert b'"big":12345678901234567890.10}' in compact(body)
    assert compact(pretty(body)) == compact(body)


def test_formatting_refuses_what_it_would_damage():
    with pytest.raises(JsonEditError, match="not UTF-8"):
        pretty(b'{"a":"\xff"}')
    with pytest.raises(JsonEditError, match="JSON breaks"):
        compact(b'{"a":1,}')


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)


def places(value, path=()):
    """All paths into a document."""
    yield path
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from places(inner, (*path, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from places(inner, (*path, number))


@given(JSON, st.data(), st.sampled_from([None, 1, 4]), st.booleans())
def test_any_place_of_any_document(document, data, indent, ascii_only):
    body = json.dumps(document, indent=indent, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    path = data.draw(st.sampled_from(list(places(document))))
    lexeme = value_at(body, path)
    assert lexeme is not None
    marker = b'"<here>"'
    changed = set_value(body, Assignment(path, marker))
    head, _, tail = changed.partition(marker)
    assert head + lexeme + tail == body
    assert set_value(changed, Assignment(path, lexeme)) == body
    assert parse_path(shown(path)) == path


@given(JSON, st.data())
def test_removing_agrees_with_python(document, data):
    body = json.dumps(document).encode("utf-8", "surrogatepass")
    path = data.draw(st.sampled_from(list(places(document))))
    if not path:
        return
    expected = json.loads(body)
    holder = expected
    for step in path[:-1]:
        holder = holder[step]
    del holder[path[-1]]
    assert json.loads(remove_value(body, path)) == expected


@pytest.mark.parametrize(("raw", "good"), [(b"1", True), (b"1 ", False), (b"a", False), (b"", False)])
def test_is_json(raw, good):
    assert is_json(raw) is good
