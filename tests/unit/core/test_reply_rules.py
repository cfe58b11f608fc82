"""Failures on purpose: the first ones of each id, a share that is always the same, and how they fail."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.core.event import Reading, Reply, Request
from inspector.core.reply_rules import act, checked_rules
from inspector.core.reply_template import Kept
from inspector.core.source import Failing, ReplyRules

OWN = Reply(202, (), b"hello {{id}}")


def kept(event_id: str = "evt", attempt: int = 1, number: int = 1) -> Kept:
    return Kept(Request(b"POST / HTTP/1.1", (), b"{}"), Reading("", event_id), number, attempt)


def test_the_first_of_each_id_fail_and_the_next_succeeds() -> None:
    rules = ReplyRules(fail_first=2, retry_after_s=5)
    deeds = [act(rules, OWN, kept(attempt=attempt)) for attempt in (1, 2, 3)]
    assert [deed.reply.status for deed in deeds] == [503, 503, 202]
    assert [deed.on_purpose for deed in deeds] == [True, True, False]
    assert (b"Retry-After", b"5") in deeds[0].reply.headers
    assert b"attempt 2" in deeds[1].reply.body


def test_a_share_fails_and_the_same_seed_fails_the_same() -> None:
    def failed(seed: int) -> list[int]:
        rules = ReplyRules(fail_share=0.3, seed=seed)
        return [each for each in range(1000) if act(rules, OWN, kept(f"evt_{each}")).on_purpose]

    assert 230 < len(failed(1)) < 370
    assert failed(1) == failed(1)
    assert failed(1) != failed(2)


def test_a_share_draws_anew_for_each_retry() -> None:
    rules = ReplyRules(fail_share=0.5)
    assert {act(rules, OWN, kept(attempt=attempt)).on_purpose for attempt in range(1, 30)} == {True, False}


@pytest.mark.parametrize(("share", "fails"), [(0.0, False), (1.0, True)])
def test_none_and_all(share: float, fails: bool) -> None:
    rules = ReplyRules(delay_s=1, fail_share=share)
    assert {act(rules, OWN, kept("", number=each)).on_purpose for each in range(50)} == {fails}


@pytest.mark.parametrize("failing", ["hang", "close"])
def test_ways_to_fail_without_an_answer(failing: Failing) -> None:
    deed = act(ReplyRules(fail_share=1, failing=failing, delay_s=2), OWN, kept())
    assert (deed.kind, deed.delay_s) == (failing, 2)


def test_the_template_is_filled_only_where_it_is_asked_for() -> None:
    assert act(ReplyRules(template=True), OWN, kept()).reply.body == b"hello evt"
    assert act(ReplyRules(delay_s=1), OWN, kept()).reply is OWN


@pytest.mark.parametrize(
    "wrong",
    [
        {"delay_s": -1.0},
        {"delay_s": float("nan")},
        {"fail_share": 1.5},
        {"fail_first": -1},
        {"fail_status": 200},
        {"retry_after_s": -5},
    ],
    ids=str,
)
def test_rules_that_make_no_sense_are_named(wrong: dict[str, float]) -> None:
    assert checked_rules(replace(ReplyRules(), **wrong), OWN)  # type: ignore[arg-type] # wrong on purpose


def test_a_wrong_template_is_named_only_where_it_is_one() -> None:
    bad = Reply(200, (), b"{{nothing}}")
    assert "nothing" in checked_rules(ReplyRules(template=True), bad)
    assert "gone" in checked_rules(ReplyRules(template=True), Reply(200, ((b"X", b"{{gone}}"),)))
    assert checked_rules(ReplyRules(), bad) == ""
