"""Files become events: in slices, with their sources; what goes wrong on the way leaves nothing behind."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from inspector.core.edits import rebuilt
from inspector.core.exporters.format import ExportOptions
from inspector.core.exporters.jsonl import HEADING, Jsonl
from inspector.core.problem import ProblemError
from inspector.engine.importing import SLICE, Cancelled, Importing, Progress
from inspector.engine.inspector import Inspector
from tests.unit.engine.conftest import arrival


@pytest.fixture
def importing(inspector: Inspector) -> Importing:
    return Importing(inspector.inbox, inspector.sources)


def lines(count: int, **fields: object) -> bytes:
    made = [
        {
            "line": "POST /webhooks/nudj HTTP/1.1",
            "headers": [],
            "body": str(n),
            "received_at_ns": n,
            "id": 100 + n,
        }
        for n in range(count)
    ]
    return HEADING + b"".join(json.dumps(each | fields).encode() + b"\n" for each in made)


def test_events_are_kept_in_order_with_source_and_mark(inspector: Inspector, importing: Importing) -> None:
    seen: list[Progress] = []
    curl = b"curl http://h/webhooks/nudj -d 1\ncurl http://h/else -d 2\n"
    done = importing.read(io.BytesIO(curl), "lines", progressed=seen.append)
    assert (done.format, done.ids, done.bad_count) == ("curl", (1, 2), 0)
    rows = inspector.inbox.rows(done.ids)
    assert [(row.source, row.mark) for row in rows] == [("nudj", "imported"), ("", "imported")]
    body = importing.read(io.BytesIO(b"{}"), "a.json", source="nudj")
    assert inspector.inbox.rows(body.ids)[0].target == "/webhooks/nudj"


def test_exported_events_come_back_with_note_pin_and_parent(
    inspector: Inspector, importing: Importing
) -> None:
    captured = arrival(b"\xff\x00")
    request = replace(captured.capture.request, raw_head=b"POST /webhooks/nudj HTTP/1.1\nHost:x\r\n\r\n")
    captured = replace(captured, capture=replace(captured.capture, request=request))
    first = inspector.inbox.add([captured])[0]
    inspector.inbox.note(first, "look")
    inspector.inbox.pin([first])
    inspector.resends.keep_edited(first, rebuilt(request, headers=(), body=b"{}"))
    kept = [event for number in (1, 2) if (event := inspector.inbox.event(number)) is not None]
    data = b"".join(chunk for _, chunk in Jsonl().export(kept, ExportOptions()))
    done = importing.read(io.BytesIO(data), "events.jsonl")
    back = [event for number in done.ids if (event := inspector.inbox.event(number)) is not None]
    assert [event.request for event in back] == [event.request for event in kept]
    assert [event.times.received_at_ns for event in back] == [event.times.received_at_ns for event in kept]
    assert [(event.note, event.row.pinned, event.row.mark) for event in back] == [
        ("look", True, ""),
        ("", False, "edited"),
    ]
    assert [event.parent for event in back] == [None, done.ids[0]]


def test_a_cancelled_import_leaves_nothing(inspector: Inspector, importing: Importing) -> None:
    seen: list[Progress] = []
    with pytest.raises(Cancelled):
        importing.read(
            io.BytesIO(lines(SLICE + 10)), "x", progressed=seen.append, cancelled=lambda: bool(seen)
        )
    assert [each.taken for each in seen] == [SLICE]
    assert inspector.inbox.count() == 0


def test_a_file_that_fails_on_the_way_leaves_nothing(inspector: Inspector, importing: Importing) -> None:
    class Failing(io.BytesIO):
        def readline(self, size: int | None = -1, /) -> bytes:
            line = super().readline(size)
            if not line:
                raise OSError(5, "Input/output error")
            return line

    with pytest.raises(OSError, match="Input/output"):
        importing.read(Failing(lines(SLICE + 10)), "x")
    assert inspector.inbox.count() == 0


def test_files_that_cannot_be_imported_say_why(importing: Importing) -> None:
    for data, key, part in (
        (b"\x89PNG", "import-format", "no format that is known"),
        (b"", "import-format", "empty"),
        (HEADING.replace(b":1}", b":9}"), "import-unreadable", "version is 9"),
    ):
        with pytest.raises(ProblemError, match=part) as raised:
            importing.read(io.BytesIO(data), "x")
        assert raised.value.problem.key == key


def test_halves_of_characters_do_not_cost_the_import(inspector: Inspector, importing: Importing) -> None:
    odd = {"note": "\ud800", "remote": "\udfff", "source": "\ud800", "body": "\ud800", "trouble": "\ud800"}
    done = importing.read(io.BytesIO(lines(2, **odd)), "x")
    assert (len(done.ids), done.bad_count) == (2, 0)
    entry = {"request": {"method": "POST", "url": "http://h/\ud800", "headers": [], "comment": "\ud800"}}
    har = json.dumps({"log": {"entries": [entry]}}).encode()
    assert len(importing.read(io.BytesIO(har), "x").ids) == 1


def test_a_format_that_does_not_fit_says_so(importing: Importing) -> None:
    done = importing.read(io.BytesIO(b"hello\n"), "x", format_id="curl")
    assert [each.why for each in done.bad] == ["There is no curl command in it."]


def test_bodies_beside_a_http_file_are_read_and_nothing_above_it(
    inspector: Inspector, importing: Importing, tmp_path: Path
) -> None:
    folder = tmp_path / "calls"
    (folder / "bodies").mkdir(parents=True)
    (folder / "bodies" / "a.body").write_bytes(b"\xff\r\n")
    (tmp_path / "private").write_bytes(b"secret")
    text = b"POST http://h/1\n\n< ./bodies/a.body\n###\nPOST http://h/2\n\n< ../private\n"
    done = importing.read(io.BytesIO(text), "calls.http", folder=folder)
    assert [inspector.inbox.body(number) for number in done.ids] == [b"\xff\r\n"]
    assert [each.where for each in done.bad] == ["line 5"]


def test_a_line_across_the_first_look_is_read_whole(inspector: Inspector, importing: Importing) -> None:
    done = importing.read(io.BytesIO(lines(3, body="x" * 50_000)), "x")
    assert [len(inspector.inbox.body(number)) for number in done.ids] == [50_000] * 3
