"""The one table of the query language's fields: parser, completion, help and documents read it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from inspector.core.event import Verdict


class Kind(StrEnum):
    """What stands after the colon."""

    TEXT = "text"
    CHOICE = "choice"
    SIZE = "size"
    DURATION = "duration"
    NUMBER = "number"
    MOMENT = "moment"
    MARK = "mark"


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name, what it holds in a few words, and an example that parses."""

    name: str
    kind: Kind
    meaning: str
    example: str
    choices: tuple[tuple[str, str], ...] = ()
    """The words that can stand there, each with its meaning; empty where any text can."""
    named: bool = False
    """Written with a name after a dot: `header.NAME:`."""


METHODS = (
    ("POST", "what nearly all webhooks use"),
    ("GET", "handshakes and health checks"),
    ("PUT", ""),
    ("PATCH", ""),
    ("DELETE", ""),
    ("HEAD", ""),
    ("OPTIONS", ""),
)
"""Offered by completion; any other method can be written too."""

MARKS = (
    ("pinned", "kept for good, whatever the retention says"),
    ("duplicate", "the same source sent this event id before"),
    ("retry", "the sender says that it is a later attempt"),
    ("complete", "the whole request came"),
    ("incomplete", "the sender broke off"),
    ("rejected", "too large; kept as far as it came"),
    ("handshake", "a provider's check of the address"),
    ("edited", "made from another event"),
    ("sample", "a sample that this program sent"),
    ("imported", "read from a file"),
    ("noted", "has a note"),
    ("binary", "the body is not text, so body: cannot find it"),
    ("dead", "its deliveries were used up without success"),
    ("drifted", "its shape differs from what its type had before"),
)

VERDICTS = (
    (Verdict.VALID.value, "the signature holds"),
    (Verdict.INVALID.value, "the signature does not hold"),
    (Verdict.UNSIGNED.value, "there is no signature"),
    (Verdict.UNCHECKED.value, "there is no secret to check it with"),
)

DELIVERIES = (
    ("ok", "the last delivery succeeded"),
    ("failed", "the last delivery failed"),
    ("none", "never sent on"),
)

FIELDS: tuple[Field, ...] = (
    Field("type", Kind.TEXT, "event type that the sender names", "type:challenge.*"),
    Field("id", Kind.TEXT, "event id that the sender names (case matters)", "id:evt_123*"),
    Field("source", Kind.TEXT, "source that the event belongs to", "source:nudj"),
    Field("method", Kind.TEXT, "HTTP method", "method:POST", METHODS),
    Field("path", Kind.TEXT, "path of the request, without the query (case matters)", "path:/webhooks/*"),
    Field("header", Kind.TEXT, "value of the header of that name", "header.user-agent:GitHub*", named=True),
    Field("body", Kind.TEXT, "text anywhere in the body, three characters or more", 'body:"user_123"'),
    Field("size", Kind.SIZE, "bytes of the body as it came", "size:>10kb"),
    Field("since", Kind.MOMENT, "received at that time or later", "since:10m"),
    Field("until", Kind.MOMENT, "received at that time or earlier", "until:2026-11-24T10:30Z"),
    Field("is", Kind.MARK, "mark of the event", "is:pinned", MARKS),
    Field("signature", Kind.CHOICE, "verdict on the signature", "signature:invalid", VERDICTS),
    Field("scheme", Kind.TEXT, "scheme that the signature follows", "scheme:stripe"),
    Field("cause", Kind.TEXT, "why the signature does not hold", "cause:reserialized"),
    Field("status", Kind.NUMBER, "status that the sender was answered with", "status:5xx"),
    Field("took", Kind.DURATION, "time from the first byte to the reply", "took:>1s"),
    Field("retry", Kind.NUMBER, "attempt that the sender counts", "retry:>0"),
    Field("delivery", Kind.CHOICE, "how the last delivery ended", "delivery:failed", DELIVERIES),
    Field("handler", Kind.DURATION, "time that the handler took in the last delivery", "handler:>1s"),
    Field("note", Kind.TEXT, "text of the note", "note:*refund*"),
    Field("remote", Kind.TEXT, "address that the request came from", "remote:127.0.0.1*"),
)

BY_NAME: dict[str, Field] = {field.name: field for field in FIELDS}

BODY_CHARACTERS = 3
"""The shortest text that the index of the bodies can find."""
