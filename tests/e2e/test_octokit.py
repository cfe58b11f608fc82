"""GitHub's own example payloads, posted and read back: every byte is the same."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from inspector.engine.inspector import Inspector, Options
from inspector.engine.paths import Folders
from tests.e2e.program import PATIENCE_S, Program

PACKAGE = "@octokit/webhooks-examples"
VERSION = "7.6.1"


def install(npm: str, folder: Path) -> bool:
    """Whether the package could be installed into the folder."""
    try:
        done = subprocess.run(
            [npm, "install", "--prefix", str(folder), "--no-audit", "--no-fund", f"{PACKAGE}@{VERSION}"],
            env={**os.environ, "npm_config_update_notifier": "false"},
            capture_output=True,
            timeout=PATIENCE_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


@pytest.fixture(scope="module")
def examples(request: pytest.FixtureRequest) -> list[tuple[str, bytes]]:
    """(event name, body as GitHub sends it) of all examples, installed once into the cache of the tests."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed")
    folder = Path(request.config.rootpath) / ".pytest_cache" / "octokit"
    index = folder / "node_modules" / "@octokit" / "webhooks-examples" / "api.github.com" / "index.json"
    if not index.exists():
        folder.mkdir(parents=True, exist_ok=True)
        if not install(npm, folder):
            pytest.skip(f"{PACKAGE} cannot be installed here")
    found = json.loads(index.read_bytes())
    return [
        (event["name"], json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode())
        for event in found
        for payload in event["examples"]
    ]


@pytest.fixture(scope="module")
def reader(program: Program) -> Iterator[Inspector]:
    """Another look at the file that the program captures into."""
    inspector = Inspector(
        Options(program.database, Folders(program.home / "reader", program.home / "reader"), capture=False)
    )
    inspector.start()
    yield inspector
    inspector.stop()


def test_every_payload_is_read_back_identical(
    program: Program, reader: Inspector, examples: list[tuple[str, bytes]]
) -> None:
    assert len(examples) > 100
    connection = http.client.HTTPConnection(program.host, program.port, timeout=PATIENCE_S)
    for number, (name, body) in enumerate(examples):
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "GitHub-Hookshot/044aadd",
            "X-GitHub-Event": name,
            "X-GitHub-Delivery": f"72d3162e-cc78-11e3-81ab-{number:012}",
        }
        connection.request("POST", "/github", body, headers)
        with connection.getresponse() as response:
            response.read()
            assert response.status == 200
    connection.close()
    ids = list(reversed(reader.inbox.ids()))
    assert len(ids) == len(examples)
    for number, (event_id, (name, body)) in enumerate(zip(ids, examples, strict=True)):
        event = reader.inbox.event(event_id)
        assert event is not None
        assert event.request.body == body
        assert event.row.event_type.split(".")[0] == name
        assert event.row.event_id == f"72d3162e-cc78-11e3-81ab-{number:012}"
        assert (b"X-GitHub-Event", name.encode()) in event.request.headers
