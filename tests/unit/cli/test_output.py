"""Captured text is hostile: nothing of it may steer a terminal or break a JSON line."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.cli.output import event_fields, event_line, size, visible, when
from inspector.core.event import Checked, EventRow, State, Verdict


def row(**changes: object) -> EventRow:
    values: dict[str, object] = {
        "id": 7,
        "received_at_ns": 1_700_000_000_123_456_789,
        "method": "POST",
        "target": "/webhooks/nudj",
        "source": "nudj",
        "event_type": "challenge.completed",
        "event_id": "evt_1",
        "size_bytes": 1234,
        "remote": "127.0.0.1:1",
        "state": State.COMPLETE,
        "retry_count": None,
        "repeat": 0,
        "pinned": False,
        "has_note": False,
        "mark": "",
        "checked": Checked(),
        "reply_status": 200,
        "took_ns": 5,
    }
    return EventRow(**(values | changes))  # type: ignore[arg-type] # the table above has the types


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text", "plain text"),
        ("Grüße 漢字", "Grüße 漢字"),
        ("\x1b[2J\x1b]0;owned\x07", "\\x1b[2J\\x1b]0;owned\\x07"),
        ("a\r\nb\tc", "a\\r\\nb\\tc"),
        ("\x9b31m", "\\x9b31m"),
        ("abc\u202egpj", "abc\\u202egpj"),
        ("a\u200bb\ufeff", "a\\u200bb\\ufeff"),
        ("\u2028", "\\u2028"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("\x00\x7f", "\\x00\\x7f"),
    ],
)
def test_what_would_steer_a_terminal_is_made_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


@settings(max_examples=60, deadline=None)
@given(st.text())
def test_no_control_or_format_character_passes(text: str) -> None:
    assert not {"Cc", "Cf", "Cs", "Zl", "Zp"} & {unicodedata.category(each) for each in visible(text)}


def test_the_line_of_an_event_is_one_line_without_escapes() -> None:
    line = event_line(
        row(method="\x1b[A", target="/\n\x1b[31m", event_type="\u202e", source="s\x07", mark="edited")
    )
    assert line.isprintable()
    assert "\\x1b[31m" in line
    assert "[edited]" in line


def test_the_line_names_what_is_out_of_the_ordinary() -> None:
    line = event_line(
        row(
            repeat=2,
            retry_count=2,
            pinned=True,
            state=State.INCOMPLETE,
            checked=Checked(Verdict.INVALID, "nudj", "reserialized"),
        )
    )
    assert line.endswith("[incomplete, retry 2, pinned, signature invalid, reserialized]")


def test_a_missing_signature_is_only_worth_a_word_where_one_is_expected() -> None:
    assert event_line(row(checked=Checked(Verdict.UNSIGNED, "nudj"))).endswith("[unsigned]")
    assert event_line(row(checked=Checked(Verdict.UNSIGNED))).endswith("evt_1")


def test_the_json_line_has_the_agreed_fields_in_order() -> None:
    fields = event_fields(row(checked=Checked(Verdict.VALID, "nudj", "", "nudj-main")))
    assert list(fields)[:9] == [
        "kind",
        "id",
        "received_at",
        "method",
        "target",
        "source",
        "event_type",
        "event_id",
        "size_bytes",
    ]
    assert fields["received_at"] == "2023-11-14T22:13:20.123456Z"
    assert fields["signature"] == {"verdict": "valid", "scheme": "nudj", "cause": None, "secret": "nudj-main"}
    json.dumps(fields)


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (123_456, "123 kB"), (64 << 20, "67.1 MB")],
)
def test_sizes_for_people(count: int, text: str) -> None:
    assert size(count) == text


def test_moments_are_utc_with_microseconds() -> None:
    assert when(0) == "1970-01-01T00:00:00.000000Z"
