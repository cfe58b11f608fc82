"""import: files of other tools, and our own JSON lines, become events."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING

from inspector.cli.common import WrongUseError, add_database, add_parser, opened
from inspector.cli.exit_codes import GOOD, NEGATIVE
from inspector.cli.output import complain, print_json, say, visible
from inspector.core.problem import Problem, ProblemError

if TYPE_CHECKING:
    from inspector.engine.importing import Imported, Importing

EXAMPLES = """\
  webhook-inspector import recorded.har
  webhook-inspector import events.jsonl --db other.db
  webhook-inspector import order.json --source nudj
  pbpaste | webhook-inspector import -"""
DESCRIPTION = """\
Import files as events: the JSON lines of `export`, HAR, curl commands, raw HTTP requests, .http files,
Postman collections, what webhook.site, Hookdeck and ngrok recorded, and JSON bodies.
What a file is, is seen by how it begins. Nothing in it is run or sent.
What cannot be taken is named with its place; when a file cannot be read to its end, nothing of it stays."""

_NAMES = "jsonl, har, curl, raw, http, postman, webhook-site, hookdeck, ngrok or json"


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declares the command."""
    parser = add_parser(
        subparsers, "import", "import files as events", description=DESCRIPTION, examples=EXAMPLES
    )
    parser.add_argument("files", metavar="FILE", nargs="+", help="a file; - reads standard input")
    parser.add_argument("--format", metavar="F", help=f"{_NAMES}; default: seen")
    parser.add_argument(
        "--source", metavar="NAME", help="the source of all events; default: what the file says, or found"
    )
    parser.add_argument("--json", action="store_true", help="one JSON line a file")
    add_database(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Imports file after file; 1 when anything could not be taken."""
    if arguments.files.count("-") > 1:
        raise WrongUseError("Standard input can be read once only.")
    from inspector.engine.importing import Importing

    bad = 0
    with opened(arguments) as inspector:
        importing = Importing(inspector.inbox, inspector.sources)
        for name in arguments.files:
            bad += _one(importing, name, arguments)
    return NEGATIVE if bad else GOOD


def _one(importing: Importing, name: str, arguments: argparse.Namespace) -> int:
    """Imports one file; returns how many bad entries it had."""
    shown = "standard input" if name == "-" else name
    with _stream(name) as stream:
        try:
            done = importing.read(
                stream,
                shown,
                format_id=arguments.format,
                source=arguments.source,
                folder=None if name == "-" else Path(name).parent,
            )
        except OSError as error:
            raise _unreadable(name, error) from None
    _tell(done, as_json=arguments.json)
    return done.bad_count


def _stream(name: str) -> IO[bytes]:
    if name == "-":
        return sys.stdin.buffer
    try:
        return Path(name).open("rb")
    except OSError as error:
        raise _unreadable(name, error) from None


def _unreadable(name: str, error: OSError) -> ProblemError:
    return ProblemError(
        Problem("file-unreadable", f"{visible(name)} cannot be read.", error.strerror or str(error))
    )


def _tell(done: Imported, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "kind": "imported",
                "file": done.name,
                "format": done.format,
                "taken": len(done.ids),
                "ids": list(done.ids),
                "bad": done.bad_count,
                "bad_entries": [{"where": each.where or None, "why": each.why} for each in done.bad],
            }
        )
        return
    for each in done.bad:
        place = f"{done.name}, {each.where}" if each.where else done.name
        complain(visible(f"{place}: {each.why}"))
    if done.bad_count > len(done.bad):
        complain(f"… and {done.bad_count - len(done.bad):,} more.")
    count = len(done.ids)
    events = "1 event" if count == 1 else f"{count:,} events"
    numbers = f" ({done.ids[0]})" if count == 1 else f" ({done.ids[0]} to {done.ids[-1]})" if count else ""
    bad = f"; {done.bad_count:,} could not be taken" if done.bad_count else ""
    say(visible(f"{done.name}: {events} imported as {done.format}{numbers}{bad}."))
