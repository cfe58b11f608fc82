"""The CSV table reads back as it was, and no cell is a formula."""

from __future__ import annotations

import csv
import io

from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.core.exporters.csv_table import COLUMNS, CsvTable
from tests.unit.core.exporters.building import event, exported


def table(*events: object) -> list[list[str]]:
    text = exported(CsvTable(), *events)[""].decode()  # type: ignore[arg-type] # events
    return list(csv.reader(io.StringIO(text, newline="")))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=30), st.sampled_from(["=1+1", "+1", "-1", "@x", "\t=1", " =1", "plain", "＝1"]))
def test_no_cell_begins_a_formula(note, kind):
    rows = table(event(kind=kind, note=note))
    assert rows[0] == list(COLUMNS)
    assert len(rows) == 2
    assert len(rows[1]) == len(COLUMNS)
    assert not any(
        cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝")) for cell in rows[1]
    )


def test_the_cells():
    cells = dict(zip(COLUMNS, table(event(note='a "quoted",\nnote'))[1], strict=True))
    assert cells["received_at"] == "2026-09-21T14:13:20.123456Z"
    assert (cells["took_ms"], cells["pinned"], cells["note"]) == ("1.500", "yes", 'a "quoted",\nnote')
    assert dict(zip(COLUMNS, table(event(kind="=1+1"))[1], strict=True))["event_type"] == "'=1+1"
