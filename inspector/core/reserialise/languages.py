"""What comes out when a language reads a JSON body and writes it again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from inspector.core.reserialise import numbers, strings
from inspector.core.reserialise.document import Value
from inspector.core.reserialise.writer import Memo, Writer, read, write

_PHP_DEPTH = 511
_GO_DEPTH = 10_000


JAVASCRIPT = Writer(
    language="JavaScript",
    how="JSON.stringify(JSON.parse(body))",
    number=numbers.javascript,
    string=strings.JAVASCRIPT,
    order="indexes first",
    errors="replace",
    bom=True,
)
PYTHON = Writer(
    language="Python",
    how="json.dumps(json.loads(body))",
    number=numbers.python,
    string=strings.PYTHON_ASCII,
    comma=", ",
    colon=": ",
    errors="surrogatepass",
    bom=True,
)
GO = Writer(
    language="Go",
    how="json.Marshal of a map",
    number=numbers.go,
    string=strings.GO,
    order="sorted",
    errors="replace",
    lone="replaced",
    depth=_GO_DEPTH,
)
PHP = Writer(
    language="PHP",
    how="json_encode(json_decode($body))",
    number=numbers.php,
    string=strings.PHP,
    lone="refused",
    nul_names=False,
    depth=_PHP_DEPTH,
)
RUBY = Writer(
    language="Ruby",
    how="JSON.generate(JSON.parse(body))",
    number=numbers.ruby,
    string=strings.PLAIN,
    lone="refused",
)
HANDLERS = (JAVASCRIPT, PYTHON, GO, PHP)
"""What a handler of each language does when it is written without a second thought."""


def _pythons() -> Iterator[Writer]:
    dumps = "json.dumps(json.loads(body), "
    for ascii_only in (True, False):
        base = PYTHON if ascii_only else replace(PYTHON, string=strings.PLAIN)
        flag = "" if ascii_only else "ensure_ascii=False"
        if flag:
            yield replace(base, how=f"{dumps}{flag})")
        rest = f", {flag}" if flag else ""
        yield replace(base, comma=",", colon=":", how=f'{dumps}separators=(",", ":"){rest})')
        yield replace(base, order="sorted", how=f"{dumps}sort_keys=True{rest})")
        compact = f'{dumps}separators=(",", ":"), sort_keys=True{rest})'
        yield replace(base, comma=",", colon=":", order="sorted", how=compact)
        for indent in (2, 4):
            yield replace(base, comma=",", indent=indent, how=f"{dumps}indent={indent}{rest})")


def _phps() -> Iterator[Writer]:
    flags = {
        "JSON_UNESCAPED_SLASHES": strings.PHP_NO_SLASH,
        "JSON_UNESCAPED_UNICODE": strings.PHP_UNICODE,
        "JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE": strings.PHP_PLAIN,
    }
    for name, encode in {"": strings.PHP, **flags}.items():
        rest = f", {name}" if name else ""
        if name:
            yield replace(PHP, string=encode, how=f"json_encode(json_decode($body){rest})")
        yield replace(
            PHP, string=encode, lists=True, nul_names=True, how=f"json_encode(json_decode($body, true){rest})"
        )
    pretty = replace(PHP, comma=",", colon=": ", indent=4)
    yield replace(pretty, how="json_encode(json_decode($body), JSON_PRETTY_PRINT)")


WRITERS: tuple[Writer, ...] = (
    *HANDLERS,
    *_pythons(),
    replace(JAVASCRIPT, indent=2, colon=": ", how="JSON.stringify(JSON.parse(body), null, 2)"),
    replace(JAVASCRIPT, indent=4, colon=": ", how="JSON.stringify(JSON.parse(body), null, 4)"),
    replace(GO, string=strings.GO_OLD, how="json.Marshal of a map (before Go 1.22)"),
    replace(GO, end="\n", how="json.NewEncoder(w).Encode"),
    replace(GO, string=strings.GO_NO_HTML, end="\n", how="an Encoder with SetEscapeHTML(false)"),
    replace(GO, string=strings.GO_NO_HTML, how="an Encoder with SetEscapeHTML(false), line feed cut"),
    *_phps(),
    RUBY,
)
"""All ways that are tried on a failing request, the likely ones first."""


def _layouts() -> Iterator[Writer]:
    """The same lexemes of numbers in other white space and escapes: what a formatter or a proxy makes."""
    spaces = {
        "without white space": (",", ":", 0, " "),
        "with a space after , and :": (", ", ": ", 0, " "),
        "with an indent of 2": (",", ": ", 2, " "),
        "with an indent of 4": (",", ": ", 4, " "),
        "with tabs": (",", ": ", 1, "\t"),
    }
    escapes = {
        "": strings.PLAIN,
        " and \\u00eb": strings.PYTHON_ASCII,
        " and \\/": strings.SLASH,
        " and \\u00eb and \\/": strings.PHP,
    }
    decimals = {
        "fractions with two decimals": numbers.cents,
        "all numbers with two decimals": numbers.all_cents,
        "whole numbers with .0": numbers.all_floats,
    }
    for space, (comma, colon, indent, fill) in spaces.items():
        plain = Writer("JSON", "", str, strings.PLAIN, comma=comma, colon=colon, indent=indent, fill=fill)
        for escape, encode in escapes.items():
            yield replace(plain, string=encode, how=f"writing it {space}{escape}, numbers kept")
        for decimal, number in decimals.items():
            yield replace(plain, number=number, how=f"writing it {space}, {decimal}")


LAYOUTS: tuple[Writer, ...] = tuple(_layouts())


def rewrites(body: bytes) -> Iterator[tuple[Writer, bytes]]:
    """Every way of writing the body anew that gives other bytes, each outcome once, likely ways first."""
    memo: Memo = {}
    trees: dict[tuple[str, bool, bool], Value | None] = {}
    seen = {body}
    for writer in (*WRITERS, *LAYOUTS):
        way = (writer.errors, writer.bom, writer.lone == "refused")
        if way not in trees:
            trees[way] = read(body, writer)
        root = trees[way]
        written = None if root is None else write(root, writer, memo)
        if written is not None and written not in seen:
            seen.add(written)
            yield writer, written
