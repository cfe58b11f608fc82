"""Starts a handler as a process and tells its URL."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDER = Path(__file__).parent
SECRET = "whsec_TmV2ZXJTaG93VGhpc1NlY3JldA"


@contextmanager
def running(name: str, way: str = "") -> Iterator[str]:
    """The URL of a handler while it runs: `guide.mjs` by Node, others by Python."""
    file = str(FOLDER / name)
    command = ["node", file] if name.endswith(".mjs") else [sys.executable, file, way]
    process = subprocess.Popen(
        command, env={**os.environ, "HANDLER_SECRET": SECRET}, stdout=subprocess.PIPE, text=True,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        port = process.stdout.readline().strip()
        assert port.isdigit(), f"{name} did not start"
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
