"""A home and a listening program for a whole file of tests: each start costs a third of a second."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.program import Program


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty home."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def program(home: Path) -> Iterator[Program]:
    """A listening program that the tests of one file share."""
    with Program(home, home / "events.db") as running:
        yield running
