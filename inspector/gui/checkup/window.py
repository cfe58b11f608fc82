"""The window of the checkup: a handler's URL, one button, and the lines as they come."""

from __future__ import annotations

import threading

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from inspector.core.checkup.lines import Report, report_text
from inspector.core.problem import ProblemError
from inspector.engine.checkup import Checkup, Handler, handler_of
from inspector.engine.inspector import Inspector
from inspector.gui.background import Background, Job
from inspector.gui.checkup.lines_view import LinesView
from inspector.gui.views.parts import button, copy, label, line, set_role
from inspector.gui.words import safe

EXAMPLE = "http://127.0.0.1:3000"
INTRODUCTION = (
    "Sends some forty requests to a handler, good ones and bad ones, signed with the secret of the source, "
    "and says what it does well and what it does not. The handler takes the events for real."
)


class CheckupWindow(QDialog):
    """One checkup at a time; closing the window ends it."""

    line_came = Signal(object)
    """A Line, from the thread of the network."""

    def __init__(self, inspector: Inspector, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Checkup of a handler")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(900, 700)
        self._inspector = inspector
        self._background = background
        self._job: Job | None = None
        self._checkup: Checkup | None = None
        self._given_up = threading.Event()
        self._report: Report | None = None
        self.source = QComboBox()
        self.source.setAccessibleName("Source")
        self.source.addItems([source.name for source in inspector.sources.list()])
        self.source.currentIndexChanged.connect(self._on_source)
        self.url = QLineEdit()
        self.url.setAccessibleName("URL of the handler")
        self.url.setPlaceholderText(EXAMPLE)
        self.url.textChanged.connect(self._show_state)
        self.start_button = button("Start", self._on_start, "main")
        self.start_button.setDefault(True)
        self.copy_button = button("Copy the report", self._on_copy)
        self.copy_button.setAutoDefault(False)
        self.close_button = button("Close", self.close)
        self.close_button.setAutoDefault(False)
        self.state = label()
        self.state.setWordWrap(True)
        self.lines = LinesView()
        self._lay_out()
        self.line_came.connect(self.lines.add)
        self._on_source()
        self.url.setFocus()

    def give_up(self) -> None:
        """Ends a checkup that runs; nothing is heard of it any more."""
        self._given_up.set()
        if self._job is not None:
            self._job.cancel()
        if self._checkup is not None:
            self._checkup.cancel()

    @property
    def running(self) -> bool:
        """Whether a checkup is under way."""
        return self._job is not None and not self._job.finished

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ends the checkup with the window."""
        self.give_up()
        super().closeEvent(event)

    def reject(self) -> None:
        """Escape closes as the button does."""
        self.close()

    def _lay_out(self) -> None:
        introduction = label(INTRODUCTION, "muted")
        introduction.setWordWrap(True)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.url, 1)
        top.addWidget(self.source)
        top.addWidget(self.start_button)
        bottom = QHBoxLayout()
        bottom.setSpacing(8)
        bottom.addWidget(self.state, 1)
        bottom.addWidget(self.copy_button)
        bottom.addWidget(self.close_button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(20, 16, 20, 16)
        whole.setSpacing(12)
        whole.addWidget(introduction)
        whole.addLayout(top)
        whole.addWidget(line())
        whole.addWidget(self.lines, 1)
        whole.addLayout(bottom)

    def _on_source(self) -> None:
        """The source's own target, where it has one and no other URL was typed."""
        if not self.url.isModified():
            target = self._inspector.deliveries.targets.for_source(self.source.currentText())
            self.url.setText("" if target is None else target.url)
        self._show_state()

    def _show_state(self) -> None:
        running = self.running
        self.start_button.setText("Stop" if running else "Start")
        self.start_button.setEnabled(running or bool(self.url.text().strip() and self.source.count()))
        self.copy_button.setEnabled(self._report is not None)
        self.url.setEnabled(not running)
        self.source.setEnabled(not running)

    def _say(self, text: str, role: str) -> None:
        self.state.setText(safe(text))
        set_role(self.state, "role", role)

    def _on_start(self) -> None:
        if self.running:
            if self._checkup is not None:
                self._checkup.cancel()
            self._given_up.set()
            return
        self.lines.clear()
        self._report = None
        self._checkup = None
        self._given_up = threading.Event()
        self._say("Running…", "muted")
        self._job = self._background.run(
            self._work, self.url.text().strip(), self.source.currentText(), self._given_up,
            done=self._on_done, failed=self._on_failed, receiver=self,
        )  # fmt: skip
        self._show_state()

    def _work(self, url: str, name: str, given_up: threading.Event) -> Report:
        """In the background: reads the secrets, runs the checkup."""
        inspector = self._inspector
        source = inspector.sources.get(name)
        keys = inspector.secrets.keys(source.secrets)
        target = inspector.deliveries.targets.for_source(name)
        same = target is not None and target.url == url
        handler = handler_of(target, inspector.secrets) if target is not None and same else Handler(url)
        checkup = Checkup(handler, source, inspector.signatures.library.schemes, keys)
        self._checkup = checkup
        if given_up.is_set():
            checkup.cancel()
        return checkup.run(self.line_came.emit)

    def _on_done(self, report: Report) -> None:
        self._report = report
        self.lines.end()
        stopped = self._given_up.is_set()
        words = f"Stopped. {report.summary()}" if stopped else report.summary().capitalize()
        role = "muted" if stopped else "good" if report.passed else "bad"
        self._say(f"{words.rstrip('. ')}.", role)
        self._show_state()

    def _on_failed(self, error: Exception) -> None:
        self._show_state()
        if not isinstance(error, ProblemError):
            self._say("The checkup failed.", "bad")
            raise error
        self._say(str(error.problem), "bad")

    def _on_copy(self) -> None:
        if self._report is not None:
            copy(safe_lines(report_text(self._report)))
            self._say("The report is on the clipboard.", "muted")


def safe_lines(text: str) -> str:
    """A text of several lines, each made safe."""
    return "\n".join(map(safe, text.split("\n")))
