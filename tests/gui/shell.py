"""What the tests of the window share: a request by socket, and patience."""

from __future__ import annotations

import http.client
import json
from urllib.parse import urlsplit

PATIENCE_MS = 60_000


def post(
    url: str, body: object = None, path: str = "/webhooks/nudj", headers: dict[str, str] | None = None
) -> int:
    """Sends one webhook and returns the status of the reply."""
    return post_all(url, [body], path, headers)[0]


def post_all(
    url: str,
    bodies: list[object],
    path: str = "/webhooks/nudj",
    headers: dict[str, str] | None = None,
) -> list[int]:
    """Sends webhooks over one connection."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    statuses = []
    for body in bodies:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        connection.request("POST", path, data, {"Content-Type": "application/json"} | (headers or {}))
        response = connection.getresponse()
        response.read()
        statuses.append(response.status)
    connection.close()
    return statuses


def event(number: int, event_type: str = "challenge.completed") -> dict[str, object]:
    """The body of a Nudj event."""
    return {
        "id": f"evt_{number}",
        "type": event_type,
        "timestamp": "2024-01-15T10:30:00Z",
        "data": {"n": number},
    }
