"""The wanted fields of a body are the same whether they are read at once or piece by piece."""

from __future__ import annotations

import json

import pytest

from inspector.core.dialects_body import BodyPlan

PLAN = BodyPlan(("type", "id", "meta.retry", "meta.deep.at"))
LONG = "x" * 3_000


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b'{"type":"a","id":"b","meta":{"retry":2,"deep":{"at":"c"}}}', ["a", "b", "2", "c"]),
        (b'{"id":7}', [None, "7", None, None]),
        (b'{"meta":{"retry":0}}', [None, None, "0", None]),
        (b'{"meta":{"retry":-0}}', [None, None, "-0", None]),
        (b'{"id":1.0,"type":true,"meta":{"retry":1e2}}', ["true", "1.0", "1e2", None]),
        (b'{"id":12345678901234567890,"type":null}', [None, "12345678901234567890", None, None]),
        (b'{"id":["a"],"type":{"b":1},"meta":null}', [None, None, None, None]),
        (b'{"type":"a","meta":{"retry":[],"deep":{"at":"c"}}}', ["a", None, None, "c"]),
        (b'{"id":"first","id":"last","meta":{"retry":1},"meta":{}}', [None, "last", None, None]),
        (b'{"id":"\\u00e9\\n","type":"\xc3\xa9"}', ["\xe9", "\xe9\n", None, None]),
        (json.dumps({"id": LONG, "type": "a"}).encode(), ["a", LONG, None, None]),
        (json.dumps({"id": LONG * 2, "type": "a"}).encode(), ["a", None, None, None]),
        (b'{"id":"a"', [None, None, None, None]),
        (b'["id"]', [None, None, None, None]),
        (b"", [None, None, None, None]),
    ],
    ids=range(15),
)
def test_what_stands_at_the_wanted_places(body: bytes, found: list[str | None]) -> None:
    read = PLAN.read(body)
    assert [read.get(path) for path in ("type", "id", "meta.retry", "meta.deep.at")] == found


def test_a_place_within_another_and_a_place_in_a_list() -> None:
    assert BodyPlan(("data", "data.id")).read(b'{"data":{"id":"a"}}') == {"data.id": "a"}
    assert BodyPlan(("0.id",)).read(b'[{"id":"a"},{"id":"b"}]') == {"0.id": "a"}
