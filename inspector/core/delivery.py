"""A delivery: one attempt to send an event to a target, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from inspector.core.headers import HeaderPairs
from inspector.core.outgoing import Outgoing

Origin: TypeAlias = Literal["resend", "forward", "live", "retry", "probe", "checkup"]
"""What made the attempt: a user, the background forwarding, a sender that waits for the handler's
response, the queue again, the probe of an open breaker, a checkup."""
Signing: TypeAlias = Literal["as-captured", "resigned"]
FailureKind: TypeAlias = Literal[
    "dns",
    "refused",
    "unreachable",
    "tls",
    "timeout-connect",
    "timeout-tls",
    "timeout-send",
    "timeout-first-byte",
    "timeout-body",
    "reset",
    "protocol",
    "proxy",
    "cancelled",
]
"""Why there is no whole response. `timeout-…` names the phase in which the one total time-out fell;
`protocol`: what came, or what was to be sent, is no HTTP/1.x; `reset`: the connection ended too early."""

FAILURE_WORDS: dict[FailureKind, str] = {
    "dns": "name not found",
    "refused": "connection refused",
    "unreachable": "unreachable",
    "tls": "TLS failed",
    "timeout-connect": "timed out connecting",
    "timeout-tls": "timed out in TLS",
    "timeout-send": "timed out sending",
    "timeout-first-byte": "timed out waiting",
    "timeout-body": "timed out in the response",
    "reset": "connection reset",
    "protocol": "not HTTP",
    "proxy": "proxy failed",
    "cancelled": "cancelled",
}
"""Each kind in two or three words, for a table."""


@dataclass(frozen=True, slots=True)
class Phases:
    """How long each part of an exchange took, in ns; None where it did not happen.

    They follow one another without gaps, so that their sum is the whole time; the one in which a delivery
    failed ends with the failure. On a connection that was kept open, the first three are None.
    """

    dns_ns: int | None = None
    connect_ns: int | None = None
    """TCP, and through a proxy its CONNECT."""
    tls_ns: int | None = None
    sent_ns: int | None = None
    """Until the last byte of the request was handed to the socket."""
    first_byte_ns: int | None = None
    """From then to the first byte of the response: the handler thinks."""
    last_byte_ns: int | None = None
    """From then to the end of the response."""

    @property
    def total_ns(self) -> int:
        """All that happened, together."""
        return sum(part or 0 for part in (self.dns_ns, self.connect_ns, self.tls_ns)) + self.handler_ns

    @property
    def handler_ns(self) -> int:
        """From the start of sending to the end of the response."""
        return sum(part or 0 for part in (self.sent_ns, self.first_byte_ns, self.last_byte_ns))


@dataclass(frozen=True, slots=True)
class Response:
    """What the handler answered; the body as it came between the framing, compression untouched."""

    status: int
    reason: str
    headers: HeaderPairs = ()
    body: bytes = b""
    body_bytes: int = 0
    """The size of the whole body as far as it is known; `body` may be shorter."""
    truncated: bool = False
    """Whether `body` is not the whole: it passed the limit, or the connection ended within it."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a delivery got no whole response: the kind, and a sentence for people."""

    kind: FailureKind
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Redirect:
    """A response that pointed elsewhere."""

    status: int
    url: str
    """Where it came from."""
    location: str
    """Where it points to: resolved, or as it came where it is no http or https URL."""
    method: str = ""
    """What was sent there: POST becomes GET at 301, 302 and 303. Empty where it was not followed."""
    withheld: tuple[str, ...] = ()
    """Names of headers that did not follow to another origin."""
    headers: HeaderPairs = ()
    """Of the response that pointed."""

    @property
    def followed(self) -> bool:
        """Whether a request was sent to where it points."""
        return bool(self.method)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt as it is kept.

    Both a response and a failure: the response began and did not end (its body is truncated), or it came
    from the proxy. Secrets that the target adds stand masked in `outgoing`.
    """

    id: int
    event_id: int
    target_name: str
    url: str
    sent_at_ns: int
    """Wall clock, ns since 1970 UTC."""
    attempt: int
    """From 1, among the deliveries of this event to this target."""
    origin: Origin
    signing: Signing
    outgoing: Outgoing
    response: Response | None = None
    failure: Failure | None = None
    phases: Phases = field(default_factory=Phases)
    redirects: tuple[Redirect, ...] = ()

    @property
    def status(self) -> int | None:
        """The status of the response, if there was one."""
        return None if self.response is None else self.response.status

    @property
    def succeeded(self) -> bool:
        """Whether the whole of a 2xx response came."""
        return self.failure is None and _is_success(self.status)


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """What a list of deliveries shows, without headers and bodies."""

    id: int
    event_id: int
    target_name: str
    url: str
    method: str
    sent_at_ns: int
    attempt: int
    origin: Origin
    signing: Signing
    status: int | None
    failure: Failure | None
    phases: Phases
    response_bytes: int = 0
    redirects: int = 0
    """How many; followed or not."""

    @property
    def succeeded(self) -> bool:
        """Whether the whole of a 2xx response came."""
        return self.failure is None and _is_success(self.status)

    @property
    def outcome(self) -> str:
        """The kind of the failure, else the status: `refused`, `200`."""
        return self.failure.kind if self.failure is not None else str(self.status or "")


def _is_success(status: int | None) -> bool:
    return status is not None and 200 <= status <= 299
