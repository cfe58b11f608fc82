"""JSON lines give back every byte."""

from __future__ import annotations

import base64
import json
from importlib import resources

from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.core.event import Request
from inspector.core.exporters.jsonl import Jsonl, fields
from inspector.core.exporters.raw import head
from tests.unit.core.exporters.building import AT_NS, event, exported

names = st.text("abcXYZ-", min_size=1, max_size=12).map(str.encode)


def restored(line: str) -> Request:
    """A request as the page says that a reader makes it."""
    found = json.loads(line)
    body = found["body"].encode() if "body" in found else base64.b64decode(found["body_base64"])
    headers = tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in found["headers"])
    request = Request(found["line"].encode("latin-1"), headers, body, b"", found["scheme"], found["remote"])
    raw = base64.b64decode(found["raw_head_base64"]) if "raw_head_base64" in found else head(request)
    return Request(request.line, headers, body, raw, request.scheme, request.remote)


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=60), st.lists(st.tuples(names, st.binary(max_size=20))), st.binary(max_size=40))
def test_every_byte_of_a_request_comes_back(body, headers, odd):
    given_event = event(
        body, line=b"POST /" + odd + b" HTTP/1.1", headers=tuple(headers), raw_head=odd + b"x"
    )
    lines = exported(Jsonl(), given_event)[""].decode().split("\n")
    assert json.loads(lines[0]) == {"format": "webhook-inspector events", "version": 1}
    assert restored(lines[1]) == given_event.request
    assert lines[2:] == [""]


def test_a_head_of_the_usual_form_is_not_written_twice():
    plain = event()
    usual = event(raw_head=head(plain.request))
    assert "raw_head_base64" not in fields(usual)
    assert "raw_head_base64" in fields(event(raw_head=head(plain.request).replace(b": ", b":")))


def test_times_reading_and_what_the_user_wrote_are_kept():
    found = fields(event(note="look\nhere"))
    assert found["received_at_ns"] == AT_NS
    assert found["times_ns"] == {
        "connected": 1, "first_byte": 2, "headers": 3, "body": 4, "stored": 5, "replied": 6,
    }  # fmt: skip
    assert (found["note"], found["pinned"], found["state"]) == ("look\nhere", True, "complete")
    assert found["reading"]["retry_count"] == 2


def test_every_name_stands_on_the_page():
    page = resources.files("resources").joinpath("help", "jsonl.md").read_text(encoding="utf-8")
    found = {**fields(event()), **fields(event(b"\xff", raw_head=b"x"))}
    inner = [name for each in found.values() if isinstance(each, dict) for name in each]
    assert [name for name in [*found, *inner] if f"`{name}`" not in page] == []
