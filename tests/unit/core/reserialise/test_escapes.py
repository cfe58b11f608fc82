"""Senders' escape styles, the first difference, and the warnings for handlers."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.core.reserialise import first_difference, readable, restyled, warnings_for_handlers

_BODY = '{ "n" : "No\u00ebl/x<b>",\n "l":"\u2028", "f": 1.0 }'


@pytest.mark.parametrize(
    "wanted",
    [
        r'"No\u00ebl/x<b>"',
        r'"No\u00EBl/x<b>"',
        r'"No\u00ebl\/x<b>"',
        '"No\u00ebl\\/x<b>"',
        '"No\u00ebl/x\\u003cb\\u003e"',
        r'"No\u00ebl\/x\u003Cb>"',
    ],
    ids=["lower", "upper", "php", "slash", "html", "meta"],
)
def test_only_strings_change(wanted: str) -> None:
    found = [body.decode() for _, body in restyled(_BODY.encode())]
    assert any(wanted in body and body.startswith('{ "n" : ') and "1.0 }" in body for body in found)


def test_line_separators_alone() -> None:
    assert _BODY.replace("\u2028", r"\u2028").encode() in [body for _, body in restyled(_BODY.encode())]


def test_the_case_of_digits_alone_and_not_behind_an_escaped_backslash() -> None:
    found = dict(restyled(rb'["\u00EB\u003c", "\\u00EB"]'))
    assert rb'["\u00eb\u003c", "\\u00EB"]' in found.values()


def test_what_is_no_json_has_no_style() -> None:
    assert list(restyled(b"a=1&b=/")) == []
    assert list(restyled(b'"\xff/"')) == []


@given(st.binary(max_size=200), st.binary(max_size=200))
@settings(max_examples=60, deadline=None)
def test_the_first_difference_is_the_first(one: bytes, other: bytes) -> None:
    found = first_difference(one, other)
    if found is None:
        assert one == other
        return
    assert one[: found.offset] == other[: found.offset]
    assert one[found.offset : found.offset + 1] != other[found.offset : found.offset + 1]


def test_the_difference_names_line_and_column_in_a_large_body() -> None:
    raw = b"x" * 10_000 + b"\nab\ncdef"
    found = first_difference(raw, raw.replace(b"cd", b"cX"))
    assert found is not None
    assert (found.offset, found.line, found.column) == (10_005, 3, 2)
    assert (found.was, found.becomes) == (b"def", b"Xef")
    shorter = first_difference(b"abc", b"ab")
    assert shorter is not None
    assert readable(shorter.becomes) == "the end"


def test_readable_shows_what_cannot_be_seen() -> None:
    assert readable(b"a\r\n\t\x00\xe2\x80\xa8") == r"`a\r\n\t\x00\u2028`"


def test_a_handler_is_warned_of_the_first_byte_that_it_would_change() -> None:
    found = {one.language: one for one in warnings_for_handlers(b'{"amount":1.0,"url":"a/b","t":"<"}')}
    assert set(found) == {"JavaScript", "Python", "Go", "PHP"}
    assert (found["JavaScript"].offset, found["Python"].offset) == (11, 10)
    assert "JSON.stringify" in found["JavaScript"].sentence
    assert found["JavaScript"].was.startswith("`.0,")


def test_a_body_that_survives_gives_no_warning() -> None:
    assert [one.language for one in warnings_for_handlers(b'{"a":1,"b":"x"}')] == ["Python"]
    assert warnings_for_handlers(b"") == []
    assert warnings_for_handlers(b"a=1") == []
