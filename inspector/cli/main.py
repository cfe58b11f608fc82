"""The command line: one file a command, each with `add(subparsers)` and a `run(arguments)` set there."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence

from inspector import __version__
from inspector.cli import (
    checkup,
    dead_letters,
    deliveries,
    events,
    export,
    import_,
    listen,
    output,
    schemes,
    secrets,
    send,
    sign,
    sources,
    targets,
    verify,
    window,
)
from inspector.cli.common import WrongUseError, add_address, add_database
from inspector.cli.exit_codes import ENVIRONMENT, EXPLAINED, GOOD, NEGATIVE, WRONG_USE
from inspector.cli.window import LoadWindow
from inspector.core.problem import ProblemError

COMMANDS = (
    listen,
    events,
    export,
    import_,
    sources,
    secrets,
    verify,
    sign,
    send,
    targets,
    deliveries,
    dead_letters,
    checkup,
    schemes,
)
"""In the order of the help page."""

DESCRIPTION = """\
See, check, resend and export the webhooks that reach your laptop.
Without a command: opens the window and listens."""
EXAMPLES = """\
examples:
  webhook-inspector                              open the window, listen on 127.0.0.1:8787
  webhook-inspector --port 9000 --db shop.db     another port, another file
  webhook-inspector listen --json                no window, one JSON line an event
  webhook-inspector events list 'type:order.*'   what was kept
"""
NEGATIVE_KEYS = {
    "source-unknown",
    "secret-unknown",
    "passphrase-wrong",
    "target-unknown",
    "target-secret",
    "event-unknown",
    "unsendable",
    "unsignable",
    "trial-impossible",
}
_NEGATED = re.compile(r"-[a-z][a-z.-]*:|-\(")
WRONG_KEYS = {
    "import-format",
    "checkup-wrong",
    "edit-wrong",
    "source-wrong",
    "source-exists",
    "target-wrong",
    "target-exists",
    "policy-wrong",
    "secret-name",
    "secret-empty",
    "scheme-unreadable",
}


def run(arguments: Sequence[str], load_window: LoadWindow | None = None) -> int:
    """Runs the command that the arguments name; returns the exit code.

    `load_window` gives what opens the window: the layer above this one, and slow to load.
    """
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr] # always a text stream here
    try:
        parsed = parser().parse_args([_kept_apart(argument) for argument in arguments])
        parsed.load_window = load_window
        code = int(parsed.run(parsed))
        sys.stdout.flush()
    except ProblemError as error:
        output.complain_problem(error.problem)
        return code_of(error.problem.key)
    except WrongUseError as error:
        output.complain(f"webhook-inspector: {error}" if "\n" not in str(error) else str(error))
        return WRONG_USE
    except BrokenPipeError:
        output.mute()
        return GOOD
    except OSError as error:
        if error.filename is not None:
            raise
        output.mute()  # what was to be printed: the disk behind standard output is full, for example
        output.complain(f"webhook-inspector: the output cannot be written: {error.strerror or error}")
        return ENVIRONMENT
    except KeyboardInterrupt:
        return 130
    return code


def _kept_apart(argument: str) -> str:
    """A term such as -type:ping, told apart from an option by a leading space that a query does not mind."""
    return f" {argument}" if _NEGATED.match(argument) else argument


def code_of(key: str) -> int:
    """The exit code of a problem."""
    if key in NEGATIVE_KEYS:
        return NEGATIVE
    return WRONG_USE if key in WRONG_KEYS else ENVIRONMENT


def parser() -> argparse.ArgumentParser:
    """The parser of everything."""
    whole = argparse.ArgumentParser(
        prog="webhook-inspector",
        description=DESCRIPTION,
        epilog=f"{EXAMPLES}\n{EXPLAINED}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    whole.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    add_database(whole)
    add_address(whole)
    whole.set_defaults(run=window.run)
    subparsers = whole.add_subparsers(title="commands", metavar="COMMAND")
    for command in COMMANDS:
        command.add(subparsers)
    return whole
