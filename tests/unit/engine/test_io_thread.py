"""The network's loop runs on its own thread and ends without leaving tasks behind."""

from __future__ import annotations

import asyncio
import threading

import pytest

from inspector.engine.io_thread import IoThread
from inspector.net import tasks


def test_coroutines_run_on_the_thread_and_hand_back_results_and_errors() -> None:
    io = IoThread()
    io.start()

    async def name() -> str:
        return threading.current_thread().name

    async def fail() -> None:
        raise ValueError("no")

    try:
        assert io.run(name()) == "io"
        with pytest.raises(ValueError, match="no"):
            io.run(fail())
    finally:
        io.stop()
    assert not [thread for thread in threading.enumerate() if thread.name == "io"]


def test_stopping_cancels_what_still_runs_and_later_calls_are_silent() -> None:
    io = IoThread()
    io.start()
    ended: list[str] = []

    async def forever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cancelled")

    async def begin() -> None:
        tasks.start(forever(), "forever")
        await asyncio.sleep(0)

    io.run(begin())
    io.stop()
    io.soon(ended.append, "too late")
    io.stop()
    assert ended == ["cancelled"]


def test_an_error_that_nobody_caught_goes_to_the_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    reported: list[object] = []
    came = threading.Event()

    def hub(arguments: threading.ExceptHookArgs) -> None:
        reported.append(arguments.exc_value)
        came.set()

    monkeypatch.setattr(threading, "excepthook", hub)
    io = IoThread()
    io.start()
    io.soon(lambda: 1 / 0)
    assert came.wait(60)
    io.stop()
    assert isinstance(reported[0], ZeroDivisionError)
