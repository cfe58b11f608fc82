"""The secrets of a target: put on what is sent, and taken out of what is kept."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import quote

from inspector.core.delivery import Delivery
from inspector.core.headers import HeaderPairs
from inspector.core.outgoing import MASK, Outgoing
from inspector.core.problem import Problem, ProblemError
from inspector.core.target import Target
from inspector.engine.secrets import Secrets

SHORTEST = 4
"""Bytes of a secret that is looked for in responses; shorter ones would hit at random."""


@dataclass(frozen=True, slots=True, repr=False)
class Dress:
    """What a target's secrets add to a request, and what must not be kept. Never shown: no repr."""

    headers: HeaderPairs = ()
    proxy_login: str = ""
    hidden: tuple[bytes, ...] = ()
    """All spellings that are masked, longest first."""

    def put_on(self, outgoing: Outgoing) -> Outgoing:
        """The request with the secret headers; one of the same name gives way, in its place."""
        if not self.headers:
            return outgoing
        return replace(outgoing, headers=with_headers(outgoing.headers, self.headers))


def dress_of(target: Target, secrets: Secrets) -> Dress:
    """Looks the secrets up; may take time. Raises ProblemError `target-secret` where one is missing."""
    if not target.secret_headers and not target.proxy_secret:
        return Dress()
    headers = tuple(
        (header.encode("latin-1"), _get(secrets, name, target)) for header, name in target.secret_headers
    )
    login = _get(secrets, target.proxy_secret, target) if target.proxy_secret else b""
    spellings: set[bytes] = set()
    for value in [value for _, value in headers] + [login]:
        spellings.update(_spellings(value))
    hidden = tuple(sorted(spellings, key=lambda each: (-len(each), each)))
    return Dress(headers, login.decode("utf-8", "surrogateescape"), hidden)


def with_headers(headers: HeaderPairs, wanted: HeaderPairs) -> HeaderPairs:
    """The field lines with the wanted ones in the place of those of the same name, else at the end."""
    found = list(headers)
    for name, value in wanted:
        places = [at for at, (key, _) in enumerate(found) if key.lower() == name.lower()]
        if places:
            found[places[0]] = (name, value)
            found = [pair for at, pair in enumerate(found) if at not in places[1:]]
        else:
            found.append((name, value))
    return tuple(found)


def masked(delivery: Delivery, dress: Dress) -> Delivery:
    """The delivery as it may be kept: the target's secrets are masked, also where they came back."""
    if not dress.hidden:
        return delivery
    secret_names = {name.lower() for name, _ in dress.headers}
    outgoing = replace(
        delivery.outgoing,
        headers=tuple(
            (name, MASK if name.lower() in secret_names else value)
            for name, value in delivery.outgoing.headers
        ),
    )
    response, failure = delivery.response, delivery.failure
    if response is not None:
        response = replace(
            response,
            headers=_masked_headers(response.headers, dress.hidden),
            body=_masked(response.body, dress.hidden),
        )
    if failure is not None:
        failure = replace(failure, detail=_masked_text(failure.detail, dress.hidden))
    redirects = tuple(
        replace(
            hop, url=_masked_text(hop.url, dress.hidden), location=_masked_text(hop.location, dress.hidden)
        )
        for hop in delivery.redirects
    )
    return replace(delivery, outgoing=outgoing, response=response, failure=failure, redirects=redirects)


def _masked_headers(headers: HeaderPairs, hidden: Iterable[bytes]) -> HeaderPairs:
    return tuple((name, _masked(value, hidden)) for name, value in headers)


def _masked_text(text: str, hidden: Iterable[bytes]) -> str:
    return _masked(text.encode("utf-8", "surrogateescape"), hidden).decode("utf-8", "surrogateescape")


def _masked(data: bytes, hidden: Iterable[bytes]) -> bytes:
    for each in hidden:
        if each in data:
            data = data.replace(each, MASK)
    return data


def _spellings(secret: bytes) -> set[bytes]:
    """The secret, the part behind a scheme (`Bearer …`), and both as JSON and URLs write them."""
    parts = {secret, secret.partition(b" ")[2]}
    found = set()
    for part in parts:
        if len(part) >= SHORTEST:
            text = part.decode("utf-8", "surrogateescape")
            found |= {part, json.dumps(text)[1:-1].encode(), quote(part, safe="").encode()}
    return found


def _get(secrets: Secrets, name: str, target: Target) -> bytes:
    value = secrets.get(name)
    if value is None:
        raise ProblemError(
            Problem(
                "target-secret",
                f"The target {target.name or target.url} needs the secret {name!r}, which nobody knows.",
                "Nothing was sent.",
                f"Keep it: webhook-inspector secrets set {name}",
            )
        )
    return value.strip().encode("utf-8", "surrogateescape")
