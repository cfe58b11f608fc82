"""What an importer makes of bytes, for the tests of all formats."""

from __future__ import annotations

import io

from inspector.core import importers
from inspector.core.event import Request
from inspector.core.importers.entry import BadEntry, Found, ImportOptions, Taken

NOW_NS = 1_700_000_000_000_000_000


def read(data: bytes, name: str = "file", *, expect: str | None = None) -> list[Found]:
    """All that the format which is seen finds; `expect` is its id."""
    seen = importers.detect(data[: importers.HEAD_BYTES], name)
    assert seen is not None
    assert expect in (None, seen)
    importer = importers.find(seen)
    assert importer is not None
    return list(importer.read(io.BytesIO(data), ImportOptions(NOW_NS, "/hook")))


def requests(data: bytes, name: str = "file", *, expect: str | None = None) -> list[Request]:
    """The requests of a file without bad entries."""
    found = read(data, name, expect=expect)
    assert not [each for each in found if isinstance(each, BadEntry)]
    return [each.arrival.capture.request for each in found if isinstance(each, Taken)]


def bad(found: list[Found]) -> list[tuple[str, str]]:
    """Place and reason of the bad entries."""
    return [(each.where, each.why) for each in found if isinstance(each, BadEntry)]
