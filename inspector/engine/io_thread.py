"""The thread of the network: one asyncio loop, uvloop where it is installed."""

from __future__ import annotations

import asyncio
import concurrent.futures
import sys
import threading
from collections.abc import Callable, Coroutine
from typing import TypeVar

T = TypeVar("T")


class IoThread:
    """Runs coroutines and callbacks on a loop of its own thread."""

    def __init__(self) -> None:
        self._loop = _new_loop()
        self._loop.set_exception_handler(_report)
        self._thread = threading.Thread(target=self._run, name="io", daemon=True)
        self._closing = threading.Lock()
        self._closed = False

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop; only its `call_soon_threadsafe` may be used from other threads."""
        return self._loop

    def submit(self, coroutine: Coroutine[object, object, T]) -> concurrent.futures.Future[T]:
        """Starts a coroutine on the loop, from any thread."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def run(self, coroutine: Coroutine[object, object, T], timeout_s: float | None = None) -> T:
        """Runs a coroutine on the loop and waits for it; never from the loop's own thread.

        Raises what the coroutine raises, and TimeoutError after `timeout_s`.
        """
        return self.submit(coroutine).result(timeout_s)

    def soon(self, callback: Callable[..., object], *arguments: object) -> None:
        """Calls on the loop's thread soon; after the end of the thread it does nothing."""
        with self._closing:
            if not self._closed:
                self._loop.call_soon_threadsafe(callback, *arguments)

    def stop(self, timeout_s: float = 10.0) -> None:
        """Ends the loop and waits for the thread."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
            if self._thread.is_alive():
                self._loop.call_soon_threadsafe(self._loop.stop)
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        if not self._thread.is_alive():
            self._loop.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        pending = asyncio.all_tasks(self._loop)
        for task in pending:
            task.cancel()
        if pending:
            self._loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())


def _new_loop() -> asyncio.AbstractEventLoop:
    if sys.platform != "win32":
        try:
            import uvloop
        except ImportError:
            pass
        else:
            return uvloop.new_event_loop()
    return asyncio.new_event_loop()


def _report(loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """Hands what nobody caught on the loop to the hub of thread errors."""
    error = context.get("exception")
    if isinstance(error, Exception):
        threading.excepthook(
            threading.ExceptHookArgs((type(error), error, error.__traceback__, threading.current_thread()))
        )
    else:
        loop.default_exception_handler(context)
