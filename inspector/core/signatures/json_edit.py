"""Setting one field of a JSON body without touching any other byte of it."""

from __future__ import annotations

import json

_WHITE = " \t\r\n"
_SCANNER = json.JSONDecoder()


class JsonEditError(ValueError):
    """The body is not JSON, or the path does not lead into objects and lists."""


def set_field(body: bytes, path: str, value: str | int) -> bytes:
    """The body with the value at the dotted path replaced, or added as the first field of its object."""
    try:
        text = body.decode()
        start, end, found = _locate(text, _skip(text, 0), path.split("."), json.dumps(value))
    except (ValueError, IndexError, RecursionError):
        raise JsonEditError(f"the body is not JSON with a place for {path}") from None
    return (text[:start] + found + text[end:]).encode()


def _skip(text: str, at: int) -> int:
    while text[at] in _WHITE:
        at += 1
    return at


def _locate(text: str, at: int, steps: list[str], value: str) -> tuple[int, int, str]:
    """Start, end and new text of the span to replace; `at` is where a value starts."""
    if not steps:
        return at, _SCANNER.raw_decode(text, at)[1], value
    members = _members(text, at)
    if steps[0] in members:
        return _locate(text, members[steps[0]], steps[1:], value)
    if text[at] != "{":
        raise JsonEditError("no such element")
    for step in reversed(steps[1:]):
        value = f"{{{json.dumps(step)}:{value}}}"
    comma = "," if members else ""
    return at + 1, at + 1, f"{json.dumps(steps[0])}:{value}{comma}"


def _members(text: str, at: int) -> dict[str, int]:
    """Where the values of an object or list start, by name or number."""
    found: dict[str, int] = {}
    opened = text[at]
    if opened not in "{[":
        raise JsonEditError("neither object nor list")
    at = _skip(text, at + 1)
    while text[at] not in "}]":
        name = str(len(found))
        if opened == "{":
            decoded, at = _SCANNER.raw_decode(text, at)
            name, at = str(decoded), _skip(text, _skip(text, at) + 1)
        found[name] = at
        at = _skip(text, _SCANNER.raw_decode(text, at)[1])
        if text[at] == ",":
            at = _skip(text, at + 1)
    return found
