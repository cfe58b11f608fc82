"""checkup: sends a set of requests to a handler and reports what it does well and what it does not."""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.cli.common import WrongUseError, add_database, add_parser, opened
from inspector.cli.exit_codes import GOOD, NEGATIVE
from inspector.cli.output import complain, print_json, say, visible
from inspector.cli.signed_input import add_schemes, keys_of, named, schemes_of

if TYPE_CHECKING:
    from inspector.core.checkup.lines import Line, Report
    from inspector.core.headers import HeaderPairs
    from inspector.core.signatures.outcome import Key
    from inspector.core.source import Source

DESCRIPTION = """\
Sends some forty requests to a handler under development, good ones and bad ones, and says of each demand
whether the handler meets it and what to do where it does not. Events are signed as the source signs.
Never point it at a handler whose work matters: it takes the events for real."""
EXAMPLES = """\
  webhook-inspector checkup http://127.0.0.1:3000 --source nudj
  webhook-inspector checkup http://127.0.0.1:3000/hooks --scheme stripe --secret-env STRIPE_SECRET
  webhook-inspector checkup http://127.0.0.1:3000 --source nudj --junit checkup.xml"""


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declares the command."""
    parser = add_parser(subparsers, "checkup", "try a handler with good and bad requests and report",
                        DESCRIPTION, EXAMPLES)  # fmt: skip
    parser.add_argument("url", metavar="URL", help="the handler; without a path, that of the source is taken")
    parser.add_argument("--source", metavar="NAME", help="the source whose events it handles")
    parser.add_argument("--scheme", metavar="ID", help="how to sign; default: as the source does")
    parser.add_argument(
        "--secret-env", metavar="VAR", action="append", default=[],
        help="the environment variable with the secret; default: the secrets of the source",
    )  # fmt: skip
    parser.add_argument(
        "--private-key", metavar="FILE", action="append", default=[],
        help="the private key of an asymmetric scheme, whose public key the handler has",
    )  # fmt: skip
    parser.add_argument(
        "--header-env", metavar="NAME=VAR", action="append", default=[],
        help="add a header with the value of an environment variable, for example Authorization=TOKEN",
    )  # fmt: skip
    parser.add_argument("--timeout", metavar="S", type=_seconds, default=10.0,
                        help="how long an answer may take (default: 10)")  # fmt: skip
    parser.add_argument("--ca-file", metavar="FILE", default="", help="certificates to trust as well")
    parser.add_argument("--insecure", action="store_true", help="take any certificate of the handler")
    parser.add_argument("--json", action="store_true", help="JSON lines: one a check, then the sum")
    parser.add_argument("--junit", metavar="FILE", type=Path, help="write the report as JUnit XML as well")
    add_schemes(parser)
    add_database(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Runs the checkup; 0 where nothing failed, 1 where something did."""
    from inspector.core.checkup.lines import head_text, line_fields, line_text, report_fields
    from inspector.engine.checkup import Checkup, Handler

    source, keys = _source(arguments)
    handler = Handler(
        arguments.url,
        _headers(arguments.header_env),
        verify_tls=not arguments.insecure,
        ca_file=arguments.ca_file,
        limit_s=arguments.timeout,
    )
    checkup = Checkup(handler, source, schemes_of(arguments), keys)
    if arguments.insecure:
        complain("webhook-inspector: any certificate is taken; the handler may be another than you think")
    if not arguments.json:
        say(visible(head_text(checkup.url, source.name, checkup.scheme)))

    def told(line: Line) -> None:
        if arguments.json:
            print_json(line_fields(line))
        else:
            say("\n".join(map(visible, line_text(line).split("\n"))))

    report = checkup.run(told)
    if arguments.json:
        print_json(report_fields(report))
    else:
        say(report.summary())
    if arguments.junit is not None:
        _write_junit(arguments.junit, report)
    return GOOD if report.passed else NEGATIVE


def _source(arguments: argparse.Namespace) -> tuple[Source, list[Key]]:
    """The source with the scheme that was named, and the keys; raises WrongUseError, ProblemError."""
    from inspector.core.source import Source

    if arguments.source is None and arguments.scheme is None:
        raise WrongUseError("Give --source NAME, or --scheme ID with --secret-env VAR.")
    keys = keys_of(arguments, arguments.private_key)
    if arguments.source is None:
        source = Source("")
    else:
        with opened(arguments) as inspector:
            source = inspector.sources.get(arguments.source)
            keys = keys or list(inspector.secrets.keys(source.secrets))
    if arguments.scheme is not None:
        scheme = named(schemes_of(arguments), arguments.scheme)
        source = replace(source, scheme=scheme.id)
    return source, keys


def _headers(given: list[str]) -> HeaderPairs:
    """The headers of --header-env; raises WrongUseError."""
    from inspector.core.target import FIELD_NAME, FRAMING

    headers = []
    for text in given:
        name, sign, variable = text.partition("=")
        raw = name.encode("latin-1", "replace")
        if not sign or not FIELD_NAME.fullmatch(raw) or raw.lower() in FRAMING:
            raise WrongUseError("--header-env takes NAME=VAR, for example Authorization=HANDLER_TOKEN.")
        value = os.environ.get(variable)
        if not value:
            raise WrongUseError(f"The environment variable {variable} is not set.")
        encoded = os.fsencode(value)
        if any(byte in encoded for byte in b"\r\n\0"):
            raise WrongUseError(f"The environment variable {variable} has more than one line.")
        headers.append((raw, encoded))
    return tuple(headers)


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 3600:
        raise argparse.ArgumentTypeError(f"{text!r} is no time-out; use seconds, more than 0")
    return value


def _write_junit(file: Path, report: Report) -> None:
    from inspector.core.checkup.junit import junit_xml
    from inspector.core.problem import Problem, ProblemError

    try:
        file.write_bytes(junit_xml(report))
    except OSError as error:
        reason = error.strerror or str(error)
        raise ProblemError(Problem("file-unwritable", f"{file} cannot be written: {reason}.")) from None
