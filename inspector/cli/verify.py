"""verify: whether the signature of a raw HTTP request holds, step by step, and why not."""

from __future__ import annotations

import argparse

from inspector.cli.common import WrongUseError, add_parser
from inspector.cli.exit_codes import GOOD, NEGATIVE
from inspector.cli.output import print_json
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
    from inspector.cli import verification
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
    found = verification.examined(scheme, signed, keys, outcome, now_s)
    if arguments.json:
        print_json(verification.fields(found, request.remark))
    else:
        verification.print_text(found, request.remark)
    return GOOD if outcome.verdict is Verdict.VALID else NEGATIVE
