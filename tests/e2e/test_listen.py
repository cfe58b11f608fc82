"""From the socket to the disk and back, byte for byte, with the real program."""

from __future__ import annotations

import gzip
import json
import signal
import socket
import time
from pathlib import Path

import pytest

from tests.e2e.program import PATIENCE_S, Program, command


def newest(program: Program, before: int) -> dict[str, object]:
    program.wait(lambda: len(program.events) > before)
    return program.events[before]


def kept(program: Program, number: object, form: str) -> bytes:
    done = command(program.home, "events", "show", str(number), form, "--db", str(program.database))
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_first_line_says_where_it_listens(program: Program) -> None:
    first = program.lines[0]
    assert list(first) == ["kind", "url", "db"]
    assert first["kind"] == "listening"
    assert first["url"] == f"http://127.0.0.1:{program.port}"
    assert first["db"] == str(program.database)


def test_an_event_is_acknowledged_and_printed_with_what_its_dialect_reads(program: Program) -> None:
    before = len(program.events)
    body = json.dumps({"id": "evt_1", "type": "challenge.completed"}).encode()
    status, _ = program.post("/webhooks/nudj?x=1", body, {"Content-Type": "application/json"})
    assert status == 200
    event = newest(program, before)
    assert (event["method"], event["target"], event["source"]) == ("POST", "/webhooks/nudj?x=1", "nudj")
    assert (event["event_type"], event["event_id"]) == ("challenge.completed", "evt_1")
    assert event["size_bytes"] == len(body)
    assert str(event["received_at"]).endswith("Z")
    assert isinstance(event["signature"], dict)


def test_raw_and_body_are_the_bytes_of_the_wire(program: Program) -> None:
    before = len(program.events)
    zipped = gzip.compress(b'{"a": 1}', mtime=0)
    head = (
        b"PATCH /p%%20a?q=\xc3\xa4&&= HTTP/1.1\r\nhOsT: x\r\nX-A:1\r\nx-a:  2\t\r\nX-Bytes: \xff\x80\r\n"
        b"Content-Encoding: gzip\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(zipped)
    )
    reply = program.exchange(head + zipped)
    assert reply.startswith(b"HTTP/1.1 200 ")
    number = newest(program, before)["id"]
    assert kept(program, number, "--raw") == head + zipped
    assert kept(program, number, "--body") == zipped


def test_chunked_bodies_are_kept_as_the_joined_bytes(program: Program) -> None:
    before = len(program.events)
    reply = program.exchange(
        b"POST /chunked HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"4;ext=1\r\nWi\r\n\r\n5\r\nki\x00\xffp\r\n0\r\nTrailer: t\r\n\r\n"
    )
    assert reply.startswith(b"HTTP/1.1 200 ")
    assert kept(program, newest(program, before)["id"], "--body") == b"Wi\r\nki\x00\xffp"


def test_pipelined_requests_are_answered_in_order_and_head_gets_no_body(program: Program) -> None:
    before = len(program.events)
    reply = program.exchange(
        b"GET /1 HTTP/1.1\r\nHost: x\r\n\r\n"
        b"HEAD /2 HTTP/1.1\r\nHost: x\r\n\r\n"
        b"DELETE /3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    )
    assert reply.count(b"HTTP/1.1 200 ") == 3
    program.wait(lambda: len(program.events) >= before + 3)
    assert [event["target"] for event in program.events[before:]] == ["/1", "/2", "/3"]


def test_a_client_that_breaks_off_leaves_an_incomplete_event(program: Program) -> None:
    before = len(program.events)
    with socket.create_connection((program.host, program.port), timeout=PATIENCE_S) as connection:
        connection.sendall(b"POST /broken HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
    event = newest(program, before)
    assert (event["state"], event["size_bytes"]) == ("incomplete", 4)


def test_malformed_http_gets_400_and_is_no_event(program: Program) -> None:
    before = len(program.events)
    assert program.exchange(b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n").startswith(b"HTTP/1.1 400 ")
    program.post("/after")
    assert newest(program, before)["target"] == "/after"


def test_expect_100_continue_is_answered_before_the_body(program: Program) -> None:
    with socket.create_connection((program.host, program.port), timeout=PATIENCE_S) as connection:
        connection.sendall(
            b"POST /c HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
            b"Content-Length: 2\r\nConnection: close\r\n\r\n"
        )
        assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
        connection.sendall(b"ok")
        assert connection.recv(100).startswith(b"HTTP/1.1 200 ")


def test_the_same_event_again_is_a_repeat(program: Program) -> None:
    before = len(program.events)
    for _ in range(2):
        program.post("/webhooks/nudj", b'{"id": "evt_again", "type": "t"}')
    program.wait(lambda: len(program.events) >= before + 2)
    assert [event["repeat"] for event in program.events[before:]] == [0, 1]


def test_a_second_program_on_the_same_file_is_refused_with_the_pid_of_the_first(program: Program) -> None:
    done = command(program.home, "listen", "--port", "0", "--db", str(program.database))
    assert done.returncode == 3
    assert str(program.process.pid).encode() in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_taken_port_is_said_and_exits_with_3(program: Program, tmp_path: Path) -> None:
    done = command(program.home, "listen", "--port", str(program.port), "--db", str(tmp_path / "other.db"))
    assert done.returncode == 3
    assert str(program.port).encode() in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_source_that_another_process_adds_takes_its_events(program: Program) -> None:
    done = command(
        program.home,
        "sources",
        "add",
        "shop",
        "--path",
        "/shop",
        "--reply-status",
        "202",
        "--db",
        str(program.database),
    )
    assert done.returncode == 0, done.stderr
    patience = time.monotonic() + PATIENCE_S
    while program.post("/shop/orders")[0] != 202:
        assert time.monotonic() < patience, "the listener never saw the new source"
    program.wait(lambda: program.events[-1]["source"] == "shop")


def test_a_new_start_does_not_print_what_an_earlier_one_kept(tmp_path: Path) -> None:
    signed = {"X-Nudj-Signature": "t=1,v1=00", "Webhook-Signature": "v1,00"}
    with Program(tmp_path, tmp_path / "events.db") as first:
        first.post("/webhooks/nudj", b"{}", signed)
    with Program(tmp_path, tmp_path / "events.db") as second:
        second.post("/new", b"{}")
        second.wait(lambda: bool(second.events))
        assert [event["target"] for event in second.events] == ["/new"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["int", "term"])
def test_a_signal_ends_it_in_order(tmp_path: Path, number: signal.Signals) -> None:
    running = Program(tmp_path, tmp_path / "events.db")
    assert running.post("/last")[0] == 200
    assert running.end(number) == 0
    assert running.errors == []
    assert not (tmp_path / "events.db-wal").exists()
