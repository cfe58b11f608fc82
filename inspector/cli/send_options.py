"""What send can be told: signing, edits, pace, and the request from a file."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from inspector.cli.common import WrongUseError
from inspector.cli.output import complain

if TYPE_CHECKING:
    from inspector.core.event import Request
    from inspector.engine.resends_batch import Pacing
    from inspector.engine.resends_prepare import Choice

TRIALS = (
    "wrong-signature", "no-signature", "old-timestamp", "duplicate", "at-once", "out-of-order", "truncated",
)  # fmt: skip


def add_signing(parser: argparse.ArgumentParser) -> None:
    """Whose signature the request carries."""
    signing = parser.add_mutually_exclusive_group()
    signing.add_argument(
        "--as-captured", action="store_true", help="with the signature that it came with (the default)"
    )
    signing.add_argument(
        "--resign", action="store_true", help="with a fresh signature and timestamp by the source's secret"
    )
    parser.add_argument("--fresh-id", action="store_true", help="with --resign: a new event id as well")
    signing.add_argument(
        "--trial", choices=TRIALS, metavar="NAME",
        help=f"wrong on purpose: {', '.join(TRIALS)}; good when the handler does as it should",
    )  # fmt: skip


def add_edits(parser: argparse.ArgumentParser) -> None:
    """What shall differ from the capture."""
    edits = parser.add_argument_group("edits")
    edits.add_argument("--method", metavar="M", help="another method")
    edits.add_argument("--path", metavar="P", help="another path; the event's query stays")
    edits.add_argument("--query", metavar="Q", help="another query, without its ?; empty: none")
    for option, help_text in (
        ("--set-header", "a header in the place of the one of its name, or added at the end"),
        ("--add-header", "one more header at the end"),
    ):
        edits.add_argument(option, metavar="'NAME: VALUE'", action="append", default=[], help=help_text)
    edits.add_argument("--remove-header", metavar="NAME", action="append", default=[], help="without it")
    edits.add_argument("--body-file", metavar="FILE", help="another body; - reads standard input")
    edits.add_argument(
        "--set", metavar="PATH=VALUE", action="append", default=[], dest="values",
        help="a value of the JSON body, such as $.data.score=100; nothing else of the body changes",
    )  # fmt: skip
    edits.add_argument("--keep", action="store_true", help="keep what is sent as a new event, marked edited")


def add_pace(parser: argparse.ArgumentParser) -> None:
    """How fast several events go."""
    pace = parser.add_mutually_exclusive_group()
    pace.add_argument(
        "--concurrency", metavar="N", type=_count, default=1,
        help="so many at a time (default: 1, one after another)",
    )  # fmt: skip
    pace.add_argument(
        "--original-timing", action="store_true", help="with the spacing in which the events came"
    )


def choice_of(arguments: argparse.Namespace) -> Choice:
    """Raises WrongUseError where an edit cannot be read."""
    from inspector.cli.signed_input import read_file
    from inspector.core.edits import AddHeader, EditError, Edits, RemoveHeader, SetHeader, parse_header
    from inspector.core.json_edit import JsonEditError, parse_assignment
    from inspector.engine.resends_prepare import Choice

    body = None
    if arguments.body_file is not None:
        body = _standard_input() if arguments.body_file == "-" else read_file(arguments.body_file)
    try:
        edits = Edits(
            method=arguments.method,
            path=arguments.path,
            query=arguments.query,
            header_edits=(
                *(RemoveHeader(name) for name in arguments.remove_header),
                *(SetHeader(*parse_header(line)) for line in arguments.set_header),
                *(AddHeader(*parse_header(line)) for line in arguments.add_header),
            ),
            body=body,
            values=tuple(parse_assignment(text) for text in arguments.values),
        )
    except (EditError, JsonEditError) as error:
        raise WrongUseError(str(error)) from None
    if arguments.trial is not None and not edits.nothing:
        raise WrongUseError("--trial changes the event by itself; leave the edits out.")
    return Choice("resigned" if arguments.resign else "as-captured", arguments.fresh_id, edits)


def composed(name: str) -> Request:
    """The raw request in a file; raises WrongUseError where it is none, ProblemError for the file."""
    from inspector.cli.signed_input import read_file
    from inspector.core.edits import rebuilt
    from inspector.core.event import Request
    from inspector.core.raw_file import RawFileError, parse

    try:
        raw = parse(_standard_input() if name == "-" else read_file(name))
    except RawFileError as error:
        raise WrongUseError(f"{name} is no raw HTTP request: {error}.") from None
    if raw.remark:
        complain(f"webhook-inspector: {raw.remark}")
    line = raw.line if raw.line.count(b" ") == 2 else raw.line + b" HTTP/1.1"
    return rebuilt(Request(b"", (), b""), line=line, headers=raw.headers, body=raw.body)


def _standard_input() -> bytes:
    return sys.stdin.buffer.read()


def pacing_of(arguments: argparse.Namespace) -> Pacing:
    """How fast."""
    from inspector.engine.resends_batch import Pacing

    return Pacing(arguments.concurrency, arguments.original_timing)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to 1000")
    return int(text)


def positive_seconds(text: str) -> float:
    """A time-out from an argument."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 3600:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds up to 3600")
    return value
