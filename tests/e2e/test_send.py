"""send as a user calls it: the official libraries behind a real handler take what was signed anew."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qsl

import pytest
import standardwebhooks
import stripe
import svix
from slack_sdk.signature import SignatureVerifier
from twilio.request_validator import RequestValidator

from inspector.cli.main import run as run_here
from inspector.core.raw_file import parse
from tests.e2e.program import PATIENCE_S, Program, command, environment
from tests.unit.engine.resends.handler import Handler, Seen

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PASSPHRASE = {"WEBHOOK_INSPECTOR_PASSPHRASE": "open sesame"}
NUDJ = b'{ "id":"evt_1", "type":"a.b",\r\n "data":{"score": 85.0, "big":12345678901234567890.10}, "n":1e3}'
FORM = "application/x-www-form-urlencoded"


def _stripe(seen: Seen) -> object:
    return stripe.Webhook.construct_event(seen.body, seen.lower["stripe-signature"], SECRET)


def _standard(seen: Seen) -> object:
    return standardwebhooks.Webhook(SECRET).verify(seen.body, seen.lower)


def _svix(seen: Seen) -> object:
    svix.Webhook(SECRET).verify(seen.body, seen.lower)
    return True


def _slack(seen: Seen) -> object:
    return SignatureVerifier(SECRET).is_valid_request(seen.body, seen.lower)


def _twilio(seen: Seen) -> object:
    fields = dict(parse_qsl(seen.body.decode(), keep_blank_values=True))
    return RequestValidator(SECRET).validate(seen.url, fields, seen.lower["x-twilio-signature"])


LIBRARIES: dict[str, Callable[[Seen], object]] = {
    "stripe": _stripe,
    "standard-webhooks": _standard,
    "svix": _svix,
    "slack": _slack,
    "twilio": _twilio,
}
BODIES = {
    "stripe": b'{"id":"evt_1", "object":"event", "n":1.0}',
    "standard-webhooks": b'{"id":"msg_1", "n":1.0}',
    "svix": b'{"id":"msg_2", "n":1.0}',
    "slack": b'{"event_id":"Ev1", "type":"event_callback"}',
    "twilio": b"Body=a%2Bb&From=%2B49",
}


def checked(seen: Seen) -> int:
    """200 where the library of the path takes the request, 401 where not; 200 without a library."""
    library = LIBRARIES.get(seen.target.partition("?")[0].rpartition("/")[2])
    try:
        return 200 if library is None or library(seen) is not False else 401
    except Exception:  # noqa: BLE001 - the libraries raise errors of their own kinds
        return 401


@pytest.fixture(scope="module")
def program(home: Path) -> Iterator[Program]:
    """A listening program with a source for each library, and an event of each and of Nudj."""
    database = home / "events.db"
    assert command(home, "secrets", "keeper", "file", **PASSPHRASE).returncode == 0
    stored = command(home, "secrets", "set", "shared", stdin=SECRET.encode(), **PASSPHRASE)
    assert stored.returncode == 0, stored.stderr
    for name in LIBRARIES:
        arguments = ("--path", f"/hooks/{name}", "--scheme", name, "--secret", "shared")
        added = command(home, "sources", "add", name, *arguments, "--db", str(database))
        assert added.returncode == 0, added.stderr
    with Program(home, database, env=PASSPHRASE) as running:
        for name, body in BODIES.items():
            kind = FORM if name == "twilio" else "application/json"
            assert running.post(f"/hooks/{name}?x=1", body, {"Content-Type": kind})[0] == 200
        assert running.post("/webhooks/nudj", NUDJ, {"X-Odd": "\xfc", "x-odd": "2"})[0] == 200
        running.wait(lambda: len(running.events) == len(BODIES) + 1)
        yield running


@pytest.fixture(scope="module")
def handler() -> Iterator[Handler]:
    with Handler(checked) as running:
        yield running


@pytest.fixture
def run(program: Program, handler: Handler, monkeypatch, capfdbinary):
    """Runs send in this process; gives the exit code, standard output, standard error."""
    for name, value in environment(program.home, **PASSPHRASE).items():
        monkeypatch.setenv(name, value)
    handler.seen.clear()

    def run_(*arguments: str, stdin: bytes = b"", to: str | None = handler.url) -> tuple[int, bytes, str]:
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(stdin)))
        monkeypatch.setattr(sys, "stdout", open(1, "w", encoding="utf-8", closefd=False))  # noqa: SIM115
        where = () if to is None else ("--to", to)
        try:
            code = run_here(["send", *arguments, *where, "--db", str(program.database)])
        except SystemExit as end:
            code = int(str(end.code))
        sys.stdout.flush()
        out = capfdbinary.readouterr()
        assert SECRET.encode() not in out.out + out.err
        return code, out.out, out.err.decode()

    return run_


def nudj_id(program: Program) -> str:
    return str(next(event["id"] for event in program.events if event["source"] == "nudj"))


def lines_of(out: bytes) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.splitlines()]


def test_official_libraries_take_what_was_signed_anew_and_nothing_else(run, program, handler) -> None:
    arguments = ("send", "path:/hooks/*", "--resign", "--json", "--concurrency", "5", "--to", handler.url)
    done = command(program.home, *arguments, "--db", str(program.database), **PASSPHRASE)
    *results, end = lines_of(done.stdout)
    assert (done.returncode, end["outcomes"], done.stderr) == (0, {"200": 5}, b"")
    assert {seen.target for seen in handler.seen} == {f"/hooks/{name}?x=1" for name in LIBRARIES}
    assert all(result["delivery_id"] and result["succeeded"] for result in results)
    assert sorted(seen.body for seen in handler.seen) == sorted(BODIES.values())

    code, out, _ = run("path:/hooks/*", "--as-captured")
    assert code == 1
    assert b"0 of 5 delivered; 5 failed (401 \xc3\x97 5)" in out


def test_setting_a_value_changes_only_its_bytes(run, program, handler) -> None:
    headers = ("--set-header", "x-ODD: new", "--remove-header", "accept")
    code, out, _ = run(nudj_id(program), "--set", "$.data.score=100", *headers)
    assert (code, out.split()[1]) == (0, b"200")
    (seen,) = handler.seen
    assert seen.body == NUDJ.replace(b"85.0", b"100")
    assert seen.lower["content-length"] == str(len(seen.body))
    assert [pair for pair in seen.headers if pair[0].lower() == "x-odd"] == [("X-Odd", "new")]


def test_an_id_that_cannot_be_made_fresh_is_told_of_before_sending(run) -> None:
    code, out, errors = run("source:twilio", "--resign", "--fresh-id")
    assert (code, out.split()[1]) == (0, b"200")
    assert errors == "warning: The event has no id that could be made fresh.\n"
    code, _, errors = run("source:stripe", "--resign", "--fresh-id")
    assert (code, errors) == (0, "")


def test_a_dry_run_prints_the_exact_bytes_and_sends_nothing(run, program, handler) -> None:
    code, out, errors = run(nudj_id(program), "--dry-run", "--set", "$.n=1e4", "--method", "PUT")
    shown = parse(out)
    assert code == 0
    assert shown.line == b"PUT /webhooks/nudj HTTP/1.1"
    assert shown.body == NUDJ.replace(b"1e3", b"1e4")
    assert "as-captured" in errors
    (fields,) = lines_of(run(nudj_id(program), "--dry-run", "--json")[1])
    assert str(fields["body"]).encode() == NUDJ
    assert not handler.seen


def test_a_kept_edit_is_an_event_of_its_own(run, program, handler) -> None:
    code, _, errors = run(nudj_id(program), "--set", "$.data.score=1", "--keep")
    assert code == 0
    new = errors.split()[-1].rstrip(".")
    done = command(program.home, "events", "show", new, "--json", "--db", str(program.database))
    shown = json.loads(done.stdout)
    assert (shown["mark"], shown["edited_from"]) == ("edited", int(nudj_id(program)))
    assert shown["body"].encode() == handler.seen[0].body == NUDJ.replace(b"85.0", b"1")


def test_a_composed_request_and_one_signed_by_its_path(run, handler, tmp_path) -> None:
    file = tmp_path / "order.http"
    file.write_bytes(b"POST /hooks/stripe\nContent-Type: application/json\n\n" + BODIES["stripe"])
    assert run("--compose", str(file))[0] == 1
    code, out, _ = run("--compose", "-", "--resign", stdin=file.read_bytes())
    assert code == 0, out
    assert [seen.body for seen in handler.seen] == [BODIES["stripe"]] * 2


@pytest.mark.parametrize("trial", ["wrong-signature", "no-signature", "old-timestamp", "at-once"])
def test_trials_are_good_when_the_handler_is(run, handler, trial) -> None:
    code, out, _ = run("source:stripe", "--trial", trial)
    assert (code, out.splitlines()[-1]) == (0, b"As it should be.")
    assert len(handler.seen) == (2 if trial == "at-once" else 1)


def test_a_handler_that_takes_everything_does_not_pass_a_trial(run, program) -> None:
    with Handler() as careless:
        code, out, _ = run("source:stripe", "--trial", "no-signature", "--json", to=careless.url)
    assert code == 1
    assert lines_of(out)[-1]["passed"] is False


def test_nobody_listens(run, program) -> None:
    code, out, _ = run(nudj_id(program), to="http://127.0.0.1:9")
    assert code == 1
    assert b"connection refused" in out


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((), 2, "Give a QUERY"),
        (("",), 2, "would send every event"),
        (("4711",), 1, "no event 4711"),
        (("type:nothing",), 1, "no event matches"),
        (("source:nudj", "--set", "score=1"), 2, "must begin with $"),
        (("source:nudj", "--set", "$.n.m=1"), 2, "$.n is a number"),
        (("source:nudj", "--set-header", "oops"), 2, "write Name: value"),
        (("source:nudj", "--fresh-id"), 2, "--fresh-id needs --resign"),
        (("source:nudj", "--resign"), 1, "no secret to sign with"),
        (("source:nudj", "--trial", "old-timestamp"), 1, "needs the secret"),
        (("source:nudj", "--trial", "duplicate", "--method", "PUT"), 2, "leave the edits out"),
        (("source:nudj", "--resign", "--as-captured"), 2, "not allowed with"),
        (("source:nudj", "--to", "ftp://x/"), 2, "http://"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_sent(run, handler, arguments, code, words) -> None:
    found, _, errors = run(*arguments, to=None if "--to" in arguments else handler.url)
    assert (found, words in errors) == (code, True), errors
    assert not handler.seen


def test_ctrl_c_ends_a_batch_with_its_summary(program) -> None:
    free = threading.Event()

    def slow(seen: Seen) -> int:
        free.wait(PATIENCE_S)
        return 200

    with Handler(slow) as handler:
        arguments = ("send", "path:/hooks/*", "--to", handler.url, "--json", "--db", str(program.database))
        process = subprocess.Popen(
            [sys.executable, "-m", "inspector", *arguments],
            env=environment(program.home, **PASSPHRASE),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        try:
            handler.wait_for(1)
            process.send_signal(signal.SIGINT)
            out, errors = process.communicate(timeout=PATIENCE_S)
        finally:
            free.set()
            process.kill()
    assert process.returncode == 130, errors
    end = lines_of(out)[-1]
    assert (end["kind"], end["cancelled"], end["left"]) == ("summary", True, 4)
    assert len(handler.seen) == 1


def test_the_event_is_listed_with_what_came_of_it(run, program) -> None:
    assert run(nudj_id(program))[0] == 0
    done = command(program.home, "events", "list", "delivery:ok", "--json", "--db", str(program.database))
    assert int(nudj_id(program)) in [line["id"] for line in lines_of(done.stdout)]
