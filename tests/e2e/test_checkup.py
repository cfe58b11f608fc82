"""checkup as a user calls it, against real handlers in Node and Python."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import threading
from pathlib import Path
from xml.etree import ElementTree

import pytest

from inspector.core.checkup import demands
from inspector.core.checkup.lines import Line
from inspector.core.signatures.bundled import bundled
from inspector.core.signatures.outcome import Key
from inspector.core.source import PRESET
from inspector.engine.checkup import Checkup, Handler
from tests.e2e.program import command
from tests.handlers.running import SECRET, running

NEEDS_NODE = pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
HANDLER_TOKEN = "Bearer tok_VeryPrivateToken"


def checkup(home: Path, url: str, *arguments: str, **env: str) -> subprocess.CompletedProcess[bytes]:
    """The command with the handler's secret in the environment."""
    given = arguments or ("--source", "nudj", "--secret-env", "SECRET")
    return command(home, "checkup", url, *given, SECRET=SECRET, **env)


def lines_of(done: subprocess.CompletedProcess[bytes]) -> dict[str, dict[str, object]]:
    """The JSON lines of the checks by their ids."""
    assert done.stderr == b""
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines[-1]["kind"] == "checkup"
    return {line["check"]: line for line in lines[:-1]}


def failed(done: subprocess.CompletedProcess[bytes]) -> list[str]:
    """The ids of what failed."""
    found = [check for check, line in lines_of(done).items() if line["result"] == "failed"]
    assert done.returncode == (1 if found else 0)
    return found


JSON = ("--source", "nudj", "--secret-env", "SECRET", "--json")


@NEEDS_NODE
def test_the_guides_own_handler_fails_over_the_raw_body_alone(home):
    with running("guide.mjs") as url:
        done = checkup(home, url, *JSON)
    assert failed(done) == ["raw-body"]
    line = lines_of(done)["raw-body"]
    assert "401 Unauthorized" in str(line["seen"])
    assert "raw body" in str(line["remedy"])


@NEEDS_NODE
def test_a_good_handler_in_node_passes(home):
    with running("good.mjs") as url:
        done = checkup(home, url)
    out = done.stdout.decode()
    assert (done.returncode, done.stderr) == (0, b"")
    assert f"checkup of {url}/webhooks/nudj (source nudj, scheme nudj)" in out
    assert out.endswith("17 passed, 1 not applicable\n")
    assert SECRET not in out


@NEEDS_NODE
def test_a_handler_that_crashes_is_one_failure(home):
    with running("crashing.mjs") as url:
        done = checkup(home, url, *JSON)
    assert failed(done) == ["malformed-signature"]
    assert "timingSafeEqual" in str(lines_of(done)["malformed-signature"]["remedy"])
    assert lines_of(done)["burst"]["seen"] == "the handler had ended"


@pytest.mark.parametrize(
    ("way", "arguments", "expected"),
    [
        ("good", JSON, []),
        ("careless", JSON,
         ["bad-signature", "altered-body", "malformed-signature", "missing-signature"]),
        ("strict", JSON,
         ["duplicate", "two-at-once", "known-types", "unknown-type", "unicode", "unknown-field"]),
        ("small", JSON, ["large-body"]),
        ("rewrites", JSON, ["answers-2xx"]),
        ("hangs", (*JSON, "--timeout", "2"), ["in-time"]),
        ("stripe-good", ("--scheme", "stripe", "--secret-env", "SECRET", "--json"), []),
        ("stripe-timeless", ("--scheme", "stripe", "--secret-env", "SECRET", "--json"), ["old-timestamp"]),
    ],
    ids=["good", "careless", "strict", "small", "rewrites", "hangs", "stripe", "timeless"],
)  # fmt: skip
def test_handlers_in_python(home, way, arguments, expected):
    with running("python_handler.py", way) as url:
        assert failed(checkup(home, url, *arguments)) == expected


def test_a_handler_that_is_not_there_is_one_failure(home, tmp_path):
    junit = tmp_path / "report.xml"
    with running("python_handler.py", "good") as url:
        pass
    done = checkup(home, url, *JSON, "--junit", str(junit))
    assert failed(done) == ["reachable"]
    assert len(lines_of(done)) == len(demands.ALL)
    suite = ElementTree.parse(junit).getroot().find("testsuite")
    assert suite is not None
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == (
        str(len(demands.ALL)), "1", str(len(demands.ALL) - 1),
    )  # fmt: skip


def test_no_secret_reaches_any_report(home, tmp_path):
    junit = tmp_path / "report.xml"
    files = ("--junit", str(junit), "--header-env", "Authorization=TOKEN")
    with running("python_handler.py", "talks") as url:
        for form in ((), ("--json",)):
            done = checkup(home, f"{url}/?key=QuerySecret", *JSON[:4], *form, *files, TOKEN=HANDLER_TOKEN)
            assert done.returncode == 1
            for report in (done.stdout + done.stderr, junit.read_bytes()):
                assert b"500 Internal Server Error" in report
                assert b"[secret]" in report
                plain = SECRET.removeprefix("whsec_")
                for private in (plain, "VeryPrivateToken", "QuerySecret"):
                    assert private.encode() not in report
                    assert base64.b64encode(private.encode()) not in report


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--source", "nudj"), 2, "--secret-env VAR"),
        ((), 2, "--source NAME"),
        (("--source", "nobody"), 1, "nobody"),
        (("--scheme", "nuj", "--secret-env", "SECRET"), 2, "nudj"),
        (("--scheme", "nudj", "--secret-env", "SECRET", "--timeout", "0"), 2, "time-out"),
        (("--scheme", "nudj", "--secret-env", "SECRET", "--header-env", "A"), 2, "NAME=VAR"),
    ],
    ids=["no secret", "no source", "unknown source", "unknown scheme", "no time", "no variable"],
)
def test_wrong_use(home, arguments, code, words):
    done = command(home, "checkup", "http://127.0.0.1:9/", *arguments, SECRET=SECRET)
    assert (done.returncode, done.stdout) == (code, b"")
    assert words in done.stderr.decode()
    assert SECRET not in done.stderr.decode()


def test_a_url_that_is_none(home):
    done = checkup(home, "localhost:3000")
    assert done.returncode in (2, 3)
    assert b"http://" in done.stderr


def test_a_checkup_can_be_cancelled():
    lines: list[Line] = []
    with running("python_handler.py", "hangs") as url:
        check = Checkup(Handler(url, limit_s=60.0), PRESET, bundled(), [Key("k", SECRET.encode())])
        reports = []
        thread = threading.Thread(target=lambda: reports.append(check.run(lines.append)))
        thread.start()
        check.cancel()
        thread.join(30)
        assert not thread.is_alive()
    assert not reports[0].lines
