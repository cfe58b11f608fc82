"""The composition root of the desktop program: application, look, engine, window, and their end in order."""

from __future__ import annotations

import gc
import signal
import sys
from types import FrameType

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from inspector import __version__
from inspector.core.problem import Problem, ProblemError
from inspector.engine.inspector import Inspector, Options
from inspector.engine.settings import THEME
from inspector.gui.background import Background
from inspector.gui.dialogs.crash import show_report
from inspector.gui.dialogs.plain import PlainDialog
from inspector.gui.hub import Hub, start_log
from inspector.gui.main_window import MainWindow
from inspector.gui.theme import Theme, choice_of
from inspector.gui.views.parts import label

ENVIRONMENT = 3
"""The exit code where the file cannot be used."""
SWITCH_S = 0.001
"""How long a thread may keep Python to itself while others wait: Python's own 5 ms, times the calls into Qt
that give it up in one painting, were the longest stalls of a burst. Capture is no slower for it."""
SIGNALS_MS = 200
"""How often Python gets a turn, so that a signal is heard while Qt waits."""


def run(options: Options) -> int:
    """Open the window and listen until it is closed; returns the exit code."""
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    application.setApplicationName("webhook-inspector")
    application.setApplicationDisplayName("Webhook Inspector")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("webhook-inspector")
    log = options.folders.data / "webhook-inspector.log"
    start_log(log)
    hub = Hub()
    inspector = Inspector(options)
    theme = Theme(application, choice_of(inspector.settings.get(THEME)))
    theme.apply()
    try:
        inspector.start()
    except ProblemError as error:
        code = _tell_and_end(application, error.problem)
        hub.close()
        return code
    background = Background()
    window = MainWindow(inspector, background, theme)
    hub.reported.connect(lambda text: show_report(window, text, log))
    _end_on_signals(window)
    window.show()
    window.model.loaded.connect(window.table.setFocus, Qt.ConnectionType.SingleShotConnection)
    window.listening.start()
    calm_interpreter()
    code = application.exec()  # the one loop of the program
    background.close()
    inspector.stop()
    hub.close()
    return code


def calm_interpreter() -> None:
    """Keep Python's own pauses short: once everything is loaded, before the loop begins."""
    sys.setswitchinterval(SWITCH_S)
    gc.collect()
    gc.freeze()


def _end_on_signals(window: MainWindow) -> None:
    """SIGINT and SIGTERM close the window as a user would."""

    def close(_number: int, _frame: FrameType | None) -> None:
        window.close()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, close)
    timer = QTimer(window)
    timer.timeout.connect(lambda: None)
    timer.start(SIGNALS_MS)


def _tell_and_end(application: QApplication, problem: Problem) -> int:
    """Say in a small window and on standard error why the program cannot begin."""
    sys.stderr.write(f"webhook-inspector: {problem}\n")
    dialog = PlainDialog(problem.title, None)
    words = label(" ".join(part for part in (problem.detail, problem.remedy) if part))
    words.setWordWrap(True)
    words.setMinimumWidth(420)
    dialog.body.addWidget(words)
    dialog.add_button("Quit", dialog.accept, "main")
    dialog.finished.connect(lambda _result: application.exit(ENVIRONMENT))
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    dialog.open()
    return application.exec()
