"""An inspector on a real file, with the folders of nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from inspector.core.event import Arrival, Capture, Request, Times
from inspector.engine.inspector import Inspector, Options
from inspector.engine.paths import Folders


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """Folders of a user who never used the program."""
    return Folders(tmp_path / "data", tmp_path / "config")


@pytest.fixture
def start(folders: Folders) -> Iterator[Callable[..., Inspector]]:
    """Starts inspectors, and stops them at the end."""
    running: list[Inspector] = []

    def begin(**options: object) -> Inspector:
        inspector = Inspector(Options(folders=folders, **options))  # type: ignore[arg-type] # as Options says
        inspector.start()
        running.append(inspector)
        return inspector

    yield begin
    for inspector in running:
        inspector.stop()


@pytest.fixture
def inspector(start: Callable[..., Inspector]) -> Inspector:
    """A started inspector that does not listen."""
    return start()


def arrival(body: bytes = b"{}", *, source: str = "nudj", at_ns: int = 1_700_000_000_000_000_000) -> Arrival:
    """An event as an import or a sample would bring it."""
    request = Request(b"POST /webhooks/nudj HTTP/1.1", ((b"Host", b"x"),), body)
    return Arrival(Capture(request, Times(at_ns, 1, 1, 2, 3)), source, "nudj")
