"""What a sender is answered that waits for the handler: its response, or 502 or 504 with the reason."""

from __future__ import annotations

from inspector.core.delivery import FAILURE_WORDS, Delivery, Failure
from inspector.core.event import Reply
from inspector.core.headers import HeaderPairs, values

_HOP = frozenset(
    (b"connection", b"keep-alive", b"te", b"trailer", b"transfer-encoding", b"upgrade", b"proxy-connection",
     b"proxy-authenticate", b"proxy-authentication-info")
)  # fmt: skip
_TEXT = ((b"Content-Type", b"text/plain; charset=utf-8"),)


def passed_on(delivery: Delivery) -> Reply:
    """The handler's status, headers and body without the fields of one hop (RFC 9110 section 7.6.1).

    502 where the handler is down or its response is no whole one, 504 where it is too slow
    (RFC 9110 sections 15.6.3 and 15.6.5), so that the sender tries again.
    """
    response = delivery.response
    if delivery.failure is not None:
        return unavailable(_words(delivery.failure), slow=delivery.failure.kind.startswith("timeout"))
    if response is None or response.truncated:
        return unavailable("The handler's response is longer than what is passed on.")
    return Reply(response.status, _end_to_end(response.headers), response.body)


def unavailable(reason: str, *, slow: bool = False) -> Reply:
    """502, or 504 for a slow one; `reason` is a sentence."""
    return Reply(504 if slow else 502, _TEXT, f"{reason} The event is kept.\n".encode())


def _words(failure: Failure) -> str:
    words = f"No response from the handler: {FAILURE_WORDS[failure.kind]}."
    return f"{words} {failure.detail}".rstrip() if failure.detail else words


def _end_to_end(headers: HeaderPairs) -> HeaderPairs:
    named = {
        member.strip(b" \t").lower()
        for listed in values(headers, b"connection")
        for member in listed.split(b",")
    }
    gone = _HOP | named
    return tuple(pair for pair in headers if pair[0].lower() not in gone)
