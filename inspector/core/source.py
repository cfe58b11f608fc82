"""A source: where events come from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from inspector.core.event import Reply

Mode: TypeAlias = Literal["capture", "forward", "answer"]
"""`capture` keeps events only; `forward` also sends them on, with the source's own reply at once; `answer`
sends them on and answers with the handler's response."""


@dataclass(frozen=True, slots=True)
class Source:
    """A path prefix with a provider's dialect, the names of its secrets and its reply.

    An event belongs to the source with the longest `path` that its own path starts with, at a `/`
    or the end (`/webhooks/nudj` takes `/webhooks/nudj` and `/webhooks/nudj/x`, not `/webhooks/nudjx`);
    where no path fits, to the source that its headers name, and else to the source "" (none).
    """

    name: str
    path: str = ""
    scheme: str = ""
    """The id of a scheme; empty: found by the headers of each event."""
    secrets: tuple[str, ...] = ()
    """Names only, the current one first (several while a secret is rotated)."""
    dialect: str = ""
    """The id of a dialect; empty: found by path or headers."""
    tolerance_s: int | None = None
    """How old a timestamp may be; None: what the scheme says."""
    refuse_bad: bool = False
    """Answer 401 to a bad or missing signature (the event is kept all the same)."""
    handshakes: bool = True
    """Answer the provider's handshakes."""
    public_url: str = ""
    """The address that the sender signs and calls, where it differs from what the request shows."""
    reply: Reply = field(default_factory=Reply)
    target: str = ""
    """The name of the target that its events are sent to; empty: the default target."""
    mode: Mode = "capture"


PRESET = Source(name="nudj", path="/webhooks/nudj", scheme="nudj", dialect="nudj")
"""Every new database has this source."""
