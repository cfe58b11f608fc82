"""A handler on a real socket that does what it is told, and remembers what it got."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

PATIENCE_S = 60.0


@dataclass(frozen=True)
class Got:
    """One request."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]


@dataclass(frozen=True)
class Answer:
    """What to say."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


class _Server(ThreadingHTTPServer):
    """Says nothing of clients that went away."""

    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        pass


class Handler:
    """`answer` is asked for each request, on a thread of its own."""

    def __init__(self, answer: Callable[[Got], Answer] = lambda _: Answer(), port: int = 0) -> None:
        self.answer = answer
        self.got: list[Got] = []
        self._news = threading.Condition()
        self._server = _Server(("127.0.0.1", port), self._make())
        self.port: int = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def wait(self, count: int) -> list[Got]:
        """Waits until that many came."""
        with self._news:
            assert self._news.wait_for(lambda: len(self.got) >= count, PATIENCE_S), self.got
            return list(self.got)

    def _make(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class One(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                got = Got(self.command, self.path, list(self.headers.items()), body)
                with outer._news:
                    outer.got.append(got)
                    outer._news.notify_all()
                answer = outer.answer(got)
                self.send_response(answer.status)
                for name, value in answer.headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, *_: object) -> None:
                pass

        return One


def until(condition: Callable[[], bool]) -> None:
    """Wait for a condition, with patience."""
    pause = threading.Event()
    end_s = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end_s, "waited in vain"
        pause.wait(0.01)
