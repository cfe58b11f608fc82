"""The scheme of a request is told by its headers, the most specific one first."""

from __future__ import annotations

import pytest

from inspector.core.signatures.bundled import bundled
from inspector.core.signatures.detect import detect
from inspector.core.signatures.sign import sign, with_header
from tests.unit.core.signatures.material import NOW_S, keys_for, request, request_for

ALIKE = {
    "openai": "standard-webhooks",
    "liveblocks": "standard-webhooks",
    "polar": "standard-webhooks",
    "gitlab-signing": "standard-webhooks",
    "github": "meta",
    "github-sha1": None,
    "bitbucket": None,
    "jira": None,
    "intercom": None,
    "lemonsqueezy": None,
}
"""Schemes that cannot be told from the signature header alone; what is found instead."""
TELLING = {
    "openai": ("user-agent", "OpenAI Webhooks/1.0"),
    "liveblocks": ("user-agent", "Liveblocks/1"),
    "polar": ("user-agent", "polar.sh webhooks"),
    "gitlab-signing": ("x-gitlab-event", "Push Hook"),
    "github": ("x-github-event", "push"),
    "github-sha1": ("x-github-event", "push"),
    "bitbucket": ("x-event-key", "repo:push"),
    "jira": ("x-atlassian-webhook-identifier", "1"),
    "intercom": ("user-agent", "intercom-webhooks"),
    "lemonsqueezy": ("x-event-name", "order_created"),
    "aws-sns": ("x-amz-sns-message-type", "Notification"),
}


@pytest.mark.parametrize("name", sorted(bundled().records))
def test_each_scheme_is_found_by_its_own_request(name):
    scheme = bundled()[name]
    key, keys = keys_for(scheme)
    fresh = sign(
        scheme, request_for(scheme, b"{}"), key, now_s=NOW_S, second=keys[-1] if scheme.key.second else None
    )
    if name in ALIKE:
        found = detect(bundled(), fresh.headers, fresh.body)
        assert (found.id if found else None) == ALIKE[name]
    headers = with_header(fresh.headers, *TELLING[name]) if name in TELLING else fresh.headers
    found = detect(bundled(), headers, fresh.body)
    assert found is not None
    assert found.id == name


def test_the_more_specific_scheme_wins():
    both = request(
        b"", (b"X-Hub-Signature", b"sha1=a"), (b"X-Hub-Signature-256", b"sha256=a"), (b"X-GitHub-Event", b"x")
    )
    found = detect(bundled(), both.headers)
    assert found is not None
    assert found.id == "github"


def test_nothing_is_found_in_an_ordinary_request():
    for body in (b"", b'{"signature": 1}', b'{"signature": {"signature": 7}}', b'{"Signature"', b"\xff"):
        assert detect(bundled(), request(body).headers, body) is None
