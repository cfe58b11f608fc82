"""The window while events come: the longest stall, from socket to screen, and what it costs capture."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from inspector.app import calm_interpreter
from inspector.engine.inspector import Inspector, Options
from inspector.engine.paths import Folders
from inspector.gui.background import Background
from inspector.gui.main_window import MainWindow
from inspector.gui.theme import Theme
from tests.bench.bench_capture import REFERENCES, ROOT, served
from tests.bench.row import Row

TICK_MS = 2
SENDERS = 64


class Gaps(QObject):
    """The longest time between two turns of Qt's loop."""

    def __init__(self) -> None:
        super().__init__()
        self.gaps_ms: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(TICK_MS)

    def _tick(self) -> None:
        now = time.perf_counter()
        self.gaps_ms.append((now - self._last) * 1e3 - TICK_MS)
        self._last = now


class Painted(QObject):
    """When each event was on the screen: after the first painting of the table that holds its row."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self.at_ns: dict[int, int] = {}
        self._window = window
        self._new: list[int] = []
        window.model.rows_arrived.connect(self._on_rows)
        window.table.viewport().installEventFilter(self)

    def _on_rows(self, number: int) -> None:
        self._new.extend(self._window.model.ids()[:number])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint and self._new:
            new, self._new = self._new, []
            QTimer.singleShot(0, lambda: self._stamp(new))
        return False

    def _stamp(self, new: list[int]) -> None:
        now = time.monotonic_ns()
        for number in new:
            self.at_ns.setdefault(number, now)


def spin(milliseconds: int) -> None:
    """Let Qt work for a while."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def load(port: int, seconds: float, rate: float = 0.0) -> dict[str, float]:
    """Send for some seconds from a process of its own, while Qt works."""
    arguments = [str(port), str(SENDERS), str(seconds), *([str(rate)] if rate else [])]
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bench.sender", *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        while process.poll() is None:
            spin(50)
        assert process.stdout is not None
        found: dict[str, float] = json.loads(process.stdout.read())
    return found


@contextmanager
def opened() -> Iterator[tuple[MainWindow, int]]:
    """The real window over the real engine, listening."""
    application = QApplication.instance() or QApplication(["bench"])
    assert isinstance(application, QApplication)
    with tempfile.TemporaryDirectory(prefix="bench-window-") as folder:
        folders = Folders(Path(folder), Path(folder))
        engine = Inspector(Options(folders=folders, overrides={"port": 0, "tray": False}))
        engine.start()
        background = Background()
        theme = Theme(application, "light")
        theme.apply()
        window = MainWindow(engine, background, theme)
        window.show()
        window.listening.start()
        calm_interpreter()
        while engine.listening is None:
            spin(20)
        spin(500)
        yield window, engine.listening.port
        window.close()
        background.close()
        engine.stop()


def run(quick: bool) -> list[Row]:
    """The table's rows."""
    rows = _start(2 if quick else 5)
    with opened() as (window, port):
        rows += _latency(window, port, 3.0 if quick else 10.0)
    with opened() as (window, port):
        rows += _burst(window, port)
    return rows + _rate(1 if quick else 3, 2.0 if quick else 4.0)


def _start(rounds: int) -> list[Row]:
    took = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory(prefix="bench-window-") as folder:
            begun = time.perf_counter()
            probe = [sys.executable, "-m", "tests.e2e.window_probe", str(Path(folder) / "events.db")]
            with subprocess.Popen(probe, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
                assert process.stdout is not None
                while json.loads(process.stdout.readline())["kind"] != "painted":
                    pass
                took.append((time.perf_counter() - begun) * 1e3)
                process.terminate()
    return [Row("start to painted window", statistics.median(took), "ms", 1000)]


def _latency(window: MainWindow, port: int, seconds: float) -> list[Row]:
    painted, gaps = Painted(window), Gaps()
    load(port, seconds, 100)
    spin(500)
    took = []
    for number, at_ns in painted.at_ns.items():
        event = window.inspector.inbox.event(number)
        if event is not None:
            took.append((at_ns - event.times.body_ns) / 1e6)
    took.sort()
    return [
        Row("100/s: last byte to painted row, p50", took[len(took) // 2], "ms"),
        Row("100/s: last byte to painted row, p95", took[len(took) * 95 // 100], "ms", 50),
        Row("100/s: longest stall of the window", max(gaps.gaps_ms), "ms", 50),
    ]


def _burst(window: MainWindow, port: int) -> list[Row]:
    gaps = Gaps()
    found = load(port, 2.0)
    spin(1500)
    return [
        Row("burst: events", found["count"], "events", 5000, at_least=True),
        Row("burst: events in the table after it", window.model.rowCount(), "events"),
        Row("burst: longest stall of the window", max(gaps.gaps_ms), "ms", 50),
    ]


def _rate(rounds: int, seconds: float) -> list[Row]:
    bare, open_, closed = [], [], []
    for _ in range(rounds):
        references = []
        for name in REFERENCES:
            with served(name) as program:
                references.append(program.load(SENDERS, seconds)["rate"])
        bare.append(max(references))
        with opened() as (_window, port):
            open_.append(load(port, seconds)["rate"])
        with served("engine") as program:
            closed.append(program.load(SENDERS, seconds)["rate"])
    ratios = [ours / other for ours, other in zip(open_, bare, strict=True)]
    return [
        Row("bare aiohttp, the faster", statistics.median(bare), "requests/s"),
        Row("durable capture without a window", statistics.median(closed), "requests/s"),
        Row("durable capture with the window open", statistics.median(open_), "requests/s"),
        Row(
            "with the window open, of the faster bare", statistics.median(ratios), "ratio", 0.7, at_least=True
        ),
    ]
