"""What comes out when a language reads a JSON body and writes it again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from inspector.core.reserialise import numbers, strings
from inspector.core.reserialise.document import STRINGS, Array, Object, Scalar, Value, decode_string, parse

_ARRAY_INDEX = re.compile(r"0|[1-9][0-9]{0,9}")
_LARGEST_INDEX = 2**32 - 2
_LONE = re.compile("[\ud800-\udfff]")
_MAYBE_LONE = re.compile(r"\\u[dD][89a-fA-F]")
_PHP_DEPTH = 511
_GO_DEPTH = 10_000


@dataclass(frozen=True, slots=True)
class Writer:
    """One way in which a language reads JSON and writes it again."""

    language: str
    """As people call it: JavaScript, Python, Go, PHP, Ruby."""
    how: str
    """The call as it stands in a handler's code."""
    number: Callable[[str], str | None]
    string: strings.Encode
    comma: str = ","
    colon: str = ":"
    indent: int = 0
    """Spaces of one level; 0: all in one line."""
    order: Literal["kept", "indexes first", "sorted"] = "kept"
    end: str = ""
    """What follows the text: an Encoder of Go ends with a line feed."""
    errors: Literal["strict", "replace", "surrogatepass"] = "strict"
    """What the language does with bytes that are not UTF-8."""
    lone: Literal["kept", "replaced", "refused"] = "kept"
    """What it does with a lone surrogate."""
    bom: bool = False
    """Whether its usual reader drops a byte order mark."""
    lists: bool = False
    """Whether an object with the names 0, 1, 2 … is written as a list (PHP's associative arrays)."""
    nul_names: bool = True
    """Whether it takes names that begin with U+0000 (PHP's objects do not)."""
    depth: int = 0
    """The deepest nesting that it reads; 0: any."""


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
        "without white space": (",", ":", 0),
        "with a space after , and :": (", ", ": ", 0),
        "with an indent of 2": (",", ": ", 2),
        "with an indent of 4": (",", ": ", 4),
    }
    escapes = {
        "": strings.PLAIN,
        " and \\u00eb": strings.PYTHON_ASCII,
        " and \\/": strings.SLASH,
        " and \\u00eb and \\/": strings.PHP,
    }
    for space, (comma, colon, indent) in spaces.items():
        for escape, encode in escapes.items():
            how = f"written {space}{escape}, numbers kept"
            yield Writer("JSON", how, str, encode, comma=comma, colon=colon, indent=indent)


LAYOUTS: tuple[Writer, ...] = tuple(_layouts())


def rewrites(body: bytes) -> Iterator[tuple[Writer, bytes]]:
    """Every way of writing the body anew that gives other bytes, each outcome once, likely ways first."""
    trees: dict[tuple[str, bool, bool], Value | None] = {}
    seen = {body}
    for writer in (*WRITERS, *LAYOUTS):
        way = (writer.errors, writer.bom, writer.lone == "refused")
        if way not in trees:
            trees[way] = read(body, writer)
        root = trees[way]
        written = None if root is None else write(root, writer)
        if written is not None and written not in seen:
            seen.add(written)
            yield writer, written


def rewrite(body: bytes, writer: Writer) -> bytes | None:
    """The body as `writer` would send it on, or None where it is no JSON or the language refuses it."""
    root = read(body, writer)
    return None if root is None else write(root, writer)


def read(body: bytes, writer: Writer) -> Value | None:
    """The tree that the language gets from the body's bytes, or None where it refuses them."""
    if body.startswith(b"\xef\xbb\xbf"):
        if not writer.bom:
            return None
        body = body[3:]
    try:
        text = body.decode("utf-8", writer.errors)
    except UnicodeDecodeError:
        return None
    if writer.lone == "refused" and _MAYBE_LONE.search(text) and _has_lone(text):
        return None
    return parse(text)


def _has_lone(text: str) -> bool:
    return any(_LONE.search(decode_string(match.group())) for match in STRINGS.finditer(text))


def write(root: Value, writer: Writer) -> bytes | None:
    """The tree as bytes, or None where the language cannot hold or write it."""
    out: list[str] = []
    pending: list[str | tuple[Value, int]] = [(root, 0)]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            out.append(item)
            continue
        value, depth = item
        if isinstance(value, Scalar):
            text = _scalar(value.lexeme, writer)
            if text is None:
                return None
            out.append(text)
            continue
        if writer.depth and depth >= writer.depth:
            return None
        if (
            not writer.nul_names
            and isinstance(value, Object)
            and any(n[:1] == "\0" for n, _ in value.members)
        ):
            return None
        _open(value, depth, writer, pending)
    try:
        return ("".join(out) + writer.end).encode("utf-8")
    except UnicodeEncodeError:
        return None


def _open(value: Array | Object, depth: int, writer: Writer, pending: list[str | tuple[Value, int]]) -> None:
    """Puts a container's parts on the pile in the order in which they will be taken off again."""
    names: list[str] = []
    if isinstance(value, Object):
        members = _ordered(value, writer)
        items = [member for _, member in members]
        if writer.lists and all(name == str(index) for index, (name, _) in enumerate(members)):
            brackets = "[]"
        else:
            brackets = "{}"
            names = [f'"{writer.string(name)}"{writer.colon}' for name, _ in members]
    else:
        items, brackets = value.items, "[]"
    if not items:
        pending.append(brackets)
        return
    pad = "\n" + " " * (writer.indent * (depth + 1)) if writer.indent else ""
    pending.append((pad[: -writer.indent] if pad else "") + brackets[1])
    for index in range(len(items) - 1, -1, -1):
        pending.append((items[index], depth + 1))
        before = (writer.comma if index else brackets[0]) + pad
        pending.append(before + names[index] if names else before)


def _ordered(value: Object, writer: Writer) -> list[tuple[str, Value]]:
    """The members as the language's map gives them: the last of equal names, in the place of the first."""
    if writer.lone == "replaced":
        found = {_LONE.sub("\ufffd", name): member for name, member in value.members}
    else:
        found = dict(value.members)
    if writer.order == "sorted":
        return sorted(found.items())
    if writer.order == "indexes first":
        indexes = [name for name in found if _is_index(name)]
        if indexes:
            indexes.sort(key=int)
            rest = [(name, member) for name, member in found.items() if not _is_index(name)]
            return [(name, found[name]) for name in indexes] + rest
    return list(found.items())


def _is_index(name: str) -> bool:
    """Whether ECMAScript orders the name as an array index (section 10.1.11.1)."""
    return bool(_ARRAY_INDEX.fullmatch(name)) and int(name) <= _LARGEST_INDEX


def _scalar(lexeme: str, writer: Writer) -> str | None:
    first = lexeme[0]
    if first == '"':
        text = decode_string(lexeme)
        if writer.lone == "replaced" and not text.isascii():
            text = _LONE.sub("\ufffd", text)
        return f'"{writer.string(text)}"'
    return lexeme if first in "tfn" else writer.number(lexeme)
