"""The export command: which events, where to, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from inspector.cli.main import run
from inspector.core.exporters import FORMATS
from tests.e2e.program import Program, command


@pytest.fixture(scope="module", autouse=True)
def some_events(program: Program) -> None:
    for number in range(4):
        kind = "challenge.completed" if number % 2 else "ping"
        program.post("/webhooks/nudj", json.dumps({"id": f"evt_{number}", "type": kind}).encode())
    program.wait(lambda: len(program.events) == 4)


def test_a_query_numbers_or_everything(program: Program, tmp_path: Path) -> None:
    def numbers(*what: str) -> list[int]:
        out = tmp_path / f"{len(list(tmp_path.iterdir()))}.jsonl"
        assert run(["export", *what, "--out", str(out), "--db", str(program.database)]) == 0
        return [json.loads(line)["id"] for line in out.read_text(encoding="utf-8").splitlines()[1:]]

    assert numbers() == [1, 2, 3, 4]
    assert numbers("type:challenge.*") == [2, 4]
    assert numbers("3", "1") == [1, 3]


def test_standard_output_holds_nothing_but_the_export(program: Program, home: Path) -> None:
    ended = command(home, "export", "1", "--format", "raw", "--out", "-", "--db", str(program.database))
    assert ended.returncode == 0
    assert ended.stdout.startswith(b"POST /webhooks/nudj HTTP/1.1\r\n")
    assert ended.stdout.endswith(b'\r\n\r\n{"id": "evt_0", "type": "ping"}')
    assert b"1 event in 1 file," in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["99", "--out", "x"], 1),
        (["type:nothing", "--out", "x"], 1),
        (["--format", "nothing", "--out", "x"], 2),
        (["--url", "localhost", "--out", "x"], 2),
        ([], 2),
        (["--out", "."], 3),
        (["--list-formats"], 0),
    ],
)  # fmt: skip
def test_exit_codes(program: Program, arguments: list[str], code: int) -> None:
    assert run(["export", *arguments, "--db", str(program.database)]) == code
    assert not Path("x").exists()


@pytest.mark.parametrize("name", [each.id for each in FORMATS])
def test_every_format_gives_the_same_bytes_twice(program: Program, tmp_path: Path, name: str) -> None:
    def same() -> bool:
        """Times of replies and verdicts may still be on their way to the database at first."""
        for folder in ("one", "two"):
            out = str(tmp_path / folder)
            arguments = ["export", "--format", name, "--out", out, "--force"]
            assert run([*arguments, "--db", str(program.database)]) == 0
        return _files(tmp_path / "one") == _files(tmp_path / "two") != {}

    assert any(same() for _ in range(200))


def _files(path: Path) -> dict[str, bytes]:
    if path.is_file():
        return {"": path.read_bytes()}
    return {str(each.relative_to(path)): each.read_bytes() for each in path.rglob("*") if each.is_file()}


def test_secrets_are_replaced_unless_asked_to_stay(
    program: Program, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body = b'{"id":"evt_s","type":"with.secret","token":"abcdefghijkl"}'
    program.post("/webhooks/nudj", body)
    program.wait(lambda: len(program.events) == 5)

    def exported(*options: str) -> bytes:
        out = tmp_path / f"events{len(options)}"
        arguments = ["export", "type:with.secret", "--out", str(out), *options]
        assert run([*arguments, "--db", str(program.database)]) == 0
        return out.read_bytes()

    assert b"abcdefghijkl" not in exported()
    assert "1 secret in 1 event replaced" in capsys.readouterr().err
    assert b"abcdefghijkl" in exported("--no-redact")
    assert "replaced by" not in capsys.readouterr().err
