"""The one way to start a task: with a name, a strong reference, and its failure reported."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TypeVar

T = TypeVar("T")

_running: set[asyncio.Task[object]] = set()
"""asyncio itself keeps only weak references to tasks."""


def start(coro: Coroutine[object, object, T], name: str) -> asyncio.Task[T]:
    """Run `coro` on the current loop; its failure goes to the loop's exception handler."""
    task = asyncio.get_running_loop().create_task(coro, name=name)
    _running.add(task)
    task.add_done_callback(_finished)
    return task


def _finished(task: asyncio.Task[T]) -> None:
    _running.discard(task)
    if task.cancelled():
        return
    failure = task.exception()
    if failure is not None:
        task.get_loop().call_exception_handler(
            {"message": f"The task “{task.get_name()}” failed.", "exception": failure, "task": task}
        )
