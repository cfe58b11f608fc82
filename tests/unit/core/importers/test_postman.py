"""Postman collections, with folders, variables and authorization."""

from __future__ import annotations

import json

import pytest

from inspector.core.importers.entry import Taken, UnreadableError
from tests.unit.core.importers.reading import bad, read

COLLECTION = {
    "info": {"name": "c", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
    "variable": [{"key": "base", "value": "https://example.com"}, {"key": "id", "value": "7"}],
    "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "t{{id}}"}]},
    "item": [
        {"name": "orders", "item": [{"name": "create", "request": {
            "method": "POST", "url": {"raw": "{{base}}/orders?x=1"},
            "header": [{"key": "X-A", "value": "{{id}}"}, {"key": "X-B", "value": "b", "disabled": True}],
            "body": {"mode": "raw", "raw": '{"id": {{id}}, "n": "ü{{x}}"}',
                     "options": {"raw": {"language": "json"}}},
        }}]},
        {"name": "form", "request": {"method": "PUT", "url": "localhost:1/f", "auth": {"type": "noauth"},
            "body": {"mode": "urlencoded", "urlencoded": [{"key": "a", "value": "b c"}]}}},
        {"name": "plain", "request": "{{base}}/get"},
        {"name": "unknown", "request": "{{host}}/get"},
        {"name": "file", "request": {"method": "POST", "url": "h/f", "body": {"mode": "file", "file": {}}}},
    ],
}  # fmt: skip


def test_requests_of_a_collection() -> None:
    found = read(json.dumps(COLLECTION).encode(), expect="postman")
    taken = [each.arrival.capture.request for each in found if isinstance(each, Taken)]
    assert [each.line for each in taken] == [
        b"POST /orders?x=1 HTTP/1.1",
        b"PUT /f HTTP/1.1",
        b"GET /get HTTP/1.1",
    ]
    assert taken[0].headers == (
        (b"Host", b"example.com"), (b"Authorization", b"Bearer t7"), (b"X-A", b"7"),
        (b"Content-Type", b"application/json"), (b"Content-Length", b"25"),
    )  # fmt: skip
    assert taken[0].body == '{"id": 7, "n": "ü{{x}}"}'.encode()
    assert taken[1].body == b"a=b+c"
    assert [where for where, _ in bad(found)] == ["unknown", "file"]
    first = found[0]
    assert isinstance(first, Taken)
    assert first.where == "orders / create"


def test_a_collection_without_requests_is_none() -> None:
    with pytest.raises(UnreadableError, match="item"):
        read(b'{"info": {"_postman_id": "1"}}')
