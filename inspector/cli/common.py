"""What several commands share: options, opening the file, queries."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.cli.exit_codes import EXPLAINED
from inspector.cli.output import complain

if TYPE_CHECKING:
    from inspector.core.query.nodes import Node
    from inspector.engine.inspector import Inspector


class WrongUseError(Exception):
    """Wrong use that argparse cannot see; the text goes to standard error, the exit code is 2."""


def add_parser(
    subparsers: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    help_text: str,
    description: str = "",
    examples: str = "",
) -> argparse.ArgumentParser:
    """A parser whose help ends with examples and the exit codes."""
    epilog = (f"examples:\n{examples}\n\n" if examples else "") + EXPLAINED
    return subparsers.add_parser(
        name,
        help=help_text,
        description=description or f"{help_text[0].upper()}{help_text[1:]}.",
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def add_database(parser: argparse.ArgumentParser) -> None:
    """The option --db. No default: a value given before the command must not be overwritten."""
    parser.add_argument(
        "--db",
        metavar="FILE",
        type=Path,
        default=argparse.SUPPRESS,
        help="the database (default: events.db in the data folder)",
    )


def add_address(parser: argparse.ArgumentParser) -> None:
    """The options --host and --port."""
    parser.add_argument(
        "--host", metavar="H", default=argparse.SUPPRESS, help="the address to listen on (default: 127.0.0.1)"
    )
    parser.add_argument(
        "--port",
        metavar="N",
        type=port_number,
        default=argparse.SUPPRESS,
        help="the port to listen on, 0 for any free one (default: 8787)",
    )


def port_number(text: str) -> int:
    """A port from an argument."""
    if not (text.isascii() and text.isdigit()) or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; use 0 to 65535")
    return int(text)


def event_number(text: str) -> int:
    """The number of an event from an argument."""
    if not (text.isascii() and text.isdigit()) or len(text) > 18:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of an event")
    return int(text)


def overrides(arguments: argparse.Namespace) -> dict[str, int | float | bool | str]:
    """The settings that the command line gives."""
    return {name: value for name in ("host", "port") if (value := getattr(arguments, name, None)) is not None}


@contextmanager
def opened_existing(arguments: argparse.Namespace) -> Iterator[Inspector]:
    """As `opened`, but a file that was named wrong is not made; raises ProblemError `database-missing`."""
    database: Path | None = getattr(arguments, "db", None)
    if database is not None and not database.exists():
        from inspector.core.problem import Problem, ProblemError

        raise ProblemError(
            Problem(
                "database-missing",
                "There is no such database.",
                str(database),
                "Check the name given to --db.",
            )
        )
    with opened(arguments) as inspector:
        yield inspector


@contextmanager
def opened(arguments: argparse.Namespace) -> Iterator[Inspector]:
    """The database for a short command; another program may capture into it at the same time.

    Raises ProblemError where it cannot be used.
    """
    from inspector.engine.inspector import Inspector, Options

    inspector = Inspector(Options(database=getattr(arguments, "db", None), capture=False))
    inspector.start()
    try:
        yield inspector
    finally:
        inspector.stop()


def parse_query(text: str) -> Node | None:
    """The query; raises WrongUseError with a caret under the place that is wrong."""
    from inspector.core.query.error import QueryError
    from inspector.core.query.parse import parse

    try:
        return parse(text)
    except QueryError as error:
        from inspector.cli.output import visible

        column = len(visible(text[: error.column - 1]))
        expected = f"\nExpected: {', '.join(error.expected)}" if error.expected else ""
        raise WrongUseError(f"{visible(text)}\n{' ' * column}^\n{visible(error.message)}{expected}") from None


def warn_problems(inspector: Inspector) -> None:
    """Says on standard error what stands in the way, such as a setting that is wrong."""
    for problem in inspector.announcements.problems:
        complain(f"webhook-inspector: {problem}")
