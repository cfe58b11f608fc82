"""Replies with values of the event in them: `{{json:$.challenge}}`, `{{header:X-Id}}`, `{{query:mode}}`.

Braces stand double, so that a reply of JSON can be written as it is. What an event does not have is empty.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, quote

from inspector.core.event import Reading, Reply, Request
from inspector.core.headers import text as header_text
from inspector.core.headers import values
from inspector.core.json_edit import JsonEditError, parse_path, value_at

FIELDS = {
    "json:PATH": "a value of the JSON body by its path; a string without its quotes",
    "header:NAME": "the value of a header",
    "query:NAME": "the first value of that name in the query, decoded",
    "method": "the method",
    "path": "the path, as it came",
    "body": "the whole body",
    "id": "the event's id, as its provider gave it",
    "type": "the event's type",
    "number": "the number that the event is kept under",
    "attempt": "1 for the first event of this id, 2 for its first retry, and so on",
}
FILTERS = {
    "json": "written as JSON, a text with its quotes",
    "url": "percent-encoded",
    "base64": "in Base64",
}
READ_BYTES = 1024 * 1024
"""Values are read from JSON bodies up to this size: a challenge is small, and others wait meanwhile."""
_FIELD = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_NO_SNIFF = (b"X-Content-Type-Options", b"nosniff")
_TEXT = (b"Content-Type", b"text/plain; charset=utf-8")


class TemplateError(ValueError):
    """A template that cannot be read; the text is a sentence that names the place."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a reply can speak of: the request, what was read from it, and its place among its retries."""

    request: Request
    reading: Reading
    number: int = 0
    """Of the event in its database."""
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    argument: str
    filter: str


def check(text: str) -> None:
    """Raises TemplateError where the text is no template."""
    _parts(text)


def filled(text: str, kept: Kept) -> bytes:
    """The text with the values of the event; UTF-8, and bytes of the event as they came.

    Raises TemplateError.
    """
    return b"".join(part if isinstance(part, bytes) else _value(part, kept) for part in _parts(text))


def filled_reply(reply: Reply, kept: Kept) -> Reply:
    """The reply with its body and the values of its headers filled in.

    An echo of a stranger's text is kept from being more than text in a browser. Raises TemplateError.
    """
    headers = tuple((name, filled(value.decode("latin-1"), kept)) for name, value in reply.headers)
    body = filled(reply.body.decode("utf-8", "surrogateescape"), kept)
    if body and not values(headers, b"content-type"):
        headers = (_TEXT, *headers)
    if not values(headers, _NO_SNIFF[0]):
        headers = (*headers, _NO_SNIFF)
    return Reply(reply.status, headers, body)


@lru_cache(64)
def _parts(text: str) -> tuple[bytes | _Field, ...]:
    parts: list[bytes | _Field] = []
    end = 0
    for found in _FIELD.finditer(text):
        parts += [_literal(text[end : found.start()]), _field(found.group(1).strip())]
        end = found.end()
    rest = text[end:]
    if "{{" in rest:
        raise TemplateError(f"{rest[rest.index('{{') :][:40]!r} is not closed by }}}}.")
    return (*parts, _literal(rest))


def _literal(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _field(text: str) -> _Field:
    rest, bar, filter_name = text.rpartition("|")
    if not bar or filter_name.strip() not in FILTERS:
        rest, filter_name = text, ""
    name, colon, argument = rest.strip().partition(":")
    argument = argument.strip()
    if name + (":PATH" if name == "json" else ":NAME" if colon else "") not in FIELDS or (
        colon and not argument
    ):
        raise TemplateError(f"{{{{{text}}}}} is no field; there are {', '.join(FIELDS)}.")
    if name == "json":
        try:
            parse_path(argument)
        except JsonEditError as error:
            raise TemplateError(str(error)) from error
    return _Field(name, argument, filter_name.strip())


def _value(field: _Field, kept: Kept) -> bytes:
    if field.name == "json":
        body = kept.request.body
        lexeme = value_at(body, parse_path(field.argument)) if len(body) <= READ_BYTES else None
        if lexeme is None or field.filter == "json":
            return b"null" if lexeme is None and field.filter == "json" else lexeme or b""
        raw = _unquoted(lexeme)
    else:
        raw = _PLAIN[field.name](kept, field.argument)
    return _filtered(raw, field.filter)


def _unquoted(lexeme: bytes) -> bytes:
    """The text of a JSON string; any other value as it stands."""
    if not lexeme.startswith(b'"'):
        return lexeme
    try:
        return str(json.loads(lexeme.decode("utf-8"), strict=False)).encode("utf-8", "replace")
    except ValueError:  # bytes that are no UTF-8 stay as they came
        return lexeme[1:-1]


def _filtered(raw: bytes, name: str) -> bytes:
    if name == "json":
        return json.dumps(raw.decode("utf-8", "replace"), ensure_ascii=False).encode()
    if name == "url":
        return quote(raw, safe="").encode()
    if name == "base64":
        return base64.b64encode(raw)
    return raw


def _query(kept: Kept, name: str) -> bytes:
    query = kept.request.target.partition(b"?")[2].decode("latin-1")
    pairs = parse_qsl(query, keep_blank_values=True, encoding="utf-8", errors="replace")
    return next((value.encode("utf-8", "replace") for key, value in pairs if key == name), b"")


_PLAIN: dict[str, Callable[[Kept, str], bytes]] = {
    "header": lambda kept, name: header_text(kept.request.headers, name).encode("latin-1"),
    "query": _query,
    "method": lambda kept, _: kept.request.method.encode("latin-1"),
    "path": lambda kept, _: kept.request.path.encode("latin-1"),
    "body": lambda kept, _: kept.request.body,
    "id": lambda kept, _: kept.reading.event_id.encode("utf-8", "replace"),
    "type": lambda kept, _: kept.reading.event_type.encode("utf-8", "replace"),
    "number": lambda kept, _: b"%d" % kept.number,
    "attempt": lambda kept, _: b"%d" % kept.attempt,
}
