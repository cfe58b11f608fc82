"""The real program as a process, and raw sockets to talk to it."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60.0


def environment(home: Path, **more: str) -> dict[str, str]:
    """A user of their own: no settings, no secrets, no keyring, no display of the one who runs the tests."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("WEBHOOK_INSPECTOR_", "XDG_")) and name not in _REMOVED
    }
    return kept | {
        "HOME": str(home),
        "USERPROFILE": str(home),
        "APPDATA": str(home / "roaming"),
        "LOCALAPPDATA": str(home / "local"),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        **more,
    }


_REMOVED = {"PYTHONDONTWRITEBYTECODE", "DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}


def command(
    home: Path, *arguments: str, stdin: bytes = b"", **more: str
) -> subprocess.CompletedProcess[bytes]:
    """Runs one command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "inspector", *arguments],
        env=environment(home, **more),
        input=stdin,
        capture_output=True,
        timeout=PATIENCE_S,
        check=False,
    )


class Program:
    """`webhook-inspector listen --json` on a port of its own; ended at the end of the with block."""

    def __init__(
        self,
        home: Path,
        database: Path,
        *arguments: str,
        env: Mapping[str, str] | None = None,
        wrap: Sequence[str] = (),
    ) -> None:
        self.home = home
        self.database = database
        self.lines: list[dict[str, object]] = []
        self.errors: list[str] = []
        self._news = threading.Condition()
        self.process = subprocess.Popen(
            [
                *wrap, sys.executable, "-m", "inspector", "listen",
                "--json", "--port", "0", "--db", str(database), *arguments,
            ],
            env=environment(home, **(env or {})),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )  # fmt: skip
        self._readers = [
            threading.Thread(target=self._read_lines, daemon=True),
            threading.Thread(target=self._read_errors, daemon=True),
        ]
        for reader in self._readers:
            reader.start()
        try:
            self.wait(lambda: bool(self.lines))
        except BaseException:
            self.end(signal.SIGKILL)
            raise
        parts = urlsplit(str(self.lines[0]["url"]))
        assert parts.hostname is not None
        assert parts.port is not None
        self.host, self.port = parts.hostname, parts.port

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end(signal.SIGTERM)

    def end(self, number: signal.Signals) -> int:
        """Sends a signal and waits for the end; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            code = self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        for reader in self._readers:
            reader.join(PATIENCE_S)
        for stream in (self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()
        return code

    @property
    def events(self) -> list[dict[str, object]]:
        """The lines of events so far."""
        return [line for line in list(self.lines) if line["kind"] == "event"]

    def wait(self, condition: Callable[[], bool]) -> None:
        """Waits until something that was printed makes the condition true."""
        with self._news:
            if not self._news.wait_for(lambda: condition() or self._ended(), PATIENCE_S) or not condition():
                raise AssertionError(f"waited in vain; lines: {self.lines[-3:]}; errors: {self.errors[-20:]}")

    def _ended(self) -> bool:
        return self.process.poll() is not None and not any(reader.is_alive() for reader in self._readers)

    def _read_lines(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._news:
                self.lines.append(json.loads(line))
                self._news.notify_all()
        with self._news:
            self._news.notify_all()

    def _read_errors(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            with self._news:
                self.errors.append(line.rstrip("\n"))
                self._news.notify_all()
        with self._news:
            self._news.notify_all()

    # Sending

    def post(
        self, path: str, body: bytes = b"{}", headers: Mapping[str, str] | None = None, method: str = "POST"
    ) -> tuple[int, dict[str, str]]:
        """One request on a connection of its own; status and headers of the reply."""
        connection = self.connect()
        with contextlib.closing(connection):
            connection.request(method, path, body, dict(headers or {}))
            with connection.getresponse() as response:
                response.read()
                return response.status, {name.lower(): value for name, value in response.getheaders()}

    def connect(self) -> http.client.HTTPConnection:
        """A connection to keep."""
        return http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE_S)

    def exchange(self, data: bytes) -> bytes:
        """Sends exact bytes, then reads all until the other side closes."""
        with socket.create_connection((self.host, self.port), timeout=PATIENCE_S) as connection:
            connection.sendall(data)
            pieces = []
            while piece := connection.recv(65_536):
                pieces.append(piece)
            return b"".join(pieces)
