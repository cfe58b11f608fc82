"""The query language: what is read, and what is said of what cannot be read."""

from __future__ import annotations

import pytest

from inspector.core.query.error import QueryError
from inspector.core.query.fields import FIELDS
from inspector.core.query.nodes import And, Compare, Is, Match, Not, Or, Since, Until, Words
from inspector.core.query.parse import MAX_TOKENS, parse

A, B, C = Words("a"), Words("b"), Words("c")


@pytest.mark.parametrize("text", ["", "   ", "\t\n"])
def test_nothing_is_no_query(text: str) -> None:
    assert parse(text) is None


def test_the_whole_language_in_one_query() -> None:
    text = (
        "type:challenge.* method:POST path:/webhooks/* header.User-Agent:GitHub* "
        'body:"user_123" size:>10kb since:10m is:pinned -type:ping free text'
    )
    assert parse(text) == And(
        (
            Match("type", "challenge.*"),
            Match("method", "POST"),
            Match("path", "/webhooks/*"),
            Match("header", "GitHub*", name="user-agent"),
            Match("body", "user_123", quoted=True),
            Compare("size", ">", 10240),
            Since(ago_ns=600 * 10**9),
            Is("pinned"),
            Not(Match("type", "ping")),
            Words("free"),
            Words("text"),
        )
    )


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("a b OR c", Or((And((A, B)), C))),
        ("a (b OR c)", And((A, Or((B, C))))),
        ("a AND b", And((A, B))),
        ("(a b) c", And((And((A, B)), C))),
        ("((a))", A),
        ("NOT a", Not(A)),
        ("-(a OR b)", Not(Or((A, B)))),
        ("--a", Not(Not(A))),
        ("or and not", And((Words("or"), Words("and"), Words("not")))),
        ('"OR"', Words("OR")),
        ('"two words"', Words("two words")),
        (r'"a \"b\" \\ \n"', Words('a "b" \\ \\n')),
        ("a-b", Words("a-b")),
        ("https://example.com:80/x", Words("https://example.com:80/x")),
        ("10:30:00", Words("10:30:00")),
        ('{"id":1}', Words('{"id":1}')),
        ("TYPE:x", Match("type", "x")),
        ('type:"a*"', Match("type", "a*", quoted=True)),
        ('type:""', Match("type", "", quoted=True)),
        ("header.X-A.b:*", Match("header", "*", name="x-a.b")),
        ("signature:INVALID", Match("signature", "invalid")),
        ("signature:un*", Match("signature", "un*")),
        ("size:1.5kb", Compare("size", "=", 1536)),
        ("size:<=2MB", Compare("size", "<=", 2 << 20)),
        ("size:1kb..10kb", And((Compare("size", ">=", 1024), Compare("size", "<=", 10240)))),
        ("took:>1s", Compare("took", ">", 1000)),
        ("took:<0.5s", Compare("took", "<", 500)),
        ("status:5xx", And((Compare("status", ">=", 500), Compare("status", "<=", 599)))),
        ("retry:>=2", Compare("retry", ">=", 2)),
        ("since:1h30m", Since(ago_ns=5400 * 10**9)),
        ("since:1970-01-02", Since(at_ns=86400 * 10**9)),
        ("until:1970-01-01", Until(at_ns=86400 * 10**9 - 1)),
        ("since:1970-01-01T02:00+02:00", Since(at_ns=0)),
        ("since:1970-01-01T00:00:01.000000001Z", Since(at_ns=10**9 + 1)),
        ("until:1970-01-01T00:01", Until(at_ns=120 * 10**9 - 1)),
    ],
)
def test_reads(text: str, node: object) -> None:
    assert parse(text) == node


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("type:", 6, "value is missing"),
        ("a typ:x", 3, "Did you mean type:?"),
        ("zzzz:x", 1, "quotes"),
        ("size:>x", 6, "size such as 10kb"),
        ("took:>1.5ms", 6, "whole milliseconds"),
        ("retry:1.5", 7, "whole number"),
        ("size:>999999999999gb", 6, "too large"),
        ("a OR", 5, "missing after OR"),
        ("OR a", 1, "missing before OR"),
        ("a OR OR b", 6, "missing after OR"),
        ("NOT", 4, "missing after NOT"),
        ("a AND AND b", 7, "missing after AND"),
        ("a (b", 3, "no ) after"),
        ("a) b", 2, "no ( before"),
        (") b", 1, "no ( before"),
        ("a ()", 4, "nothing between the brackets"),
        ('a "b', 3, "no end"),
        ('""', 1, "nothing between the quotes"),
        ("- a", 2, "without a space"),
        ("header:x", 1, "after a dot"),
        ("header.:x", 1, "after a dot"),
        ("type.x:y", 1, "no parts"),
        ("is:foo", 4, "pinned"),
        ("signature:good", 11, "valid, invalid, unsigned or unchecked"),
        ("since:soon", 7, "10m"),
        ("since:2026-13-01", 7, "moment"),
        ("body:ab", 6, "3 characters"),
        ("body:ab*cd", 6, "3 characters"),
        ("(" * 100 + "a" + ")" * 100, 62, "too deep"),
        ("-" * 50_000 + "a", 62, "too deep"),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else None,
)
def test_points_at_what_is_wrong(text: str, column: int, words: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert caught.value.column == column
    assert words in caught.value.message


def test_an_error_says_what_was_expected_and_points_at_it() -> None:
    with pytest.raises(QueryError) as caught:
        parse("a is:pined")
    assert "pinned" in caught.value.expected
    assert caught.value.pointed("a is:pined").splitlines()[:2] == ["a is:pined", "     ^"]


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_every_example_of_the_table_can_be_read(field: object) -> None:
    assert parse(field.example) is not None  # type: ignore[attr-defined]


def test_a_query_that_is_too_long_for_the_database_is_refused_with_its_place():
    assert parse("a " * MAX_TOKENS) is not None
    with pytest.raises(QueryError) as caught:
        parse("a " * (MAX_TOKENS + 1))
    assert caught.value.column == 2 * MAX_TOKENS + 1
