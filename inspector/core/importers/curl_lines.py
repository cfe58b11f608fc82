"""curl commands as people paste them: the request that each would send, read and never run.

Source: curl(1). What only steers curl (`-sS`, `-o FILE`) is passed over; an option that would change the
request in a way that is not known here, or a file beside the command, makes the command a bad entry.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import quote_from_bytes

from inspector.core.event import Request
from inspector.core.headers import HeaderPairs
from inspector.core.importers.entry import (
    BadEntry,
    EntryError,
    Found,
    ImportOptions,
    Stream,
    joined,
    plain_text,
    request_of,
    taken,
    whole,
)
from inspector.core.importers.shell_words import Command, commands, unescaped

SHORT = {
    "X": "request", "H": "header", "d": "data", "u": "user", "A": "user-agent", "e": "referer", "b": "cookie",
    "G": "get", "I": "head", "0": "http1.0", "o": "output", "m": "max-time", "x": "proxy", "w": "write-out",
    "c": "cookie-jar", "D": "dump-header", "E": "cert", "F": "form", "T": "upload-file", "K": "config",
    "r": "range", "y": "speed-time", "Y": "speed-limit", "C": "continue-at", "z": "time-cond",
}  # fmt: skip
IGNORED_SHORT = frozenset("sSkLivfgNO#46nqjRa12")
_STEERING = """
silent show-error insecure location include verbose fail fail-with-body globoff no-buffer compressed
path-as-is http1.1 http2 http2-prior-knowledge http3 progress-bar ipv4 ipv6 no-keepalive remote-name
tlsv1.2 tlsv1.3 ssl-no-revoke no-progress-meter location-trusted fail-early tcp-nodelay
"""
IGNORED = frozenset(_STEERING.split())
_STEERING_WITH_VALUE = """
output max-time connect-timeout proxy write-out cookie-jar dump-header cert key cacert capath resolve
connect-to retry retry-delay retry-max-time max-redirs limit-rate interface noproxy trace trace-ascii
stderr unix-socket speed-time speed-limit ciphers pinnedpubkey keepalive-time
"""
IGNORED_WITH_VALUE = frozenset(_STEERING_WITH_VALUE.split())
_SHAPING = """
request header data data-ascii data-raw data-binary data-urlencode json user user-agent referer cookie
url request-target oauth2-bearer url-query range
"""
UNDERSTOOD = frozenset(_SHAPING.split())
FLAGS = frozenset(("get", "head", "http1.0"))


@dataclass(slots=True)
class _Call:
    """What the options of one transfer add up to."""

    urls: list[str] = field(default_factory=list)
    method: str = ""
    target: str = ""
    version: str = "HTTP/1.1"
    headers: list[tuple[str, str]] = field(default_factory=list)
    removed: set[str] = field(default_factory=set)
    data: list[str] = field(default_factory=list)
    posts: bool = False
    get: bool = False
    head: bool = False
    own: dict[str, str] = field(default_factory=dict)
    """Headers that options other than -H make."""
    json: bool = False
    query: list[str] = field(default_factory=list)


class CurlLines:
    """One event for each URL of each curl command; other commands are passed over."""

    id = "curl"
    name = "curl command"

    def read(self, stream: Stream, options: ImportOptions) -> Iterator[Found]:
        """The requests in the order of the commands."""
        text = plain_text(whole(stream)).decode("latin-1")
        try:
            found = commands(text)
        except EntryError as error:
            yield BadEntry("", str(error))
            return
        before: Command | None = None
        none = True
        for command in found:
            words = _from_curl(command.words)
            if words:
                none = False
                where = f"line {command.line}"
                try:
                    fed = _input(command, before)
                    for part in _transfers(words):
                        for request in _requests(part, fed):
                            yield taken(request, options.now_ns, where)
                except EntryError as error:
                    yield BadEntry(where, str(error))
            before = command
        if none:
            yield BadEntry("", "There is no curl command in it.")


def _from_curl(words: list[str]) -> list[str]:
    """The arguments of curl, behind a prompt where one was pasted along; empty for another command."""
    start = 1 if words[0] in ("$", "%", ">") or words[0] == "PS" else 0
    if words[0] == "PS":
        start = 2
    if len(words) <= start:
        return []
    name = words[start].replace("\\", "/").rpartition("/")[2].lower()
    return words[start + 1 :] if name in ("curl", "curl.exe") else []


def _input(command: Command, before: Command | None) -> bytes | None:
    """What comes in through the pipe or a here-document; None where nothing does, or it cannot be told."""
    if command.document is not None:
        return command.document.encode("latin-1")
    if before is None or not before.feeds:
        return None
    name, rest = before.words[0], before.words[1:]
    if name == "printf" and len(rest) == 1:
        return unescaped(rest[0]).replace("%%", "%").encode("latin-1")
    if name == "echo" and rest:
        return (" ".join(rest[1:] if rest[0] == "-n" else rest) + ("" if rest[0] == "-n" else "\n")).encode(
            "latin-1"
        )
    if name == "cat" and before.document is not None:
        return before.document.encode("latin-1")
    if name == "base64" and before.document is not None and rest in (["--decode"], ["-d"], ["-D"]):
        try:
            return base64.b64decode(before.document)
        except (binascii.Error, ValueError):
            raise EntryError("What is piped into it is no base64.") from None
    return None


def _transfers(words: list[str]) -> Iterator[list[str]]:
    part: list[str] = []
    for word in words:
        if word in ("--next", "-:"):
            yield part
            part = []
        else:
            part.append(word)
    yield part


def _requests(words: list[str], fed: bytes | None) -> Iterator[Request]:
    call = _Call()
    rest = iter(words)
    for word in rest:
        if word.startswith("--") and len(word) > 2:
            _long(call, word[2:], rest, fed)
        elif word.startswith("-") and len(word) > 1:
            _short(call, word[1:], rest, fed)
        elif word != "--":
            call.urls.append(word)
    if not call.urls:
        raise EntryError("The command names no URL.")
    for url in call.urls:
        yield _request(call, url)


def _short(call: _Call, letters: str, rest: Iterator[str], fed: bytes | None) -> None:
    while letters:
        letter, letters = letters[0], letters[1:]
        if letter in IGNORED_SHORT:
            continue
        name = SHORT.get(letter)
        if name is None:
            raise EntryError(f"The option -{letter} is not understood.")
        if name in FLAGS:
            _set(call, name, "", fed)
            continue
        _valued(call, name, iter([letters]) if letters else rest, fed)
        return


def _long(call: _Call, name: str, rest: Iterator[str], fed: bytes | None) -> None:
    if name in FLAGS:
        _set(call, name, "", fed)
    elif name not in IGNORED:
        _valued(call, name, rest, fed)


def _valued(call: _Call, name: str, rest: Iterator[str], fed: bytes | None) -> None:
    if name not in UNDERSTOOD and name not in IGNORED_WITH_VALUE:
        raise EntryError(f"The option --{name[:40]} is not understood.")
    value = next(rest, None)
    if value is None:
        raise EntryError(f"The option --{name} has no value.")
    if name in UNDERSTOOD:
        _set(call, name, value, fed)


def _set(call: _Call, name: str, value: str, fed: bytes | None) -> None:
    if name.startswith("data") or name == "json":
        call.posts = True
        call.json = call.json or name == "json"
        call.data.append(_data(name, value, fed))
    elif name == "header":
        _header(call, value)
    elif name == "request":
        call.method = value
    elif name == "url":
        call.urls.append(value)
    elif name == "request-target":
        call.target = value
    elif name == "url-query":
        call.query.append(value)
    elif name == "get":
        call.get = True
    elif name == "head":
        call.head = True
    elif name == "http1.0":
        call.version = "HTTP/1.0"
    elif name == "user":
        call.own["Authorization"] = "Basic " + base64.b64encode(value.encode("latin-1")).decode("ascii")
    elif name == "oauth2-bearer":
        call.own["Authorization"] = f"Bearer {value}"
    elif name == "cookie":
        if "=" not in value:
            raise EntryError("Its cookies are in a file, which is not part of the command.")
        call.own["Cookie"] = value
    elif name == "range":
        call.own["Range"] = f"bytes={value}"
    else:
        call.own[{"user-agent": "User-Agent", "referer": "Referer"}[name]] = value


def _data(name: str, value: str, fed: bytes | None) -> str:
    if name == "data-urlencode":
        key, mark, content = value.partition("=")
        if not mark and "@" in value:
            raise EntryError("Its body is in a file, which is not part of the command.")
        coded = quote_from_bytes((content if mark else value).encode("latin-1"), safe="")
        return f"{key}={coded}" if mark and key else coded
    if name == "data-raw" or not value.startswith("@"):
        return value
    if value != "@-" or fed is None:
        raise EntryError(f"Its body is in the file {value[1:81]!r}, which is not part of the command.")
    text = fed.decode("latin-1")
    return text.replace("\r", "").replace("\n", "") if name in ("data", "data-ascii") else text


def _header(call: _Call, line: str) -> None:
    if line.startswith("@"):
        raise EntryError("Its headers are in a file, which is not part of the command.")
    name, colon, value = line.partition(":")
    if not colon and line.endswith(";"):
        call.headers.append((line[:-1].strip(" \t"), ""))
    elif colon and not value.strip(" \t"):
        call.removed.add(name.strip(" \t").lower())
    elif colon:
        call.headers.append((name.strip(" \t"), value.strip(" \t")))


def _request(call: _Call, url: str) -> Request:
    body = ("" if call.json else "&").join(call.data).encode("latin-1")
    query = list(call.query)
    if call.get and call.posts:
        query.append(body.decode("latin-1"))
        body = b""
    if query:
        url += ("&" if "?" in url else "?") + "&".join(query)
    posts = call.posts and not call.get
    method = call.method or ("HEAD" if call.head else "POST" if posts else "GET")
    if "://" not in url and not url.startswith("/"):
        url = f"http://{url}"
    host = next((value for name, value in call.headers if name.lower() == "host"), None)
    made = request_of(method, url, (), b"", version=call.version)
    stated = {name.lower() for name, _ in call.headers} | call.removed
    first = (
        []
        if "host" in call.removed
        else [("Host", made.headers[0][1].decode("latin-1") if host is None else host)]
    )
    own = [(name, value) for name, value in call.own.items() if name.lower() not in stated]
    defaults = [("Accept", "application/json" if call.json else "*/*")]
    if posts:
        form = "application/json" if call.json else "application/x-www-form-urlencoded"
        defaults.append(("Content-Type", form))
    own += [pair for pair in defaults if pair[0].lower() not in stated]
    kept = [pair for pair in call.headers if not first or pair[0].lower() != "host"]
    headers: HeaderPairs = tuple(
        (name.encode("latin-1"), value.encode("latin-1")) for name, value in (*first, *own, *kept)
    )
    scheme_and_host = url.partition("#")[0]
    if "host" in call.removed and not any(name.lower() == "host" for name, _ in kept):
        scheme_and_host = made.target.decode("ascii")
    request = request_of(method, scheme_and_host, headers, body, version=call.version)
    if call.target:
        target = call.target.encode("latin-1")
        if any(byte <= 0x20 or byte == 0x7F for byte in target):
            raise EntryError("Its request target is none.")
        line = b" ".join((method.encode("ascii"), target, call.version.encode("ascii")))
        request = replace(request, line=line, raw_head=joined(line, request.headers))
    return replace(request, scheme=made.scheme)
