"""Capture with durable commit against bare aiohttp that stores nothing, in adjacent alternating rounds.

The machine's speed wanders while a benchmark runs; a ratio is therefore taken within each round, where all
programs are loaded one after the other, and the median of the rounds is told.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.row import Row

ROOT = Path(__file__).parents[2]
REFERENCES = ("aiohttp-asyncio", "aiohttp-uvloop")
OURS = {"listener": "listener alone", "engine": "durable capture", "engine-fast": "capture, fast setting"}
GOAL = {"engine": 0.9}
FLAT_EVENTS = 200_000


@dataclass(frozen=True, slots=True)
class Served:
    """A program under load."""

    port: int
    pid: int

    def load(self, senders: int, seconds: float, rate: float = 0.0) -> dict[str, float]:
        """Requests a second and times to the reply, as `sender` finds them."""
        arguments = [str(self.port), str(senders), str(seconds), *([str(rate)] if rate else [])]
        command = [sys.executable, "-m", "tests.bench.sender", *arguments]
        found: dict[str, float] = json.loads(subprocess.check_output(command, cwd=ROOT, text=True))
        return found

    def resident_mb(self) -> float:
        """What the process holds now, where the system tells; else 0."""
        try:
            status = Path(f"/proc/{self.pid}/status").read_text("ascii", "replace")
        except OSError:
            return 0.0
        (line,) = [line for line in status.splitlines() if line.startswith("VmRSS:")]
        return int(line.split()[1]) / 1e3


@contextmanager
def served(name: str) -> Iterator[Served]:
    """The program `name` of `tests.bench.served` in a process and a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="bench-capture-") as folder:
        command = [sys.executable, "-m", "tests.bench.served", name, folder]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            try:
                yield Served(int(process.stdout.readline()), process.pid)
            finally:
                process.kill()


def run(quick: bool) -> list[Row]:
    """The table's rows."""
    rounds, seconds = (2, 1.5) if quick else (5, 4.0)
    rows: list[Row] = []
    for senders in (64, 256):
        rows += _throughput(senders, rounds, seconds)
    rows += _latency(rounds, 2.0 if quick else 8.0)
    rows += _memory(20_000 if quick else FLAT_EVENTS)
    return rows


def _throughput(senders: int, rounds: int, seconds: float) -> list[Row]:
    rates: dict[str, list[float]] = {name: [] for name in (*REFERENCES, *OURS)}
    for turn in range(rounds):
        names = list(rates) if turn % 2 == 0 else list(reversed(rates))
        for name in names:
            with served(name) as program:
                rates[name].append(program.load(senders, seconds)["rate"])
    label = f"{senders} senders: "
    best = [max(both) for both in zip(*(rates[name] for name in REFERENCES), strict=True)]
    rows = [Row(f"{label}bare {name}", statistics.median(rates[name]), "requests/s") for name in REFERENCES]
    for name, words in OURS.items():
        ratio = statistics.median([ours / other for ours, other in zip(rates[name], best, strict=True)])
        rows.append(Row(f"{label}{words}", statistics.median(rates[name]), "requests/s"))
        rows.append(Row(f"{label}{words}, of the faster bare", ratio, "ratio", GOAL.get(name), at_least=True))
    return rows


def _latency(rounds: int, seconds: float) -> list[Row]:
    """What is added to the time to the reply: the difference within each round, then the median."""
    bare: list[dict[str, float]] = []
    ours: list[dict[str, float]] = []
    for _ in range(rounds):
        for name, found in (("aiohttp-uvloop", bare), ("engine", ours)):
            with served(name) as program:
                found.append(program.load(64, seconds, 500))
    rows = []
    for key, words, goal in (("p50_ms", "p50", 1.0), ("p99_ms", "p99", 5.0)):
        added = statistics.median([mine[key] - other[key] for mine, other in zip(ours, bare, strict=True)])
        rows.append(
            Row(f"500/s: bare aiohttp-uvloop, {words}", statistics.median([x[key] for x in bare]), "ms")
        )
        rows.append(Row(f"500/s: added by durable capture, {words}", added, "ms", goal))
    return rows


def _memory(events: int) -> list[Row]:
    """Resident memory after the first quarter of the events and after all: told, and its growth an event."""
    with served("engine") as program:
        count = 0.0
        first_mb = first = 0.0
        while count < events:
            count += program.load(64, 3.0)["count"]
            if not first and count >= events / 4:
                first, first_mb = count, program.resident_mb()
        last_mb = program.resident_mb()
    return [
        Row(f"{first:,.0f} events: resident memory", first_mb, "MB"),
        Row(f"{count:,.0f} events: resident memory", last_mb, "MB"),
        Row("resident memory, growth between", last_mb - first_mb, "MB", 20.0),
    ]
