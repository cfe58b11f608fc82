"""Requests for the REST clients of JetBrains and VS Code: one .http file, odd bodies in files beside it.

Both clients replace `{{name}}`, read `###`, `<` and `>` at the start of a line, and treat line ends and
outer white space each in their own way. What could meet one of these goes into a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from inspector.core.event import Event, Request
from inspector.core.exporters.format import Chunk, ExportOptions
from inspector.core.exporters.names import described, stem
from inspector.core.headers import HeaderPairs

FILE = "events.http"
MADE_BY_THE_CLIENT = frozenset(
    (b"host", b"content-length", b"transfer-encoding", b"connection", b"keep-alive", b"expect")
)
_PLAIN_TARGET = re.compile(rb"/[!-~]*")


class HttpFile:
    """One file with all requests, ready to be sent from an editor."""

    id = "http"
    name = "HTTP client file"
    describe = "Requests that JetBrains' and VS Code's HTTP clients send from the editor."
    lossless = (
        "Method, target, headers and every byte of the body; Host, framing, and order and case of headers "
        "are up to the client. Headers that hold no text are left out, and named in a comment."
    )
    folder = True

    def export(self, events: Iterable[Event], options: ExportOptions) -> Iterator[Chunk]:
        """The file, and beside it the bodies that it cannot hold."""
        yield FILE, f"@base = {options.url}\n".encode()
        for event in events:
            body = event.request.body
            inline = _inline(body)
            beside = f"bodies/{stem(event)}.body"
            lines = [b"", f"### {described(event)}".encode(), *_head(event.request)]
            if body:
                lines += [b"", body if inline else f"< ./{beside}".encode()]
            yield FILE, b"\n".join([*lines, b""])
            if not inline:
                yield beside, body


def _head(request: Request) -> Iterator[bytes]:
    headers, left_out = _headers(request.headers)
    if left_out:
        yield b"# left out, no text: " + b", ".join(left_out)
    yield f"{request.method} {{{{base}}}}{_target(request.target)}".encode()
    yield from (name + b": " + value for name, value in headers)


def _headers(headers: HeaderPairs) -> tuple[list[tuple[bytes, bytes]], list[bytes]]:
    kept, left_out = [], []
    for name, value in headers:
        if name.lower() in MADE_BY_THE_CLIENT:
            continue
        if b"{{" in value or not all(0x20 <= byte < 0x7F for byte in value):
            left_out.append(name)
        else:
            kept.append((name, value))
    return kept, left_out


def _target(target: bytes) -> str:
    """The target for the end of a URL; what a URL cannot hold is percent-encoded."""
    if not target.startswith(b"/"):
        return "/"
    if _PLAIN_TARGET.fullmatch(target) and b"{{" not in target and b"#" not in target:
        return target.decode("ascii")
    return "".join(
        chr(byte) if 0x20 < byte < 0x7F and byte not in b"{}#" else f"%{byte:02X}" for byte in target
    )


def _inline(body: bytes) -> bool:
    """Whether the body can stand in the file: one line of text that means nothing to a client."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return (
        text.isprintable()
        and text == text.strip()
        and "{{" not in text
        and not text.startswith(("#", "<", ">", "//", "@"))
        and not re.match(r"[A-Z]+ ", text)
    )
