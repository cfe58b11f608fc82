"""Bytes as rows of offset, hexadecimal and ASCII; any row can be made without the ones before it."""

from __future__ import annotations

WIDTH = 16


def row_count(size: int) -> int:
    """How many rows `size` bytes fill."""
    return (size + WIDTH - 1) // WIDTH


def row(data: bytes, number: int) -> tuple[str, str, str]:
    """The offset, the bytes in two groups of eight, and the printable ASCII of one row."""
    start = number * WIDTH
    piece = data[start : start + WIDTH]
    left, right = piece[:8].hex(" "), piece[8:].hex(" ")
    return f"{start:08x}", f"{left:<23}  {right:<23}", ascii_of(piece)


def ascii_of(piece: bytes) -> str:
    """Printable ASCII, a dot for everything else."""
    return "".join(chr(sign) if 0x20 <= sign < 0x7F else "." for sign in piece)


def text(data: bytes, first: int = 0, last: int | None = None) -> str:
    """Rows `first` to `last` (exclusive) as text to copy."""
    end = row_count(len(data)) if last is None else min(last, row_count(len(data)))
    return "\n".join("  ".join(row(data, number)) for number in range(first, end))
