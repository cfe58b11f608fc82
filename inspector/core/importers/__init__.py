"""Files of other tools as events, one format a file; which one a file is, is seen by how it begins."""

from __future__ import annotations

import json
import re

from inspector.core.importers.curl_lines import CurlLines
from inspector.core.importers.entry import Importer, plain_text
from inspector.core.importers.har import Har
from inspector.core.importers.http_file import HttpFile
from inspector.core.importers.json_body import JsonBody
from inspector.core.importers.jsonl import JsonLines
from inspector.core.importers.postman import Postman
from inspector.core.importers.raw_http import RawHttp
from inspector.core.importers.recorders import Hookdeck, Ngrok, WebhookSite

FORMATS: tuple[Importer, ...] = (
    JsonLines(), Har(), CurlLines(), RawHttp(), HttpFile(), Postman(), WebhookSite(), Hookdeck(), Ngrok(),
    JsonBody(),
)  # fmt: skip
"""In the order of lists and help."""
HEAD_BYTES = 1 << 16
"""So much of a file is looked at."""

_HAR = re.compile(rb'\A\s*\{\s*"log"\s*:\s*\{')
_REQUEST_LINE = re.compile(rb"[A-Z]+ \S+(?: HTTP/\d(?:\.\d)?)?[ \t]*\r?(?:\n|\Z)")
_CURL = re.compile(rb"(?m)^[ \t]*(?:[$>%#] |PS [^\n>]*> )?(?:[^\n]*[|;&][ \t]*)?curl(?:\.exe)?[ \t\\^`]")
_HTTP_FILE = re.compile(rb"(?m)^(?:###|@[\w.-]+[ \t]*=)")


def find(name: str) -> Importer | None:
    """The format of this id."""
    return next((each for each in FORMATS if each.id == name), None)


def detect(head: bytes, name: str) -> str | None:
    """The id of the format of a file that begins with `head` and is called `name`, or None."""
    ending = name.lower().rpartition(".")[2]
    text = plain_text(head).lstrip()
    if text.startswith((b"{", b"[")):
        if b'"webhook-inspector events"' in text.partition(b"\n")[0]:
            return "jsonl"
        return _json_kind(text, whole=len(head) < HEAD_BYTES, ending=ending)
    if ending in ("http", "rest") or _HTTP_FILE.search(text):
        plain = _REQUEST_LINE.match(text) and b" /" in text.partition(b"\n")[0]
        return "raw" if plain and b"\r\n" in text and not _HTTP_FILE.search(text) else "http"
    if _REQUEST_LINE.match(text):
        return "raw" if b"HTTP/" in text.partition(b"\n")[0] else "http"
    if _CURL.search(text):
        return "curl"
    return {"har": "har", "json": "json", "jsonl": "jsonl"}.get(ending)


def _json_kind(text: bytes, *, whole: bool, ending: str) -> str:
    """Which of the formats in JSON; what has the marks of none is a body."""
    if _HAR.match(text) or ending == "har":
        return "har"
    if b'"_postman_id"' in text or b"schema.getpostman.com" in text:
        return "postman"
    if b'"requests"' in text and b'"/api/requests/http' in text:
        return "ngrok"
    if b'"token_id"' in text and b'"uuid"' in text and b'"content"' in text:
        return "webhook-site"
    return "hookdeck" if whole and _is_sample(text) else "json"


def _is_sample(text: bytes) -> bool:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return False
    sample = document[0] if isinstance(document, list) and document else document
    if not isinstance(sample, dict) or "body" not in sample:
        return False
    headers = sample.get("headers")
    return (
        isinstance(headers, dict)
        and bool(headers)
        and all(isinstance(each, str) for each in headers.values())
    )
