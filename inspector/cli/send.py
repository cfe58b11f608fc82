"""send: kept events, or a request from a file, to a handler; edited, signed anew, or wrong on purpose."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from inspector.cli.common import WrongUseError, add_database, add_parser, opened, opened_existing
from inspector.cli.exit_codes import GOOD, NEGATIVE
from inspector.cli.output import complain
from inspector.cli.send_options import (
    add_edits,
    add_pace,
    add_signing,
    choice_of,
    composed,
    pacing_of,
    positive_seconds,
)

if TYPE_CHECKING:
    from inspector.core.event import Request
    from inspector.core.target import Target
    from inspector.engine.inspector import Inspector
    from inspector.engine.resends_prepare import Choice, Prepared

EXAMPLES = """\
  webhook-inspector send 42 --to http://localhost:3000
  webhook-inspector send 'type:challenge.* since:1h' --to http://localhost:3000 --resign --concurrency 10
  webhook-inspector send 42 --to http://localhost:3000 --resign --set '$.data.score=100'
  webhook-inspector send 42 --to http://localhost:3000 --trial wrong-signature
  webhook-inspector send --compose order.http --to http://localhost:3000/hook"""
DESCRIPTION = """\
Send kept events to a handler, one after another in the order in which they came.
A URL without a path takes each event's own path and query.
Without --resign the captured signature is sent; a handler refuses it once it is too old."""
LOOKED_AT = 1000
"""Of so many events it is said before sending what speaks against it."""


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declares the command."""
    parser = add_parser(
        subparsers, "send", "send kept events to a handler, as they came or changed",
        description=DESCRIPTION, examples=EXAMPLES,
    )  # fmt: skip
    parser.add_argument("what", metavar="QUERY|ID", nargs="*", help="a query as in the window, or numbers")
    parser.add_argument(
        "--to", metavar="URL|TARGET", help="where to; default: the target of the event's source"
    )
    parser.add_argument(
        "--compose", metavar="FILE.http", help="send this raw request; - reads standard input"
    )
    parser.add_argument(
        "--source", metavar="NAME", help="with --compose: whose secret signs; default: found by the path"
    )
    add_signing(parser)
    add_edits(parser)
    add_pace(parser)
    parser.add_argument("--timeout", metavar="S", type=positive_seconds, help="seconds to wait (default: 10)")
    parser.add_argument(
        "--insecure", action="store_true", help="do not check the certificate of an https URL"
    )
    parser.add_argument("--dry-run", action="store_true", help="print what would be sent, and send nothing")
    parser.add_argument("--json", action="store_true", help="JSON lines")
    add_database(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Sends, and says what came of each and of all."""
    if bool(arguments.what) == (arguments.compose is not None):
        raise WrongUseError("Give a QUERY, the IDs of events, or --compose FILE.http.")
    if arguments.fresh_id and not arguments.resign:
        raise WrongUseError("--fresh-id needs --resign: a new id without a new signature would not hold.")
    if arguments.keep and arguments.original_timing:
        raise WrongUseError("--keep makes new events, which have no spacing: leave out --original-timing.")
    choice = choice_of(arguments)
    if arguments.compose is not None:
        request = composed(arguments.compose)
        with opened(arguments) as inspector:
            return _send_composed(inspector, arguments, request, choice)
    with opened_existing(arguments) as inspector:
        ids, missing = _ids(inspector, arguments.what)
        if missing:
            complain(f"webhook-inspector: there is no event {', '.join(map(str, missing))}.")
            return NEGATIVE
        if not ids:
            complain("webhook-inspector: no event matches.")
            return NEGATIVE
        return _send_events(inspector, arguments, ids, choice)


def _send_events(inspector: Inspector, arguments: argparse.Namespace, ids: list[int], choice: Choice) -> int:
    from inspector.cli.send_output import Teller, print_requests

    resends = inspector.resends
    order = [number for number, _ in resends.in_order(ids)]
    target = _target(inspector, arguments, order)
    teller = Teller(as_json=arguments.json, total=len(order))
    if arguments.trial is not None:
        return _try_out(inspector, arguments, order, target)
    if arguments.dry_run or arguments.keep:
        ready = [resends.prepare(number, target, choice) for number in order]
        if arguments.dry_run:
            print_requests(ready, as_json=arguments.json)
            return GOOD
        ready = [_kept(inspector, one, None) for one in ready]
        return teller.follow(
            lambda ended: resends.start_prepared(ready, target, pacing_of(arguments), ended=ended)
        )
    resends.prepare(order[0], target, choice)  # raises what is wrong with the options
    looked_at = order[:LOOKED_AT]
    teller.warn_of((number, _doubts(inspector, number, target, choice)) for number in looked_at)
    return teller.follow(
        lambda ended: resends.start(order, target, choice, pacing_of(arguments), ended=ended)
    )


def _doubts(inspector: Inspector, number: int, target: Target, choice: Choice) -> tuple[str, ...]:
    """What speaks against sending this event; one that cannot be sent says so in its own line."""
    from inspector.core.problem import ProblemError

    try:
        return inspector.resends.prepare(number, target, choice).warnings
    except ProblemError:
        return ()


def _send_composed(
    inspector: Inspector, arguments: argparse.Namespace, request: Request, choice: Choice
) -> int:
    from inspector.cli.send_output import Teller, print_requests

    if arguments.trial is not None:
        raise WrongUseError("--trial is made of kept events; send the request to the inspector first.")
    found = inspector.sources.get(arguments.source) if arguments.source else inspector.sources.of(request)
    source = "" if found is None else found.name
    target = _target(inspector, arguments, [])
    ready = inspector.resends.compose(request, target, choice, source)
    if arguments.dry_run:
        print_requests([ready], as_json=arguments.json)
        return GOOD
    teller = Teller(as_json=arguments.json, total=1)
    teller.warn_of([(0, ready.warnings)])
    if arguments.keep:
        ready = _kept(inspector, ready, source)
    return teller.follow(
        lambda ended: inspector.resends.start_prepared([ready], target, pacing_of(arguments), ended=ended)
    )


def _try_out(inspector: Inspector, arguments: argparse.Namespace, order: list[int], target: Target) -> int:
    from inspector.cli.send_output import TrialTeller, print_requests
    from inspector.core.trials import Trial

    trial = Trial(arguments.trial)
    made, ready = inspector.resends.plan(trial, order, target)
    if arguments.dry_run:
        print_requests(ready, as_json=arguments.json)
        return GOOD
    teller = TrialTeller(made.about, as_json=arguments.json, total=len(ready))
    teller.warn_of((one.event_id, one.warnings) for one in ready)
    return teller.follow(lambda ended: inspector.resends.try_out(trial, order, target, ended=ended))


def _kept(inspector: Inspector, ready: Prepared, source: str | None) -> Prepared:
    from dataclasses import replace

    number = inspector.resends.keep_edited(ready.event_id or None, ready.request, source=source)
    if ready.event_id:
        complain(f"Event {ready.event_id} is kept as {number}.")
    else:
        complain(f"The request is kept as event {number}.")
    return replace(ready, event_id=number, changed=False)


def _ids(inspector: Inspector, what: list[str]) -> tuple[list[int], list[int]]:
    """The numbers that are meant, and those of them that do not exist."""
    from inspector.cli.common import parse_query

    words = [word.strip() for word in what]
    if all(word.isascii() and word.isdigit() and len(word) < 19 for word in words):
        numbers = list(dict.fromkeys(map(int, words)))
        known = {row.id for row in inspector.inbox.rows(numbers)}
        return numbers, [number for number in numbers if number not in known]
    query = parse_query(" ".join(what).strip())
    if query is None:
        raise WrongUseError("The query is empty; it would send every event.")
    return list(inspector.inbox.ids(query)), []


def _target(inspector: Inspector, arguments: argparse.Namespace, order: list[int]) -> Target:
    from dataclasses import replace

    from inspector.core.target import Target, checked

    given = arguments.to
    if given is None:
        named = _sources(inspector, order) if order else {arguments.source or ""}
        found = {inspector.deliveries.targets.for_source(source) for source in named}
        target = next(iter(found)) if len(found) == 1 else None
        if target is None:
            raise WrongUseError("Say where to: --to URL, or the name of a target.")
    elif "://" in given:
        target = Target("", given)
    else:
        target = inspector.deliveries.targets.get(given)
    if arguments.timeout is not None:
        target = replace(target, timeout_s=arguments.timeout)
    if arguments.insecure:
        target = replace(target, verify_tls=False)
    if not target.verify_tls and target.url.lower().startswith("https:"):
        complain("webhook-inspector: the certificate is not checked: whoever is in between can read along.")
    return checked(target)


def _sources(inspector: Inspector, order: list[int]) -> set[str]:
    pages = (order[start : start + LOOKED_AT] for start in range(0, len(order), LOOKED_AT))
    return {row.source for page in pages for row in inspector.inbox.rows(page)}
