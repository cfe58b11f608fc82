"""The demands on a handler, in the words of the report, and how an answer meets them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from inspector.core.checkup.lines import Line, Result
from inspector.core.checkup.seen import LATE, LIMIT_S, Seen, milliseconds


@dataclass(frozen=True, slots=True)
class Demand:
    """One thing that a handler must do."""

    id: str
    title: str
    remedy: str
    """What to do about it, where the answer itself does not tell."""


REACHED = Demand("reachable", "can be reached", "Start the handler and check host, port and https.")
POST = Demand("accepts-post", "accepts POST", "Route POST requests of this path to the handler.")
ACCEPTS = Demand("answers-2xx", "answers 2xx to a good event", "Look into the log of the handler.")
IN_TIME = Demand(
    "in-time", "answers in time", "Answer first and do the work afterwards, in a queue or in the background."
)
RAW = Demand(
    "raw-body", "verifies the bytes as they came",
    "Verify the raw body before anything parses it (express.raw, request.get_data): a body that is parsed "
    "and written again has other bytes.",
)  # fmt: skip
WRONG = Demand(
    "bad-signature", "refuses a bad signature",
    "Compute the signature with the secret, compare it in constant time, and answer 401 where it differs.",
)  # fmt: skip
ALTERED = Demand(
    "altered-body", "refuses a body that was altered",
    "The signature must be computed over this request's own body.",
)  # fmt: skip
MALFORMED = Demand(
    "malformed-signature", "refuses a malformed signature",
    "Treat what has not the form of a signature as a bad one. Compare the lengths first: comparing in "
    "constant time throws where they differ (timingSafeEqual of Node).",
)  # fmt: skip
MISSING = Demand(
    "missing-signature", "refuses a missing signature",
    "Treat a missing header as a bad signature: answer 401.",
)  # fmt: skip
OLD = Demand(
    "old-timestamp", "refuses an old timestamp",
    "Refuse a timestamp that is older than the provider's tolerance, even where the signature is right: "
    "it may be a recording.",
)  # fmt: skip
DUPLICATE = Demand(
    "duplicate", "takes a duplicate as a duplicate",
    "Keep the ids of events that are done, and answer 2xx at once to one that is known: "
    "everything else makes the provider send it again.",
)  # fmt: skip
AT_ONCE = Demand(
    "two-at-once", "survives the same event twice at once",
    "Let the database decide who is first (a unique key on the id of the event), and answer 2xx to both.",
)  # fmt: skip
TYPES = Demand(
    "known-types", "accepts every event type of the provider",
    "Answer 2xx to types that need no work as well.",
)  # fmt: skip
UNKNOWN_TYPE = Demand(
    "unknown-type", "does not fail on an unknown event type",
    "Answer 2xx and ignore it: providers add types, and an error makes them send it again.",
)  # fmt: skip
UNICODE = Demand(
    "unicode", "does not fail on unicode",
    "Read the body as UTF-8, verify its bytes, and let the database keep every character.",
)  # fmt: skip
UNKNOWN_FIELD = Demand(
    "unknown-field", "does not fail on an unknown field",
    "Let the schema ignore fields that it does not know: providers add them without notice.",
)  # fmt: skip
LARGE = Demand(
    "large-body", "accepts a body of 1 MB",
    "Raise the limit of the body parser (express: limit '2mb') and of proxies before it "
    "(nginx: client_max_body_size).",
)  # fmt: skip
BURST = Demand(
    "burst", "answers fast enough under a small burst",
    "Answer before the work is done, and look for a lock or a connection pool that is too small.",
)  # fmt: skip

FIRST = (REACHED, POST, ACCEPTS, IN_TIME)
REFUSALS = (WRONG, ALTERED, MALFORMED, MISSING, OLD)
REST = (RAW, *REFUSALS, DUPLICATE, AT_ONCE, TYPES, UNKNOWN_TYPE, UNICODE, UNKNOWN_FIELD, LARGE, BURST)
ALL = (*FIRST, *REST)


def passed(demand: Demand, seen: str, took_ns: int = 0) -> Line:
    """A line of what is as it should be."""
    return Line(demand.id, demand.title, Result.PASSED, seen, "", took_ns)


def failed(demand: Demand, seen: str, remedy: str = "", took_ns: int = 0) -> Line:
    """A line of what is not; the remedy is the demand's own where none is given."""
    return Line(demand.id, demand.title, Result.FAILED, seen, remedy or demand.remedy, took_ns)


def idle(demand: Demand, why: str) -> Line:
    """A line of what does not apply, or could not be tried."""
    return Line(demand.id, demand.title, Result.NOT_APPLICABLE, why)


def judged_refusal(demand: Demand, seen: Seen, limit_s: float = LIMIT_S) -> Line:
    """Whether what should be refused was."""
    words = seen.words(limit_s)
    if seen.refused:
        return passed(demand, words, seen.took_ns)
    remedy = ""
    if 400 <= seen.status < 500:
        remedy = "Answer 401 or 403: the sender then knows that it is the signature that is wrong."
    elif seen.status >= 500:
        remedy = f"It fails instead of refusing, so that the provider sends it again. {demand.remedy}"
    elif seen.failure:
        remedy = f"It gives no answer, so that the provider sends it again. {demand.remedy}"
    return failed(demand, words, remedy, seen.took_ns)


def judged_acceptance(
    demand: Demand, answers: Sequence[Seen], limit_s: float = LIMIT_S, good: str = ""
) -> Line:
    """Whether all that should be accepted was; `good` are words for when it was."""
    slowest = max(answer.took_ns for answer in answers)
    bad = [answer for answer in answers if not answer.accepted]
    if not bad:
        late = [answer for answer in answers if answer.took_ns > limit_s * 1e9]
        if late:
            return failed(demand, f"answered after {milliseconds(slowest)}", IN_TIME.remedy, slowest)
        return passed(demand, good or answers[-1].words(limit_s), slowest)
    words = bad[0].words(limit_s)
    if len(answers) > 1:
        words = f"{len(bad)} of {len(answers)} were not accepted; {words}"
    remedy = IN_TIME.remedy if bad[0].failure in LATE else ""
    if bad[0].status == 429:
        remedy = "Let the provider's bursts through the rate limit: ten at once are usual."
    return failed(demand, words, remedy, slowest)


def refused_remedy(seen: Seen) -> str:
    """What to do about a good event that was not accepted."""
    status = seen.status
    if status in (401, 403):
        return (
            "Give the handler the same secret as here, verify the raw body, and let no login or CSRF "
            "protection stand before it."
        )
    if 300 <= status < 400:
        where = f" ({seen.location})" if seen.location else ""
        return f"Give the URL that it redirects to{where}: providers follow no redirects."
    special = {
        400: "The handler finds the event malformed; its log or its answer says why.",
        413: "Raise the limit of the body parser.",
        415: "Accept Content-Type: application/json.",
        422: "The handler finds the event malformed; its log or its answer says why.",
        429: "Let the provider through the rate limit.",
        503: "The handler says that it is not ready; start what it needs and try again.",
    }
    return special.get(status, ACCEPTS.remedy)
