"""The words of the house as values: Request, Capture, Reading, Event, EventRow, Reply."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from inspector.core.headers import HeaderPairs


class State(StrEnum):
    """How much of a request came."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    REJECTED = "rejected"


class Verdict(StrEnum):
    """The outcome of checking a signature."""

    VALID = "valid"
    INVALID = "invalid"
    UNSIGNED = "unsigned"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP/1.x request as it came over the wire.

    `line` is the request line without its line end; `headers` are in order with their case;
    `body` is what came between the framing: chunks joined, compression untouched.
    `raw_head` is the exact bytes of the request line and header block, with the empty line.
    """

    line: bytes
    headers: HeaderPairs
    body: bytes
    raw_head: bytes = b""
    scheme: str = "http"
    remote: str = ""

    @property
    def method(self) -> str:
        """The method, decoded byte by byte."""
        return self.line.split(b" ", 1)[0].decode("latin-1")

    @property
    def target(self) -> bytes:
        """The raw request target: path and query, undecoded."""
        parts = self.line.split(b" ")
        return parts[1] if len(parts) > 1 else b""

    @property
    def path(self) -> str:
        """The path of the target without its query, undecoded."""
        return self.target.partition(b"?")[0].decode("latin-1")


@dataclass(frozen=True, slots=True)
class Times:
    """When things happened: wall clock UTC once, then one monotonic clock, all in nanoseconds."""

    received_at_ns: int
    """Wall clock, ns since 1970 UTC, when the first byte of the request came."""
    connected_ns: int
    first_byte_ns: int
    headers_ns: int
    body_ns: int
    stored_ns: int | None = None
    replied_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Capture:
    """A request as the listener hands it on: whole, broken off, or refused for its size."""

    request: Request
    times: Times
    state: State = State.COMPLETE
    trouble: str = ""
    """Why it is incomplete or rejected, in words; empty for a complete one."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the provider's dialect read from an event; empty where there was nothing to read."""

    event_type: str = ""
    event_id: str = ""
    sent_at_ns: int | None = None
    retry_count: int | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A stored verdict: names only, never a secret."""

    verdict: Verdict = Verdict.UNCHECKED
    scheme: str = ""
    """The id of the scheme, empty where none applied."""
    cause: str = ""
    """The id of the cause of an invalid one (for example `reserialized`), empty where none is known."""
    secret: str = ""
    """The name of the secret that verified it."""


@dataclass(frozen=True, slots=True)
class EventRow:
    """What the table, the lists and the JSON lines need of an event, without headers and body."""

    id: int
    received_at_ns: int
    method: str
    target: str
    source: str
    event_type: str
    event_id: str
    size_bytes: int
    """Of the body as it came."""
    remote: str
    state: State
    retry_count: int | None
    repeat: int
    """How many earlier events of the same source carry the same event id."""
    pinned: bool
    has_note: bool
    mark: str
    """`handshake`, `edited`, `sample`, `imported`, or empty."""
    checked: Checked
    reply_status: int | None
    took_ns: int | None
    """From the first byte to the reply."""
    delivery: str = ""
    """How the last delivery ended: a status (`200`), a kind of failure (`refused`), or empty for none."""
    delivery_ok: bool | None = None
    """Whether that delivery succeeded; None where there was none."""
    handler_ns: int | None = None
    """How long the handler took: from the start of sending to the last byte of its response, or to the
    failure; None without a connection."""
    dead: bool = False
    """Whether its deliveries to some target were used up without success."""


@dataclass(frozen=True, slots=True)
class Event:
    """One captured request with all that is known of it; immutable."""

    row: EventRow
    request: Request
    times: Times
    reading: Reading
    trouble: str = ""
    note: str = ""
    parent: int | None = None
    """The id of the event that this one was edited from."""

    @property
    def id(self) -> int:
        """The number of the event in its database."""
        return self.row.id


@dataclass(frozen=True, slots=True)
class Reply:
    """What the listener answers the sender with. Framing headers are added by the listener."""

    status: int = 200
    headers: HeaderPairs = ()
    body: bytes = b""
    cut: bool = False
    """Close the connection in the place of an answer."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A capture on its way to the disk, with the source it belongs to."""

    capture: Capture
    source: str
    dialect: str = ""
    """The id of the dialect that the source names, or empty: found by path or headers."""
    mark: str = ""
    reply: Reply = field(default_factory=Reply)
    """What the sender will be answered once it is stored."""
    note: str = ""
    parent: int | None = None
