"""deliveries: list and show what was sent, and what came of it."""

from __future__ import annotations

import argparse

from inspector.cli.common import add_database, add_parser, event_number, opened_existing
from inspector.cli.delivery_output import delivery_fields, delivery_json, delivery_line, delivery_text
from inspector.cli.exit_codes import GOOD, NEGATIVE
from inspector.cli.output import complain, print_json, say, write_bytes

EXAMPLES = """\
  webhook-inspector deliveries list
  webhook-inspector deliveries list --event 42
  webhook-inspector deliveries list --failed --target shop --limit 20 --json
  webhook-inspector deliveries show 7
  webhook-inspector deliveries show 7 --response-body > answer.json"""


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declares the command and its subcommands."""
    deliveries = add_parser(subparsers, "deliveries", "list and show deliveries", examples=EXAMPLES)
    commands = deliveries.add_subparsers(metavar="COMMAND", required=True)
    listing = add_parser(
        commands, "list", "list deliveries, newest first; those of one event oldest first", examples=EXAMPLES
    )
    listing.add_argument("--event", metavar="ID", type=event_number, help="all deliveries of this event")
    listing.add_argument("--target", metavar="NAME", help="only those to this target")
    listing.add_argument("--failed", action="store_true", help="only those that failed")
    listing.add_argument(
        "--limit", metavar="N", type=event_number, default=100, help="at most so many (default: 100)"
    )
    listing.add_argument("--json", action="store_true", help="JSON lines")
    listing.set_defaults(run=run_list)
    showing = add_parser(commands, "show", "show one delivery", examples=EXAMPLES)
    showing.add_argument("id", metavar="ID", type=event_number, help="the number of the delivery")
    form = showing.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="all that was kept, as one JSON object")
    form.add_argument("--response-body", action="store_true", help="the response's body, exact bytes")
    showing.set_defaults(run=run_show)
    for parser in (listing, showing):
        add_database(parser)


def run_list(arguments: argparse.Namespace) -> int:
    """Lists deliveries."""
    with opened_existing(arguments) as inspector:
        if arguments.event is not None:
            rows = [
                row
                for row in inspector.deliveries.of_event(arguments.event)
                if (arguments.target is None or row.target_name == arguments.target)
                and not (arguments.failed and row.succeeded)
            ]
            rows = rows[max(0, len(rows) - arguments.limit) :]
        else:
            rows = inspector.deliveries.latest(
                limit=arguments.limit, target_name=arguments.target, failed=arguments.failed
            )
    width = len(str(max((row.id for row in rows), default=0)))
    for row in rows:
        if arguments.json:
            print_json(delivery_fields(row))
        else:
            say(delivery_line(row, number_width=width))
    return GOOD


def run_show(arguments: argparse.Namespace) -> int:
    """Shows one delivery."""
    with opened_existing(arguments) as inspector:
        delivery = inspector.deliveries.find(arguments.id)
    if delivery is None:
        complain(f"webhook-inspector: there is no delivery {arguments.id}.")
        return NEGATIVE
    if arguments.json:
        print_json(delivery_json(delivery))
    elif arguments.response_body:
        write_bytes(b"" if delivery.response is None else delivery.response.body)
    else:
        say(delivery_text(delivery))
    return GOOD
