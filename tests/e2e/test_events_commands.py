"""The commands on events work while a program listens on the same file."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from inspector.cli.main import run
from tests.e2e.program import PATIENCE_S, Program, command, environment


@pytest.fixture(scope="module", autouse=True)
def some_events(program: Program) -> None:
    for number in range(10):
        body = json.dumps({"id": f"evt_{number}", "type": "challenge.completed" if number % 2 else "ping"})
        program.post("/webhooks/nudj", body.encode())
    program.wait(lambda: len(program.events) == 10)


def here(program: Program, *arguments: str) -> int:
    """In this process, which is as good as another for the file, and quicker."""
    return run([*arguments, "--db", str(program.database)])


def listed(program: Program, capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, object]]:
    assert here(program, "events", "list", "--json", *arguments) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_list_is_newest_first_and_as_the_listener_printed_it(
    program: Program, capsys: pytest.CaptureFixture[str]
) -> None:
    events = listed(program, capsys)
    assert [event["id"] for event in events] == list(range(10, 0, -1))
    same = ("id", "received_at", "method", "target", "source", "event_type", "event_id", "size_bytes")
    assert [[event[name] for name in same] for event in reversed(events)] == [
        [event[name] for name in same] for event in program.events[:10]
    ]


def test_queries_and_limits(program: Program, capsys: pytest.CaptureFixture[str]) -> None:
    assert [event["id"] for event in listed(program, capsys, "type:challenge.*", "--limit", "2")] == [10, 8]
    assert {event["event_type"] for event in listed(program, capsys, "-type:ping")} == {"challenge.completed"}
    assert listed(program, capsys, "id:evt_none") == []


def test_show_says_all_of_one_event(program: Program, capsys: pytest.CaptureFixture[str]) -> None:
    assert here(program, "events", "show", "1") == 0
    text = capsys.readouterr().out
    assert "POST /webhooks/nudj HTTP/1.1" in text
    assert '"id": "evt_0"' in text
    assert here(program, "events", "show", "1", "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert json.loads(shown["body"])["id"] == "evt_0"


def test_an_event_that_is_not_there_exits_with_1(
    program: Program, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments in (["show", "99"], ["delete", "99"], ["pin", "99"]):
        assert here(program, "events", *arguments) == 1
        assert "99" in capsys.readouterr().err


def test_pinning_and_deleting_beside_the_listener(
    program: Program, capsys: pytest.CaptureFixture[str]
) -> None:
    assert here(program, "events", "pin", "3", "4") == 0
    capsys.readouterr()
    assert [event["id"] for event in listed(program, capsys, "is:pinned")] == [4, 3]
    assert here(program, "events", "pin", "4", "--off") == 0
    assert here(program, "events", "delete", "5", "6") == 0
    assert here(program, "events", "delete", "--query", "type:ping") == 0
    capsys.readouterr()
    assert [event["id"] for event in listed(program, capsys)] == [10, 8, 4, 3, 2]
    program.post("/more")
    assert listed(program, capsys)[0]["id"] == 11


def test_a_reader_that_goes_away_is_no_error(program: Program) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "inspector", "events", "list", "--db", str(program.database)],
        env=environment(program.home),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.wait(PATIENCE_S) == 0
    assert process.stderr.read() == b""
    process.stderr.close()


def test_hostile_text_steers_no_terminal(program: Program, capsys: pytest.CaptureFixture[str]) -> None:
    before = len(program.events)
    program.exchange(
        b"P\x1b[2J /\x1b]0;t\x07 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    )
    program.post("/webhooks/nudj", b'{"id": "\\u001b[31m", "type": "\\u202egnip"}')
    program.wait(lambda: len(program.events) > before)
    for arguments in (["list"], ["list", "--json"], ["show", str(program.events[-1]["id"])]):
        assert here(program, "events", *arguments) == 0
        printed = capsys.readouterr().out
        assert "\x1b" not in printed
        assert "\u202e" not in printed


def test_a_database_of_another_program_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other.db"
    other.write_bytes(b"this is no database, and it stays as it is" * 100)
    assert run(["events", "list", "--db", str(other)]) == 3
    assert capsys.readouterr().err.startswith("webhook-inspector: ")
    assert other.read_bytes().startswith(b"this is no database")


def test_without_a_display_the_program_names_the_command_that_listens(tmp_path: Path) -> None:
    done = command(tmp_path)
    assert done.returncode == 3
    assert b"webhook-inspector listen" in done.stderr
