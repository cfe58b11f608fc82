"""One place for defects of ours: every exception that nobody caught is logged and shown, once."""

from __future__ import annotations

import logging
import logging.handlers
import platform
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import PySide6
from PySide6.QtCore import QMessageLogContext, QObject, Qt, QtMsgType, Signal, qInstallMessageHandler

from inspector import __version__

LOG = logging.getLogger("inspector")
LOG_BYTES = 1_000_000
SHOWN = 5
"""After so many reports the rest is only logged: a defect in painting would come with every frame."""


def start_log(path: Path) -> None:
    """Write warnings and defects to a file that is kept small. Without a folder to write to, nothing."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(
            path, maxBytes=LOG_BYTES, backupCount=1, delay=True, encoding="utf-8"
        )
    except OSError:
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(threadName)s %(message)s"))
    LOG.addHandler(handler)
    LOG.setLevel(logging.INFO)


class Hub(QObject):
    """Takes sys.excepthook, threading.excepthook and Qt's own messages until `close()`."""

    reported = Signal(str)
    """The text of a report, on Qt's thread."""
    _caught = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._count = 0
        self._before: tuple[Callable[..., object], Callable[..., object]] = (
            sys.excepthook,
            threading.excepthook,
        )
        self._caught.connect(self._on_caught, Qt.ConnectionType.QueuedConnection)
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        self._qt_before = qInstallMessageHandler(_log_qt)

    def close(self) -> None:
        """Give the hooks back."""
        sys.excepthook, threading.excepthook = self._before
        qInstallMessageHandler(self._qt_before)

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._before[0](kind, error, trace)
            return
        text = "".join(traceback.format_exception(kind, error, trace))
        LOG.error("%s", text)
        self._caught.emit(text)

    def _on_thread_exception(self, arguments: threading.ExceptHookArgs) -> None:
        error = arguments.exc_value
        if error is not None:
            self._on_exception(type(error), error, arguments.exc_traceback)

    def _on_caught(self, text: str) -> None:
        self._count += 1
        if self._count <= SHOWN:
            self.reported.emit(report(text))


def report(trace: str) -> str:
    """What a developer needs: versions, system, and where it happened. Holds no event and no secret."""
    return (
        f"Webhook Inspector {__version__}\n"
        f"Python {platform.python_version()}, Qt {PySide6.__version__}, {platform.platform()}\n\n{trace}"
    )


def _log_qt(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    level = logging.INFO if kind in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg) else logging.WARNING
    LOG.log(level, "Qt: %s", text)
