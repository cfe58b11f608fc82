"""sign: a raw HTTP request with fresh signature headers, as the provider would sign it."""

from __future__ import annotations

import argparse

from inspector.cli.common import WrongUseError, add_parser
from inspector.cli.exit_codes import GOOD
from inspector.cli.output import write_bytes
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
  webhook-inspector sign order.http --scheme stripe --secret-env STRIPE_SECRET > fresh.http
  webhook-inspector sign event.http --scheme discord --private-key seed.hex"""


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declares the command."""
    parser = add_parser(subparsers, "sign", "print a raw HTTP request with fresh signature headers",
                        examples=EXAMPLES)  # fmt: skip
    add_input(parser)
    parser.add_argument(
        "--private-key", metavar="FILE", action="append", default=[],
        help="the private key of an asymmetric scheme: PEM, JWK, or an Ed25519 seed in hex or base64",
    )  # fmt: skip
    parser.add_argument(
        "--at", metavar="UNIX|capture", type=moment_argument, help="sign as of then; default: now"
    )
    parser.add_argument(
        "--id", metavar="ID", help="the message id, where the scheme has one; default: a new one"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prints the signed request."""
    from inspector.core.raw_file import render
    from inspector.core.signatures.sign import Unsignable, sign

    keys = keys_of(arguments, arguments.private_key)
    if not keys:
        raise WrongUseError("Give the key to sign with: --secret-env VAR or --private-key FILE.")
    request = request_of(arguments)
    scheme = chosen(schemes_of(arguments), arguments.scheme, request)
    key, second = keys[0], keys[1] if len(keys) > 1 else None
    if scheme.key.second and second is not None and b"PRIVATE KEY" in second.material:
        key, second = second, key
    signed = signed_request(request, arguments.url)
    try:
        fresh = sign(
            scheme, signed, key, now_s=moment(arguments, request), event_id=arguments.id, second=second
        )
    except Unsignable as error:
        raise WrongUseError(f"{scheme.name} cannot be signed here: {error}") from None
    line = request.line
    if fresh.url != signed.url:
        query = fresh.url.partition("?")[2]
        target = request.target.partition("?")[0] + f"?{query}"
        line = line.replace(request.target.encode("latin-1"), target.encode("latin-1"), 1)
    write_bytes(render(line, fresh.headers, fresh.body))
    return GOOD
