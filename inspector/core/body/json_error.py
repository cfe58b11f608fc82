"""Where JSON breaks, what was expected there, and a word of help for the usual mistakes."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.core.body import json_grammar as grammar


@dataclass(frozen=True, slots=True)
class Break:
    """The first place that is not JSON."""

    offset: int
    """In bytes, from the start of the text."""
    line: int
    column: int
    """Both count from 1; the column counts characters."""
    expected: str
    found: str
    advice: str = ""

    def __str__(self) -> str:
        """One sentence for the bar above the body."""
        text = f"JSON breaks at line {self.line:,}, column {self.column:,}"
        text += f" (byte {self.offset:,}): expected {self.expected}, found {self.found}"
        return f"{text}. {self.advice}." if self.advice else f"{text}."


class BrokenError(Exception):
    """Raised inside the scanner; carries the offset and what was expected."""

    def __init__(self, offset: int, expected: str, advice: str = "") -> None:
        super().__init__(expected)
        self.offset = offset
        self.expected = expected
        self.advice = advice


_WORDS = {
    b"True": "JSON writes true",
    b"False": "JSON writes false",
    b"None": "JSON writes null",
    b"undefined": "JSON has no undefined; null comes nearest",
    b"NaN": "JSON has no NaN",
    b"Infinity": "JSON has no Infinity",
}


def place(data: bytes, error: BrokenError) -> Break:
    """Line, column and what stands there."""
    offset = min(error.offset, len(data))
    start = data.rfind(b"\n", 0, offset) + 1
    line = data.count(b"\n", 0, offset) + 1
    column = len(data[start:offset].decode("utf-8", "replace")) + 1
    return Break(offset, line, column, error.expected, _found(data, offset), error.advice)


def _found(data: bytes, offset: int) -> str:
    if offset >= len(data):
        return "the end of the text"
    match = grammar.word.match(data, offset)
    if match:
        return f"“{match.group().decode('ascii')}”"
    sign = data[offset : offset + 4].decode("utf-8", "ignore")[:1] or f"byte 0x{data[offset]:02x}"
    if not sign.isprintable():
        return f"U+{ord(sign):04X}"
    return f"“{sign}”"


def bad_value(data: bytes, at: int, *, after_comma: bool) -> BrokenError:
    """Why no value starts at `at`."""
    sign = data[at : at + 1]
    if sign == b'"':
        return bad_string(data, at)
    if sign in (b"]", b"}") and after_comma:
        return BrokenError(at, "a value", "A comma before the closing bracket is not allowed")
    if sign == b"'":
        return BrokenError(at, "a value", "Strings stand in double quotes")
    if sign == b"/":
        return BrokenError(at, "a value", "JSON has no comments")
    match = grammar.word.match(data, at + (sign == b"-"))
    if match:
        return BrokenError(at, "a value", _WORDS.get(match.group(), ""))
    if sign == b"-" or sign.isdigit():
        end = grammar.number_start.match(data, at)
        return BrokenError(end.end() if end else at, "a digit")
    if sign in (b"+", b"."):
        return BrokenError(at, "a value", "Numbers start with a digit or a minus sign")
    return BrokenError(at, "a value")


def bad_string(data: bytes, at: int) -> BrokenError:
    """What is wrong inside the string that starts at `at`."""
    piece = grammar.string_piece.match(data, at + 1)
    end = piece.end() if piece else at + 1
    if end >= len(data):
        return BrokenError(end, "the closing quote", f"The string starts at byte {at:,}")
    if data[end] == 0x5C:
        return BrokenError(end, "an escape such as \\n or \\u00e9")
    return BrokenError(end, "the closing quote", "Control characters inside strings are written as escapes")


def bad_key(data: bytes, at: int, *, after_comma: bool) -> BrokenError:
    """Why no key with its colon starts at `at`."""
    sign = data[at : at + 1]
    if sign == b'"':
        whole = grammar.string.match(data, at)
        if whole is None:
            return bad_string(data, at)
        blank = grammar.space.match(data, whole.end())
        return BrokenError(blank.end() if blank else whole.end(), "a colon after the key")
    if sign == b"}" and after_comma:
        return BrokenError(at, "a key", "A comma before the closing bracket is not allowed")
    advice = "Keys stand in double quotes" if sign == b"'" or grammar.word.match(data, at) else ""
    return BrokenError(at, "a key in quotes" if after_comma else "a key in quotes or }", advice)


def bad_end(data: bytes, at: int, closing: str, previous: int) -> BrokenError:
    """Why neither a comma nor the closing bracket stands after a value that ended at `previous`."""
    advice = ""
    if at == previous and data[at - 1 : at] == b"0" and data[at : at + 1].isdigit():
        advice = "Numbers have no leading zeros"
    elif data[at : at + 1] == b'"':
        advice = "A comma is missing"
    elif at == previous and data[at : at + 1] in (b".", b"e", b"E"):
        return BrokenError(at + 1, "a digit")
    return BrokenError(at, f"a comma or {closing}", advice)
