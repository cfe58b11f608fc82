"""Helpers that let a test read as a dialogue: these bytes in, these requests out."""

from __future__ import annotations

from collections.abc import Iterable

from inspector.core.http1.errors import BodyTooLargeError, MalformedError
from inspector.core.http1.parser import Message, RequestParser

Outcome = tuple[list[Message], str]
"""The requests, and the status or word with which the connection ended ("" where it goes on)."""


def listen_to(pieces: Iterable[bytes], head_bytes: int = 4096, body_bytes: int = 4096) -> Outcome:
    """What a parser makes of the pieces."""
    parser = RequestParser(head_bytes, body_bytes)
    requests: list[Message] = []
    try:
        for piece in pieces:
            parser.feed(piece)
            while (message := parser.next_request()) is not None:
                requests.append(message)
    except MalformedError as trouble:
        return requests, str(trouble.status)
    except BodyTooLargeError:
        return requests, "413"
    return requests, ""


def only(stream: bytes) -> Message:
    """The one request in the stream."""
    requests, end = listen_to([stream])
    assert end == ""
    assert len(requests) == 1
    return requests[0]


def each_byte(stream: bytes) -> list[bytes]:
    """The stream one byte at a time."""
    return [stream[at : at + 1] for at in range(len(stream))]
