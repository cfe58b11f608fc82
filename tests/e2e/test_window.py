"""The desktop program as a process: it opens, shows what a socket sends, and ends in order."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.program import PATIENCE_S, ROOT, environment
from tests.gui.shell import event, post

PROBE = str(Path(__file__).with_name("window_probe.py"))


class Window:
    """The program with its probe; lines of the probe can be waited for."""

    def __init__(self, home: Path, database: Path) -> None:
        # A real screen where the one who runs the tests has one to spare, such as a virtual one.
        display = os.environ.get("WEBHOOK_INSPECTOR_TEST_DISPLAY", "")
        more = {"DISPLAY": display} if display else {"QT_QPA_PLATFORM": "offscreen"}
        self.process = subprocess.Popen(
            [sys.executable, PROBE, str(database)],
            env=environment(home, **more),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.lines: list[dict[str, str]] = []
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._news:
                self.lines.append(json.loads(line))
                self._news.notify_all()
        with self._news:
            self._news.notify_all()

    def wait(self, kind: str, **what: str) -> dict[str, str]:
        """The first line of that kind with these values."""

        def found() -> dict[str, str] | None:
            for line in self.lines:
                if line["kind"] == kind and what.items() <= line.items():
                    return line
            return None

        with self._news:
            self._news.wait_for(lambda: found() is not None or self.process.poll() is not None, PATIENCE_S)
        line = found()
        assert line is not None, self.lines
        return line

    def end(self) -> tuple[int, str]:
        """Its exit code and standard error after SIGTERM."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        _, errors = self.process.communicate(timeout=PATIENCE_S)
        self._reader.join(PATIENCE_S)
        return self.process.returncode, errors


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Window]:
    running = Window(tmp_path, tmp_path / "events.db")
    yield running
    if running.process.poll() is None:
        running.process.kill()
        running.end()


def test_window_shows_what_a_socket_sends_and_ends_clean(window: Window) -> None:
    url = window.wait("listening")["url"]
    assert post(url, event(1, "order.paid")) == 200
    window.wait("shown", name="order.paid")
    code, errors = window.end()
    assert (code, errors) == (0, "")
