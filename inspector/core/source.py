"""A source: where events come from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from inspector.core.event import Reply

Mode: TypeAlias = Literal["capture", "forward", "answer"]
"""`capture` keeps events only; `forward` also sends them on, with the source's own reply at once; `answer`
sends them on and answers with the handler's response."""

Failing: TypeAlias = Literal["status", "hang", "close"]
"""`status` answers with an error, `hang` never answers, `close` ends the connection without an answer."""


@dataclass(frozen=True, slots=True)
class ReplyRules:
    """What a source does beyond answering at once with its fixed reply."""

    template: bool = False
    """Whether the reply's body and header values are templates over the event."""
    delay_s: float = 0.0
    """How long each answer waits, after the event is kept."""
    fail_first: int = 0
    """How many events of the same id fail before one succeeds; without an id, of the same body and path."""
    fail_share: float = 0.0
    """Which part of the others fails, 0 to 1."""
    seed: int = 0
    """The same seed fails the same events."""
    failing: Failing = "status"
    """How they fail."""
    fail_status: int = 503
    retry_after_s: int | None = None
    """The Retry-After of a failure with a status; None: without."""

    @property
    def plain(self) -> bool:
        """Whether there is nothing in it to do."""
        return not (self.template or self.delay_s or self.fail_first or self.fail_share)


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
    rules: ReplyRules | None = None
    """What its reply does besides; None: nothing."""


PRESET = Source(name="nudj", path="/webhooks/nudj", scheme="nudj", dialect="nudj")
"""Every new database has this source."""
