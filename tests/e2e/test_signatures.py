"""Signed webhooks at the real program: lines with verdict and cause, events verify, secrets set meanwhile."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.program import Program, command

BODY = b'{"id":"evt_1","type":"user.registered","data":{"score":1.0}}'
SECRET = "a secret of the tests"
PASSPHRASE = {"WEBHOOK_INSPECTOR_PASSPHRASE": "open sesame"}


def signature(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


@pytest.fixture(scope="module")
def program(home: Path) -> Iterator[Program]:
    """A listening program whose secrets are in a sealed file."""
    database = home / "events.db"
    assert command(home, "secrets", "keeper", "file", **PASSPHRASE).returncode == 0
    with Program(home, database, env=PASSPHRASE) as running:
        yield running


def run(program: Program, *arguments: str, stdin: bytes = b"") -> tuple[int, str]:
    done = command(program.home, *arguments, stdin=stdin, **PASSPHRASE)
    assert b"Traceback" not in done.stderr, done.stderr
    assert SECRET.encode() not in done.stdout + done.stderr
    return done.returncode, done.stdout.decode()


def verdict_of(program: Program, body: bytes, signed: str | None) -> tuple[object, object]:
    before = len(program.events)
    headers = {"Content-Type": "application/json"} | ({"X-Nudj-Signature": signed} if signed else {})
    assert program.post("/webhooks/nudj", body, headers)[0] == 200
    program.wait(lambda: len(program.events) > before)
    line = program.events[before]["signature"]
    assert isinstance(line, dict)
    return line["verdict"], line["cause"]


def test_from_no_secret_to_a_named_cause(program: Program) -> None:
    assert verdict_of(program, BODY, signature(BODY)) == ("unchecked", None)

    # A secret that another process keeps is noticed by the one that listens.
    assert run(program, "secrets", "set", "nudj-staging", stdin=SECRET.encode() + b"\n")[0] == 0
    database = ("--db", str(program.database))
    assert run(program, "sources", "edit", "nudj", "--secret", "nudj-staging", *database)[0] == 0

    def checked_again() -> bool:
        listed = run(program, "events", "list", "signature:valid", "--json", *database)[1].splitlines()
        return len(listed) == 1

    for _ in range(60):
        if checked_again():
            break
    else:
        raise AssertionError("the stored event was not checked again")

    assert verdict_of(program, BODY, signature(BODY)) == ("valid", None)
    assert verdict_of(program, BODY, None) == ("unsigned", None)
    assert verdict_of(program, BODY, signature(BODY.replace(b"1.0", b"1"))) == ("invalid", "reserialized")

    code, out = run(program, "events", "verify", "--json", *database)
    lines = [json.loads(line) for line in out.splitlines()]
    assert code == 1
    assert [(line["verdict"], line["cause"]) for line in lines] == [
        ("invalid", "reserialized"),
        ("unsigned", "header-missing"),
        ("valid", None),
        ("valid", None),
    ]
    assert "JSON" in lines[0]["sentence"]
    assert any("JavaScript" in warning for warning in lines[2]["warnings"])
    assert run(program, "events", "verify", "signature:valid", *database)[0] == 0
    assert run(program, "events", "list", "cause:reserialized", *database)[1].count("\n") == 1

    # Nothing on the disk holds the secret.
    for file in program.home.rglob("*"):
        assert not file.is_file() or SECRET.encode() not in file.read_bytes(), file
