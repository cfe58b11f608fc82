"""A real HTTP handler for tests: it keeps what it was sent and answers as it is told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

PATIENCE_S = 60.0


@dataclass(frozen=True)
class Seen:
    """A request as the handler got it."""

    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    url: str

    @property
    def lower(self) -> dict[str, str]:
        """The headers by lower-case name."""
        return {name.lower(): value for name, value in self.headers}


Answer = Callable[[Seen], int]


class Handler:
    """Listens on a port of its own; `answer` gives the status of each request."""

    def __init__(self, answer: Answer = lambda seen: 200) -> None:
        self.seen: list[Seen] = []
        self.answer = answer
        self.news = threading.Condition()
        handler = self

        class Requests(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"] or 0))
                url = f"http://{self.headers['Host']}{self.path}"
                seen = Seen(self.path, tuple(self.headers.items()), body, url)
                with handler.news:
                    handler.seen.append(seen)
                    handler.news.notify_all()
                self.send_response(handler.answer(seen))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments: object) -> None:
                """Silent."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

        self._server = Server(("127.0.0.1", 0), Requests)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join(PATIENCE_S)
        self._server.server_close()

    def wait_for(self, count: int) -> None:
        """Until so many requests came."""
        with self.news:
            assert self.news.wait_for(lambda: len(self.seen) >= count, PATIENCE_S)
