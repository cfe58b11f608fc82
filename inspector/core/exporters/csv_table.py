"""The table as CSV (RFC 4180) that no spreadsheet takes for formulas.

A cell that begins with =, +, -, @, a tab or a line end gets an apostrophe in front, as OWASP's page on CSV
injection asks; spreadsheets show the rest as text.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from inspector.core.event import Event
from inspector.core.exporters.format import Chunk, ExportOptions

COLUMNS = (
    "id", "received_at", "method", "target", "source", "event_type", "event_id", "size_bytes", "remote",
    "state", "retry_count", "repeat", "pinned", "mark", "signature", "scheme", "cause", "reply_status",
    "took_ms", "note",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class CsvTable:
    """One row an event."""

    id = "csv"
    name = "CSV table"
    describe = "The columns of the table for a spreadsheet; no cell is taken for a formula."
    lossless = "What the table shows; headers and bodies are not part of it."
    folder = False

    def export(self, events: Iterable[Event], options: ExportOptions) -> Iterator[Chunk]:
        """The names of the columns, then one chunk an event."""
        yield "", _line(COLUMNS)
        for event in events:
            yield "", _line(_cells(event))


def _cells(event: Event) -> Iterator[object]:
    row = event.row
    yield from (row.id, _when(row.received_at_ns), row.method, row.target, row.source)
    yield from (row.event_type, row.event_id, row.size_bytes, row.remote, row.state.value, row.retry_count)
    yield from (row.repeat, "yes" if row.pinned else "no", row.mark, row.checked.verdict.value)
    yield from (row.checked.scheme, row.checked.cause, row.reply_status)
    yield None if row.took_ns is None else f"{row.took_ns / 1e6:.3f}"
    yield event.note


def _line(cells: Iterable[object]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerow([_safe("" if cell is None else str(cell)) for cell in cells])
    return buffer.getvalue().encode("utf-8", "replace")


def _safe(cell: str) -> str:
    cell = cell.replace("\0", "\ufffd")
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell


def _when(at_ns: int) -> str:
    seconds, rest_ns = divmod(at_ns, 1_000_000_000)
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S") + f".{rest_ns // 1000:06d}Z"
