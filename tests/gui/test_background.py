"""Work off Qt's thread: where results come back, and when they are dropped."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from inspector.gui.background import Background
from tests.gui.shell import PATIENCE_MS


class Receiver(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.results: list[tuple[object, int]] = []

    def take(self, result: object) -> None:
        self.results.append((result, threading.get_ident()))


@pytest.fixture
def background(qtbot: QtBot) -> Background:
    made = Background(threads=2)
    yield made
    made.close()


def test_result_comes_back_on_the_threads_own(qtbot: QtBot, background: Background) -> None:
    receiver = Receiver()
    background.run(threading.get_ident, done=receiver.take)
    qtbot.waitUntil(lambda: bool(receiver.results), timeout=PATIENCE_MS)
    worker, where = receiver.results[0]
    assert worker != where == threading.get_ident()


def test_failure_goes_to_its_own_callback(qtbot: QtBot, background: Background) -> None:
    receiver = Receiver()
    background.run(int, "x", done=receiver.take, failed=receiver.take)
    qtbot.waitUntil(lambda: bool(receiver.results), timeout=PATIENCE_MS)
    assert isinstance(receiver.results[0][0], ValueError)


def test_cancelled_and_orphaned_results_are_dropped(qtbot: QtBot, background: Background) -> None:
    gate = threading.Event()
    kept, gone = Receiver(), Receiver()
    cancelled = background.run(gate.wait, 60, done=kept.take)
    background.run(gate.wait, 60, done=gone.take)
    cancelled.cancel()
    delete(gone)
    gate.set()
    background.run(str, done=kept.take)
    qtbot.waitUntil(lambda: background.busy == 0, timeout=PATIENCE_MS)
    assert [result for result, _ in kept.results] == [""]
    assert gone.results == []


def test_after_close_nothing_runs(qtbot: QtBot, background: Background) -> None:
    receiver = Receiver()
    background.close()
    assert background.run(str, done=receiver.take).cancelled
