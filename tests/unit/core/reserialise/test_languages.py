"""Python against its own module; Go, PHP and Ruby against what their programs wrote."""

from __future__ import annotations

import json

import pytest

from inspector.core.reserialise import GO, PHP, PYTHON, RUBY, WRITERS, Writer, rewrite
from tests.unit.core.reserialise.documents import documents

_PYTHONS = [writer for writer in WRITERS if writer.language == "Python"]


@pytest.mark.parametrize("writer", _PYTHONS, ids=lambda writer: f"writer{_PYTHONS.index(writer)}")
def test_it_is_what_the_json_module_writes(writer: Writer) -> None:
    scope = {"json": json}
    for body in documents(300):
        try:
            # the call that the table shows to people is the very call that is made
            expected = eval(writer.how, {**scope, "body": body}).encode()
        except UnicodeEncodeError:
            expected = None
        assert rewrite(body, writer) == expected, body


# Written by PHP 8.2.36, Go 1.19.8 and Ruby 3.1 (json 2.6.1) themselves.
_NUMBERS = [
    ("-0", "0", "-0", "0"),
    ("-0.0", "-0", "-0", "-0.0"),
    ("1.0", "1", "1", "1.0"),
    ("1e5", "100000", "100000", "100000.0"),
    ("1e15", "1000000000000000", "1000000000000000", "1.0e+15"),
    ("1e16", "10000000000000000", "10000000000000000", "1.0e+16"),
    ("1e17", "1.0e+17", "100000000000000000", "1.0e+17"),
    ("1e25", "1.0e+25", "1e+25", "1.0e+25"),
    ("1234567890123456.5", "1234567890123456.5", "1234567890123456.5", "1234567890123456.5"),
    ("12345678901234567890", "1.2345678901234567e+19", "12345678901234567000", "12345678901234567890"),
    ("-9223372036854775808", "-9223372036854775808", "-9223372036854776000", "-9223372036854775808"),
    ("9223372036854775808", "9.223372036854776e+18", "9223372036854776000", "9223372036854775808"),
    ("0.0001", "0.0001", "0.0001", "0.0001"),
    ("0.00001", "1.0e-5", "0.00001", "1.0e-05"),
    ("1.5e-7", "1.5e-7", "1.5e-7", "1.5e-07"),
    ("100.25", "100.25", "100.25", "100.25"),
    ("1E400", None, None, None),
]


@pytest.mark.parametrize(("lexeme", "php", "go", "ruby"), _NUMBERS, ids=[row[0] for row in _NUMBERS])
def test_numbers(lexeme: str, php: str | None, go: str | None, ruby: str | None) -> None:
    for writer, expected in ((PHP, php), (GO, go), (RUBY, ruby)):
        wanted = None if expected is None else f"[{expected}]".encode()
        assert rewrite(f"[{lexeme}]".encode(), writer) == wanted


def _php(flags: str) -> Writer:
    return next(writer for writer in WRITERS if writer.language == "PHP" and writer.how.endswith(flags))


@pytest.mark.parametrize(
    ("body", "flags", "expected"),
    [
        ('{"u":"a/b","n":"é\U0001f600"}', "($body))", r'{"u":"a\/b","n":"\u00e9\ud83d\ude00"}'),
        ('{"u":"a/b","n":"é\u2028"}', "SLASHES | JSON_UNESCAPED_UNICODE)", '{"u":"a/b","n":"é\\u2028"}'),
        (r'{"u":"a\/b","n":"\u00E9"}', "($body), JSON_UNESCAPED_SLASHES)", r'{"u":"a/b","n":"\u00e9"}'),
        ('{"a":{},"b":[],"c":{"0":1,"1":2}}', "($body, true))", '{"a":[],"b":[],"c":[1,2]}'),
        ('{"1":1,"0":2}', "($body, true))", '{"1":1,"0":2}'),
        ('{"a":1,"b":2,"a":3}', "($body))", '{"a":3,"b":2}'),
        (r'["\u0001\u007f<>&\u0027"]', "($body))", '["\\u0001\x7f<>&\'"]'),
        (
            '{"a":[{"b":[]},{}]}',
            "PRETTY_PRINT)",
            """{
    "a": [
        {
            "b": []
        },
        {}
    ]
}""",
        ),
    ],
    ids=["default", "plain", "slashes", "associative", "not-a-list", "twice", "control", "pretty"],
)
def test_php(body: str, flags: str, expected: str) -> None:
    assert rewrite(body.encode(), _php(flags)) == expected.encode()


def test_php_refuses_what_php_refuses() -> None:
    assert rewrite(rb'["\ud800"]', PHP) is None
    assert rewrite(b'["\xff"]', PHP) is None
    assert rewrite(b"[" * 512 + b"]" * 512, PHP) is None
    assert rewrite(b"[" * 511 + b"]" * 511, PHP) is not None


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('{"b":1,"a":"<b> & \u2028"}', r'{"a":"\u003cb\u003e \u0026 \u2028","b":1}'),
        (r'["\ud800","\ud800\u0041","\ud83d\ude00"]', '["�","�A","\U0001f600"]'),
        ('{"é":1,"z":2,"Z":3,"a":{"2":0,"10":0}}', '{"Z":3,"a":{"10":0,"2":0},"z":2,"é":1}'),
        (r'["\b\f\n\u0001\u007f"]', '["\\b\\f\\n\\u0001\x7f"]'),
    ],
    ids=["html", "lone", "sorted", "control"],
)
def test_go(body: str, expected: str) -> None:
    assert rewrite(body.encode(), GO) == expected.encode()


def test_go_reads_bytes_that_are_not_utf8_and_no_byte_order_mark() -> None:
    assert rewrite(b'["a\xffb"]', GO) == '["a�b"]'.encode()
    assert rewrite(b"\xef\xbb\xbf[]", GO) is None


def test_ruby_keeps_slashes_and_whole_numbers() -> None:
    assert rewrite(rb'{"a": "\/\u00e9<", "b": 1}', RUBY) == '{"a":"/é<","b":1}'.encode()


def test_python_reads_a_byte_order_mark_and_numbers_of_any_length() -> None:
    assert rewrite(b"\xef\xbb\xbf[1,-0]", PYTHON) == b"[1, 0]"
    assert rewrite(b"[" + b"9" * 5000 + b"]", PYTHON) is None
    assert rewrite(b"[1e999]", PYTHON) == b"[Infinity]"
