"""Finds out whether a request is a provider's handshake, and what to answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence

from inspector.core.event import Reply, Request
from inspector.core.handshakes import kinds
from inspector.core.handshakes.asked import BODY_BYTES, Asked
from inspector.core.handshakes.keyed import discord, x_twitter, xero, zoom
from inspector.core.handshakes.kinds import Echo, Handshake
from inspector.core.handshakes.replies import as_json, as_text
from inspector.core.handshakes.sns import confirmation
from inspector.core.signatures.outcome import Key

_TELLING_LENGTHS = frozenset(len(name) for name in kinds.TELLING_HEADERS)


def answer(
    request: Request, *, scheme: str = "", keys: Sequence[Key] = (), off: Collection[str] = ()
) -> Handshake | None:
    """The handshake that the request surely is, with its reply, or None where it is an ordinary event.

    `scheme` is the id of the source's scheme, empty where none is set; `keys` are the source's, the
    current one first; `off` holds ids of kinds that are not to be answered. Costs little for a request
    that is none: the body is parsed only where it is small and holds the right word.
    """
    if _ordinary(request):
        return None
    asked = Asked(request)
    for echo in kinds.ECHOES:
        if echo.kind.id not in off:
            found = _echo(asked, echo)
            if found is not None:
                return found
    others: tuple[tuple[str, Callable[[], Handshake | None]], ...] = (
        (kinds.CLOUDEVENTS.id, lambda: _cloudevents(asked)),
        (kinds.TRELLO.id, lambda: _trello(asked, scheme)),
        (kinds.ZOOM.id, lambda: zoom(asked, keys)),
        (kinds.X_TWITTER.id, lambda: x_twitter(asked, keys)),
        (kinds.DISCORD.id, lambda: discord(asked, keys)),
        (kinds.XERO.id, lambda: xero(asked, keys)),
        (kinds.SNS.id, lambda: confirmation(asked)),
    )
    for kind, look in others:
        if kind not in off:
            found = look()
            if found is not None:
                return found
    return None


def _ordinary(request: Request) -> bool:
    """Whether a POST shows none of the signs of a handshake: almost every event, told in microseconds."""
    if not request.line.startswith(b"POST ") or b"validationToken" in request.line:
        return False
    for name, _ in request.headers:  # the length first: this runs for every event
        if len(name) in _TELLING_LENGTHS and name.lower() in kinds.TELLING_HEADERS:
            return False
    return len(request.body) > BODY_BYTES or not any(word in request.body for word in kinds.TELLING_WORDS)


def _echo(asked: Asked, echo: Echo) -> Handshake | None:
    if asked.request.method not in echo.methods or not _fits(asked, echo):
        return None
    value = asked.take(echo.take)
    if not value:
        return None
    if echo.header:
        reply = Reply(200, ((echo.header.encode(), value.encode("latin-1", "replace")),))
    elif echo.body:
        reply = as_json(echo.body % json.dumps(value))
    else:
        reply = as_text(value)
    return Handshake(echo.kind.id, reply, echo.kind.name, echo.note)


def _fits(asked: Asked, echo: Echo) -> bool:
    for name, wanted in echo.when_header:
        if asked.header(name).lower() != wanted:
            return False
    for name, allowed in echo.when_query:
        found = asked.query.get(name)
        if found is None or (allowed and found not in allowed):
            return False
    if echo.alone and len(asked.query) != 1:
        return False
    if echo.when_json and not asked.may_hold(*(value.encode() for _, value in echo.when_json)):
        return False
    return all(asked.members.get(name) == value for name, value in echo.when_json)


def _cloudevents(asked: Asked) -> Handshake | None:
    """OPTIONS with WebHook-Request-Origin (CloudEvents HTTP 1.1 Web Hooks, section 4)."""
    origin = asked.header("webhook-request-origin")
    if asked.request.method != "OPTIONS" or not origin:
        return None
    rate = asked.header("webhook-request-rate")
    fields = [(b"Allow", b"POST"), (b"WebHook-Allowed-Origin", origin.encode("latin-1"))]
    if rate:
        fields.append((b"WebHook-Allowed-Rate", rate.encode("latin-1")))
    kind = kinds.CLOUDEVENTS
    return Handshake(kind.id, Reply(200, tuple(fields)), kind.name)


def _trello(asked: Asked, scheme: str) -> Handshake | None:
    """Trello asks with HEAD before it creates a webhook; only its own source can know that."""
    if asked.request.method != "HEAD" or scheme != "trello":
        return None
    return Handshake(kinds.TRELLO.id, Reply(200), kinds.TRELLO.name)
