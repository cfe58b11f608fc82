"""Sample events: fresh from a seed, the same from the same one, as the dialect reads them."""

from __future__ import annotations

import json

import pytest

from inspector.core.checkup.samples import Samples, samples_of

NOW_S = 1_795_446_000.25
NUDJ = samples_of("nudj")


@pytest.mark.parametrize("event_type", NUDJ.types)
def test_each_type_is_a_whole_event(event_type):
    sample = NUDJ.event(event_type, 7, NOW_S)
    event = json.loads(sample.written())
    assert list(event) == [
        "id", "type", "timestamp", "organizationId", "communityId", "data", "metadata",
    ]  # fmt: skip
    assert (event["id"], event["type"]) == (sample.event_id, event_type)
    assert event["timestamp"] == "2026-11-23T15:00:00.250Z"
    assert event["data"]
    assert b"{id" not in sample.written()
    assert b"{m" not in sample.written()


def test_the_seed_decides():
    one = NUDJ.event("reward.earned", 1, NOW_S)
    assert one == NUDJ.event("reward.earned", 1, NOW_S)
    other = NUDJ.event("reward.earned", 2, NOW_S)
    assert one.event_id != other.event_id
    assert one.document["data"] != other.document["data"]


def test_an_id_that_is_named_twice_is_the_same():
    twice = Samples({"id": "{id:evt}", "data": {}}, {"a": {"one": "{user}", "two": ["{user}", "{id:user}"]}})
    same = twice.event("a", 1, NOW_S).document["data"]
    assert same["one"] == same["two"][0] != same["two"][1]
    data = NUDJ.event("referral.referrer_credited", 3, NOW_S).document["data"]
    assert data["referrerId"] != data["refereeId"]
    assert isinstance(NUDJ.event("points.awarded", 3, NOW_S).document["data"]["points"], int)


def test_an_unknown_type_and_an_unknown_provider_get_an_event_too():
    assert NUDJ.event("a.b", 1, NOW_S).document["type"] == "a.b"
    plain = samples_of("../nudj").event("a.b", 1, NOW_S)
    assert json.loads(plain.written())["id"] == plain.event_id


def test_more_fields_leave_the_sample_as_it_was():
    sample = NUDJ.event("reward.earned", 1, NOW_S)
    before = sample.written()
    more = sample.with_data(extra=1).with_fields(top=None)
    assert more.document["top"] is None
    assert more.document["data"]["extra"] == 1
    assert sample.written() == before
