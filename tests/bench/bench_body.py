"""A JSON body of 25 MB until its tree can be used, and the longest stall of Qt's loop meanwhile.

The reference is json.loads of the same bytes in the same process.
"""

from __future__ import annotations

import json
import os
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from inspector.gui.background import Background
from inspector.gui.body.body_view import BodyView
from inspector.gui.theme import Theme
from tests.bench.row import Row

JSON = ((b"Content-Type", b"application/json"),)
WAITING = QEventLoop.ProcessEventsFlag.WaitForMoreEvents
TICK_MS = 2
GOAL_S = 1.0
GOAL_STALL_MS = 50.0


def events(size_bytes: int) -> bytes:
    """An array of events as a provider would batch them."""
    one = json.dumps(
        {
            "id": "evt_000000000000",
            "type": "challenge.completed",
            "timestamp": "2024-01-15T10:30:00Z",
            "data": {
                "userId": "user_123456",
                "score": 85,
                "ratio": 1.5,
                "tags": ["a", "b"],
                "deep": {"x": [None, True]},
            },
            "metadata": {"source": "web", "version": "1.0", "note": 'he said "hi" and é'},
        }
    ).encode()
    return b"[" + b",\n".join([one] * (size_bytes // len(one))) + b"]"


def wide(size_bytes: int) -> bytes:
    """One object with very many keys."""
    return b"{" + b",".join(b'"key_%08d": %d' % (n, n) for n in range(size_bytes // 25)) + b"}"


def indented(size_bytes: int) -> bytes:
    """Deeper, indented, in one envelope."""
    return b'{\n  "batch": {\n    "pages": [\n      ' + events(size_bytes) + b"\n    ]\n  }\n}"


def measure(app: QApplication, background: Background, body: bytes) -> tuple[float, float]:
    """Seconds until the tree is filled and painted; the longest delay of a timer in ms."""
    view = BodyView(background)
    view.resize(480, 700)
    view.show()
    app.processEvents()
    gaps: list[float] = []
    last = time.perf_counter()

    def tick() -> None:
        nonlocal last
        now = time.perf_counter()
        gaps.append(now - last)
        last = now

    timer = QTimer()
    timer.timeout.connect(tick)
    timer.start(TICK_MS)
    began = last = time.perf_counter()
    view.show_body(body, JSON, time.time_ns())
    while view.view_key != "tree":
        app.processEvents(WAITING)
    view.tree.tree.viewport().repaint()
    usable = time.perf_counter() - began
    model = view.tree.tree.model()
    view.tree.tree.scrollToBottom()
    if model.rowCount(model.index(0, 0)) < 2 and not model.hasChildren(model.index(0, 0)):
        raise SystemExit("the tree is empty")
    until = time.perf_counter() + 2.0
    while time.perf_counter() < until:
        app.processEvents(WAITING)
    timer.stop()
    view.clear()
    view.deleteLater()
    app.processEvents()
    return usable, max(gaps) * 1000 - TICK_MS


def idle_delay_ms(app: QApplication) -> float:
    """The longest delay of the same timer with nothing to do: what the machine itself adds."""
    longest, last = 0.0, time.perf_counter()
    timer = QTimer()
    timer.start(TICK_MS)
    until = last + 2.0
    while last < until:
        app.processEvents(WAITING)
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
    return longest * 1000 - TICK_MS


BODIES = (("array of events", events), ("object of many keys", wide), ("nested, indented", indented))


def run(quick: bool = False) -> list[Row]:
    """Rows for the table; `quick` takes bodies of 2 MB, which says nothing of the goals."""
    app = QApplication.instance() or QApplication(["bench"])
    assert isinstance(app, QApplication)
    Theme(app, "light").apply()
    background = Background()
    size_mb = 2 if quick else 25
    rows = [Row("qt loop with nothing to do: longest delay", idle_delay_ms(app), "ms")]
    try:
        for name, make in BODIES:
            body = make(size_mb * 1_000_000)
            began = time.perf_counter()
            json.loads(body)
            reference_s = time.perf_counter() - began
            usable_s, stall_ms = measure(app, background, body)
            title = f"JSON {size_mb} MB, {name}"
            rows.append(Row(f"{title}: json.loads (reference)", reference_s, "s"))
            rows.append(Row(f"{title}: usable as tree", usable_s, "s", GOAL_S))
            rows.append(Row(f"{title}: worst stall", stall_ms, "ms", GOAL_STALL_MS))
    finally:
        background.close()
    return rows
