"""A request as a handshake is looked for in it: parameters and JSON members, read only where needed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import parse_qsl

from inspector.core import headers
from inspector.core.event import Request

BODY_BYTES = 64 * 1024
"""No provider's question is larger; a larger body is not parsed for one."""
_PARAMETERS = 50


@dataclass(frozen=True)
class Asked:
    """The request with what is derived from it on first use."""

    request: Request

    @cached_property
    def query(self) -> dict[str, str]:
        """The parameters of the query, decoded; the first of equal names."""
        text = self.request.target.partition(b"?")[2].decode("latin-1")
        if not text:
            return {}
        try:
            pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_PARAMETERS)
        except ValueError:
            return {}
        return dict(reversed(pairs))

    @cached_property
    def members(self) -> dict[str, object]:
        """The members of a body that is a JSON object; empty where it is none or too large."""
        body = self.request.body
        if len(body) > BODY_BYTES or not body.lstrip(b" \t\r\n").startswith(b"{"):
            return {}
        try:
            found = json.loads(body)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    def header(self, name: str) -> str:
        """The field's value, or empty."""
        return headers.text(self.request.headers, name)

    def may_hold(self, *words: bytes) -> bool:
        """Whether a small body holds one of the words: asked before it is parsed."""
        body = self.request.body
        return len(body) <= BODY_BYTES and any(word in body for word in words)

    def take(self, place: str) -> str:
        """The text at `query:NAME`, `header:NAME` or `json:NAME`, or empty."""
        kind, _, name = place.partition(":")
        if kind == "header":
            return self.header(name)
        found = self.query.get(name) if kind == "query" else self.members.get(name)
        return found if isinstance(found, str) else ""
