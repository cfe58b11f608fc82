"""verify: whether the signature of a raw HTTP request holds, step by step, and why not."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from inspector.cli.common import WrongUseError, add_parser
from inspector.cli.exit_codes import GOOD, NEGATIVE
from inspector.cli.output import print_json, say, visible
from inspector.cli.signed_input import (
    add_input,
    chosen,
    keys_of,
    moment,
    moment_argument,
    request_of,
    schemes_of,
    signed_request,
)

if TYPE_CHECKING:
    from inspector.core.signatures.outcome import Outcome
    from inspector.core.signatures.scheme import Scheme

EXAMPLES = """\
  webhook-inspector verify order.http --scheme stripe --secret-env STRIPE_SECRET
  webhook-inspector verify sms.http --scheme twilio --secret-env TOKEN --url https://shop.example/sms
  webhook-inspector verify event.http --scheme discord --public-key discord.hex --at 1795446000
  webhook-inspector events show 7 --raw | webhook-inspector verify - --secret-env OLD --secret-env NEW"""


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declares the command."""
    parser = add_parser(subparsers, "verify", "check the signature of a raw HTTP request", examples=EXAMPLES)
    add_input(parser)
    parser.add_argument(
        "--public-key",
        metavar="FILE",
        action="append",
        default=[],
        help="the sender's public key as the provider gives it: hex, base64, PEM, JWK, certificate",
    )
    parser.add_argument(
        "--at",
        metavar="UNIX|capture",
        type=moment_argument,
        help="judge the timestamp as of then: seconds since 1970 UTC, or `capture` (the Date header, or else "
        "the time of the file); default: now",
    )
    parser.add_argument("--tolerance", metavar="S", type=int, help="how old a timestamp may be, in seconds")
    parser.add_argument("--json", action="store_true", help="one JSON line")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Checks the request: 0 valid, 1 not."""
    from inspector.core.event import Verdict
    from inspector.core.signatures.verify import verify

    keys = keys_of(arguments, arguments.public_key)
    if not keys:
        raise WrongUseError("Give the key to check with: --secret-env VAR or --public-key FILE.")
    request = request_of(arguments)
    scheme = chosen(schemes_of(arguments), arguments.scheme, request)
    now_s = moment(arguments, request)
    signed = signed_request(request, arguments.url)
    outcome = verify(scheme, signed, keys, now_s=now_s, tolerance_s=arguments.tolerance)
    report = _report(outcome, scheme, request.remark)
    if arguments.json:
        print_json(report)
    else:
        _print(report, outcome)
    return GOOD if outcome.verdict is Verdict.VALID else NEGATIVE


def _report(outcome: Outcome, scheme: Scheme, remark: str) -> dict[str, object]:
    """The outcome as the JSON line has it. Here a missing signature is a bad one: it was asked for."""
    from inspector.core.signatures.explain import visible as visible_message

    valid = outcome.verdict.value == "valid"
    message = outcome.message
    return {
        "kind": "verification",
        "verdict": "valid" if valid else "invalid",
        "scheme": scheme.id,
        "cause": None if valid else outcome.trouble or None,
        "secret": outcome.key or None,
        "steps": [
            {"title": step.title, "passed": step.passed, "detail": step.detail} for step in outcome.steps
        ],
        "message": None if message is None or scheme.algorithm == "sha256" else visible_message(message),
        "message_bytes": None if message is None else len(message),
        "expected": outcome.expected or None,
        "received": list(outcome.received),
        "timestamp": outcome.timestamp_s,
        "age_s": outcome.age_s,
        "remarks": [*outcome.remarks, *([remark] if remark else [])],
    }


def _print(report: dict[str, object], outcome: Outcome) -> None:
    verdict, scheme, cause = report["verdict"], report["scheme"], report["cause"]
    say(f"{verdict}  {scheme}" + (f"  cause: {cause}" if cause else ""))
    signs = {True: "✓", False: "✗", None: "–"}
    for step in outcome.steps:
        say(f"  {signs[step.passed]} {step.title}: {visible(step.detail)}")
    message = report["message"]
    if isinstance(message, str):
        say("  signed bytes:")
        for line in message.split("\n"):
            say(f"    {visible(line)}")
    remarks = report["remarks"]
    for remark in remarks if isinstance(remarks, list) else ():
        say(f"  note: {visible(remark)}")
