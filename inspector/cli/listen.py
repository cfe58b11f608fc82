"""listen: capture without a window, one line an event."""

from __future__ import annotations

import argparse
import queue
import signal
import sys
from typing import TYPE_CHECKING

from inspector.cli.common import WrongUseError, add_address, add_database, add_parser, overrides
from inspector.cli.exit_codes import GOOD
from inspector.cli.output import complain, event_fields, event_line, print_json, say, visible

if TYPE_CHECKING:
    from inspector.core.delivery import DeliveryRow
    from inspector.engine.announcements import Announcement
    from inspector.engine.inspector import Inspector

EXAMPLES = """\
  webhook-inspector listen
  webhook-inspector listen --port 0 --json | jq -r .target
  webhook-inspector listen --forward http://127.0.0.1:3000
  webhook-inspector listen --forward http://127.0.0.1:3000/hook --return-response
  webhook-inspector listen --db orders.db --quiet"""
MOST_AT_ONCE = 500
LAST_VERDICTS_S = 5.0
"""How long the end waits for verdicts of the last events."""


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declares the command."""
    parser = add_parser(
        subparsers,
        "listen",
        "capture webhooks without a window",
        "Capture webhooks without a window. Ends in order at Ctrl+C or SIGTERM.",
        EXAMPLES,
    )
    add_address(parser)
    add_database(parser)
    parser.add_argument(
        "--json", action="store_true", help="JSON lines: first where it listens, then one an event"
    )
    parser.add_argument(
        "--forward", metavar="URL", help="send every event on to this handler, in order, with retries"
    )
    parser.add_argument(
        "--return-response",
        action="store_true",
        help="with --forward: answer with the handler's response, 502 where it is down, 504 where it is slow",
    )
    parser.add_argument("--quiet", action="store_true", help="print no line for events")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Listens until a signal comes."""
    from inspector.engine.announcements import DeliveriesStored, ProblemCleared, ProblemRaised
    from inspector.engine.inspector import Inspector, Options

    if arguments.return_response and not arguments.forward:
        raise WrongUseError("--return-response needs --forward URL: there is no handler to ask.")
    news: queue.SimpleQueue[Announcement | None] = queue.SimpleQueue()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: news.put(None))
    inspector = Inspector(Options(database=getattr(arguments, "db", None), overrides=overrides(arguments)))
    inspector.start()
    try:
        last = inspector.inbox.newest_id()
        standing = inspector.announcements.problems
        titles = {problem.key: problem.title for problem in standing}
        if arguments.forward:
            inspector.forward_all(arguments.forward, answer=arguments.return_response)
        deliveries = _NewDeliveries(inspector)
        inspector.announcements.subscribe(
            news.put
        )  # before anybody knows where to send to: no event is missed
        _say_where(inspector, inspector.listen().url, arguments)
        for problem in standing:
            complain(f"webhook-inspector: {problem}")
        while (announcement := _next(news)) is not None:
            if isinstance(announcement, ProblemRaised):
                titles[announcement.problem.key] = announcement.problem.title
                complain(f"webhook-inspector: {announcement.problem}")
            elif isinstance(announcement, ProblemCleared):
                complain(f"webhook-inspector: Over: {titles.pop(announcement.key, announcement.key)}")
            elif not arguments.quiet:
                _say_checked(inspector, announcement, last, as_json=arguments.json)
                if isinstance(announcement, DeliveriesStored):
                    deliveries.say(as_json=arguments.json)
        inspector.stop_listening()
        inspector.signatures.checker.settled(LAST_VERDICTS_S)
        while not (arguments.quiet or news.empty()):
            _say_checked(inspector, news.get(), last, as_json=arguments.json)
        return GOOD
    finally:
        inspector.stop()


class _NewDeliveries:
    """A line for each delivery of this run, as it is kept."""

    def __init__(self, inspector: Inspector) -> None:
        self._deliveries = inspector.deliveries
        self._last = max((row.id for row in self._deliveries.latest(limit=1)), default=0)

    def say(self, *, as_json: bool) -> None:
        """Prints those that were not printed yet, oldest first."""
        from inspector.cli.delivery_output import delivery_fields, delivery_line

        new: list[DeliveryRow] = []
        before: int | None = None
        while rows := self._deliveries.latest(limit=MOST_AT_ONCE, before_id=before):
            new += [row for row in rows if row.id > self._last]
            if rows[-1].id <= self._last:
                break
            before = rows[-1].id
        for row in reversed(new):
            self._last = row.id
            if as_json:
                print_json(delivery_fields(row))
            else:
                say(delivery_line(row))
        sys.stdout.flush()


def _next(news: queue.SimpleQueue[Announcement | None]) -> Announcement | None:
    """The next one; on Windows a wait without an end would keep Ctrl+C from being heard."""
    if sys.platform != "win32":
        return news.get()
    while True:
        try:
            return news.get(timeout=0.25)
        except queue.Empty:
            continue


def _say_where(inspector: Inspector, url: str, arguments: argparse.Namespace) -> None:
    if arguments.json:
        where: dict[str, object] = {"kind": "listening", "url": url, "db": str(inspector.database)}
        if arguments.forward:
            where |= {"forward": arguments.forward, "return_response": arguments.return_response}
        print_json(where)
    else:
        say(f"Listening on {url}, keeping events in {visible(str(inspector.database))}")
        if arguments.forward:
            how = "answering with its response" if arguments.return_response else "in the background"
            say(f"Forwarding every event to {visible(arguments.forward)}, {how}")
        if not arguments.quiet:
            say(f'Try: curl -d \'{{"hello": "world"}}\' {url}/webhooks/test')
    sys.stdout.flush()


def _say_checked(
    inspector: Inspector, announcement: Announcement | None, last: int, *, as_json: bool
) -> None:
    """A line says the verdict too, so it waits for one; `last` is the newest of an earlier run."""
    from inspector.engine.announcements import EventsChecked

    if isinstance(announcement, EventsChecked):
        new = tuple(number for number in announcement.ids if number > last)
        _say_events(inspector, new, as_json=as_json)


def _say_events(inspector: Inspector, ids: tuple[int, ...], *, as_json: bool) -> None:
    for start in range(0, len(ids), MOST_AT_ONCE):
        for row in inspector.inbox.rows(ids[start : start + MOST_AT_ONCE]):
            if as_json:
                print_json(event_fields(row))
            else:
                say(event_line(row))
    sys.stdout.flush()
