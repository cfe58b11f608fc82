"""Samples: Nudj events that the program posts to its own listener, to show what happens when one comes."""

from __future__ import annotations

import http.client
import json
import secrets
import shlex
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

PATH = "/webhooks/nudj"
TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Sample:
    """An event type with what stands in `data`."""

    event_type: str
    data: dict[str, object]


SAMPLES = (
    Sample(
        "challenge.completed",
        {
            "challengeId": "chal_abcdef",
            "userId": "user_123456",
            "completedAt": "2024-01-15T10:29:45Z",
            "score": 85,
            "timeToComplete": 120,
            "actionsCompleted": 5,
        },
    ),
    Sample("reward.earned", {"rewardId": "rew_778899", "userId": "user_123456", "points": 250, "level": 4}),
    Sample("user.registered", {"userId": "user_654321", "referredBy": None, "locale": "en-GB"}),
)


def sample_body(event_type: str) -> bytes:
    """A new event of this type, with its own id and the time of now."""
    sample = next(each for each in SAMPLES if each.event_type == event_type)
    event = {
        "id": f"evt_{secrets.token_hex(8)}",
        "type": sample.event_type,
        "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "organizationId": "org_12345",
        "communityId": "com_67890",
        "data": sample.data,
        "metadata": {"source": "web", "version": "1.0", "retryCount": 0},
    }
    return json.dumps(event, indent=2).encode()


def send_sample(url: str, event_type: str) -> int:
    """Post a sample to the listener at `url`; returns the status. Raises OSError or HTTPException."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=TIMEOUT_S)
    try:
        headers = {"Content-Type": "application/json", "User-Agent": "webhook-inspector-sample"}
        connection.request("POST", PATH, sample_body(event_type), headers)
        response = connection.getresponse()
        response.read()
        return response.status
    finally:
        connection.close()


def curl_line(url: str) -> str:
    """A line for a shell that posts a small event."""
    body = '{"id":"evt_1","type":"challenge.completed"}'
    return f"curl {url}{PATH} -H 'Content-Type: application/json' -d {shlex.quote(body)}"
