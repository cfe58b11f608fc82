"""Requests that others recorded, as JSON: webhook.site, ngrok's inspection API, Hookdeck's samples.

Sources: the pages “API Endpoints: Requests” of webhook.site and “ngrok Agent API” of ngrok; Hookdeck's
samples are objects with `headers` and `body`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TypeAlias

from inspector.core.importers.entry import (
    BadEntry,
    EntryError,
    Found,
    ImportOptions,
    Stream,
    Taken,
    UnreadableError,
    plain_text,
    request_of,
    taken,
    whole,
)
from inspector.core.importers.json_elements import BrokenOffError, elements
from inspector.core.importers.json_values import (
    Object,
    base64_of,
    decoded,
    moment_of,
    object_of,
    pairs_of,
    text_of,
)
from inspector.core.importers.raw_http import raw_request
from inspector.core.raw_file import RawFileError

FRAMING = (b"content-length", b"transfer-encoding")
Maker: TypeAlias = Callable[[Object, str, ImportOptions], Taken]


class WebhookSite:
    """The requests of webhook.site; e-mails and DNS look-ups are bad entries."""

    id = "webhook-site"
    name = "webhook.site JSON"

    def read(self, stream: Stream, options: ImportOptions) -> Iterator[Found]:
        """The requests in the order of the list."""
        return _listed(stream, (("data",), ()), _of_webhook_site, options)


class Ngrok:
    """The requests of `/api/requests/http` of an ngrok agent."""

    id = "ngrok"
    name = "ngrok inspection API"

    def read(self, stream: Stream, options: ImportOptions) -> Iterator[Found]:
        """The requests in the order of the list."""
        return _listed(stream, (("requests",),), _of_ngrok, options)


class Hookdeck:
    """One sample: an object with headers and a body; or a list of them."""

    id = "hookdeck"
    name = "Hookdeck sample"

    def read(self, stream: Stream, options: ImportOptions) -> Iterator[Found]:
        """The samples in the order of the file."""
        try:
            document = decoded(plain_text(whole(stream)))
        except EntryError as error:
            raise UnreadableError(str(error)) from None
        samples = document if isinstance(document, list) else [document]
        for number, sample in enumerate(samples, 1):
            where = f"entry {number}"
            try:
                yield _of_hookdeck(object_of(sample, "sample"), where, options)
            except EntryError as error:
                yield BadEntry(where, str(error))


def _listed(
    stream: Stream, paths: tuple[tuple[str, ...], ...], make: Maker, options: ImportOptions
) -> Iterator[Found]:
    number = 0
    try:
        for number, element in enumerate(elements(stream, paths), 1):
            where = f"entry {number}"
            try:
                yield make(object_of(decoded(element), "request"), where, options)
            except EntryError as error:
                yield BadEntry(where, str(error))
    except BrokenOffError:
        yield BadEntry(f"after entry {number}", "The file ends in the middle of its list.")


def _of_webhook_site(found: Object, where: str, options: ImportOptions) -> Taken:
    kind = text_of(found, "type", "web")
    if kind != "web":
        raise EntryError(f"It is no web request, but of the type {kind[:20]!r}.")
    body = text_of(found, "content").encode("utf-8", "surrogatepass")
    headers = pairs_of(found.get("headers"))
    request = request_of(
        text_of(found, "method"), text_of(found, "url"), headers, body, remote=text_of(found, "ip")
    )
    at_ns = moment_of(found.get("created_at"))
    return taken(request, options.now_ns if at_ns is None else at_ns, where, note=text_of(found, "note"))


def _of_ngrok(found: Object, where: str, options: ImportOptions) -> Taken:
    raw = base64_of(text_of(object_of(found.get("request"), "request"), "raw"))
    if not raw:
        raise EntryError("Its request has no “raw”.")
    try:
        request = raw_request(raw)
    except RawFileError as error:
        raise EntryError(f"Its raw request cannot be read: {error}.") from None
    at_ns = moment_of(found.get("start"))
    return taken(request, options.now_ns if at_ns is None else at_ns, where)


def _of_hookdeck(found: Object, where: str, options: ImportOptions) -> Taken:
    if "body" not in found:
        raise EntryError("There is no “body”.")
    headers = pairs_of(found.get("headers"))
    content = found["body"]
    if isinstance(content, str):
        body = content.encode("utf-8", "surrogatepass")
    else:
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    headers = tuple(pair for pair in headers if pair[0].lower() not in FRAMING)
    url = text_of(found, "url") or text_of(found, "path") or options.target
    return taken(request_of(text_of(found, "method", "POST"), url, headers, body), options.now_ns, where)
