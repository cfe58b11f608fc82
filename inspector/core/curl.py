"""A request as a command for a POSIX shell that sends it again, byte for byte.

curl adds headers of its own and moves Host to the front; the command undoes both. What a single-quoted
word cannot carry safely through a terminal goes through `printf` with octal numbers, or `base64`.
Sources: curl(1), POSIX.1-2017 sections 2.2.2 (single quotes) and printf.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from inspector.core import headers
from inspector.core.event import Request
from inspector.core.headers import HeaderPairs

MAX_WORD_BYTES = 64 << 10
"""Linux takes no word above 128 KiB; longer bodies go through a pipe."""
MAX_PRINTF_BYTES = 2048
"""Up to this size a binary body is written with octal numbers, above it in base64."""

_OWN_HEADERS = (b"Host", b"User-Agent", b"Accept")
_PLAIN_TARGET = re.compile(rb"/[A-Za-z0-9/._~?&=,:;@!$*+-]*")
_SAFE_WORD = re.compile(r"[A-Za-z0-9@%+=:,./_-]+")
_NEXT = " \\\n  "


def curl_command(request: Request, url: str) -> str:
    """The command that sends the request to `url`.

    `url` gives scheme, host and port; its path counts only where it has one, else the request's own
    target is used as it stands. A Content-Length that does not fit the body (of one that came
    incomplete) is corrected. The text holds UTF-8 only where the body itself is UTF-8 text.
    """
    body = request.body
    feed, data = _body(body)
    words = ["curl", *_protocol(request, url), *_method(request), *_address(request, url)]
    words += [f"--header {_quoted(line)}" for line in _header_lines(request)]
    if body:
        words.append(data)
    return feed.replace("\0", _NEXT.join(words)) if feed else _NEXT.join(words)


def _protocol(request: Request, url: str) -> Iterator[str]:
    if request.line.endswith(b" HTTP/1.0"):
        yield "--http1.0"
    elif url.lower().startswith("https:"):
        yield "--http1.1"


def _method(request: Request) -> Iterator[str]:
    if request.method == "HEAD" and not request.body:
        yield "--head"
    elif request.method != "GET" or request.body:
        yield f"--request {_quoted(request.method.encode('latin-1'))}"


def _address(request: Request, url: str) -> Iterator[str]:
    parts = urlsplit(url)
    if parts.path not in ("", "/") or parts.query:
        yield f"--globoff {_quoted(url.encode())}"
        return
    base = f"{parts.scheme}://{parts.netloc}"
    if _PLAIN_TARGET.fullmatch(request.target):
        yield f"--path-as-is --globoff {_quoted(base.encode() + request.target)}"
    else:
        yield f"--request-target {_quoted(request.target)}"
        yield _quoted(f"{base}/".encode())


def _header_lines(request: Request) -> Iterator[bytes]:
    """Arguments of --header: `Name:` removes one of curl's own, `Name;` sends one without a value."""
    sent = _with_true_length(request)
    present = {name.lower() for name, _ in sent}
    hosts = [name for name, _ in sent if name.lower() == b"host"]
    if hosts and (hosts != [b"Host"] or sent[0][0] != b"Host"):
        # Without its own Host, curl sends ours where and how it stands.
        yield b"Host:"
    for name in _OWN_HEADERS:
        if name.lower() not in present:
            yield name + b":"
    if request.body and b"content-type" not in present:
        yield b"Content-Type:"
    if len(request.body) > 1024 and b"expect" not in present:
        yield b"Expect:"
    for name, value in sent:
        yield name + b": " + value if value else name + b";"


def _with_true_length(request: Request) -> HeaderPairs:
    length = str(len(request.body)).encode()
    chunked = b"chunked" in (headers.value(request.headers, b"transfer-encoding") or b"").lower()
    if chunked:
        return tuple(pair for pair in request.headers if pair[0].lower() != b"content-length")
    return tuple(
        (name, length if name.lower() == b"content-length" else value) for name, value in request.headers
    )


def _body(body: bytes) -> tuple[str, str]:
    """What stands around the command (`\\0` for the command itself), and the option that takes the body."""
    if len(body) <= MAX_WORD_BYTES and (text := _as_text(body)) is not None:
        return "", f"--data-raw {_single(text)}"
    if len(body) <= MAX_PRINTF_BYTES:
        return f"printf '{_octal(body)}' |\n\0", "--data-binary @-"
    lines = base64.encodebytes(body).decode("ascii")
    return f"base64 --decode <<'BODY' |\n{lines}BODY\n\0", "--data-binary @-"


def _as_text(body: bytes) -> str | None:
    """The body as text that survives being pasted into a terminal: printable characters and line feeds."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if text.replace("\n", "").isprintable() else None


def _quoted(word: bytes) -> str:
    """The bytes as one word of the shell."""
    if all(0x20 <= byte < 0x7F for byte in word):
        text = word.decode("ascii")
        return text if _SAFE_WORD.fullmatch(text) else _single(text)
    return f"\"$(printf '{_octal(word)}')\""


def _single(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _octal(data: bytes) -> str:
    """The bytes as a format of printf: letters and digits stand for themselves."""
    return "".join(
        chr(byte) if 0x20 <= byte < 0x7F and byte not in b"'\\%" else f"\\{byte:03o}" for byte in data
    )
