"""Where the program listens, as the window steers it: start, another port, pause, samples."""

from __future__ import annotations

from collections.abc import Callable
from http.client import HTTPException

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from inspector.core.problem import Problem, ProblemError
from inspector.engine.inspector import Inspector
from inspector.engine.settings import HOST, PORT
from inspector.gui.background import Background
from inspector.gui.dialogs.plain import ask_address
from inspector.gui.sample import send_sample
from inspector.gui.views.bars import Banners

PORTS_TRIED = 50
ADDRESS_KEYS = ("port-taken", "port-forbidden", "address-unusable")


class Listening(QObject):
    """Asks the engine in the background; what fails becomes a banner with its remedy."""

    changed = Signal(str, bool)
    """The URL (empty while nothing listens), and whether it is paused."""
    said = Signal(str)
    """A sentence worth showing for a moment."""

    def __init__(
        self, inspector: Inspector, background: Background, banners: Banners, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._inspector = inspector
        self._background = background
        self._banners = banners
        self._window = parent

    def start(self, host: str | None = None, port: int | None = None) -> None:
        """Listen here; None takes what the settings say."""
        self._background.run(
            self._inspector.listen, host, port, done=self._on_listening, failed=self._failure_of(host, port)
        )

    def start_on_next_port(self, host: str | None, port: int) -> None:
        """Listen on the first free port after this one."""

        def attempt() -> object:
            for number in range(port + 1, min(port + 1 + PORTS_TRIED, 65536)):
                try:
                    return self._inspector.listen(host, number)
                except ProblemError as error:
                    if error.problem.key != "port-taken":
                        raise
            return self._inspector.listen(host, 0)

        self._background.run(attempt, done=self._on_listening, failed=self._failure_of(host, port))

    def ask(self) -> None:
        """Let the user say where to listen."""
        now = self._inspector.listening
        settings = self._inspector.settings
        host = now.host if now else settings.get(HOST)
        port = now.port if now else settings.get(PORT)
        ask_address(self._window, host, port, self.start)

    def set_paused(self, on: bool) -> None:
        """Keep nothing for now, or keep events again."""
        self._background.run(
            self._inspector.pause if on else self._inspector.resume, done=self._on_paused, receiver=self
        )

    def send_sample(self, event_type: str) -> None:
        """Post a sample to the own listener."""
        now = self._inspector.listening
        if now is not None:
            url = now.url
            self._background.run(
                send_sample, url, event_type, done=self._on_sampled, failed=self._on_sample_failed
            )

    def show(self) -> None:
        """Tell where it listens now."""
        now = self._inspector.listening
        self.changed.emit("" if now is None else now.url, self._inspector.paused)

    def raise_problem(self, problem: Problem) -> None:
        """Show a problem with the button that helps, where there is one."""
        remedy: tuple[str, Callable[[], object]] | None = None
        if problem.key in ADDRESS_KEYS:
            remedy = ("Choose an address…", self.ask)
        self._banners.raise_problem(problem, remedy)

    def _failure_of(self, host: str | None, port: int | None) -> Callable[[Exception], None]:
        def failed(error: Exception) -> None:
            self.show()
            if not isinstance(error, ProblemError):
                raise error
            if error.problem.key == "port-taken":
                taken = self._inspector.settings.get(PORT) if port is None else port
                remedy = ("Use the next free port", lambda: self.start_on_next_port(host, taken))
                self._banners.raise_problem(error.problem, remedy)
            else:
                self.raise_problem(error.problem)

        return failed

    def _on_listening(self, _listening: object) -> None:
        for key in ADDRESS_KEYS:
            self._banners.clear_problem(key)
        self.show()

    def _on_paused(self, _result: object) -> None:
        self.show()

    def _on_sampled(self, status: int) -> None:
        if status >= 400:
            self.said.emit(f"The sample was answered with {status}.")

    def _on_sample_failed(self, error: Exception) -> None:
        if not isinstance(error, OSError | HTTPException):
            raise error
        self.said.emit("The sample could not be sent: the listener did not answer.")
