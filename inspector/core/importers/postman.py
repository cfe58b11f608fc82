"""Postman collections: the requests in their folders, as Postman would send them without its own headers.

Source: the schema of collections v2.0 and v2.1 (schema.getpostman.com).
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote_plus

from inspector.core.event import Request
from inspector.core.headers import HeaderPairs, value
from inspector.core.importers.entry import (
    BadEntry,
    EntryError,
    Found,
    ImportOptions,
    Stream,
    UnreadableError,
    encoded,
    plain_text,
    request_of,
    taken,
    whole,
)
from inspector.core.importers.http_file import filled
from inspector.core.importers.json_values import Object, decoded, list_of, object_of, pairs_of, text_of

LANGUAGES = {
    "json": "application/json",
    "xml": "application/xml",
    "html": "text/html",
    "javascript": "application/javascript",
    "text": "text/plain",
}
MOST_FOLDERS = 50


@dataclass(frozen=True, slots=True)
class _Item:
    request: object
    auth: object
    where: str


class Postman:
    """One event for each request of a collection."""

    id = "postman"
    name = "Postman collection"

    def read(self, stream: Stream, options: ImportOptions) -> Iterator[Found]:
        """The requests in the order of the collection."""
        try:
            document = object_of(decoded(plain_text(whole(stream))), "collection")
            collection = object_of(document.get("collection", document), "collection")
        except EntryError as error:
            raise UnreadableError(str(error)) from None
        if not isinstance(collection.get("item"), list):
            raise UnreadableError("There is no list “item” in it.")
        known = {
            text_of(each, "key"): str(each.get("value", ""))
            for each in list_of(collection, "variable")
            if isinstance(each, dict) and not each.get("disabled")
        }
        for item in _items(collection, "", None):
            try:
                yield taken(_request(item, known), options.now_ns, item.where)
            except EntryError as error:
                yield BadEntry(item.where, str(error))


def _items(folder: Object, path: str, auth: object, depth: int = 0) -> Iterator[_Item]:
    auth = folder.get("auth") or auth
    for number, each in enumerate(list_of(folder, "item"), 1):
        if not isinstance(each, dict):
            continue
        where = f"{path}{text_of(each, 'name')[:60] or f'item {number}'}"
        if "request" in each:
            yield _Item(each["request"], auth, where)
        elif depth < MOST_FOLDERS:
            yield from _items(each, f"{where} / ", auth, depth + 1)


def _request(item: _Item, known: dict[str, str]) -> Request:
    found: Object = (
        {"url": item.request} if isinstance(item.request, str) else object_of(item.request, "request")
    )
    address = found.get("url")
    url = text_of(address, "raw") if isinstance(address, dict) else address
    if not isinstance(url, str) or not url:
        raise EntryError("It has no URL.")
    url = filled(url, known)
    headers = tuple((name, encoded(filled(_text(raw), known))) for name, raw in pairs_of(found.get("header")))
    body, kind = _body(found.get("body"), known)
    if kind and value(headers, "content-type") is None:
        headers = (*headers, (b"Content-Type", kind.encode("ascii")))
    if value(headers, "authorization") is None:
        headers = (*_authorized(found.get("auth") or item.auth, known), *headers)
    return request_of(
        text_of(found, "method", "GET"), url if "://" in url else f"http://{url}", headers, body
    )


def _text(raw: bytes) -> str:
    return raw.decode("utf-8") if not raw.isascii() and _is_utf8(raw) else raw.decode("latin-1")


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _body(found: object, known: dict[str, str]) -> tuple[bytes, str]:
    """The body, and the content type that Postman gives it."""
    if not isinstance(found, dict) or found.get("disabled"):
        return b"", ""
    mode = text_of(found, "mode")
    if mode == "raw":
        options = found.get("options")
        raw = options.get("raw") if isinstance(options, dict) else None
        language = text_of(raw, "language") if isinstance(raw, dict) else ""
        text = _known(text_of(found, "raw"), known)
        return text.encode("utf-8", "surrogatepass"), LANGUAGES.get(language, "text/plain") if text else ""
    if mode == "urlencoded":
        pairs = [each for each in list_of(found, mode) if isinstance(each, dict) and not each.get("disabled")]
        parts = (
            "=".join(
                quote_plus(_known(text_of(each, key), known), errors="replace") for key in ("key", "value")
            )
            for each in pairs
        )
        return "&".join(parts).encode(), "application/x-www-form-urlencoded"
    if mode in ("", "none"):
        return b"", ""
    raise EntryError(f"Its body of the mode {mode[:20]!r} is not part of the collection, or not understood.")


def _known(text: str, known: dict[str, str]) -> str:
    """With the variables that are defined; others stay, since a body may hold braces of its own."""
    for name, content in known.items():
        text = text.replace("{{" + name + "}}", content)
    return text


def _authorized(auth: object, known: dict[str, str]) -> HeaderPairs:
    if not isinstance(auth, dict):
        return ()
    kind = text_of(auth, "type")
    if kind in ("", "noauth"):
        return ()
    details = auth.get(kind)
    if isinstance(details, list):
        details = {text_of(each, "key"): each.get("value") for each in details if isinstance(each, dict)}
    if isinstance(details, dict) and kind == "bearer":
        return ((b"Authorization", b"Bearer " + encoded(filled(text_of(details, "token"), known))),)
    if isinstance(details, dict) and kind == "basic":
        pair = ":".join(filled(text_of(details, key), known) for key in ("username", "password"))
        return ((b"Authorization", b"Basic " + base64.b64encode(pair.encode("utf-8", "replace"))),)
    raise EntryError(f"Its authorization of the type {kind[:20]!r} is not understood.")
