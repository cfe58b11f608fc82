"""What the dialects read from arrivals and requests, loaded when the first event comes."""

from __future__ import annotations

from inspector.core.event import Arrival, Reading, Request


def read(arrival: Arrival) -> Reading:
    """Type, id, sender's time and retry count as the event's dialect has them."""
    from inspector.core import dialects

    return dialects.read(arrival)


def dialect_of(request: Request) -> str:
    """The id of the dialect that the headers of a request name, or the empty string."""
    from inspector.core import dialects

    return dialects.dialect_by_headers(request)


def warm() -> None:
    """Load the dialects now, so that the first event does not wait for them."""
    from inspector.core import dialects

    dialects.builtin()
