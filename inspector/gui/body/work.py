"""One piece of work at a time for a view: a new one, or stopping, tells the running one to end."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject

from inspector.core.body.json_index import CancelledError
from inspector.gui.background import Background, Job

T = TypeVar("T")
Cancelled = Callable[[], bool]


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
            function, lambda: bool(flag), done=done, failed=wrong, receiver=self._receiver
        )

    def stop(self) -> None:
        """Tell the running work to end and drop its result."""
        self._flag.append(True)
        if self._job is not None:
            self._job.cancel()
            self._job = None
