"""What the comparison of two events comes to; computed off Qt's thread."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from inspector.core import headers
from inspector.core.body.charset import to_text
from inspector.core.body.encoding import decode
from inspector.core.body.json_text import formatted
from inspector.core.body.kinds import Kind as BodyKind
from inspector.core.body.kinds import kind_of
from inspector.core.diff.change import Change, Changes
from inspector.core.diff.headers_diff import headers_diff
from inspector.core.diff.json_diff import json_diff
from inspector.core.diff.text_diff import BytesDiff, TextDiff, bytes_diff, text_diff
from inspector.core.event import Request

MAX_JSON_BYTES = 25 << 20
MAX_TEXT_BYTES = 2 << 20
"""Of each body; longer ones are compared as text up to here."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The differences on the way from the first event to the second."""

    line: tuple[Change, ...]
    headers: tuple[Change, ...]
    bytes: BytesDiff
    """Of the bodies as they came."""
    structure: Changes | None
    """Of the JSON, where both bodies are that."""
    text: TextDiff | None
    """Of the bodies as text; None where one of them is binary."""


@contextmanager
def without_collection() -> Iterator[None]:
    """Keeps Python from looking for cycles meanwhile.

    The trees of JSON hold none, and every look at millions of new values would stop all threads, also
    the window's, for hundreds of milliseconds. What is no longer used is freed all the same.
    """
    collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collected:
            gc.enable()


class WithRequest(Protocol):
    """An event, or anything else with a start line, headers and a body."""

    @property
    def request(self) -> Request:
        """What is compared."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side that is no event: a request that was sent, or a response in the form of a request."""

    request: Request
    mark: str
    """What tells it from others, in a few characters."""
    words: str
    line_name: str = "Request line"


class CancelledError(Exception):
    """Nobody waits for the comparison any more."""


def compare(
    first: WithRequest, second: WithRequest, cancelled: Callable[[], bool] = lambda: False
) -> Comparison:
    """Compares request lines, headers and bodies; CancelledError between steps when `cancelled` says so."""

    def go_on() -> None:
        if cancelled():
            raise CancelledError

    left, right = first.request, second.request
    name = line_name(first).encode()
    lines = headers_diff(((name, left.line),), ((name, right.line),))
    pairs = headers_diff(left.headers, right.headers)
    raw = bytes_diff(left.body, right.body)
    go_on()
    if raw.same and _coding(left) == _coding(right):
        return Comparison(lines, pairs, raw, Changes(()), TextDiff(()))
    bodies = [_plain(left), _plain(right)]
    kinds = [
        kind_of(body, headers.text(request.headers, "content-type"))
        for body, request in zip(bodies, (left, right), strict=True)
    ]
    go_on()
    with without_collection():
        structure = _structure(bodies) if kinds == [BodyKind.JSON, BodyKind.JSON] else None
    go_on()
    text = None
    if not {BodyKind.BINARY, BodyKind.IMAGE} & set(kinds):
        with without_collection():
            text = _text(bodies, (left, right), as_json=structure is not None)
    go_on()
    return Comparison(lines, pairs, raw, structure, text)


def line_name(side: WithRequest) -> str:
    """What the first line of this side is called."""
    return side.line_name if isinstance(side, Side) else "Request line"


def _coding(request: Request) -> str:
    return headers.text(request.headers, "content-encoding")


def _plain(request: Request) -> bytes:
    return decode(request.body, _coding(request), MAX_JSON_BYTES).data


def _structure(bodies: list[bytes]) -> Changes | None:
    if max(len(body) for body in bodies) > MAX_JSON_BYTES:
        return None
    try:
        before, after = (body.decode("utf-8-sig") for body in bodies)
        return json_diff(before, after)
    except ValueError:
        return None


def _text(bodies: list[bytes], requests: tuple[Request, Request], *, as_json: bool) -> TextDiff:
    texts: list[str] = []
    whole = True
    for body, request in zip(bodies, requests, strict=True):
        piece = body[:MAX_TEXT_BYTES]
        complete = len(piece) == len(body)
        if as_json:
            text, complete = formatted(piece, MAX_TEXT_BYTES)
        else:
            text = to_text(piece, headers.text(request.headers, "content-type")).text
        whole = whole and complete and len(piece) == len(body)
        texts.append(text)
    found = text_diff(texts[0], texts[1])
    return found if whole else TextDiff(found.lines, complete=False)
