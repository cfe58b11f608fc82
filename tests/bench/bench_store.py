"""One million events (100,000 with `quick`): how long a user waits for rows, filters, text and pages.

The file is made and indexed first; a child process then measures, so that its memory is that of a reader
alone. Each figure is the slowest of the first and the median of five calls that return the rows of a screen.
"""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from inspector.core.event import Arrival, Capture, EventRow, Reading, Request, Times
from inspector.core.query.nodes import Match, Node, Words
from inspector.store import Failed, Store, Stored
from tests.bench.row import Row

ROOT = Path(__file__).parents[2]
SCREEN = 60
START_NS = 1_790_000_000_000_000_000
TYPES = (
    *("challenge.created", "challenge.updated", "challenge.completed", "challenge.failed"),
    *("push", "ping", "pull_request", "issues", "invoice.paid", "customer.created") * 2,
)
SOURCES = ("nudj", "github", "stripe")
TEXTS = ("lorem ipsum dolor", "quick brown fox", "hello world")
NEEDLE = "needle_42"
IN_FLIGHT = 5_000
GOALS_MS = {
    "open to first rows": 1_500.0,
    "filter by type to first rows": 50.0,
    "filter by a rare type to first rows": 50.0,
    "body substring, one hit": 150.0,
    "body substring, many hits": 150.0,
    "body substring, no hit": 150.0,
    "scroll page": 8.0,
}


def run(quick: bool) -> list[Row]:
    """The table's rows."""
    events = 100_000 if quick else 1_000_000
    with tempfile.TemporaryDirectory(prefix="bench-store-") as folder:
        path = Path(folder) / "events.db"
        insert_us, index_us = build(path, events)
        command = [sys.executable, "-m", "tests.bench.bench_store", str(path)]
        found = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
        figures: dict[str, float] = json.loads(found.stdout)
        size_mb = path.stat().st_size / 1e6
    label = f"{events:,} events: "
    rows = [
        Row(f"{label}{name}", value, "MB" if name == "resident memory" else "ms", _goal(name))
        for name, value in figures.items()
    ]
    rows.append(Row(f"{label}writer, each event with all tables", insert_us, "µs", None))
    rows.append(Row(f"{label}index of bodies, each event", index_us, "µs", None))
    rows.append(Row(f"{label}size of the file", size_mb, "MB", None))
    return rows


def _goal(name: str) -> float | None:
    return 250.0 if name == "resident memory" else GOALS_MS.get(name)


def build(path: Path, events: int) -> tuple[float, float]:
    """Make the file; returns µs of wall time for an event on the writer, and for one in the index."""
    room = threading.Semaphore(IN_FLIGHT)
    busy_s = 0.0
    known: dict[int, Reading] = {}

    def read(arrival: Arrival) -> Reading:
        return known.pop(id(arrival))

    def committed(stored: list[Stored], failed: list[Failed]) -> None:
        assert not failed, failed[0].problem
        room.release(len(stored))

    store = Store(path, read=read, committed=committed, durable=False)
    store.open()
    chance = random.Random(7)
    for first in range(0, events, IN_FLIGHT):
        group = [_arrival(number, chance, known) for number in range(first, first + IN_FLIGHT)]
        begun_s = time.perf_counter()
        for arrival in group:
            room.acquire()
            store.put(arrival, None)
        for _ in range(IN_FLIGHT):
            room.acquire()
        busy_s += time.perf_counter() - begun_s
        room.release(IN_FLIGHT)
    begun_s = time.perf_counter()
    waiting = store.readers.index_state().waiting
    pause = threading.Event()
    while store.readers.index_state().waiting:
        pause.wait(0.1)
    index_s = time.perf_counter() - begun_s
    store.close()
    return busy_s / events * 1e6, index_s / max(1, waiting) * 1e6


def _arrival(number: int, chance: random.Random, known: dict[int, Reading]) -> Arrival:
    event_type = "rare.type" if number % 997 == 0 else chance.choice(TYPES)
    event_id = f"evt_{chance.getrandbits(64):016x}"
    text = NEEDLE if number == 33_333 else chance.choice(TEXTS)
    data = {f"k{place}": f"{chance.getrandbits(96):x}" for place in range(12)}
    body = json.dumps({"id": event_id, "type": event_type, "n": number, "data": data, "text": text}).encode()
    source = SOURCES[number % 3]
    headers = (
        (b"Host", b"127.0.0.1:8787"),
        (b"User-Agent", b"GitHub-Hookshot/abc"),
        (b"Content-Type", b"application/json"),
        (b"X-Hub-Signature-256", b"sha256=%064x" % chance.getrandbits(256)),
    )
    line = b"POST /webhooks/%b HTTP/1.1" % source.encode()
    head = line + b"\r\n" + b"".join(b"%b: %b\r\n" % pair for pair in headers) + b"\r\n"
    times = Times(START_NS + number * 10_000_000, 5_000_000, 6_000_000, 7_000_000, 8_000_000)
    request = Request(line, headers, body, head, remote=f"127.0.0.1:{1024 + number % 60_000}")
    arrival = Arrival(Capture(request, times), source)
    known[id(arrival)] = Reading(event_type, event_id)
    return arrival


def measure(path: Path) -> dict[str, float]:
    """Figures by name: ms, and MB of memory."""
    begun_s = time.perf_counter()
    store = Store(path, read=lambda _: Reading(), committed=lambda _stored, _failed: None)
    store.open()
    readers = store.readers
    ids = readers.ids()
    readers.rows(list(ids[:SCREEN]))
    readers.totals()
    figures = {"open to first rows": (time.perf_counter() - begun_s) * 1e3}

    def first(query: Node) -> Callable[[], Sequence[EventRow]]:
        return lambda: readers.rows(list(readers.ids(query, limit=SCREEN)))

    pages = iter(range(1, 100))

    def page() -> Sequence[EventRow]:
        start = len(ids) * next(pages) // 100
        return readers.rows(list(ids[start : start + SCREEN]))

    end_ns = START_NS + len(ids) * 10_000_000
    for name, call in {
        "filter by type to first rows": first(Match("type", "challenge.*")),
        "filter by a rare type to first rows": first(Match("type", "rare.type")),
        "body substring, one hit": first(Match("body", NEEDLE)),
        "body substring, many hits": first(Match("body", "brown fox")),
        "body substring, no hit": first(Match("body", "deadbeefc0ffee")),
        "free text, one hit": first(Words(NEEDLE)),
        "all numbers of a type": lambda: readers.ids(Match("type", "push")),
        "histogram of all": lambda: readers.histogram(None, START_NS, end_ns, 120).counts,
        "totals": lambda: [readers.totals()],
        "scroll page": page,
    }.items():
        figures[name] = _slow(call)
    store.close()
    figures["resident memory"] = _resident_mb()
    return figures


def _slow(call: Callable[[], Sequence[object]]) -> float:
    taken_ms = []
    for _ in range(5):
        begun_s = time.perf_counter()
        call()
        taken_ms.append((time.perf_counter() - begun_s) * 1e3)
    return max(taken_ms[0], statistics.median(taken_ms))


def _resident_mb() -> float:
    """The peak of this process, where the system tells."""
    try:
        import resource
    except ImportError:
        return 0.0
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(Path(sys.argv[1]))))
