"""HAR as browsers and proxies write it, whole and broken."""

from __future__ import annotations

import base64
import io
import json

import pytest

from inspector.core.event import State
from inspector.core.importers.entry import Taken, UnreadableError
from inspector.core.importers.json_elements import CHUNK_BYTES, elements
from tests.unit.core.importers.reading import NOW_NS, bad, read, requests


def entry(body: str = '{"a":"ü"}', **request: object) -> dict[str, object]:
    headers = [{"name": "Host", "value": "example.com"}, {"name": "X-A", "value": "1"}]
    found = {
        "method": "POST", "url": "https://example.com/hook?x=1", "httpVersion": "HTTP/1.1",
        "headers": headers, "postData": {"mimeType": "application/json", "text": body}, "bodySize": -1,
    }  # fmt: skip
    return {"startedDateTime": "2024-05-01T10:00:00.250+02:00", "request": found | request, "response": {}}


def har(*entries: object) -> bytes:
    return json.dumps({"log": {"version": "1.2", "pages": [{"a": []}], "entries": entries}}).encode()


def test_an_entry_becomes_the_request_that_was_sent() -> None:
    found = read(har(entry()), expect="har")
    assert isinstance(found[0], Taken)
    capture = found[0].arrival.capture
    assert capture.request.line == b"POST /hook?x=1 HTTP/1.1"
    assert capture.request.headers == (
        (b"Host", b"example.com"), (b"X-A", b"1"), (b"Content-Length", b"10"),
    )  # fmt: skip
    assert capture.request.body == '{"a":"ü"}'.encode()
    assert capture.request.scheme == "https"
    assert capture.times.received_at_ns == 1_714_550_400_250_000_000
    assert found[0].arrival.mark == "imported"


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_does_not_matter(mark: str) -> None:
    data = har(entry()).decode().encode(mark)
    assert [each.body for each in requests(data, "x.har", expect="har")] == ['{"a":"ü"}'.encode()]


def test_a_broken_off_file_gives_the_entries_that_are_whole() -> None:
    data = har(entry(), entry('{"n":2}'), entry())
    found = read(data[: data.rindex(b'"postData"')], expect="har")
    assert [type(each) for each in found[:2]] == [Taken, Taken]
    assert bad(found) == [("after entry 2", "The file ends in the middle of its list of entries.")]


def test_bad_entries_are_named_and_do_not_cost_the_others() -> None:
    odd = [entry(), {"response": {}}, 7, entry(url="ftp://x/y"), entry(method="A B"), entry()]
    found = read(har(*odd))
    assert [where for where, _ in bad(found)] == ["entry 2", "entry 3", "entry 4", "entry 5"]
    assert len(found) == 6
    broken = entry(headers=[{"name": "X-A", "value": "1\r\nX-B: 2"}])
    assert bad(read(har(broken))) == [("entry 1", "The value of the header X-A breaks its line.")]


def test_binary_bodies_come_back_and_missing_ones_are_told() -> None:
    raw = bytes(range(256))
    posted = {"text": base64.b64encode(raw).decode(), "encoding": "base64"}
    assert requests(har(entry(postData=posted)))[0].body == raw
    latin = {"text": raw.decode("latin-1")}
    assert requests(har(entry(postData=latin, bodySize=256)))[0].body == raw
    found = read(har(entry(postData=None, bodySize=12)))
    assert isinstance(found[0], Taken)
    assert found[0].arrival.capture.state is State.INCOMPLETE
    assert "12 bytes" in found[0].arrival.capture.trouble
    form = {"params": [{"name": "a", "value": "b c"}], "mimeType": "application/x-www-form-urlencoded"}
    assert requests(har(entry(postData=form)))[0].body == b"a=b+c"


def test_http2_entries_lose_their_pseudo_headers() -> None:
    headers = [{"name": ":authority", "value": "example.com"}, {"name": "content-type", "value": "a/b"}]
    made = requests(har(entry(headers=headers, httpVersion="h2", startedDateTime=None)))[0]
    assert made.line.endswith(b" HTTP/1.1")
    assert made.headers[0] == (b"Host", b"example.com")


def test_an_entry_without_a_time_counts_as_received_now() -> None:
    found = read(har(entry() | {"startedDateTime": "yesterday"}))
    assert isinstance(found[0], Taken)
    assert found[0].arrival.capture.times.received_at_ns == NOW_NS


def test_json_without_the_list_is_no_har() -> None:
    with pytest.raises(UnreadableError, match=r"log\.entries"):
        read(b'{"log": {"entries": {}}}')


@pytest.mark.parametrize("around", range(-6, 7))
def test_elements_are_found_wherever_the_chunks_are_cut(around: int) -> None:
    first = '{"t":"' + "x" * (CHUNK_BYTES + around - 40) + '\\"]\\\\"}'
    data = ('{"a":["entries"],"log":{"entries":[' + first + ', {"b":[1,{"c":"]"}]} ,3]}}').encode()
    found = list(elements(io.BytesIO(data), (("log", "entries"),)))
    assert found == [first.encode(), b'{"b":[1,{"c":"]"}]}', b"3"]
