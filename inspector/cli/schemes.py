"""schemes: the providers' ways of signing that are known, and what each of them is."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from inspector.cli.common import add_parser
from inspector.cli.exit_codes import GOOD
from inspector.cli.output import print_json, say
from inspector.cli.signed_input import add_schemes, named, schemes_of

if TYPE_CHECKING:
    from inspector.core.signatures.scheme import Scheme, TimeRule

EXAMPLES = """\
  webhook-inspector schemes list
  webhook-inspector schemes show stripe
  webhook-inspector schemes list --schemes my-schemes.toml"""


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declares the command and its subcommands."""
    schemes = add_parser(
        subparsers, "schemes", "list and show the ways in which providers sign", examples=EXAMPLES
    )
    commands = schemes.add_subparsers(metavar="COMMAND", required=True)
    listing = add_parser(commands, "list", "list all schemes")
    showing = add_parser(commands, "show", "show one scheme")
    showing.add_argument("id", metavar="ID", help="the id of the scheme")
    listing.set_defaults(run=run_list)
    showing.set_defaults(run=run_show)
    for parser in (listing, showing):
        parser.add_argument("--json", action="store_true", help="JSON lines")
        add_schemes(parser)


def run_list(arguments: argparse.Namespace) -> int:
    """Prints all schemes."""
    schemes = sorted(schemes_of(arguments), key=lambda scheme: scheme.id)
    width = max(len(scheme.id) for scheme in schemes)
    for scheme in schemes:
        if arguments.json:
            print_json(
                {"kind": "scheme", "id": scheme.id, "name": scheme.name, "algorithm": scheme.algorithm}
            )
        else:
            say(f"{scheme.id:<{width}}  {scheme.algorithm:<12}  {scheme.name}")
    return GOOD


def run_show(arguments: argparse.Namespace) -> int:
    """Prints one scheme."""
    scheme = named(schemes_of(arguments), arguments.id)
    facts = described(scheme)
    if arguments.json:
        print_json({"kind": "scheme", "id": scheme.id, **facts})
        return GOOD
    width = max(map(len, facts))
    say(scheme.id)
    for title, fact in facts.items():
        say(f"  {title.replace('_', ' '):<{width}}  {fact}")
    return GOOD


def described(scheme: Scheme) -> dict[str, str]:
    """A scheme in words; only what there is to say."""
    place = scheme.signature
    form = f", items {place.pick}{place.item}… between {place.separator!r}" if place.pick else ""
    form += f", after {place.prefix!r}" if place.prefix else ""
    form += "".join(f", or header {name}" for name in place.others)
    plain = not scheme.encoding
    facts = {
        "name": scheme.name,
        "algorithm": scheme.algorithm + (f", {scheme.encoding}" if scheme.encoding else ""),
        "signature": place.words + form,
        "message": "" if plain else scheme.message.text.replace("\n", "\\n"),
        "also_accepted": ", ".join(recipe.text for recipe in scheme.accept),
        "claims": ", ".join(f"{name} = {recipe.text}" for name, recipe in scheme.claims.items()),
        "timestamp": _time_words(scheme.timestamp) if scheme.timestamp else "",
        "message_id": f"header {scheme.message_id}" if scheme.message_id else "",
        "key": scheme.key.form + "".join(f", without {prefix}" for prefix in scheme.key.strip),
        "second_key": scheme.key.second,
        "documents": scheme.notes.docs,
        "time_out": scheme.notes.timeout,
        "retries": scheme.notes.retry,
        "handshake": scheme.notes.handshake,
        "record": scheme.origin,
    }
    return {title: fact for title, fact in facts.items() if fact}


def _time_words(rule: TimeRule) -> str:
    past = f"at most {rule.past_s:g} s old" if rule.past_s is not None else "any age"
    future = f", at most {rule.future_s:g} s ahead" if rule.future_s is not None else ""
    return f"{rule.words}, {rule.unit}, {past}{future}"
