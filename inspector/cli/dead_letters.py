"""dead-letters: list, retry and discard the events whose deliveries were used up."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from inspector.cli.common import WrongUseError, add_database, add_parser, event_number, opened_existing
from inspector.cli.delivery_output import dead_letter_fields, dead_letter_line, delivery_fields
from inspector.cli.exit_codes import GOOD, NEGATIVE
from inspector.cli.output import complain, print_json, say, visible

if TYPE_CHECKING:
    from inspector.core.delivery_queue import DeadLetter
    from inspector.engine.inspector import Inspector

EXAMPLES = """\
  webhook-inspector dead-letters list
  webhook-inspector dead-letters retry 3 4
  webhook-inspector dead-letters retry --all --json
  webhook-inspector dead-letters discard --all"""
RETRYING = """\
Sends each dead letter once, now, in the order of their events.
One that succeeds is a dead letter no more; the others stay."""


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declares the command and its subcommands."""
    letters = add_parser(
        subparsers, "dead-letters", "list, retry and discard what could not be delivered", examples=EXAMPLES
    )
    commands = letters.add_subparsers(metavar="COMMAND", required=True)
    listing = add_parser(commands, "list", "list dead letters in the order of their events")
    listing.set_defaults(run=run_list)
    retrying = add_parser(commands, "retry", "send dead letters again", RETRYING, EXAMPLES)
    retrying.set_defaults(run=run_retry)
    discarding = add_parser(commands, "discard", "let dead letters go; their events and deliveries stay")
    discarding.set_defaults(run=run_discard)
    for parser in (retrying, discarding):
        parser.add_argument("ids", metavar="ID", type=event_number, nargs="*", help="numbers of dead letters")
        parser.add_argument("--all", action="store_true", help="all of them")
    for parser in (listing, retrying):
        parser.add_argument("--json", action="store_true", help="JSON lines")
    for parser in (listing, retrying, discarding):
        add_database(parser)


def run_list(arguments: argparse.Namespace) -> int:
    """Lists the dead letters."""
    with opened_existing(arguments) as inspector:
        letters = inspector.deliveries.dead_letters()
    for letter in letters:
        if arguments.json:
            print_json(dead_letter_fields(letter))
        else:
            say(dead_letter_line(letter))
    return GOOD


def run_retry(arguments: argparse.Namespace) -> int:
    """Sends dead letters once more; the exit code says whether all succeeded."""
    with opened_existing(arguments) as inspector:
        letters, missing = _chosen(arguments, inspector)
        failed = sum(not _retry(inspector, letter, as_json=arguments.json) for letter in letters)
    return NEGATIVE if missing or failed else GOOD


def run_discard(arguments: argparse.Namespace) -> int:
    """Lets dead letters go."""
    with opened_existing(arguments) as inspector:
        letters, missing = _chosen(arguments, inspector)
        gone = inspector.deliveries.discard_dead([letter.id for letter in letters])
    say(f"{gone} {'dead letter' if gone == 1 else 'dead letters'} discarded.")
    return NEGATIVE if missing else GOOD


def _chosen(arguments: argparse.Namespace, inspector: Inspector) -> tuple[list[DeadLetter], bool]:
    """Those that the arguments name, and whether one that was named is not there."""
    if bool(arguments.ids) == arguments.all:
        raise WrongUseError("give the numbers of dead letters, or --all")
    letters = inspector.deliveries.dead_letters()
    if arguments.all:
        return letters, False
    known = {letter.id: letter for letter in letters}
    missing = [number for number in arguments.ids if number not in known]
    for number in missing:
        complain(f"webhook-inspector: there is no dead letter {number}.")
    return [known[number] for number in dict.fromkeys(arguments.ids) if number in known], bool(missing)


def _retry(inspector: Inspector, letter: DeadLetter, *, as_json: bool) -> bool:
    from inspector.core.problem import ProblemError

    try:
        delivery = inspector.deliveries.send(letter.event_id, letter.target_name, origin="retry").result()
    except ProblemError as error:
        complain(f"webhook-inspector: dead letter {letter.id}: {error.problem}")
        return False
    if as_json:
        print_json(delivery_fields(delivery) | {"dead_letter": letter.id})
        return delivery.succeeded
    reason = delivery.failure.detail if delivery.failure is not None else f"status {delivery.status}"
    outcome = f"delivered, {delivery.status}" if delivery.succeeded else f"failed: {visible(reason)}"
    say(f"dead letter {letter.id}, event {letter.event_id}: {outcome}")
    return delivery.succeeded
