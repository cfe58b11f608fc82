"""When a failed delivery is tried again, by record and by text."""

from __future__ import annotations

import pytest

from inspector.core.problem import ProblemError
from inspector.core.retry_policy import (
    next_delay_s,
    plan_ns,
    policies,
    policy_of,
    provider_policy,
    retry_after_s,
    succeeds,
)

SECOND_NS = 1_000_000_000


def test_the_providers_policy_has_three_exponential_retries() -> None:
    nudj = policy_of("nudj")
    assert nudj.attempts == 4
    assert [next_delay_s(nudj, attempt, 500, None, 0.0) for attempt in (1, 2, 3, 4)] == [5, 10, 20, None]
    assert plan_ns(nudj, 0) == (0, 5 * SECOND_NS, 15 * SECOND_NS, 35 * SECOND_NS)


def test_every_record_can_be_read_and_says_what_it_is() -> None:
    assert {"default", "none", "nudj", "stripe", "shopify", "standard-webhooks"} <= policies().keys()
    for policy in policies().values():
        assert policy.title
        assert list(plan_ns(policy, 0)) == sorted(plan_ns(policy, 0))
    assert policies()["none"].attempts == 1


def test_a_text_says_everything() -> None:
    policy = policy_of("delays=500ms,1m,2h jitter=0.5 success=2xx,304 drop=410,400-404 retry-after=no")
    assert policy.delays_s == (0.5, 60, 7200)
    assert [succeeds(policy, status) for status in (200, 299, 304, 301, 500, None)] == [
        True, True, True, False, False, False,
    ]  # fmt: skip
    assert next_delay_s(policy, 1, 410, None, 0.0) is None
    assert next_delay_s(policy, 1, 403, None, 0.0) is None
    assert next_delay_s(policy, 1, 429, 60.0, 0.0) == 0.5
    assert next_delay_s(policy, 2, 500, None, 1.0) == 90


def test_an_exponential_text_grows_to_its_longest() -> None:
    assert policy_of("retries=5 first=1s factor=3 longest=10s").delays_s == (1, 3, 9, 10, 10)
    assert policy_of("retries=2").delays_s == (5, 10)


def test_a_handler_can_ask_for_more_time_but_not_for_less_or_for_ever() -> None:
    policy = policy_of("delays=10s")
    assert next_delay_s(policy, 1, 503, 30.0, 0.0) == 30
    assert next_delay_s(policy, 1, 503, 1.0, 0.0) == 10
    assert next_delay_s(policy, 1, 503, 1e12, 0.0) == 86_400


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Thu, 01 Jan 1970 00:01:00 GMT", 60.0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        ("soon", None),
        ("-1", None),
        ("", None),
    ],
)
def test_retry_after_is_a_number_or_a_date(value: str, seconds: float | None) -> None:
    assert retry_after_s(value, 0) == seconds


@pytest.mark.parametrize(
    "text",
    [
        "unknown",
        "delays=5",
        "delays=5q",
        "delays=8d",
        "retries=-1",
        "retries=x",
        "jitter=2",
        "success=9xx",
        "retry-after=maybe",
        "delays=1s retries=3",
        "delays=1s delays=2s",
        "speed=9",
    ],
)
def test_what_cannot_be_understood_is_said(text: str) -> None:
    with pytest.raises(ProblemError) as caught:
        policy_of(text)
    assert caught.value.problem.key == "policy-wrong"


def test_a_scheme_leads_to_its_providers_record() -> None:
    found = [provider_policy(scheme) for scheme in ("nudj", "hubspot-v3", "github-sha1", "acme", "")]
    assert found == ["nudj", "hubspot", "github", "", ""]
