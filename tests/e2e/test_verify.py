"""verify, sign and schemes as a user calls them."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from inspector.cli.main import run
from inspector.core.signatures.bundled import bundled
from tests.unit.core.signatures.material import keys_for, request_for, vector_request, vectors

RAW = b'POST /in HTTP/1.1\r\nHost: h.example\r\nContent-Type: application/json\r\n\r\n{"a":"\xc3\xbc"}'
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def call(monkeypatch, tmp_path, capfdbinary):
    """Runs a command in this process: (exit code, standard output, standard error)."""
    monkeypatch.setenv("WEBHOOK_INSPECTOR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SECRET", SECRET)
    monkeypatch.setenv("OTHER", "whsec_b3RoZXI=")

    def call(*arguments: str, stdin: bytes = b"") -> tuple[int, bytes, str]:
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(stdin)))
        monkeypatch.setattr(sys, "stdout", open(1, "w", encoding="utf-8", closefd=False))  # noqa: SIM115
        code = run([str(argument) for argument in arguments])
        sys.stdout.flush()
        out = capfdbinary.readouterr()
        return code, out.out, out.err.decode()

    return call


def raw_of(seen, url: str) -> bytes:
    """The request as a file has it."""
    target = url.partition("://")[2].partition("/")[2]
    lines = [
        f"{seen.method} /{target} HTTP/1.1".encode(),
        *(name + b": " + value for name, value in seen.headers),
    ]
    return b"\r\n".join([*lines, b"", seen.body])


def test_every_vector_through_the_command(call, tmp_path, monkeypatch):
    wrong = []
    for vector in vectors():
        arguments = ["verify", "-", "--scheme", vector["scheme"], "--json"]
        arguments += ["--url", vector["url"], "--at", vector["now"]]
        given = vector.get("secret", vector.get("public_key"))
        for number, material in enumerate(given if isinstance(given, list) else [given]):
            if "secret" in vector:
                monkeypatch.setenv(f"KEY_{number}", material)
                arguments += ["--secret-env", f"KEY_{number}"]
            else:
                file = tmp_path / f"key-{number}"
                file.write_text(material + "\n")
                arguments += ["--public-key", file]
        code, out, _ = call(*arguments, stdin=raw_of(vector_request(vector), str(vector["url"])))
        report = json.loads(out)
        if report["verdict"] != vector["expect"] or code != (vector["expect"] == "invalid"):
            wrong.append((vector["id"], vector["why"], report))
        assert bool(report["cause"]) == (vector["expect"] == "invalid")
    assert wrong == []


@pytest.mark.parametrize("name", sorted(bundled().records))
def test_what_sign_prints_verify_accepts(call, tmp_path, name):
    scheme = bundled()[name]
    key, keys = keys_for(scheme)
    files = []
    for number, one in enumerate([key, *keys[1:]]):
        files += ["--private-key", tmp_path / f"private-{number}"]
        files[-1].write_bytes(one.material)
    public = []
    for number, one in enumerate(keys):
        public += ["--public-key", tmp_path / f"public-{number}"]
        public[-1].write_bytes(one.material)
    raw = raw_of(request_for(scheme, b"{}"), "https://h.example/in?a=1")
    code, fresh, err = call(
        "sign", "-", "--scheme", name, "--url", "https://h.example/in?a=1", *files, stdin=raw
    )
    assert (code, err) == (0, "")
    target = fresh.split(b" ")[1].decode()
    code, out, err = call(
        "verify", "-", "--scheme", name, "--url", f"https://h.example{target}", *public, stdin=fresh
    )
    assert (code, err) == (0, ""), out
    assert out.startswith(f"valid  {name}\n".encode())


def test_the_verdict_in_words(call, tmp_path):
    file = tmp_path / "order.http"
    file.write_bytes(RAW)
    code, fresh, _ = call("sign", file, "--scheme", "stripe", "--secret-env", "SECRET", "--at", "1000")
    assert code == 0
    assert b"\r\nStripe-Signature: t=1000,v1=" in fresh
    file.write_bytes(fresh)
    common = ["verify", file, "--secret-env", "OTHER", "--secret-env", "SECRET"]
    code, out, _ = call(*common, "--at", "1100")
    assert code == 0
    assert "Secret: SECRET verifies it" in out.decode()
    assert "100 s old; allowed: 300 s back" in out.decode()
    code, out, _ = call(*common, "--at", "1301")
    assert (code, out.decode().splitlines()[0]) == (1, "invalid  stripe  cause: replayed")
    assert call(*common, "--at", "1301", "--tolerance", "400")[0] == 0
    file.write_bytes(fresh.replace(b'"a":', b'"a": '))
    code, out, _ = call(*common, "--at", "1000", "--json")
    report = json.loads(out)
    assert (code, report["verdict"], report["cause"]) == (1, "invalid", "reserialized")
    assert report["message"] == '1000.{"a": "ü"}'
    assert {"title": "Signature read", "passed": True, "detail": "1 signature to compare with"} in report[
        "steps"
    ]
    assert SECRET not in out.decode()


def test_at_capture_takes_the_date_header(call):
    raw = RAW.replace(b"Host:", b"Date: Thu, 01 Jan 1970 00:20:00 GMT\r\nHost:")
    _, fresh, _ = call("sign", "-", "--scheme", "stripe", "--secret-env", "SECRET", "--at", "1000", stdin=raw)
    assert call("verify", "-", "--secret-env", "SECRET", "--at", "capture", stdin=fresh)[0] == 0
    assert call("verify", "-", "--secret-env", "SECRET", stdin=fresh)[0] == 1
    assert (
        call("verify", "-", "--scheme", "stripe", "--secret-env", "SECRET", "--at", "capture", stdin=RAW)[0]
        == 2
    )


@pytest.mark.parametrize(
    ("arguments", "stdin", "code", "words"),
    [
        (["verify", "-", "--scheme", "strpe", "--secret-env", "SECRET"], RAW, 2, "Did you mean stripe"),
        (["verify", "-", "--scheme", "stripe", "--secret-env", "NOT_SET"], RAW, 2, "NOT_SET is not set"),
        (["verify", "-", "--scheme", "stripe"], RAW, 2, "Give the key"),
        (["verify", "-", "--secret-env", "SECRET"], RAW, 2, "No scheme is known by these headers"),
        (["verify", "-", "--scheme", "stripe", "--secret-env", "SECRET"], b"{}", 2, "no raw HTTP request"),
        (["verify", "none.http", "--scheme", "stripe", "--secret-env", "SECRET"], b"", 3, "cannot be read"),
        (["verify", "-", "--scheme", "discord", "--public-key", "none"], RAW, 3, "cannot be read"),
        (["sign", "-", "--scheme", "discord", "--secret-env", "SECRET"], RAW, 2, "private key"),
        (["schemes", "show", "paypall"], b"", 2, "Did you mean paypal"),
    ],
)
def test_wrong_use_and_missing_files(call, arguments, stdin, code, words):
    found, out, err = call(*arguments, stdin=stdin)
    assert (found, out) == (code, b"")
    assert words in err
    assert SECRET not in err


def test_schemes_are_listed_and_shown(call, tmp_path):
    code, out, _ = call("schemes", "list")
    assert (code, len(out.splitlines())) == (0, 91)
    lines = [json.loads(line) for line in call("schemes", "list", "--json")[1].splitlines()]
    assert {"kind": "scheme", "id": "box", "name": "Box", "algorithm": "hmac-sha256"} in lines
    shown = call("schemes", "show", "box")[1].decode()
    assert "{body|unicode_escape}{timestamp}" in shown
    own = tmp_path / "own.toml"
    own.write_text('[acme]\nalgorithm = "token"\nsignature = { header = "x-acme" }\n')
    assert b"acme" in call("schemes", "list", "--schemes", own)[1]
    raw = b"POST / HTTP/1.1\nX-Acme: " + SECRET.encode() + b"\n\n"
    assert call("verify", "-", "--schemes", own, "--secret-env", "SECRET", stdin=raw)[0] == 0
    own.write_text('[acme]\nalgorithm = "tokn"\n')
    code, _, err = call("schemes", "list", "--schemes", own)
    assert (code, "own.toml, line 2" in err) == (2, True)


def test_the_real_program(tmp_path):
    """One call through the interpreter: the exit code and the secret's bytes survive the process."""
    environment = {**os.environ, "WEBHOOK_INSPECTOR_HOME": str(tmp_path), "S": "schlüssel"}
    command = [sys.executable, "-m", "inspector"]
    options = {"env": environment, "capture_output": True, "timeout": 100}
    signed = subprocess.run(
        [*command, "sign", "-", "--scheme", "github", "--secret-env", "S"], input=RAW, check=False, **options
    )
    assert (signed.returncode, signed.stderr) == (0, b"")
    checked = subprocess.run(
        [*command, "verify", "-", "--scheme", "github", "--secret-env", "S"],
        input=signed.stdout,
        check=False,
        **options,
    )
    assert checked.returncode == 0, checked.stdout
    altered = subprocess.run(
        [*command, "verify", "-", "--scheme", "github", "--secret-env", "S"],
        input=signed.stdout + b"x",
        check=False,
        **options,
    )
    assert altered.returncode == 1
