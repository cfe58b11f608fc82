"""Live modes: what answering with the handler's response adds, and capture beside a handler that hangs.

The time that forward-and-answer adds is the difference to calling the same handler directly, within each
round; capture beside hanging senders is a ratio to capture alone, within each round. Medians are told.
"""

from __future__ import annotations

import socket
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from tests.bench.bench_capture import ROOT, Served, served
from tests.bench.row import Row
from tests.bench.served import announce

RATE = 200
HANGING = 100
HANG_REQUEST = b"POST /hang HTTP/1.1\r\nHost: bench\r\nContent-Length: 2\r\n\r\n{}"


@contextmanager
def program(*arguments: str) -> Iterator[Served]:
    """This file as a process, as `main` reads its arguments."""
    with tempfile.TemporaryDirectory(prefix="bench-live-") as folder:
        command = [sys.executable, "-m", "tests.bench.bench_live", folder, *arguments]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            try:
                yield Served(int(process.stdout.readline()), process.pid)
            finally:
                process.kill()


def run(quick: bool) -> list[Row]:
    """The table's rows."""
    rounds, seconds = (2, 2.0) if quick else (5, 8.0)
    return [*_added(rounds, seconds), *_beside(rounds, 1.5 if quick else 4.0)]


def _added(rounds: int, seconds: float) -> list[Row]:
    direct: list[dict[str, float]] = []
    through: list[dict[str, float]] = []
    for _ in range(rounds):
        with served("aiohttp-uvloop") as handler:
            handler.load(16, 1.0, RATE)
            direct.append(handler.load(16, seconds, RATE))
            with program("answer", f"http://127.0.0.1:{handler.port}") as ours:
                ours.load(16, 1.0, RATE)
                through.append(ours.load(16, seconds, RATE))
    rows = []
    for key, words, goal in (("p50_ms", "p50", 2.0), ("p99_ms", "p99", 10.0)):
        added = statistics.median(
            [mine[key] - other[key] for mine, other in zip(through, direct, strict=True)]
        )
        rows.append(
            Row(
                f"{RATE}/s: handler called directly, {words}",
                statistics.median([x[key] for x in direct]),
                "ms",
            )
        )
        rows.append(Row(f"{RATE}/s: added by forward-and-answer, {words}", added, "ms", goal))
    return rows


def _beside(rounds: int, seconds: float) -> list[Row]:
    """Capture alone, then while senders wait for a handler that hangs."""
    rates: list[tuple[float, float]] = []
    delays: list[tuple[float, float]] = []
    for turn in range(rounds):
        found: dict[bool, tuple[float, float]] = {}
        for hanging in (False, True) if turn % 2 == 0 else (True, False):
            with program("hang") as ours, ExitStack() as stack:
                if hanging:
                    _hang(ours.port, stack)
                found[hanging] = ours.load(64, seconds)["rate"], ours.load(64, seconds, 500)["p50_ms"]
        rates.append((found[False][0], found[True][0]))
        delays.append((found[False][1], found[True][1]))
    ratio = statistics.median([beside / alone for alone, beside in rates])
    added = statistics.median([beside - alone for alone, beside in delays])
    return [
        Row("capture alone", statistics.median([alone for alone, _ in rates]), "requests/s"),
        Row(f"capture beside {HANGING} senders of a hanging handler", ratio, "ratio", 0.9, at_least=True),
        Row("500/s: added to capture's p50 by them", added, "ms", 1.0),
    ]


def _hang(port: int, stack: ExitStack) -> None:
    for _ in range(HANGING):
        connection = stack.enter_context(closing(socket.create_connection(("127.0.0.1", port), 60)))
        connection.sendall(HANG_REQUEST)


def main() -> None:
    """FOLDER answer URL: all events go to the handler. FOLDER hang: those of /hang go to a silent one."""
    from inspector.core.source import Source
    from inspector.core.target import Target
    from inspector.engine.inspector import Inspector, Options
    from inspector.engine.paths import Folders

    folder, mode = Path(sys.argv[1]), sys.argv[2]
    inspector = Inspector(Options(database=folder / "events.db", folders=Folders(folder, folder)))
    inspector.start()
    if mode == "answer":
        inspector.forward_all(sys.argv[3], answer=True)
    else:
        silent = socket.create_server(("127.0.0.1", 0), backlog=1024)
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        inspector.deliveries.targets.add(Target("silent", url, timeout_s=600, concurrency=1000))
        inspector.sources.add(Source("hang", "/hang", mode="answer", target="silent"))
    announce(inspector.listen("127.0.0.1", 0).port)
    threading.Event().wait()


if __name__ == "__main__":
    main()
