"""The listener runs on both loops that the program may use."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TypeAlias

import pytest

Run: TypeAlias = Callable[[Coroutine[object, object, None]], None]


def _loops() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    loops: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {"asyncio": asyncio.new_event_loop}
    try:
        import uvloop
    except ImportError:
        return loops
    return {**loops, "uvloop": uvloop.new_event_loop}


_LOOPS = _loops()


@pytest.fixture(params=sorted(_LOOPS))
def run(request: pytest.FixtureRequest) -> Run:
    """Run a coroutine on a fresh loop."""

    def runner(coro: Coroutine[object, object, None]) -> None:
        with asyncio.Runner(loop_factory=_LOOPS[request.param]) as loop_runner:
            loop_runner.run(coro)

    return runner
