"""export: kept events as files for tests, other tools, or another inspector."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.cli.common import WrongUseError, add_database, add_parser, opened_existing, parse_query
from inspector.cli.exit_codes import GOOD, NEGATIVE
from inspector.cli.output import complain, say, size

if TYPE_CHECKING:
    from inspector.core.exporters.format import Exporter, ExportOptions
    from inspector.core.redaction import Counts, Redaction
    from inspector.core.signatures.scheme import Schemes
    from inspector.engine.exporting import Exported
    from inspector.engine.inspector import Inspector

EXAMPLES = """\
  webhook-inspector export --out events.jsonl
  webhook-inspector export 'type:challenge.* since:1h' --format har --out events.har
  webhook-inspector export 41 42 --format raw --out requests
  webhook-inspector export 42 --format raw --out - | nc 127.0.0.1 8080
  webhook-inspector export 'type:order.*' --format pytest --out tests/webhooks
  webhook-inspector export --list-formats"""
DESCRIPTION = """\
Write kept events, oldest first, to a file or a folder; without QUERY or ID, all events.
Secrets become stand-ins unless --no-redact says otherwise; what exists is replaced only with --force."""


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declares the command."""
    parser = add_parser(
        subparsers, "export", "write kept events to files", description=DESCRIPTION, examples=EXAMPLES
    )
    parser.add_argument("what", metavar="QUERY|ID", nargs="*", help="a query as in the window, or numbers")
    parser.add_argument("--format", metavar="F", default="jsonl", help="see --list-formats (default: jsonl)")
    parser.add_argument("--out", metavar="PATH", help="the file or folder to write; - is standard output")
    parser.add_argument("--url", metavar="URL", help="where requests go (default: http://localhost:3000)")
    parser.add_argument(
        "--no-redact", action="store_true", help="keep secrets: Authorization, cookies, tokens, passwords"
    )
    parser.add_argument("--force", action="store_true", help="replace files that exist")
    parser.add_argument("--list-formats", action="store_true", help="print the formats, and end")
    add_database(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Exports, and says on standard error what was written."""
    from inspector.core.exporters import FORMATS, find
    from inspector.core.redaction import Redaction

    if arguments.list_formats:
        for each in FORMATS:
            say(f"{each.id:<8} {each.describe}\n{'':<8} {each.lossless}")
        return GOOD
    exporter = find(arguments.format)
    if exporter is None:
        raise WrongUseError(f"There is no format {arguments.format!r}: {', '.join(e.id for e in FORMATS)}.")
    if not arguments.out:
        raise WrongUseError("Say where to: --out PATH, or --out - for standard output.")
    with opened_existing(arguments) as inspector:
        ids, missing = _ids(inspector, arguments.what)
        if missing:
            complain(f"webhook-inspector: there is no event {', '.join(map(str, missing))}.")
            return NEGATIVE
        if not ids and arguments.what:
            complain("webhook-inspector: no event matches.")
            return NEGATIVE
        redaction = None if arguments.no_redact else Redaction(inspector.signatures.library.schemes)
        done = _export(inspector, arguments, exporter, ids, redaction)
    where = "standard output" if arguments.out == "-" else arguments.out
    what = f"{_counted(done.events, 'event')} in {_counted(done.files, 'file')}"
    complain(f"{what}, {size(done.size_bytes)}, written to {where}.")
    if redaction is not None:
        _tell(redaction.counts)
    return GOOD


def _counted(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def _tell(counts: Counts) -> None:
    """What redaction did."""
    if counts.values:
        where = f"{_counted(counts.values, 'secret')} in {_counted(counts.events, 'event')}"
        complain(f"{where} replaced by stand-ins; --no-redact keeps them.")
    if counts.signed:
        complain(f"{_counted(counts.signed, 'event')} signed anew with the test secret.")
    if counts.broken:
        complain(
            f"{_counted(counts.broken, 'event')} with a signature that does not hold any more: "
            "it covers what was replaced, and only the sender can sign it."
        )


def _export(
    inspector: Inspector,
    arguments: argparse.Namespace,
    exporter: Exporter,
    ids: list[int],
    redaction: Redaction | None,
) -> Exported:
    from inspector.engine.exporting import Exporting

    change = None if redaction is None else redaction.event
    exporting = Exporting(
        inspector.inbox, exporter, _options(arguments, inspector.signatures.library.schemes), change=change
    )
    if arguments.out == "-":
        sys.stdout.flush()
        done = exporting.to_stream(ids, sys.stdout.buffer)
        sys.stdout.buffer.flush()
        return done
    return exporting.to_path(ids, Path(arguments.out), force=arguments.force)


def _options(arguments: argparse.Namespace, schemes: Schemes) -> ExportOptions:
    from inspector.core.exporters.format import ExportOptions

    options = ExportOptions(schemes=schemes)
    return options if arguments.url is None else replace(options, url=_base(arguments.url))


def _base(url: str) -> str:
    """Scheme, host and port of a URL."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good or not url.isascii() or not url.isprintable() or parts.path not in ("", "/") or parts.query:
        raise WrongUseError(
            f"{url!r} is no address such as http://localhost:3000; paths are the events' own."
        )
    return f"{parts.scheme}://{parts.netloc}"


def _ids(inspector: Inspector, what: list[str]) -> tuple[list[int], list[int]]:
    """The numbers that are meant, oldest first, and those of them that do not exist."""
    words = [word.strip() for word in what]
    if words and all(word.isascii() and word.isdigit() and len(word) < 19 for word in words):
        numbers = sorted(set(map(int, words)))
        known = {row.id for row in inspector.inbox.rows(numbers)}
        return numbers, [number for number in numbers if number not in known]
    return sorted(inspector.inbox.ids(parse_query(" ".join(what).strip()))), []
