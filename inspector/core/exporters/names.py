"""File names that are safe on every system and say the event type."""

from __future__ import annotations

import re

from inspector.core.event import Event

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
LONGEST = 60
"""Characters of the event type that a name takes."""


def stem(event: Event) -> str:
    """The name of an event's files without their ending: `00042-order.created`.

    The number makes it unique also where case does not count, and begins it, so that no name is one that
    Windows keeps for a device.
    """
    safe = _UNSAFE.sub("-", event.row.event_type)[:LONGEST].strip("-.")
    return f"{event.id:05d}-{safe or 'event'}"


def described(event: Event) -> str:
    """An event in a comment: printable ASCII, without anything that could end the comment."""
    kind = _UNSAFE.sub("-", event.row.event_type)[:LONGEST]
    return f"event {event.id} {kind}".rstrip()
