"""events verify: the signatures of kept events, checked now with the secrets as they are now."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from inspector.cli.common import add_database, add_parser, opened, parse_query
from inspector.cli.exit_codes import GOOD, NEGATIVE
from inspector.cli.output import complain, print_json, say, visible

if TYPE_CHECKING:
    from inspector.core.event import Event
    from inspector.engine.checking.examination import Examination

EXAMPLES = """\
  webhook-inspector events verify
  webhook-inspector events verify 'signature:invalid since:1h'
  webhook-inspector events verify id:evt_123 --steps"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declares the subcommand of `events`."""
    parser = add_parser(
        commands,
        "verify",
        "check the signatures of kept events",
        "Check the signatures of kept events as of the time of their capture, newest first. "
        "Exit code 1 where one is bad or missing.",
        EXAMPLES,
    )
    parser.add_argument("query", metavar="QUERY", nargs="*", help="a query; without one, all events")
    parser.add_argument("--limit", metavar="N", type=int, help="at most so many events")
    parser.add_argument("--steps", action="store_true", help="also the steps of each verification")
    parser.add_argument("--json", action="store_true", help="JSON lines, with the steps")
    add_database(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Checks them: 0 where all are valid or cannot be checked for want of a secret, 1 otherwise."""
    query = parse_query(" ".join(arguments.query).strip())
    counts = {"valid": 0, "invalid": 0, "unsigned": 0, "unchecked": 0}
    with opened(arguments) as inspector:
        for number in inspector.inbox.ids(query, limit=arguments.limit):
            event = inspector.inbox.event(number)
            if event is None or event.row.mark == "handshake":
                continue
            found = inspector.signatures.examiner.examine(event)
            verdict = "unsigned" if found.outcome is None else found.outcome.verdict.value
            counts[verdict] += 1
            if arguments.json:
                print_json(_fields(event, found, verdict))
            else:
                _say(event, found, verdict, steps=arguments.steps)
        trouble = inspector.signatures.judge.trouble
    if trouble is not None:
        raise trouble
    if not arguments.json:
        complain(", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count) or "no events")
    return NEGATIVE if counts["invalid"] or counts["unsigned"] else GOOD


def _fields(event: Event, found: Examination, verdict: str) -> dict[str, object]:
    outcome, diagnosis = found.outcome, found.diagnosis
    return {
        "kind": "verification",
        "id": event.id,
        "verdict": verdict,
        "scheme": outcome.scheme if outcome else None,
        "cause": (diagnosis.cause or None) if diagnosis else None,
        "secret": (outcome.key or None) if outcome else None,
        "sentence": diagnosis.sentence if diagnosis else None,
        "remedy": (diagnosis.remedy or None) if diagnosis else None,
        "steps": [
            {"title": step.title, "passed": step.passed, "detail": step.detail}
            for step in (outcome.steps if outcome else ())
        ],
        "warnings": [warning.sentence for warning in found.warnings],
    }


def _say(event: Event, found: Examination, verdict: str, *, steps: bool) -> None:
    outcome, diagnosis = found.outcome, found.diagnosis
    named = " ".join(visible(each) for each in (event.row.event_type, event.row.event_id) if each)
    cause = f"  {diagnosis.cause}" if diagnosis and diagnosis.cause else ""
    say(f"{event.id:>6}  {verdict:<9}  {outcome.scheme if outcome else '-':<18}  {named}{cause}")
    if diagnosis is not None:
        say(f"        {visible(diagnosis.sentence)} {visible(diagnosis.remedy)}".rstrip())
    if steps and outcome is not None:
        signs = {True: "✓", False: "✕", None: "–"}
        for step in outcome.steps:
            say(f"        {signs[step.passed]} {step.title}: {visible(step.detail)}")
    if steps:
        for warning in found.warnings:
            say(f"        {visible(warning.sentence)}")
