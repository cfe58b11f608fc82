"""Replies that echo a stranger's text without letting a browser make more of it than text."""

from __future__ import annotations

from inspector.core.event import Reply

_NO_SNIFF = (b"X-Content-Type-Options", b"nosniff")


def as_text(text: str, status: int = 200) -> Reply:
    """The text as text/plain."""
    return Reply(status, ((b"Content-Type", b"text/plain; charset=utf-8"), _NO_SNIFF), _encoded(text))


def as_json(text: str, status: int = 200) -> Reply:
    """JSON text as application/json."""
    return Reply(status, ((b"Content-Type", b"application/json"), _NO_SNIFF), _encoded(text))


def _encoded(text: str) -> bytes:
    """UTF-8; a lone surrogate from a JSON escape becomes a question mark."""
    return text.encode("utf-8", "replace")
