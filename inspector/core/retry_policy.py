"""When a failed delivery is tried again: the records of providers, or a policy of one's own as a text.

A text such as `delays=5s,1m,10m jitter=0.1 success=2xx drop=410 retry-after=yes` says everything; without
delays there is one attempt. `retries=3 first=5s factor=2 longest=1h` makes the delays of an exponential plan.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from importlib import resources

from inspector.core.problem import Problem, ProblemError

SECOND_NS = 1_000_000_000
LONGEST_S = 7 * 86_400.0
"""No delay is longer, whatever a text or a handler says."""
LONGEST_RETRY_AFTER_S = 86_400.0
MOST_RETRIES = 100
_UNITS_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
_DURATION = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,3})?)(ms|s|m|h|d)")
_STATUSES = re.compile(r"[1-5]xx|[1-5][0-9]{2}(?:-[1-5][0-9]{2})?")
_SETTINGS = ("delays", "retries", "first", "factor", "longest", "jitter", "success", "drop", "retry-after")


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and when; every number of seconds counts from the failure before."""

    name: str
    """Of a record, or the text itself."""
    delays_s: tuple[float, ...] = ()
    """Between the attempts: one fewer than there are attempts."""
    jitter: float = 0.0
    """The share of a delay that chance adds at most, 0 to 1: many that failed together come back apart."""
    success: tuple[tuple[int, int], ...] = ((200, 299),)
    """Ranges of statuses, ends included; all others are failures."""
    drop: tuple[tuple[int, int], ...] = ()
    """Statuses that are failures and not tried again."""
    retry_after: bool = True
    """Whether a handler's Retry-After can make a delay longer (RFC 9110 section 10.2.3)."""
    title: str = ""
    source: str = ""
    """The document that a record follows."""

    @property
    def attempts(self) -> int:
        """How many deliveries of one event there are at most."""
        return len(self.delays_s) + 1


def succeeds(policy: RetryPolicy, status: int | None) -> bool:
    """Whether a response of that status is a success; None stands for no response."""
    return status is not None and _within(status, policy.success)


def next_delay_s(
    policy: RetryPolicy, attempt: int, status: int | None, retry_after_s: float | None, chance: float
) -> float | None:
    """How long to wait after failed attempt number `attempt` (from 1); None: no more attempts.

    `chance` is a random number from 0 to 1.
    """
    if attempt >= policy.attempts or (status is not None and _within(status, policy.drop)):
        return None
    delay_s = policy.delays_s[attempt - 1] * (1 + policy.jitter * chance)
    if policy.retry_after and retry_after_s is not None:
        delay_s = max(delay_s, min(retry_after_s, LONGEST_RETRY_AFTER_S))
    return delay_s


def plan_ns(policy: RetryPolicy, first_at_ns: int) -> tuple[int, ...]:
    """When the attempts would be, each failing at once, without jitter; the first one included."""
    moments = [first_at_ns]
    for delay_s in policy.delays_s:
        moments.append(moments[-1] + int(delay_s * SECOND_NS))
    return tuple(moments)


def retry_after_s(value: str, now_ns: int) -> float | None:
    """The seconds that a Retry-After names, as a number or a date; None where it cannot be read."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value[:12])
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.fromtimestamp(now_ns / SECOND_NS, UTC)).total_seconds())


def policy_of(text: str, default: str = "default") -> RetryPolicy:
    """The record of that name, or what the text says; raises ProblemError `policy-wrong`."""
    text = text.strip() or default
    found = policies().get(text)
    if found is not None:
        return found
    if "=" not in text:
        known = ", ".join(policies())
        raise _wrong(f"There is no policy {text!r}.", f"Take one of {known}, or a text such as delays=5s,1m.")
    return _parsed(text, text)


def provider_policy(scheme: str) -> str:
    """The name of the record of a scheme's provider (`hubspot-v3` → `hubspot`); "" where there is none."""
    while scheme:
        if scheme in policies():
            return scheme
        scheme = scheme.rpartition("-")[0]
    return ""


@cache
def policies() -> Mapping[str, RetryPolicy]:
    """The records of resources/retry_policies.toml by name."""
    file = resources.files("resources") / "retry_policies.toml"
    found = {}
    for name, record in tomllib.loads(file.read_text("utf-8")).items():
        made = _parsed(name, str(record["policy"]))
        found[name] = RetryPolicy(
            name, made.delays_s, made.jitter, made.success, made.drop, made.retry_after,
            title=str(record["title"]), source=str(record.get("source", "")),
        )  # fmt: skip
    return found


def _parsed(name: str, text: str) -> RetryPolicy:
    given: dict[str, str] = {}
    for part in text.split():
        key, equals, value = part.partition("=")
        if not equals or key not in _SETTINGS or key in given:
            raise _wrong(f"{part!r} is no part of a retry policy.", f"Known: {', '.join(_SETTINGS)}.")
        given[key] = value
    return RetryPolicy(
        name,
        delays_s=_delays(given),
        jitter=_number(given.get("jitter", "0"), "jitter", 0.0, 1.0),
        success=_ranges(given.get("success", "2xx")),
        drop=_ranges(given.get("drop", "")),
        retry_after=_choice(given.get("retry-after", "yes")),
    )


def _delays(given: dict[str, str]) -> tuple[float, ...]:
    if "delays" in given:
        if given.keys() & {"retries", "first", "factor", "longest"}:
            raise _wrong("delays= and retries= exclude each other.", "Give one of them.")
        delays = tuple(_seconds(each) for each in given["delays"].split(",") if each)
        if len(delays) > MOST_RETRIES:
            raise _wrong(f"{len(delays)} delays are too many.", f"Give {MOST_RETRIES} at most.")
        return delays
    retries = int(_number(given.get("retries", "0"), "retries", 0, MOST_RETRIES))
    first_s = _seconds(given.get("first", "5s"))
    factor = _number(given.get("factor", "2"), "factor", 1.0, 100.0)
    longest_s = _seconds(given.get("longest", "1d"))
    delays_s, delay_s = [], first_s
    for _ in range(retries):
        delays_s.append(min(delay_s, longest_s))
        delay_s = min(delay_s * factor, LONGEST_S)
    return tuple(delays_s)


def _seconds(text: str) -> float:
    found = _DURATION.fullmatch(text)
    if found is None and text != "0":
        raise _wrong(f"{text!r} is no delay.", "Use a time such as 500ms, 5s, 1m, 2h or 1d.")
    seconds = 0.0 if found is None else float(found[1]) * _UNITS_S[found[2]]
    if seconds > LONGEST_S:
        raise _wrong(f"A delay of {text} is too long.", "Use 7d at most.")
    return seconds


def _number(text: str, name: str, least: float, most: float) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not least <= number <= most:
        raise _wrong(f"{name}={text} cannot be.", f"Use {least:g} to {most:g}.")
    return number


def _ranges(text: str) -> tuple[tuple[int, int], ...]:
    ranges = []
    for part in filter(None, text.split(",")):
        if not _STATUSES.fullmatch(part):
            raise _wrong(f"{part!r} is no status.", "Use statuses such as 2xx, 304 or 400-407.")
        if part.endswith("xx"):
            ranges.append((int(part[0]) * 100, int(part[0]) * 100 + 99))
        else:
            first, _, last = part.partition("-")
            ranges.append((int(first), int(last or first)))
    return tuple(ranges)


def _choice(text: str) -> bool:
    if text not in ("yes", "no"):
        raise _wrong(f"retry-after={text} cannot be.", "Use yes or no.")
    return text == "yes"


def _within(status: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= status <= last for first, last in ranges)


def _wrong(detail: str, remedy: str) -> ProblemError:
    return ProblemError(Problem("policy-wrong", "The retry policy cannot be understood.", detail, remedy))
