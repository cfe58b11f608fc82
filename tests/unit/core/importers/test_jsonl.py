"""What the export writes as JSON lines comes back the same."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.core.event import Checked, Event, EventRow, Reading, Request, State, Times
from inspector.core.exporters.format import ExportOptions
from inspector.core.exporters.jsonl import HEADING, Jsonl
from inspector.core.importers.entry import Taken, UnreadableError
from tests.unit.core.importers.reading import bad, read

NS = st.integers(0, 2**62)
LATIN = st.binary(max_size=8).map(lambda raw: raw.replace(b"\n", b"").replace(b"\r", b""))


@st.composite
def events(draw: st.DrawFn) -> Event:
    line = b"POST /" + draw(LATIN) + b" HTTP/1.1"
    headers = tuple(draw(st.lists(st.tuples(LATIN, LATIN), max_size=3)))
    request = Request(
        line, headers, draw(st.binary(max_size=20)), draw(st.binary(min_size=1)), "https", "1.2.3.4:5"
    )
    times = Times(draw(NS), draw(NS), draw(NS), draw(NS), draw(NS))
    row = EventRow(
        draw(st.integers(1, 2**40)), times.received_at_ns, "POST", "/", draw(st.text(max_size=5)), "", "", 0,
        request.remote, draw(st.sampled_from(State)), None, 0, draw(st.booleans()), True, "sample", Checked(),
        200, None,
    )  # fmt: skip
    return Event(row, request, times, Reading(), "why", draw(st.text(max_size=9)), draw(st.none() | NS))


@settings(max_examples=60, deadline=None)
@given(st.lists(events(), max_size=3))
def test_exported_events_come_back_the_same(kept: list[Event]) -> None:
    data = b"".join(chunk for _, chunk in Jsonl().export(kept, ExportOptions()))
    found = [each for each in read(data, expect="jsonl") if isinstance(each, Taken)]
    assert len(found) == len(kept)
    for each, event in zip(found, kept, strict=True):
        capture = each.arrival.capture
        assert capture.request == event.request
        assert capture.times == event.times
        assert (capture.state, capture.trouble) == (event.row.state, event.trouble)
        arrival = each.arrival
        assert (arrival.source, arrival.mark, arrival.note) == (event.row.source, "sample", event.note)
        assert (each.number, each.pinned, arrival.parent) == (event.id, event.row.pinned, event.parent)


def test_bad_lines_are_named_with_their_number() -> None:
    good = b'{"line":"POST / HTTP/1.1","headers":[],"body":"","received_at_ns":1}\n'
    lines = [b"{", b'{"line":"POST / HTTP/1.1"}', b'{"line":"\\u2603 / x","received_at_ns":1}', b"[]"]
    found = read(HEADING + good + b"\n".join(lines) + b"\n\n" + good)
    assert [where for where, _ in bad(found)] == ["line 3", "line 4", "line 5", "line 6"]
    assert [type(found[0]), type(found[-1])] == [Taken, Taken]
    assert bad(found)[1][1] == "There is no “received_at_ns”."


def test_a_later_version_is_not_guessed_at() -> None:
    with pytest.raises(UnreadableError, match="version is 2"):
        read(HEADING.replace(b":1}", b":2}"))
