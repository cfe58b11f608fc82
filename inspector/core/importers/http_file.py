"""Request files of JetBrains' HTTP client and VS Code's REST Client (`.http`, `.rest`).

Sources: the HTTP request in editor specification (JetBrains) and the REST Client's readme. Variables that the
file defines are filled in; requests that need others, or a file beside this one, are bad entries.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from inspector.core.event import Request
from inspector.core.importers.entry import (
    BadEntry,
    EntryError,
    Found,
    ImportOptions,
    Stream,
    plain_text,
    request_of,
    taken,
    whole,
)

_SEPARATOR = re.compile(r"^###.*$", re.MULTILINE)
_VARIABLE = re.compile(r"^@([\w.-]+)[ \t]*=[ \t]*(.*?)[ \t]*\r?$", re.MULTILINE)
_USED = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_LINE = re.compile(r"(?:([A-Z]+)[ \t]+)?(\S.*?)(?:[ \t]+HTTP/(\d(?:\.\d)?))?[ \t]*")
_FILE = re.compile(r"<@?[ \t]+\S")
_SCRIPT_END = re.compile(r"%\}")


class HttpFile:
    """One event for each request; handlers of responses and comments are passed over."""

    id = "http"
    name = ".http file"

    def read(self, stream: Stream, options: ImportOptions) -> Iterator[Found]:
        """The requests in the order of the file."""
        text = plain_text(whole(stream)).decode("latin-1").replace("\r\n", "\n")
        known = {found[1]: found[2] for found in _VARIABLE.finditer(text)}
        start, none = 0, True
        for end in [*(found.start() for found in _SEPARATOR.finditer(text)), len(text)]:
            number = text.count("\n", 0, start) + 1
            section, start = text[start:end], end
            lines = section.split("\n")
            begin = _begin(lines)
            if begin is None:
                continue
            none = False
            where = f"line {number + begin}"
            try:
                yield taken(_request(lines[begin:], known, options), options.now_ns, where)
            except EntryError as error:
                yield BadEntry(where, str(error))
        if none:
            yield BadEntry("", "There is no request in it.")


def _begin(lines: list[str]) -> int | None:
    """The index of the request line: behind comments, variables and scripts."""
    script = False
    for index, line in enumerate(lines):
        if script:
            script = _SCRIPT_END.search(line) is None
        elif line.startswith("< {%"):
            script = "%}" not in line
        elif line.strip(" \t") and not line.startswith(("#", "//", "@")):
            return index
    return None


def _request(lines: list[str], known: dict[str, str], options: ImportOptions) -> Request:
    first, rest = lines[0].strip(" \t"), lines[1:]
    while rest and rest[0][:1] in (" ", "\t") and rest[0].strip(" \t")[:1] in ("?", "&", "/"):
        first += rest.pop(0).strip(" \t")
    version = "HTTP/1.0" if first.endswith(" HTTP/1.0") else "HTTP/1.1"
    found = _LINE.fullmatch(first)
    if found is None:
        raise EntryError("It begins with no request line.")
    headers: list[tuple[bytes, bytes]] = []
    while rest and rest[0].strip(" \t"):
        line = rest.pop(0)
        if line.startswith(("#", "//")):
            continue
        name, colon, value = line.partition(":")
        if not colon:
            raise EntryError(f"{line[:60]!r} is no header such as Name: value.")
        headers.append(
            (name.strip(" \t").encode("latin-1"), filled(value, known).strip(" \t").encode("latin-1"))
        )
    body = _body(rest[1:], known, options)
    url = filled(found[2], known)
    if "://" not in url and not url.startswith("/"):
        url = f"http://{url}"
    plain = url.encode("latin-1").decode("utf-8", "replace")
    return request_of(found[1] or "GET", plain, tuple(headers), body, version=version)


def _body(lines: list[str], known: dict[str, str], options: ImportOptions) -> bytes:
    kept: list[str] = []
    named: bytes | None = None
    script = False
    for line in lines:
        if script:
            script = _SCRIPT_END.search(line) is None
        elif line.startswith("> {%"):
            script = "%}" not in line
        elif line.startswith(("> ", ">> ", ">>! ", "<> ")) or (
            _FILE.match(line) and named is None and (named := _beside(line, options)) is not None
        ):
            continue
        elif _FILE.match(line):
            raise EntryError(
                f"Its body is in the file {line.split()[-1][:80]!r}, which is not part of this one."
            )
        else:
            kept.append(line)
    while kept and not kept[-1].strip(" \t"):
        kept.pop()
    if named is not None:
        if any(line.strip(" \t") for line in kept):
            raise EntryError("Its body is put together from a file and text, which is not understood.")
        return named
    return _USED.sub(lambda used: known.get(used[1], used[0]), "\n".join(kept)).encode("latin-1")


def _beside(line: str, options: ImportOptions) -> bytes | None:
    """The file of `< ./name`; None where it cannot be had, or its variables would have to be filled in."""
    if not line.startswith("< "):
        return None
    return options.beside(line[2:].strip(" \t").encode("latin-1").decode("utf-8", "replace"))


def filled(text: str, known: dict[str, str]) -> str:
    """With the variables of the file in their place, also those inside of others."""
    for _ in range(8):
        used = _USED.search(text)
        if used is None:
            return text
        if used[1] not in known:
            raise EntryError(f"It needs the variable {used[1][:40]!r}, which the file does not define.")
        text = _USED.sub(lambda found: known.get(found[1], found[0]), text)
    raise EntryError("Its variables stand inside of each other without an end.")
