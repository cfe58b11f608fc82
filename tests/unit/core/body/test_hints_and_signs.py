"""Hints for values, hex rows, hidden characters, spans."""

from __future__ import annotations

import base64
import json

import pytest

from inspector.core.body import hexdump, spans, visible
from inspector.core.body.hints import for_number, for_string

ARRIVED_NS = 1_705_314_604_000_000_000  # 2024-01-15T10:30:04Z


@pytest.mark.parametrize("lexeme", ["1705314600", "1705314600000", "1705314600000000", "1705314600000000000"])
def test_unix_times(lexeme: str) -> None:
    hint = for_number(lexeme, ARRIVED_NS)
    assert hint is not None
    assert hint.short == "10:30:00 UTC · 4 s before arrival"


@pytest.mark.parametrize("lexeme", ["85", "12345678901234567890", "-1705314600", "1e9", "999999999999"])
def test_other_numbers(lexeme: str) -> None:
    assert for_number(lexeme, ARRIVED_NS) is None


@pytest.mark.parametrize(
    "text", ["2024-01-15T10:30:00Z", "2024-01-15T11:30:00.000+01:00", "2024-01-15T10:30:00.123456789Z"]
)
def test_iso_times(text: str) -> None:
    hint = for_string(text, ARRIVED_NS)
    assert hint is not None
    assert hint.short == "10:30:00 UTC · 4 s before arrival"


def test_a_jwt_is_decoded_and_not_verified() -> None:
    pieces = [
        base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=").decode()
        for p in ({"alg": "HS256"}, {"sub": "u1"})
    ]
    hint = for_string(".".join(pieces) + ".c2ln", ARRIVED_NS)
    assert hint is not None
    assert hint.short == "JWT HS256, not verified"
    assert '"sub": "u1"' in hint.detail


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("https://example.com/a?b=c", "url"),
        ("eyJhbGciOiJ4.x", None),
        ("0b5d1e6a-4c5f-4f0e-9a51-6d9f6a1b2c3d", "uuid"),
        ("018d0d2a-3c40-7000-8000-000000000000", "uuid"),
        ("01HM6N3A5G0000000000000000", "ulid"),
        ("SGVsbG8gd29ybGQsIGhvdyBhcmUgeW91", "base64"),
        ("challenge.completed", None),
        ("evt_1234567890abcdef", None),
        ("9999-12-31T23:59:59-14:00", None),
    ],
)
def test_string_kinds(text: str, kind: str | None) -> None:
    hint = for_string(text, ARRIVED_NS)
    assert (hint.kind if hint else None) == kind


def test_hex_rows() -> None:
    data = bytes(range(0x41, 0x41 + 20))
    assert hexdump.row_count(len(data)) == 2
    assert hexdump.row(data, 1) == ("00000010", "51 52 53 54".ljust(48), "QRST")
    assert hexdump.text(data).splitlines()[0].endswith("ABCDEFGHIJKLMNOP")


def test_hidden_characters_are_shown() -> None:
    assert visible.one_line("a\x00\n\u202eb\x7f\ud800") == "a␀␊⟨U+202E⟩b␡⟨U+D800⟩"
    assert visible.text("a\r\n\tb\x1b[31m") == "a\n\tb␛[31m"
    assert visible.one_line("x" * 20, 5) == "xxxxx…"


def test_spans_of_json_and_xml() -> None:
    line = '"key": "value", 1.5, null'
    assert [(line[s.start : s.start + s.length], s.style) for s in spans.json_line(line)] == [
        ('"key"', "key"),
        ('"value"', "string"),
        ("1.5", "number"),
        ("null", "word"),
    ]
    line = '<a href="x">text</a><!-- on'
    found, goes_on = spans.xml_line(line)
    assert [line[s.start : s.start + s.length] for s in found] == [
        "<a",
        "href",
        '"x"',
        ">",
        "</a",
        ">",
        "<!-- on",
    ]
    assert goes_on
    assert spans.xml_line("still", in_comment=True) == ([spans.Span(0, 5, "comment")], True)
    assert spans.json_line("1" * 30_000) == []
