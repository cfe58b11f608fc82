"""An export is whole or not there, and replaces nothing unasked."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from inspector.core.exporters import find
from inspector.core.exporters.format import Exporter
from inspector.core.problem import ProblemError
from inspector.engine.exporting import ExportCancelledError, Exporting
from inspector.engine.inspector import Inspector
from tests.unit.engine.conftest import arrival


@pytest.fixture
def ids(inspector: Inspector) -> list[int]:
    """Three events."""
    return inspector.inbox.add([arrival(b"%d" % number) for number in range(3)])


def exporter(name: str) -> Exporter:
    found = find(name)
    assert found is not None
    return found


def exporting(inspector: Inspector, name: str = "jsonl") -> Exporting:
    return Exporting(inspector.inbox, exporter(name))


def test_a_file_holds_the_events_in_order(inspector: Inspector, ids: list[int], tmp_path: Path):
    out = tmp_path / "events.jsonl"
    done = exporting(inspector).to_path(ids, out)
    lines = out.read_bytes().splitlines()
    assert [json.loads(line)["body"] for line in lines[1:]] == ["0", "1", "2"]
    assert (done.events, done.files, done.size_bytes) == (3, 1, out.stat().st_size)
    stream = io.BytesIO()
    exporting(inspector).to_stream(ids, stream)
    assert [json.loads(line)["body"] for line in stream.getvalue().splitlines()[1:]] == ["0", "1", "2"]


def test_what_exists_is_replaced_only_when_asked(inspector: Inspector, ids: list[int], tmp_path: Path):
    out = tmp_path / "events.jsonl"
    out.write_text("mine")
    with pytest.raises(ProblemError) as raised:
        exporting(inspector).to_path(ids, out)
    assert raised.value.problem.key == "file-exists"
    assert out.read_text() == "mine"
    exporting(inspector).to_path(ids, out, force=True)
    assert out.read_text() != "mine"


def test_a_file_that_comes_up_meanwhile_is_not_replaced(inspector: Inspector, ids: list[int], tmp_path: Path):
    out = tmp_path / "events.jsonl"
    with pytest.raises(ProblemError, match=r"already a file"):
        Exporting(
            inspector.inbox, exporter("jsonl"), progress=lambda done, total: out.write_text("mine") and None
        ).to_path(ids, out)
    assert out.read_text() == "mine"


def test_a_folder_keeps_its_other_files(inspector: Inspector, ids: list[int], tmp_path: Path):
    out = tmp_path / "requests"
    out.mkdir()
    exporting(inspector, "raw").to_path(ids, out)
    (out / "mine").write_text("mine")
    with pytest.raises(ProblemError, match="already a folder"):
        exporting(inspector, "raw").to_path(ids, out)
    exporting(inspector, "raw").to_path(ids, out, force=True)
    assert len(list(out.iterdir())) == 4


def test_cancelled_it_leaves_nothing(inspector: Inspector, ids: list[int], tmp_path: Path):
    place = tmp_path / "place"
    place.mkdir()
    seen: list[int] = []
    cancelled = Exporting(
        inspector.inbox,
        exporter("jsonl"),
        progress=lambda done, total: seen.append(done),
        cancelled=lambda: len(seen) == 2,
    )
    with pytest.raises(ExportCancelledError):
        cancelled.to_path(ids, place / "events.jsonl")
    assert seen == [1, 2]
    assert list(place.iterdir()) == []


def test_a_place_that_cannot_be_written_is_a_problem(inspector: Inspector, ids: list[int], tmp_path: Path):
    with pytest.raises(ProblemError) as raised:
        exporting(inspector).to_path(ids, tmp_path / "missing" / "events.jsonl")
    assert raised.value.problem.key == "export-unwritable"


def test_several_files_do_not_go_into_one_stream(inspector: Inspector, ids: list[int]):
    with pytest.raises(ProblemError, match="several files"):
        exporting(inspector, "raw").to_stream(ids, io.BytesIO())
    stream = io.BytesIO()
    exporting(inspector, "raw").to_stream(ids[:1], stream)
    assert stream.getvalue().endswith(b"\r\n\r\n0")
