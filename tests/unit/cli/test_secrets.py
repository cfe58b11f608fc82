"""The command secrets: never from an argument, never shown."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from inspector.cli.main import run


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBHOOK_INSPECTOR_HOME", str(tmp_path))


def give(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


def test_without_a_keyring_the_next_step_is_named(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    give(monkeypatch, b"hunter2\n")
    assert run(["secrets", "set", "nudj"]) == 3
    said = capfd.readouterr().err
    assert "secrets keeper file" in said
    assert "hunter2" not in said


def test_a_sealed_file_keeps_secrets_between_commands(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("WEBHOOK_INSPECTOR_PASSPHRASE", "open sesame")
    assert run(["secrets", "keeper", "file"]) == 0
    give(monkeypatch, b"hunter2\n")
    assert run(["secrets", "set", "nudj-staging"]) == 0
    capfd.readouterr()
    assert run(["secrets", "list", "--json"]) == 0
    listed = capfd.readouterr().out
    # The hash is that of the text without the line end: echo's newline is no part of a secret.
    assert json.loads(listed) == {
        "kind": "secret",
        "name": "nudj-staging",
        "hash_end": "f6c7",
        "origin": "file",
    }
    assert all(b"hunter2" not in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert run(["secrets", "remove", "nudj-staging"]) == 0
    assert run(["secrets", "remove", "nudj-staging"]) == 1
    monkeypatch.setenv("WEBHOOK_INSPECTOR_PASSPHRASE", "open barley")
    assert run(["secrets", "list"]) == 1
    assert "does not open" in capfd.readouterr().err


def test_a_locked_file_without_a_terminal_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    give(monkeypatch, b"")
    assert run(["secrets", "keeper", "file"]) == 3
    assert "WEBHOOK_INSPECTOR_PASSPHRASE" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("content", "words"), [(b"\xff", "UTF-8"), (b"", "empty"), (b"x" * 70_000, "64 KiB")]
)
def test_what_is_no_secret_is_refused(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], content: bytes, words: str
) -> None:
    monkeypatch.setenv("WEBHOOK_INSPECTOR_PASSPHRASE", "open sesame")
    assert run(["secrets", "keeper", "file"]) == 0
    give(monkeypatch, content)
    assert run(["secrets", "set", "a"]) == 2
    assert words in capfd.readouterr().err
