"""Numbers and captured texts as the window writes them."""

from __future__ import annotations

import pytest

from inspector.gui.overview import with_range, without_range
from inspector.gui.words import duration, elided, safe, size, tooltip


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (1023, "1023"), (1229, "1.2 K"), (3 * 1024**2, "3.0 M"), (5 * 1024**3, "5.0 G")],
)
def test_size(number: int, text: str) -> None:
    assert size(number) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [(410_000, "0.41 ms"), (38_000_000, "38 ms"), (9_980_000_000, "9.98 s"), (10**11, "100.0 s")],
)
def test_duration(number: int, text: str) -> None:
    assert duration(number) == text


def test_captured_text_keeps_to_its_line_and_direction() -> None:
    assert safe("a\r\nb\u202ec\x7f") == "a\u240d\u240ab\ufffdc\u2421"
    assert "<script" not in tooltip("<script>")
    assert elided("x" * 200, 11) == "xxxxx…xxxxx"


def test_a_time_range_replaces_the_earlier_one() -> None:
    once = with_range("type:a", 1_700_000_000_000_000_000, 1_700_000_001_000_000_000)
    twice = with_range(once, 1_700_000_000_000_000_000, 1_700_000_000_500_000_000)
    assert once.startswith("type:a since:2023-11-14T22:13:20")
    assert twice.count("since:") == twice.count("until:") == 1
    assert without_range(twice) == "type:a"
    assert without_range("since:10m") == ""
