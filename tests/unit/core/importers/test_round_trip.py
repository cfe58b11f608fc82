"""What the formats of export keep comes back through import."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.core.event import Checked, Event, EventRow, Reading, Request, State, Times
from inspector.core.exporters import find
from inspector.core.exporters.format import ExportOptions
from inspector.core.importers.entry import joined
from tests.unit.core.importers.reading import requests

targets = st.sampled_from([b"/", b"/a?b=c%20d&e", b"/\xfc", b"*", b"http://other/x", b"//two/slashes"])
names = st.sampled_from([b"X-A", b"x-a", b"Content-Type", b"Stripe-Signature"])
values = st.binary(max_size=9).map(lambda raw: bytes(b for b in raw if b > 31 and b != 127).strip(b" \t"))

bodies = st.binary(max_size=200) | st.text().map(str.encode)


def event(target: bytes, headers: list[tuple[bytes, bytes]], body: bytes) -> Event:
    line = b"POST " + target + b" HTTP/1.1"
    pairs = ((b"Host", b"example.com"), *headers, (b"Content-Length", str(len(body)).encode()))
    request = Request(line, pairs, body, joined(line, pairs))
    times = Times(1_714_550_400_250_000_000, 0, 0, 0, 0)
    row = EventRow(
        7, times.received_at_ns, "POST", "/", "", "order.created", "", len(body), "", State.COMPLETE,
        None, 0, False, False, "", Checked(), None, None,
    )  # fmt: skip
    return Event(row, request, times, Reading())


@pytest.mark.parametrize("name", ["har", "raw", "jsonl", "curl"])
@settings(max_examples=60, deadline=None)
@given(
    targets,
    st.lists(st.tuples(names, values), max_size=3),
    st.binary(max_size=200) | st.text().map(str.encode),
)
def test_requests_come_back(
    name: str, target: bytes, headers: list[tuple[bytes, bytes]], body: bytes
) -> None:
    exporter = find(name)
    assert exporter is not None
    kept = event(target, headers, body)
    data = b"".join(chunk for _, chunk in exporter.export([kept], ExportOptions("http://localhost:3000")))
    back = requests(data, expect=name)[0]
    assert (back.line, back.headers, back.body) == (kept.request.line, kept.request.headers, body)
