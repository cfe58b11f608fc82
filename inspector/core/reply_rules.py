"""Reply rules: what a sender is answered without a handler, and failures on purpose to watch its retries."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

from inspector.core.event import Reply
from inspector.core.headers import HeaderPairs
from inspector.core.reply_template import Kept, TemplateError, check, filled_reply
from inspector.core.source import ReplyRules

LONGEST_DELAY_S = 3600.0
_SPAN = 2**64


@dataclass(frozen=True, slots=True)
class Act:
    """What to do with a sender: after `delay_s` answer with `reply`, or `hang`, or `close` on it."""

    delay_s: float
    kind: Literal["reply", "hang", "close"]
    reply: Reply
    on_purpose: bool = False
    """Whether it is a failure that the rules asked for."""


def act(rules: ReplyRules, reply: Reply, kept: Kept) -> Act:
    """What the rules do with one kept event; `reply` is the source's own."""
    why = _fails(rules, kept)
    if not why:
        answer = filled_reply(reply, kept) if rules.template else reply
        return Act(rules.delay_s, "reply", answer)
    if rules.failing != "status":
        return Act(rules.delay_s, rules.failing, Reply(rules.fail_status), on_purpose=True)
    headers: HeaderPairs = ((b"Content-Type", b"text/plain; charset=utf-8"),)
    if rules.retry_after_s is not None:
        headers = (*headers, (b"Retry-After", b"%d" % rules.retry_after_s))
    said = f"This failure is on purpose: {why}. The event is kept.\n"
    return Act(rules.delay_s, "reply", Reply(rules.fail_status, headers, said.encode()), on_purpose=True)


def checked_rules(rules: ReplyRules, reply: Reply) -> str:
    """What is wrong with the rules of a source with this reply, as a sentence; empty where nothing is."""
    if not 0 <= rules.delay_s <= LONGEST_DELAY_S:
        return f"{rules.delay_s:g} s is no delay of a reply; use 0 to {LONGEST_DELAY_S:g}."
    if not 0 <= rules.fail_share <= 1:
        return f"{rules.fail_share:g} is no share; use 0 to 1."
    if not 0 <= rules.fail_first <= 1_000_000:
        return f"{rules.fail_first} is no number of events that fail first."
    if not 300 <= rules.fail_status <= 599:
        return f"{rules.fail_status} is no status of a failure; use 300 to 599."
    if rules.retry_after_s is not None and not 0 <= rules.retry_after_s <= 10**9:
        return f"{rules.retry_after_s} is no number of seconds for Retry-After."
    if rules.template:
        try:
            check(reply.body.decode("utf-8", "surrogateescape"))
            for _, value in reply.headers:
                check(value.decode("latin-1"))
        except TemplateError as error:
            return str(error)
    return ""


def _fails(rules: ReplyRules, kept: Kept) -> str:
    """Why this event fails, in words; empty where it does not."""
    if kept.attempt <= rules.fail_first:
        return f"attempt {kept.attempt} of this event, the first {rules.fail_first} fail"
    if rules.fail_share and _lot(rules.seed, kept) < rules.fail_share:
        return f"{rules.fail_share:.0%} of all attempts fail"
    return ""


def _lot(seed: int, kept: Kept) -> float:
    """A number from 0 to 1, always the same for an attempt of an event, whatever comes before it."""
    key = kept.reading.event_id or f"#{kept.number}"
    digest = hashlib.blake2b(f"{seed}\n{kept.attempt}\n{key}".encode("utf-8", "replace"), digest_size=8)
    return int.from_bytes(digest.digest(), "big") / _SPAN
