"""Two sequences laid beside each other with a bound on the work."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal, TypeAlias

MAX_PRODUCT = 250_000
"""Above this product of lengths (without the common ends), the middle counts as replaced."""

Block: TypeAlias = tuple[Literal["equal", "replace"], int, int, int, int]
"""(what, start and end in the first, start and end in the second)."""


def aligned(before: Sequence[Hashable], after: Sequence[Hashable]) -> Iterator[Block]:
    """Blocks that are equal or replaced, in order; either side of a replaced one may be empty."""
    shortest = min(len(before), len(after))
    start = 0
    while start < shortest and before[start] == after[start]:
        start += 1
    end = 0
    while end < shortest - start and before[-1 - end] == after[-1 - end]:
        end += 1
    if start:
        yield "equal", 0, start, 0, start
    left, right = before[start : len(before) - end], after[start : len(after) - end]
    if len(left) * len(right) > MAX_PRODUCT:
        yield "replace", start, start + len(left), start, start + len(right)
    else:
        for tag, i, j, k, m in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
            yield "equal" if tag == "equal" else "replace", start + i, start + j, start + k, start + m
    if end:
        yield "equal", len(before) - end, len(before), len(after) - end, len(after)


def out_of_order(positions: Sequence[int]) -> set[int]:
    """The indices that must move for the positions to rise: all outside of one longest rising run."""
    tails: list[int] = []
    holders: list[int] = []
    previous: list[int] = []
    for index, position in enumerate(positions):
        at = bisect_left(tails, position)
        if at == len(tails):
            tails.append(position)
            holders.append(index)
        else:
            tails[at] = position
            holders[at] = index
        previous.append(holders[at - 1] if at else -1)
    kept: set[int] = set()
    index = holders[-1] if holders else -1
    while index >= 0:
        kept.add(index)
        index = previous[index]
    return set(range(len(positions))) - kept
