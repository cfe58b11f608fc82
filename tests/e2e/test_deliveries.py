"""Targets, deliveries and dead letters through the real program."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.program import Program, command
from tests.unit.engine.deliveries.handler import Answer, Handler, until


@pytest.fixture
def handler() -> Iterator[Handler]:
    with Handler() as running:
        yield running


def lines(output: bytes) -> list[dict[str, object]]:
    return [json.loads(line) for line in output.splitlines()]


def run(home: Path, *arguments: str, **more: str) -> list[dict[str, object]]:
    done = command(home, *arguments, "--db", str(home / "events.db"), **more)
    assert done.returncode == 0, done.stderr.decode()
    return lines(done.stdout) if "--json" in arguments else []


def code(home: Path, *arguments: str) -> int:
    return command(home, *arguments, "--db", str(home / "events.db")).returncode


def test_targets_are_added_edited_listed_and_removed(tmp_path: Path) -> None:
    run(tmp_path, "targets", "add", "shop", "http://127.0.0.1:3000", "--default", "--header", "X-A: 1")
    run(tmp_path, "targets", "edit", "shop", "--name", "store", "--rate", "5", "--policy", "nudj")
    (target,) = run(tmp_path, "targets", "list", "--json")
    assert (target["name"], target["url"], target["default"]) == ("store", "http://127.0.0.1:3000", True)
    assert (target["headers"], target["rate_per_s"], target["policy"]) == ([["X-A", "1"]], 5.0, "nudj")
    assert (
        b"(provider's)"
        not in command(tmp_path, "targets", "list", "--db", str(tmp_path / "events.db")).stdout
    )
    assert code(tmp_path, "targets", "add", "store", "http://127.0.0.1:1") == 2
    assert code(tmp_path, "targets", "add", "bad", "ftp://127.0.0.1") == 2
    assert code(tmp_path, "targets", "edit", "store", "--policy", "delays=x") == 2
    assert code(tmp_path, "targets", "remove", "other") == 1
    run(tmp_path, "targets", "remove", "store")
    assert run(tmp_path, "targets", "list", "--json") == []


def test_sources_name_a_target_and_a_mode(tmp_path: Path) -> None:
    url = "http://127.0.0.1:3999"
    run(tmp_path, "sources", "add", "shop", "--path", "/shop", "--target", url, "--mode", "forward")
    found = {source["name"]: source for source in run(tmp_path, "sources", "list", "--json")}
    assert (found["shop"]["target"], found["shop"]["mode"]) == ("127.0.0.1-3999", "forward")
    assert (found["nudj"]["target"], found["nudj"]["mode"]) == (None, "capture")
    assert [target["url"] for target in run(tmp_path, "targets", "list", "--json")] == [url]
    assert code(tmp_path, "sources", "edit", "shop", "--target", "nowhere") == 1
    assert code(tmp_path, "sources", "edit", "shop", "--mode", "shout") == 2


def test_a_certificate_that_is_not_checked_is_warned_of_whoever_said_so(tmp_path: Path) -> None:
    run(tmp_path, "targets", "add", "open", "https://127.0.0.1:9", "--no-verify-tls")
    (tmp_path / "a.http").write_bytes(b"POST /a HTTP/1.1\r\nHost: a\r\n\r\n")
    composed = (
        "send",
        "--compose",
        str(tmp_path / "a.http"),
        "--dry-run",
        "--db",
        str(tmp_path / "events.db"),
    )
    assert b"certificate is not checked" in command(tmp_path, *composed, "--to", "open").stderr
    assert b"certificate" not in command(tmp_path, *composed, "--to", "https://127.0.0.1:9").stderr


def test_dead_letters_are_listed_retried_and_discarded_beside_a_listening_program(
    tmp_path: Path, handler: Handler
) -> None:
    """The listening program owns the queue; commands on its file see and change the same letters."""
    from inspector.engine.inspector import Inspector, Options
    from inspector.engine.paths import Folders

    handler.answer = lambda _: Answer(500, body=b"broken")
    run(tmp_path, "targets", "add", "t", handler.url, "--policy", "none", "--timeout", "60")
    with Program(tmp_path, tmp_path / "events.db") as program:
        for number in range(3):
            assert program.post("/webhooks/nudj", b'{"n": %d}' % number)[0] == 200
        beside = Inspector(
            Options(
                database=tmp_path / "events.db",
                folders=Folders(tmp_path / "data", tmp_path / "config"),
                capture=False,
            )
        )
        beside.start()
        beside.deliveries.enqueue([1, 2, 3], "t").result(60)
        until(lambda: len(beside.deliveries.dead_letters()) == 3)
        beside.stop()
        letters = run(tmp_path, "dead-letters", "list", "--json")
        assert [(letter["event"], letter["status"], letter["attempts"]) for letter in letters] == [
            (1, 500, 1), (2, 500, 1), (3, 500, 1),
        ]  # fmt: skip
        handler.answer = lambda _: Answer(502)
        assert code(tmp_path, "dead-letters", "retry", str(letters[0]["id"])) == 1
        again = run(tmp_path, "dead-letters", "list", "--json")[0]
        assert (again["status"], again["attempts"], again["detail"]) == (502, 2, "502 Bad Gateway")
        handler.answer = lambda _: Answer(204)
        (retried,) = run(tmp_path, "dead-letters", "retry", str(letters[0]["id"]), "--json")
        assert (retried["status"], retried["succeeded"], retried["origin"]) == (204, True, "retry")
        assert [letter["event"] for letter in run(tmp_path, "dead-letters", "list", "--json")] == [2, 3]
        assert code(tmp_path, "dead-letters", "discard", "999") == 1
        assert code(tmp_path, "dead-letters", "discard") == 2
        run(tmp_path, "dead-letters", "discard", "--all")
        assert run(tmp_path, "dead-letters", "list", "--json") == []
    rows = run(tmp_path, "deliveries", "list", "--event", "1", "--json")
    assert [row["status"] for row in rows] == [500, 502, 204]
    assert len(run(tmp_path, "deliveries", "list", "--failed", "--json")) == 4
    shown = command(tmp_path, "deliveries", "show", str(rows[0]["id"]), "--db", str(tmp_path / "events.db"))
    assert b"500 Internal Server Error" in shown.stdout
    assert b"broken" in shown.stdout
    (whole,) = run(tmp_path, "deliveries", "show", str(rows[0]["id"]), "--json")
    assert whole["request"]["body"] == '{"n": 0}'  # type: ignore[index] # an object of the JSON
    assert code(tmp_path, "deliveries", "show", "999") == 1
    (found,) = run(tmp_path, "events", "list", "delivery:ok", "--json")
    assert found["id"] == 1
