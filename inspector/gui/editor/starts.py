"""What a composed request begins with: nothing but its kind, or a sample of Nudj's events."""

from __future__ import annotations

import time

from inspector.core.checkup.samples import samples_of
from inspector.core.edits import rebuilt, with_length
from inspector.core.event import Request
from inspector.gui.sample import PATH

_NOTHING = Request(b"", (), b"")
_JSON = ((b"Content-Type", b"application/json"),)
EMPTY = rebuilt(_NOTHING, line=b"POST / HTTP/1.1", headers=_JSON)


def sample_types() -> tuple[str, ...]:
    """The types of the samples, the most usual one first; reads a file."""
    return samples_of("nudj").types


def sample_request(event_type: str) -> Request:
    """A new event of this type as a request, with its own id and the time of now; not signed."""
    now_s = time.time()
    body = samples_of("nudj").event(event_type, time.time_ns(), now_s).written()
    headers = with_length(_JSON, len(body))
    return rebuilt(_NOTHING, line=f"POST {PATH} HTTP/1.1".encode(), headers=headers, body=body)
