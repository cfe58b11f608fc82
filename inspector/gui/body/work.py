"""One piece of work at a time for a view: a new one, or stopping, tells the running one to end."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject

from inspector.core.body.json_index import CancelledError
from inspector.gui.background import Background, Job

T = TypeVar("T")
Cancelled = Callable[[], bool]
_SLICE_S = 0.001
_REST_S = 0.0005


class Work:
    """Runs functions that ask `cancelled()` from time to time; results come on Qt's thread."""

    def __init__(self, background: Background, receiver: QObject) -> None:
        self._background = background
        self._receiver = receiver
        self._job: Job | None = None
        self._flag: list[bool] = []

    @property
    def busy(self) -> bool:
        """Whether work is under way."""
        return self._job is not None and not self._job.finished and not self._job.cancelled

    def start(
        self,
        function: Callable[[Cancelled], T],
        done: Callable[[T], object],
        failed: Callable[[Exception], object] | None = None,
    ) -> None:
        """Stop what runs and run this."""
        self.stop()
        flag: list[bool] = []
        self._flag = flag

        def wrong(error: Exception) -> None:
            if isinstance(error, CancelledError):
                return
            if failed is None:
                raise error
            failed(error)

        self._job = self._background.run(
            function, _paced(flag), done=done, failed=wrong, receiver=self._receiver
        )

    def stop(self) -> None:
        """Tell the running work to end and drop its result."""
        self._flag.append(True)
        if self._job is not None:
            self._job.cancel()
            self._job = None


def _paced(flag: list[bool]) -> Cancelled:
    """Answers whether to end, and lets Qt's thread go ahead after each millisecond of work.

    Each call from Qt into Python waits for the interpreter, up to its switch interval of 5 ms, when
    another thread computes; a repaint has hundreds of such calls. Short work and short sleeps keep
    the sum small.
    """
    last = time.perf_counter()

    def cancelled() -> bool:
        nonlocal last
        if time.perf_counter() - last > _SLICE_S:
            time.sleep(_REST_S)
            last = time.perf_counter()
        return bool(flag)

    return cancelled
