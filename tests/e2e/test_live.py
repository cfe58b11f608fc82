"""`listen --forward` and reply rules, with the real program and a real handler."""

from __future__ import annotations

import http.client
import json
from pathlib import Path

import pytest

from tests.e2e.program import PATIENCE_S, Program, command
from tests.unit.engine.deliveries.handler import Answer, Got, Handler


def lines(program: Program, kind: str) -> list[dict[str, object]]:
    return [line for line in list(program.lines) if line["kind"] == kind]


def test_senders_get_the_handlers_response(tmp_path: Path) -> None:
    def answer(got: Got) -> Answer:
        return Answer(202, (("X-Mine", "yes"),), b"got " + got.body)

    with Handler(answer) as handler:
        arguments = ("--forward", handler.url, "--return-response")
        with Program(tmp_path, tmp_path / "events.db", *arguments) as program:
            assert program.lines[0]["forward"] == handler.url
            assert program.lines[0]["return_response"] is True
            status, headers = program.post("/webhooks/nudj?x=1", b'{"id": "evt_1"}')
            assert (status, headers["x-mine"]) == (202, "yes")
            program.wait(lambda: bool(lines(program, "delivery")))
            (delivery,) = lines(program, "delivery")
            assert (delivery["status"], delivery["origin"], delivery["succeeded"]) == (202, "live", True)
        (got,) = handler.got
        assert (got.target, got.body) == ("/webhooks/nudj?x=1", b'{"id": "evt_1"}')


def test_the_queue_of_background_forwarding_survives_a_restart(tmp_path: Path) -> None:
    with Handler() as handler:
        url, port = handler.url, handler.port
    database = tmp_path / "events.db"
    policy = f"delays={','.join(['1s'] * 60)}"
    command(tmp_path, "targets", "add", "mine", url, "--policy", policy, "--db", str(database))
    with Program(tmp_path, database, "--forward", url) as program:
        assert [program.post("/hook", b"%d" % count)[0] for count in range(3)] == [200, 200, 200]
        program.wait(lambda: bool(lines(program, "delivery")))
        assert lines(program, "delivery")[0]["failure"] is not None
    with Handler(port=port) as handler, Program(tmp_path, database) as program:
        program.wait(lambda: sum(bool(line["succeeded"]) for line in lines(program, "delivery")) == 3)
        assert sorted(each.body for each in handler.got) == [b"0", b"1", b"2"]


def test_rules_from_the_command_line_hold(tmp_path: Path) -> None:
    database = tmp_path / "events.db"
    added = command(
        tmp_path, "sources", "add", "shop", "--db", str(database), "--path", "/shop", "--fail-first", "1",
        "--fail-with", "429", "--fail-retry-after", "3", "--reply-template", "--reply-body", "{{json:$.ask}}",
    )  # fmt: skip
    assert added.returncode == 0, added.stderr
    closing = command(
        tmp_path, "sources", "add", "rude", "--db", str(database), "--path", "/rude", "--fail-with", "close"
    )
    assert closing.returncode == 0, closing.stderr
    table = command(tmp_path, "sources", "list", "--db", str(database)).stdout.decode()
    assert "capture, first 1 fail with 429, template" in table
    assert "capture, 100% fail by close" in table
    listed = command(tmp_path, "sources", "list", "--json", "--db", str(database))
    rules = {source["name"]: source["rules"] for source in map(json.loads, listed.stdout.splitlines())}
    assert (rules["shop"]["fail_first"], rules["shop"]["fail_with"]) == (1, 429)
    assert (rules["rude"]["fail_share"], rules["nudj"]) == (1.0, None)
    with Program(tmp_path, database) as program:
        status, headers = program.post("/shop", b'{"id": "e", "ask": "abc"}')
        assert (status, headers["retry-after"]) == (429, "3")
        connection = http.client.HTTPConnection(program.host, program.port, timeout=PATIENCE_S)
        connection.request("POST", "/shop", b'{"id": "e", "ask": "abc"}')
        assert connection.getresponse().read() == b"abc"
        connection.close()
        with pytest.raises(http.client.RemoteDisconnected):
            program.post("/rude")
        program.wait(lambda: len(program.events) == 3)


@pytest.mark.parametrize(
    "arguments",
    [
        ("listen", "--return-response"),
        ("listen", "--port", "0", "--forward", "ftp://x"),
        ("sources", "add", "x", "--fail-with", "200"),
        ("sources", "add", "x", "--fail-share", "2"),
        ("sources", "add", "x", "--reply-template", "--reply-body", "{{nothing}}"),
    ],
    ids=["no-handler", "no-http", "no-failure", "no-share", "no-template"],
)
def test_wrong_use_is_explained(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = command(tmp_path, *arguments, "--db", str(tmp_path / "events.db"))
    assert done.returncode != 0
    assert done.stderr
    assert b"Traceback" not in done.stderr
