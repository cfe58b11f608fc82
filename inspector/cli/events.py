"""events: list, show, delete and pin what is kept, also while a window is open on the same file."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from inspector.cli import events_verify
from inspector.cli.common import add_database, add_parser, event_number, opened_existing, parse_query
from inspector.cli.exit_codes import GOOD, NEGATIVE
from inspector.cli.output import complain, event_fields, event_line, print_json, say, write_bytes
from inspector.cli.show import event_json, event_text, raw_request

if TYPE_CHECKING:
    from inspector.core.event import EventRow

LIST_EXAMPLES = """\
  webhook-inspector events list
  webhook-inspector events list 'type:challenge.* since:1h' --json
  webhook-inspector events list 'path:/webhooks/* -type:ping size:>10kb' --limit 20
  webhook-inspector events list -type:ping"""
SHOW_EXAMPLES = """\
  webhook-inspector events show 42
  webhook-inspector events show 42 --body > body.json
  webhook-inspector events show 42 --raw | nc 127.0.0.1 8080"""
DELETE_EXAMPLES = """\
  webhook-inspector events delete 41 42
  webhook-inspector events delete --query 'type:ping until:1d'"""
PIN_EXAMPLES = """\
  webhook-inspector events pin 42
  webhook-inspector events pin 42 --off"""
AT_ONCE = 500


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declares the command and its subcommands."""
    events = add_parser(subparsers, "events", "list, show, delete and pin kept events")
    commands = events.add_subparsers(metavar="COMMAND", required=True)

    listing = add_parser(commands, "list", "list events, newest first", examples=LIST_EXAMPLES)
    listing.add_argument(
        "query", metavar="QUERY", nargs="*", help="a query as in the window; without one, all events"
    )
    listing.add_argument("--limit", metavar="N", type=_positive, help="at most so many events")
    listing.add_argument("--json", action="store_true", help="JSON lines")
    listing.set_defaults(run=run_list)

    showing = add_parser(commands, "show", "show one event", examples=SHOW_EXAMPLES)
    showing.add_argument("id", metavar="ID", type=event_number, help="the number of the event")
    form = showing.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="all that is known, as one JSON object")
    form.add_argument("--raw", action="store_true", help="the request, exact bytes")
    form.add_argument("--body", action="store_true", help="the body, exact bytes as they came")
    showing.set_defaults(run=run_show)

    deleting = add_parser(commands, "delete", "delete events", examples=DELETE_EXAMPLES)
    deleting.add_argument("ids", metavar="ID", type=event_number, nargs="*", help="numbers of events")
    deleting.add_argument("--query", metavar="QUERY", help="all that match and are not pinned")
    deleting.set_defaults(run=run_delete)

    pinning = add_parser(commands, "pin", "pin events, so that they stay", examples=PIN_EXAMPLES)
    pinning.add_argument("ids", metavar="ID", type=event_number, nargs="+", help="numbers of events")
    pinning.add_argument("--off", action="store_true", help="let them go again")
    pinning.set_defaults(run=run_pin)

    for parser in (listing, showing, deleting, pinning):
        add_database(parser)
    events_verify.add(commands)


def run_list(arguments: argparse.Namespace) -> int:
    """Lists events; one page at a time is read, so that a million do not fill the memory."""
    query = parse_query(" ".join(arguments.query).strip())
    with opened_existing(arguments) as inspector:
        ids = inspector.inbox.ids(query, limit=arguments.limit)
        width = len(str(max(ids, default=0)))
        for start in range(0, len(ids), AT_ONCE):
            for row in inspector.inbox.rows(ids[start : start + AT_ONCE]):
                _say_row(row, width, as_json=arguments.json)
    return GOOD


def _say_row(row: EventRow, width: int, *, as_json: bool) -> None:
    if as_json:
        print_json(event_fields(row))
    else:
        say(event_line(row, number_width=width, with_date=True))


def run_show(arguments: argparse.Namespace) -> int:
    """Shows one event."""
    with opened_existing(arguments) as inspector:
        event = inspector.inbox.event(arguments.id)
    if event is None:
        return _unknown([arguments.id])
    if arguments.raw:
        write_bytes(raw_request(event.request))
    elif arguments.body:
        write_bytes(event.request.body)
    elif arguments.json:
        print_json(event_json(event))
    else:
        say(event_text(event))
    return GOOD


def run_delete(arguments: argparse.Namespace) -> int:
    """Deletes events for good: there is nobody left who could take it back."""
    if bool(arguments.ids) == (arguments.query is not None):
        complain("webhook-inspector events delete: give either IDs or --query.")
        return 2
    with opened_existing(arguments) as inspector:
        if arguments.query is not None:
            query = parse_query(arguments.query)
            if query is None:
                complain("webhook-inspector events delete: the query is empty; it would delete everything.")
                return 2
            gone = inspector.inbox.clear(query)
        else:
            gone = inspector.inbox.delete(arguments.ids)
    say(f"{len(gone.ids)} deleted.")
    missing = sorted(set(arguments.ids) - set(gone.ids))
    return _unknown(missing) if missing else GOOD


def run_pin(arguments: argparse.Namespace) -> int:
    """Pins events."""
    with opened_existing(arguments) as inspector:
        known = {row.id for row in inspector.inbox.rows(arguments.ids)}
        inspector.inbox.pin([each for each in arguments.ids if each in known], not arguments.off)
    say(f"{len(known)} {'let go' if arguments.off else 'pinned'}.")
    missing = sorted(set(arguments.ids) - known)
    return _unknown(missing) if missing else GOOD


def _unknown(ids: list[int]) -> int:
    sys.stdout.flush()
    complain(f"webhook-inspector: there is no event {', '.join(map(str, ids))}.")
    return NEGATIVE


def _positive(text: str) -> int:
    number = event_number(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number
