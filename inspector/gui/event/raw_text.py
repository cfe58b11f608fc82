"""A request's bytes as text: with what is invisible or not ASCII written out, or as it reads."""

from __future__ import annotations

import re

from inspector.core.body import visible
from inspector.core.event import Request

_NOT_ASCII = re.compile(rb"[^\x0a\x20-\x7e]*\x0a|[^\x0a\x20-\x7e]{1,16}")
_NAMES = {0x0A: "lf", 0x0D: "cr", 0x09: "tab"}


def raw_bytes(request: Request) -> bytes:
    """The exact request: the head as it came, and the body (chunks joined)."""
    return head_bytes(request) + request.body


def head_bytes(request: Request) -> bytes:
    """The head as it came; built from its parts where it was not kept."""
    if request.raw_head:
        return request.raw_head
    lines = [request.line, *(name + b": " + value for name, value in request.headers)]
    return b"\r\n".join(lines) + b"\r\n\r\n"


def readable(data: bytes) -> str:
    """UTF-8 with what does not fit as `\\xNN`; control and direction characters are shown, line ends work."""
    return visible.text(data.decode("utf-8", "backslashreplace"))


def spelled(data: bytes) -> str:
    """Every byte can be told: `⟨cr lf⟩` at line ends, `⟨tab⟩`, other bytes outside ASCII as `⟨c3 ab⟩`."""
    return _NOT_ASCII.sub(_spelled, data).decode("utf-8")


def _spelled(match: re.Match[bytes]) -> bytes:
    run = match.group()
    sign = "⟨" + " ".join(_NAMES.get(byte, f"{byte:02x}") for byte in run) + "⟩"
    return (sign + "\n" if run.endswith(b"\n") else sign).encode()
