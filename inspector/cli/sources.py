"""sources: list, add, edit and remove where events come from."""

from __future__ import annotations

import argparse
from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from inspector.cli.common import WrongUseError, add_database, add_parser, opened
from inspector.cli.exit_codes import GOOD
from inspector.cli.output import print_json, say, visible
from inspector.cli.reply_options import add_reply_options, mode_words, rule_fields, with_reply

if TYPE_CHECKING:
    from inspector.core.source import Source
    from inspector.engine.inspector import Inspector

EXAMPLES = """\
  webhook-inspector sources list
  webhook-inspector sources add shop --path /webhooks/shop --scheme shopify --secret shop-secret
  webhook-inspector sources edit nudj --secret nudj-new --secret nudj-old
  webhook-inspector sources edit shop --reply-status 204
  webhook-inspector sources edit shop --fail-first 2 --fail-retry-after 5
  webhook-inspector sources edit shop --reply-template --reply-body '{{json:$.challenge}}'
  webhook-inspector sources edit shop --mode answer --target staging
  webhook-inspector sources remove shop"""


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declares the command and its subcommands."""
    sources = add_parser(
        subparsers, "sources", "list, add, edit and remove sources of events", examples=EXAMPLES
    )
    commands = sources.add_subparsers(metavar="COMMAND", required=True)
    listing = add_parser(commands, "list", "list the sources")
    listing.add_argument("--json", action="store_true", help="JSON lines")
    listing.set_defaults(run=run_list)
    adding = add_parser(commands, "add", "add a source", examples=EXAMPLES)
    adding.set_defaults(run=run_add)
    editing = add_parser(commands, "edit", "edit a source; what is not named stays", examples=EXAMPLES)
    editing.add_argument("--name", dest="new_name", metavar="NAME", help="a new name")
    editing.set_defaults(run=run_edit)
    removing = add_parser(commands, "remove", "remove a source; its events stay")
    removing.set_defaults(run=run_remove)
    for parser in (adding, editing, removing):
        parser.add_argument("name", metavar="NAME", help="the name of the source")
    for parser in (adding, editing):
        _add_fields(parser)
    for parser in (listing, adding, editing, removing):
        add_database(parser)


def _add_fields(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--path", metavar="PREFIX", help="events whose path begins so belong to it")
    parser.add_argument(
        "--scheme", metavar="ID", help="how its events are signed; empty: found by their headers"
    )
    parser.add_argument(
        "--secret",
        dest="secrets",
        metavar="SECRETNAME",
        action="append",
        help="the name of a secret, the current one first; may be given several times; empty: none",
    )
    parser.add_argument(
        "--dialect", metavar="ID", help="how type and id are read; empty: found by path or headers"
    )
    parser.add_argument(
        "--tolerance",
        metavar="SECONDS",
        type=_tolerance,
        help="how old a timestamp may be; empty: as the scheme says",
    )
    parser.add_argument(
        "--refuse-bad",
        action=argparse.BooleanOptionalAction,
        help="answer 401 to bad signatures (events are kept)",
    )
    parser.add_argument(
        "--handshakes",
        action=argparse.BooleanOptionalAction,
        help="answer the provider's handshakes (on by default)",
    )
    parser.add_argument(
        "--public-url", metavar="URL", help="the address that the sender signs, where it differs"
    )
    parser.add_argument(
        "--target",
        metavar="NAME|URL",
        help="the target its events are sent to, a URL adds one; empty: the default target",
    )
    parser.add_argument(
        "--mode",
        choices=("capture", "forward", "answer"),
        help="keep events only, send them on as well, or also answer with the handler's response",
    )
    add_reply_options(parser)


def run_list(arguments: argparse.Namespace) -> int:
    """Lists the sources by name."""
    with opened(arguments) as inspector:
        sources = inspector.sources.list()
        counts = inspector.inbox.totals().by_source
    if arguments.json:
        for source in sources:
            print_json(source_fields(source) | {"events": counts.get(source.name, 0)})
        return GOOD
    rows = [("NAME", "PATH", "SCHEME", "SECRETS", "MODE", "EVENTS")]
    rows += [
        (
            source.name,
            source.path or "(by headers)",
            source.scheme or "(automatic)",
            ", ".join(source.secrets) or "(none)",
            mode_words(source),
            str(counts.get(source.name, 0)),
        )
        for source in sources
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    for row in rows:
        say("  ".join(visible(cell).ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    return GOOD


def run_add(arguments: argparse.Namespace) -> int:
    """Adds a source."""
    from inspector.core.source import Source

    with opened(arguments) as inspector:
        source = _with_target(inspector, _changed(Source(arguments.name), arguments))
        _check_scheme(source.scheme, {scheme.id for scheme in inspector.signatures.library.schemes})
        inspector.sources.add(source)
    say(f"Source {arguments.name} added.")
    return GOOD


def run_edit(arguments: argparse.Namespace) -> int:
    """Changes the named fields of a source."""
    with opened(arguments) as inspector:
        source = _with_target(inspector, _changed(inspector.sources.get(arguments.name), arguments))
        if arguments.scheme is not None:
            _check_scheme(source.scheme, {scheme.id for scheme in inspector.signatures.library.schemes})
        if arguments.new_name is not None:
            source = replace(source, name=arguments.new_name)
        inspector.sources.edit(arguments.name, source)
    say(f"Source {source.name} edited.")
    return GOOD


def run_remove(arguments: argparse.Namespace) -> int:
    """Removes a source."""
    with opened(arguments) as inspector:
        inspector.sources.remove(arguments.name)
    say(f"Source {arguments.name} removed; its events stay.")
    return GOOD


def source_fields(source: Source) -> dict[str, object]:
    """A source as JSON."""
    return {
        "name": source.name,
        "path": source.path or None,
        "scheme": source.scheme or None,
        "secrets": list(source.secrets),
        "dialect": source.dialect or None,
        "tolerance_s": source.tolerance_s,
        "refuse_bad": source.refuse_bad,
        "handshakes": source.handshakes,
        "public_url": source.public_url or None,
        "target": source.target or None,
        "mode": source.mode,
        "reply": {
            "status": source.reply.status,
            "headers": [
                [name.decode("latin-1"), value.decode("latin-1")] for name, value in source.reply.headers
            ],
            "body": source.reply.body.decode("utf-8", "replace"),
        },
        "rules": rule_fields(source.rules),
    }


def _changed(source: Source, arguments: argparse.Namespace) -> Source:
    for name in ("path", "scheme", "dialect", "refuse_bad", "handshakes", "public_url", "target", "mode"):
        value = getattr(arguments, name)
        if value is not None:
            source = replace(source, **{name: value})
    if arguments.secrets is not None:
        source = replace(source, secrets=tuple(name for name in arguments.secrets if name))
    if arguments.tolerance is not None:
        source = replace(source, tolerance_s=None if arguments.tolerance < 0 else arguments.tolerance)
    return with_reply(source, arguments)


def _with_target(inspector: Inspector, source: Source) -> Source:
    """A URL becomes the target of its own; a name must be one that is there: raises ProblemError."""
    targets = inspector.deliveries.targets
    if "://" in source.target:
        return replace(source, target=targets.named(source.target))
    if source.target:
        targets.get(source.target)
    return source


def _check_scheme(scheme: str, known: Collection[str]) -> None:
    """Raises WrongUseError where no such scheme is known."""
    if scheme and scheme not in known:
        import difflib

        near = difflib.get_close_matches(scheme, known, 3)
        advice = f" Did you mean {' or '.join(near)}?" if near else ""
        raise WrongUseError(
            f"There is no scheme {scheme!r}.{advice} `webhook-inspector schemes list` has them all."
        )


def _tolerance(text: str) -> int:
    if not text:
        return -1
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds")
    return int(text)
