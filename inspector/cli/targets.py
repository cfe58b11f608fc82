"""targets: list, add, edit and remove where events are sent to."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING

from inspector.cli.common import add_database, add_parser, opened
from inspector.cli.delivery_output import target_fields
from inspector.cli.exit_codes import GOOD
from inspector.cli.output import print_json, say, visible

if TYPE_CHECKING:
    from inspector.core.target import Target

EXAMPLES = """\
  webhook-inspector targets add shop http://127.0.0.1:3000 --default
  webhook-inspector targets add staging https://staging.example --secret-header Authorization=staging
  webhook-inspector targets edit shop --policy 'delays=5s,1m,10m jitter=0.1' --concurrency 1
  webhook-inspector targets list
  webhook-inspector targets remove shop"""
PLAIN = ("url", "proxy", "proxy_secret", "ca_file", "policy", "verify_tls", "keep_host", "follow_redirects")


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declares the command and its subcommands."""
    targets = add_parser(
        subparsers, "targets", "list, add, edit and remove targets of deliveries", examples=EXAMPLES
    )
    commands = targets.add_subparsers(metavar="COMMAND", required=True)
    listing = add_parser(commands, "list", "list the targets")
    listing.add_argument("--json", action="store_true", help="JSON lines")
    listing.set_defaults(run=run_list)
    adding = add_parser(commands, "add", "add a target", examples=EXAMPLES)
    adding.set_defaults(run=run_add)
    editing = add_parser(commands, "edit", "edit a target; what is not named stays", examples=EXAMPLES)
    editing.set_defaults(run=run_edit)
    removing = add_parser(commands, "remove", "remove a target with all that waits for it")
    removing.set_defaults(run=run_remove)
    for parser in (adding, editing, removing):
        parser.add_argument("name", metavar="NAME", help="the name of the target")
    adding.add_argument("url", metavar="URL", help="where to send; without a path, to the event's own path")
    editing.add_argument("--url", metavar="URL", help="where to send")
    editing.add_argument("--name", dest="new_name", metavar="NAME", help="a new name")
    for parser in (adding, editing):
        _add_fields(parser)
    for parser in (listing, adding, editing, removing):
        add_database(parser)


def _add_fields(parser: argparse.ArgumentParser) -> None:
    switch = argparse.BooleanOptionalAction
    parser.add_argument("--default", action=switch, help="the target of all sources that name none")
    parser.add_argument(
        "--header", dest="headers", metavar="NAME: VALUE", action="append", type=_header,
        help="a header to add; may be given several times; empty: none",
    )  # fmt: skip
    parser.add_argument(
        "--secret-header", dest="secret_headers", metavar="NAME=SECRETNAME", action="append",
        type=_secret_header, help="a header whose value is a kept secret; empty: none",
    )  # fmt: skip
    parser.add_argument("--verify-tls", action=switch, help="check the certificate (on by default)")
    parser.add_argument("--ca-file", metavar="FILE", help="certificates to trust besides the system's")
    parser.add_argument("--proxy", metavar="URL", help="an HTTP proxy; empty: none")
    parser.add_argument("--proxy-secret", metavar="SECRETNAME", help="the secret with its user:password")
    parser.add_argument("--keep-host", action=switch, help="send the captured Host")
    parser.add_argument("--follow-redirects", action=switch, help="follow redirects (off by default)")
    parser.add_argument(
        "--timeout", dest="timeout_s", metavar="SECONDS", type=float, help="for all of a delivery (10)"
    )
    parser.add_argument(
        "--policy", metavar="POLICY",
        help="when to retry: a provider such as nudj or stripe, none, or a text such as 'delays=5s,1m';"
        " empty: as the source's provider does",
    )  # fmt: skip
    parser.add_argument("--concurrency", metavar="N", type=int, help="deliveries at once (10)")
    parser.add_argument(
        "--rate", dest="rate_per_s", metavar="N", type=float, help="deliveries a second at most; 0: no limit"
    )


def run_list(arguments: argparse.Namespace) -> int:
    """Lists the targets by name."""
    with opened(arguments) as inspector:
        targets, default = inspector.deliveries.targets.list(), inspector.deliveries.targets.default
    if arguments.json:
        for target in targets:
            print_json(target_fields(target, default=target.name == default))
        return GOOD
    rows = [("NAME", "URL", "POLICY", "NOTES")]
    rows += [
        (target.name, target.url, target.policy or "(provider's)", ", ".join(_notes(target, default)))
        for target in targets
    ]
    widths = [max(len(visible(row[column])) for row in rows) for column in range(4)]
    for row in rows:
        say("  ".join(visible(cell).ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    return GOOD


def run_add(arguments: argparse.Namespace) -> int:
    """Adds a target."""
    from inspector.core.target import Target

    with opened(arguments) as inspector:
        target = _changed(Target(arguments.name, arguments.url), arguments)
        inspector.deliveries.targets.add(target, default=bool(arguments.default))
    say(f"Target {arguments.name} added.")
    return GOOD


def run_edit(arguments: argparse.Namespace) -> int:
    """Changes the named fields of a target."""
    with opened(arguments) as inspector:
        targets = inspector.deliveries.targets
        target = _changed(targets.get(arguments.name), arguments)
        if arguments.new_name is not None:
            target = replace(target, name=arguments.new_name)
        targets.edit(arguments.name, target)
        if arguments.default:
            targets.set_default(target.name)
        elif arguments.default is False and targets.default == target.name:
            targets.set_default("")
    say(f"Target {target.name} edited.")
    return GOOD


def run_remove(arguments: argparse.Namespace) -> int:
    """Removes a target."""
    with opened(arguments) as inspector:
        inspector.deliveries.targets.remove(arguments.name)
    say(f"Target {arguments.name} removed; its deliveries stay.")
    return GOOD


def _changed(target: Target, arguments: argparse.Namespace) -> Target:
    for name in PLAIN:
        value = getattr(arguments, name)
        if value is not None:
            target = replace(target, **{name: value})
    if arguments.headers is not None:
        target = replace(target, headers=tuple(pair for pair in arguments.headers if pair[0]))
    if arguments.secret_headers is not None:
        target = replace(target, secret_headers=tuple(pair for pair in arguments.secret_headers if pair[0]))
    if arguments.timeout_s is not None:
        target = replace(target, timeout_s=arguments.timeout_s)
    if arguments.concurrency is not None:
        target = replace(target, concurrency=arguments.concurrency)
    if arguments.rate_per_s is not None:
        target = replace(target, rate_per_s=arguments.rate_per_s or None)
    return target


def _notes(target: Target, default: str) -> list[str]:
    notes = ["default"] if target.name == default else []
    notes += [f"{header} from secret {secret}" for header, secret in target.secret_headers]
    if not target.verify_tls and target.url.lower().startswith("https:"):
        notes.append("certificate NOT checked")
    if target.proxy:
        notes.append(f"through {target.proxy}")
    return notes


def _header(text: str) -> tuple[bytes, bytes]:
    if not text:
        return b"", b""
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is no header; use NAME: VALUE")
    return name.strip().encode("latin-1", "replace"), value.strip().encode("latin-1", "replace")


def _secret_header(text: str) -> tuple[str, str]:
    if not text:
        return "", ""
    header, equals, secret = text.partition("=")
    if not equals or not header.strip() or not secret.strip():
        raise argparse.ArgumentTypeError(f"{text!r} names no secret; use NAME=SECRETNAME")
    return header.strip(), secret.strip()
