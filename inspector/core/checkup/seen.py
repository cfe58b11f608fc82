"""What came back for one request of a checkup, and words for it without any secret in them."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

LIMIT_S = 10.0
"""What the provider's guide allows a handler."""
EXCERPT = 160
PAGE = 8192
"""Of an error page, how many characters are looked at."""
_SHORTEST = 6
_HTML = re.compile(r"\s*<(!doctype html|html|head|body)\b", re.IGNORECASE)
_MARKUP = re.compile(r"<(head|script|style)\b.*?</\1\s*>|<[^<>]*>", re.IGNORECASE | re.DOTALL)
UNREACHED = frozenset({"dns", "refused", "unreachable", "tls", "proxy", "timeout-connect", "timeout-tls"})
"""Failures that say that no handler was there at all."""
LATE = frozenset({"timeout-send", "timeout-first-byte", "timeout-body"})


@dataclass(frozen=True, slots=True)
class Seen:
    """The answer to one request, or why there is none."""

    status: int = 0
    """0 where there was no answer."""
    reason: str = ""
    excerpt: str = ""
    """The beginning of the answer's body on one line, without secrets."""
    location: str = ""
    """Where a redirect leads."""
    failure: str = ""
    """A kind of failure of a delivery, such as `refused` or `timeout-first-byte`."""
    detail: str = ""
    took_ns: int = 0

    @property
    def accepted(self) -> bool:
        """A 2xx came."""
        return 200 <= self.status < 300

    @property
    def refused(self) -> bool:
        """401 or 403 came."""
        return self.status in (401, 403)

    @property
    def unreached(self) -> bool:
        """No connection could be made."""
        return self.failure in UNREACHED

    def words(self, limit_s: float = LIMIT_S) -> str:
        """For a report: status and time, or the failure."""
        if self.failure in LATE:
            return f"no whole answer within {limit_s:g} s"
        if self.failure:
            return self.detail.rstrip(".") or _FAILURES.get(self.failure, self.failure)
        text = f"answered {self.status} {self.reason}".rstrip() + f" in {milliseconds(self.took_ns)}"
        tells = self.excerpt and self.excerpt.lower() != self.reason.lower()
        return f"{text}: {self.excerpt}" if tells and not self.accepted else text


_FAILURES = {
    "dns": "the name of the host is not known",
    "refused": "the connection was refused",
    "unreachable": "the host cannot be reached",
    "tls": "TLS failed",
    "proxy": "the proxy failed",
    "timeout-connect": "no connection in time",
    "timeout-tls": "no TLS in time",
    "reset": "the connection was closed without an answer",
    "protocol": "the answer is not HTTP",
    "cancelled": "cancelled",
}


def milliseconds(duration_ns: int) -> str:
    """A duration for people."""
    amount = duration_ns / 1e6
    return (
        f"{amount / 1000:.1f} s"
        if amount >= 1000
        else f"{amount:.0f} ms"
        if amount >= 10
        else f"{amount:.1f} ms"
    )


class Redactor:
    """Takes secrets out of a text that came from elsewhere, in the forms in which they may be written."""

    def __init__(self, secrets: Iterable[bytes]) -> None:
        forms: set[str] = set()
        self._too_short = False
        for secret in secrets:
            forms |= _forms(secret)
            self._too_short = self._too_short or 0 < len(secret) < _SHORTEST
        self._forms = re.compile("|".join(map(re.escape, sorted(forms, key=lambda each: (-len(each), each)))))
        self._any = bool(forms)

    def __call__(self, text: str) -> str:
        """The text with [secret] for each; nothing of it where a secret is too short to be found safely."""
        if self._too_short:
            return ""
        return self._forms.sub("[secret]", text) if self._any else text

    def excerpt(self, body: bytes) -> str:
        """The beginning of a body on one line; cut only after the secrets are out."""
        text = self(body.decode("utf-8", "replace"))
        if _HTML.match(text):  # an error page: its words alone
            text = self(html.unescape(_MARKUP.sub(" ", text[:PAGE])))
        text = " ".join(text.split())
        return text if len(text) <= EXCERPT else text[: EXCERPT - 1] + "…"


def _forms(secret: bytes) -> set[str]:
    text = secret.decode("utf-8", "replace").strip()
    found = {text, text.rpartition("_")[2]}
    for piece in tuple(found):
        raw = piece.encode("utf-8", "replace")
        found |= {raw.hex(), raw.hex().upper(), base64.b64encode(raw).decode(), quote(piece, safe="")}
        found |= {json.dumps(piece)[1:-1], json.dumps(piece, ensure_ascii=False)[1:-1], html.escape(piece)}
        try:
            decoded = base64.b64decode(piece, validate=True)
        except ValueError:
            continue
        found |= {decoded.hex(), decoded.decode("latin-1"), decoded.decode("utf-8", "replace")}
    return {form for form in found if len(form) >= _SHORTEST}


def shown_url(url: str) -> str:
    """The URL for a report: without a login, and without the values of its query, which may be secrets."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path or '/'}" + ("?…" if parts.query else "")
