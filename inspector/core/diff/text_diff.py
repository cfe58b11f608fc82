"""Two texts line by line, and two bodies byte by byte, each with a bound on the work."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.core.diff.align import aligned
from inspector.core.diff.change import Kind

CONTEXT_LINES = 3
MAX_LINES = 4_000
MAX_LINE_CHARACTERS = 2_000


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a text diff. `before` and `after` count from 1; 0 where the line is not in that text."""

    kind: Kind
    text: str
    before: int = 0
    after: int = 0


@dataclass(frozen=True, slots=True)
class TextDiff:
    """Lines that differ, with some around them; a jump of the numbers is where equal ones are left out."""

    lines: tuple[Line, ...]
    complete: bool = True


@dataclass(frozen=True, slots=True)
class BytesDiff:
    """Where two bodies part: sizes and the lengths of the common beginning and end, in bytes."""

    before_bytes: int
    after_bytes: int
    common_start: int
    common_end: int

    @property
    def same(self) -> bool:
        """Whether both are the same."""
        return self.before_bytes == self.after_bytes == self.common_start


def text_diff(before: str, after: str) -> TextDiff:
    """The lines that differ, with CONTEXT_LINES around them."""
    left, right = before.splitlines(), after.splitlines()
    lines: list[Line] = []
    for tag, i, j, k, m in aligned(left, right):
        if tag == "equal":
            for step in _near(j - i, first=i == 0, last=j == len(left) and m == len(right)):
                lines.append(Line(Kind.SAME, _cut(left[i + step]), i + step + 1, k + step + 1))
        else:
            for index in range(i, min(j, i + MAX_LINES)):
                lines.append(Line(Kind.REMOVED, _cut(left[index]), before=index + 1))
            for index in range(k, min(m, k + MAX_LINES)):
                lines.append(Line(Kind.ADDED, _cut(right[index]), after=index + 1))
        if len(lines) > MAX_LINES:
            return TextDiff(tuple(lines[:MAX_LINES]), complete=False)
    if all(line.kind is Kind.SAME for line in lines):
        return TextDiff(())
    return TextDiff(tuple(lines))


def bytes_diff(before: bytes, after: bytes) -> BytesDiff:
    """Where two bodies part, found by halving."""
    shortest = min(len(before), len(after))
    start = _common(before[:shortest], after[:shortest])
    rest = shortest - start
    end = 0
    if rest:
        end = _common_end(before[len(before) - rest :], after[len(after) - rest :])
    return BytesDiff(len(before), len(after), start, end)


def _near(count: int, *, first: bool, last: bool) -> list[int]:
    head = 0 if first else CONTEXT_LINES
    tail = 0 if last else CONTEXT_LINES
    if count <= head + tail:
        return list(range(count))
    return [*range(head), *range(count - tail, count)]


def _cut(line: str) -> str:
    return line if len(line) <= MAX_LINE_CHARACTERS else line[:MAX_LINE_CHARACTERS] + "…"


def _common(left: bytes, right: bytes) -> int:
    """The length of the common beginning of two of the same length."""
    low, high = 0, len(left)
    while low < high:
        middle = (low + high + 1) // 2
        if left[low:middle] == right[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _common_end(left: bytes, right: bytes) -> int:
    low, high = 0, len(left)
    while low < high:
        middle = (low + high + 1) // 2
        if left[len(left) - middle : len(left) - low] == right[len(right) - middle : len(right) - low]:
            low = middle
        else:
            high = middle - 1
    return low
