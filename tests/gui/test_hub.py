"""A defect is logged and shown, from any thread; a flood of them is only logged."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from inspector.gui.hub import LOG, SHOWN, Hub, start_log
from tests.gui.shell import PATIENCE_MS


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    before = list(LOG.handlers)
    start_log(tmp_path / "sub" / "x.log")
    yield tmp_path / "sub" / "x.log"
    for handler in LOG.handlers[:]:
        if handler not in before:
            LOG.removeHandler(handler)
            handler.close()
    LOG.setLevel(logging.NOTSET)


def raised(text: str) -> ValueError:
    try:
        raise ValueError(text)
    except ValueError as error:
        return error


def test_defects_of_both_kinds_of_threads_are_reported(qtbot: QtBot, log: Path) -> None:
    hub = Hub()
    reports: list[str] = []
    hub.reported.connect(reports.append)
    try:
        error = raised("on Qt's thread")
        sys.excepthook(type(error), error, error.__traceback__)
        other = raised("elsewhere")
        arguments = threading.ExceptHookArgs((type(other), other, other.__traceback__, None))
        worker = threading.Thread(target=lambda: threading.excepthook(arguments))
        worker.start()
        worker.join()
        qtbot.waitUntil(lambda: len(reports) == 2, timeout=PATIENCE_MS)
        assert "ValueError: on Qt's thread" in reports[0]
        assert "ValueError: elsewhere" in reports[1]
        for _ in range(SHOWN + 3):
            sys.excepthook(type(error), error, error.__traceback__)
        qtbot.waitUntil(lambda: len(reports) == SHOWN, timeout=PATIENCE_MS)
    finally:
        hub.close()
    assert log.read_text("utf-8").count("ValueError: on Qt's thread") == SHOWN + 4
