"""Deliveries in words: outcome, time, what made the attempt, and the phases of its time."""

from __future__ import annotations

from inspector.core.delivery import FAILURE_WORDS, Delivery, DeliveryRow, Failure, Phases
from inspector.core.delivery_queue import Job
from inspector.gui.event.timing_phases import Phase
from inspector.gui.words import clock, duration, plural, safe

PARTS = (
    ("Look up the name", "dns_ns", "muted"),
    ("Connect", "connect_ns", "warn"),
    ("TLS", "tls_ns", "warn"),
    ("Send the request", "sent_ns", "accent"),
    ("Wait for the handler", "first_byte_ns", "good"),
    ("Receive the response", "last_byte_ns", "accent"),
)
ORIGINS = {
    "resend": "resent",
    "forward": "forwarded",
    "live": "live",
    "retry": "retry",
    "probe": "probe",
    "checkup": "checkup",
}


def outcome(row: DeliveryRow) -> str:
    """`✓ 200`, `✕ 500`, `✕ timed out waiting`."""
    return f"{'✓' if row.succeeded else '✕'} {outcome_words(row.status, row.failure)}"


def outcome_words(status: int | None, failure: Failure | None) -> str:
    """The status, or the kind of the failure in two or three words."""
    if failure is not None:
        return FAILURE_WORDS.get(failure.kind, failure.kind)
    return str(status) if status is not None else "–"


def outcome_token(row: DeliveryRow) -> str:
    """The colour of the outcome."""
    return "good" if row.succeeded else "bad"


def took(phases: Phases) -> str:
    """The whole time of the attempt."""
    return duration(phases.total_ns)


def made_by(row: DeliveryRow | Delivery) -> str:
    """What made the attempt, and how it was signed."""
    words = ORIGINS.get(row.origin, row.origin)
    return f"{words}, signed anew" if row.signing == "resigned" else words


def bars(phases: Phases) -> tuple[Phase, ...]:
    """The phases that there were, one behind the other."""
    found, start_ns = [], 0
    for name, part, token in PARTS:
        length_ns = getattr(phases, part)
        if length_ns is not None:
            found.append(Phase(name, start_ns, length_ns, token))
            start_ns += length_ns
    return tuple(found)


def sentence(delivery: Delivery) -> str:
    """What came of it, in one or two sentences."""
    response, failure = delivery.response, delivery.failure
    if failure is not None:
        words = FAILURE_WORDS.get(failure.kind, failure.kind)
        text = f"{words[:1].upper()}{words[1:]} after {took(delivery.phases)}."
        return f"{text} {safe(failure.detail)}" if failure.detail else text
    if response is None:
        return "There is no response."
    text = f"{response.status} {safe(response.reason)}".strip() + f" in {took(delivery.phases)}."
    if response.truncated:
        text += f" The first {plural(len(response.body), 'byte')} of the body are kept."
    if delivery.redirects:
        last = delivery.redirects[-1]
        verb = "followed to" if last.followed else "points to"
        text += f" Redirect {verb} {safe(last.location)[:200]}."
    return text


def planned(job: Job, attempts: int | None) -> str:
    """`Attempt 2 of 4 to local is planned for 10:30:05.000.`"""
    of = f" of {attempts}" if attempts else ""
    return f"Attempt {job.attempts + 1}{of} to {safe(job.target_name)} is planned for {clock(job.due_at_ns)}."
