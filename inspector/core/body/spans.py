"""Spans to colour in a line of JSON or XML text; pure, so that any painter can use them."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_LINE_CHARS = 20_000
"""Longer lines are left plain: colouring them would stall the window."""


@dataclass(frozen=True, slots=True)
class Span:
    """`length` characters from `start` are of a style: key, string, number, word, mark, tag, comment."""

    start: int
    length: int
    style: str


_JSON = re.compile(
    r'(?P<key>"[^"\\]*+(?:\\.[^"\\]*+)*+"(?=\s*:))|(?P<string>"[^"\\]*+(?:\\.[^"\\]*+)*+"?)'
    r"|(?P<number>-?\d[\d.eE+\-]*)|(?P<word>\b(?:true|false|null)\b)"
)
_XML = re.compile(
    r"(?P<comment><!--.*?(?:-->|$)|<!\[CDATA\[.*?(?:\]\]>|$)|<[?!][^>]*>?)|(?P<tag></?[\w:.\-]+|/?>)"
    r"|(?P<key>[\w:.\-]+(?==[\"']))|(?P<string>(?<==)(?:\"[^\"<]*\"?|'[^'<]*'?))|(?P<number>&#?\w{1,10};)"
)


def json_line(line: str) -> list[Span]:
    """The spans of one line of JSON."""
    return _spans(_JSON, line)


def xml_line(line: str, in_comment: bool = False) -> tuple[list[Span], bool]:
    """The spans of one line of XML or HTML, and whether a comment goes on after it."""
    start = 0
    out: list[Span] = []
    if in_comment:
        end = line.find("-->")
        if end < 0:
            return [Span(0, len(line), "comment")], True
        start = end + 3
        out.append(Span(0, start, "comment"))
    out += [Span(span.start + start, span.length, span.style) for span in _spans(_XML, line[start:])]
    last = line.rfind("<!--")
    return out, last >= start and line.find("-->", last) < 0


def _spans(pattern: re.Pattern[str], line: str) -> list[Span]:
    if len(line) > MAX_LINE_CHARS:
        return []
    return [Span(m.start(), m.end() - m.start(), m.lastgroup or "") for m in pattern.finditer(line)]
