"""Where two bodies part, and what a handler that writes JSON anew would change."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.core.reserialise.languages import HANDLERS
from inspector.core.reserialise.writer import read, write

_STEP_BYTES = 4096
_EXCERPT_BYTES = 16
_WARN_BYTES = 2 * 1024 * 1024
"""Larger bodies are not written anew for a warning: it would take seconds."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The first byte at which two bodies differ."""

    offset: int
    """Bytes from the start, the first is 0."""
    line: int
    """Counted from 1, by line feeds."""
    column: int
    """Bytes from the start of the line, counted from 1."""
    was: bytes
    """Some bytes of the first body from there on; empty where it has ended."""
    becomes: bytes
    """The same of the second."""


@dataclass(frozen=True, slots=True)
class HandlerWarning:
    """A handler of this language that parses the body and serialises it again would fail to verify it."""

    language: str
    how: str
    """The call that changes the body."""
    offset: int
    line: int
    column: int
    was: str
    """Readable excerpt of the body from the first differing byte on."""
    becomes: str

    @property
    def sentence(self) -> str:
        """For people: what would fail, and where."""
        return (
            f"{self.language}: {self.how} changes this body at byte {self.offset} "
            f"(line {self.line}, column {self.column}): {self.was} becomes {self.becomes}."
        )


def first_difference(raw: bytes, other: bytes) -> Difference | None:
    """Where `other` first differs from `raw`, or None where they are equal."""
    if raw == other:
        return None
    limit = min(len(raw), len(other))
    at = 0
    while at < limit and raw[at : at + _STEP_BYTES] == other[at : at + _STEP_BYTES]:
        at += _STEP_BYTES
    while at < limit and raw[at] == other[at]:
        at += 1
    at = min(at, limit)
    line_start = raw.rfind(b"\n", 0, at) + 1
    return Difference(
        offset=at,
        line=raw.count(b"\n", 0, at) + 1,
        column=at - line_start + 1,
        was=raw[at : at + _EXCERPT_BYTES],
        becomes=other[at : at + _EXCERPT_BYTES],
    )


def readable(data: bytes) -> str:
    """An excerpt as text in quotes, what cannot be seen escaped; "the end" where it is empty."""
    if not data:
        return "the end"
    text = data.decode("utf-8", "replace")
    if len(data) == _EXCERPT_BYTES:
        text = text.rstrip("\ufffd") or text
    shown = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)
    return f"`{shown}`"


def warnings_for_handlers(body: bytes) -> list[HandlerWarning]:
    """The languages whose usual way of writing JSON anew would change this body; empty where it is no JSON.

    A language that cannot read the body at all is left out: its handler fails for another reason.
    """
    if not body or len(body) > _WARN_BYTES:
        return []
    found = []
    for writer in HANDLERS:
        root = read(body, writer)
        rewritten = None if root is None else write(root, writer)
        difference = None if rewritten is None else first_difference(body, rewritten)
        if difference is not None:
            found.append(
                HandlerWarning(
                    language=writer.language,
                    how=writer.how,
                    offset=difference.offset,
                    line=difference.line,
                    column=difference.column,
                    was=readable(difference.was),
                    becomes=readable(difference.becomes),
                )
            )
    return found
