"""Formats of export, one a file; what they have in common stands in `format`."""

from __future__ import annotations

from inspector.core.exporters.csv_table import CsvTable
from inspector.core.exporters.curl_script import CurlScript
from inspector.core.exporters.format import Exporter
from inspector.core.exporters.har import Har
from inspector.core.exporters.http_file import HttpFile
from inspector.core.exporters.jsonl import Jsonl
from inspector.core.exporters.pytest_folder import PytestFolder
from inspector.core.exporters.raw import Raw

FORMATS: tuple[Exporter, ...] = (Jsonl(), Raw(), HttpFile(), CurlScript(), Har(), CsvTable(), PytestFolder())
"""In the order of lists and help; the first is the default."""


def find(name: str) -> Exporter | None:
    """The format of this id."""
    return next((each for each in FORMATS if each.id == name), None)
