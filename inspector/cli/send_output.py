"""How send tells what it sends and what came of it."""

from __future__ import annotations

import base64
import sys
import threading
from collections.abc import Callable, Iterable, Sequence

from inspector.cli.exit_codes import GOOD, NEGATIVE
from inspector.cli.output import complain, print_json, say, visible, when, write_bytes
from inspector.core.delivery import FAILURE_WORDS, FailureKind
from inspector.core.outgoing import wire_head
from inspector.core.trials import About
from inspector.engine.resends_batch import Batch, Ended
from inspector.engine.resends_prepare import Prepared
from inspector.engine.resends_summary import NOT_SENT, Result, Summary

INTERRUPTED = 130
SORT_CHARACTERS = 20
"""Warnings that begin alike are of one sort; their ages differ."""
LOOK_S = 0.2
"""How often a wait looks whether the user pressed Ctrl+C (only on systems where a wait hides it)."""


class Teller:
    """Prints each result as it comes, then the summary."""

    def __init__(self, *, as_json: bool, total: int) -> None:
        self._as_json = as_json
        self._total = total
        self._guard = threading.Lock()

    def warn_of(self, warnings: Iterable[tuple[int, Sequence[str]]]) -> None:
        """Says what speaks against sending, before it is sent: the first of each sort, and for how many."""
        firsts: dict[str, tuple[str, int]] = {}
        looked_at = 0
        for number, sentences in warnings:
            looked_at += 1
            for sentence in sentences:
                if self._as_json:
                    print_json({"kind": "warning", "event_id": number or None, "message": sentence})
                sort = sentence[:SORT_CHARACTERS]
                first, count = firsts.get(sort, (sentence, 0))
                firsts[sort] = (first, count + 1)
        sys.stdout.flush()
        if self._as_json:
            return
        of = "the first " if looked_at < self._total else ""
        for sentence, count in firsts.values():
            which = f"{count:,} of {of}{looked_at:,} events: " if self._total > 1 else ""
            complain(f"warning: {which}{sentence}")

    def follow(self, start: Callable[[Ended], Batch]) -> int:
        """Starts a batch and waits for its end; the exit code."""
        batch = start(self._tell)
        interrupted = False
        while True:
            try:
                end = batch.wait(LOOK_S)
                break
            except TimeoutError:
                continue
            except KeyboardInterrupt:
                interrupted = True
                batch.cancel()
        self._conclude(end)
        if interrupted:
            return INTERRUPTED
        return self._code(end, batch.results)

    def _code(self, end: Summary, results: Sequence[Result]) -> int:
        return GOOD if end.good else NEGATIVE

    def _tell(self, result: Result) -> None:
        with self._guard:
            if self._as_json:
                print_json(result_fields(result))
            else:
                say(result_line(result))
            sys.stdout.flush()

    def _conclude(self, end: Summary) -> None:
        if self._as_json:
            print_json(summary_fields(end))
        elif end.total > 1:
            say(summary_line(end))


class TrialTeller(Teller):
    """Says also what a good handler does, and whether this one did."""

    def __init__(self, about: About, *, as_json: bool, total: int) -> None:
        super().__init__(as_json=as_json, total=total)
        self._about = about
        if not as_json:
            say(f"{about.title}. A good handler: {about.expected[0].lower()}{about.expected[1:]}")

    def _code(self, end: Summary, results: Sequence[Result]) -> int:
        passed = len(results) == end.total and all(self._is_good(result) for result in results)
        if self._as_json:
            print_json({"kind": "trial", "passed": passed, "expected": self._about.expected})
        else:
            say("As it should be." if passed else "Not as it should be.")
        return GOOD if passed else NEGATIVE

    def _is_good(self, result: Result) -> bool:
        if self._about.refused:
            return result.status is not None and 400 <= result.status <= 499
        return result.succeeded


def result_line(result: Result) -> str:
    """A result as one line for people."""
    number = str(result.event_id) if result.event_id else "-"
    took = "" if result.handler_ns is None else f"  {milliseconds(result.handler_ns)}"
    words = FAILURE_WORDS.get(_kind(result.outcome), result.outcome)
    outcome = "not sent" if result.outcome == NOT_SENT else words
    detail = f"  {visible(result.detail)}" if result.detail else ""
    url = f"  {visible(result.url)}" if result.url else ""
    return f"{number:>5}  {outcome}{took}{url}{detail}"


def _kind(outcome: str) -> FailureKind:
    return outcome  # type: ignore[return-value] # only looked up; others are not found


def result_fields(result: Result) -> dict[str, object]:
    """A result as the JSON lines have it."""
    return {
        "kind": "delivery",
        "event_id": result.event_id or None,
        "delivery_id": result.delivery_id or None,
        "url": result.url or None,
        "sent_at": when(result.sent_at_ns) if result.sent_at_ns else None,
        "succeeded": result.succeeded,
        "outcome": result.outcome,
        "status": result.status,
        "detail": result.detail or None,
        "handler_ms": None if result.handler_ns is None else result.handler_ns / 1e6,
    }


def summary_fields(end: Summary) -> dict[str, object]:
    """The summary as the last JSON line but for a trial's."""
    return {
        "kind": "summary",
        "total": end.total,
        "succeeded": end.succeeded,
        "failed": end.failed,
        "left": end.left,
        "cancelled": end.cancelled,
        "outcomes": dict(end.outcomes),
        "p50_ms": None if end.p50_ns is None else end.p50_ns / 1e6,
        "p95_ms": None if end.p95_ns is None else end.p95_ns / 1e6,
        "took_ms": end.took_ns / 1e6,
    }


def summary_line(end: Summary) -> str:
    """The summary as one line for people."""
    parts = [f"{end.succeeded:,} of {end.total:,} delivered"]
    if end.failed:
        parts.append(f"{end.failed:,} failed")
    if end.left:
        parts.append(f"{end.left:,} not begun")
    counts = ", ".join(f"{outcome} × {count:,}" for outcome, count in end.outcomes)
    text = "; ".join(parts) + (f" ({counts})" if counts else "")
    if end.p50_ns is not None and end.p95_ns is not None:
        text += f". Handler p50 {milliseconds(end.p50_ns)}, p95 {milliseconds(end.p95_ns)}"
    return f"{text}. Took {end.took_ns / 1e9:,.1f} s."


def milliseconds(duration_ns: int) -> str:
    """A duration for people."""
    amount = duration_ns / 1e6
    return f"{amount:,.1f} ms" if amount < 100 else f"{amount:,.0f} ms"


def print_requests(ready: Sequence[Prepared], *, as_json: bool) -> None:
    """What would be sent: exact bytes, or a JSON line each; warnings to standard error."""
    for at, one in enumerate(ready):
        if as_json:
            print_json(_request_fields(one))
            continue
        for warning in one.warnings:
            complain(f"warning: {warning}")
        url = visible(one.outgoing.url)
        complain(f"{f'event {one.event_id}' if one.event_id else 'composed'}, {one.signing}, to {url}")
        write_bytes((b"\r\n\r\n" if at else b"") + wire_head(one.outgoing) + one.outgoing.body)
    if not as_json and sys.stdout.isatty():
        say("")


def _request_fields(one: Prepared) -> dict[str, object]:
    sent = one.outgoing
    fields: dict[str, object] = {
        "kind": "request",
        "event_id": one.event_id or None,
        "method": sent.method,
        "url": sent.url,
        "signing": one.signing,
        "warnings": list(one.warnings),
        "headers": [[name.decode("latin-1"), value.decode("latin-1")] for name, value in sent.headers],
    }
    try:
        fields["body"] = sent.body.decode("utf-8")
    except UnicodeDecodeError:
        fields["body_base64"] = base64.b64encode(sent.body).decode("ascii")
    return fields
