"""Runs the benchmarks and prints a table: `make bench`, or `python -m tests.bench [--quick] [NAME …]`.

Every module `bench_NAME` beside this file is one benchmark: with a function `run(quick) -> list[Row]` its
rows go into the table; without, it runs as a program of its own and its lines are shown as they are.
"""

from __future__ import annotations

import argparse
import os
import pkgutil
import subprocess
import sys
import tempfile
import time
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from tests.bench.row import Row

HERE = Path(__file__).parent
PREFIX = "bench_"


def names() -> list[str]:
    """All benchmarks, without the prefix of their files."""
    return [
        found.name.removeprefix(PREFIX)
        for found in pkgutil.iter_modules([str(HERE)])
        if found.name.startswith(PREFIX)
    ]


def line(row: Row) -> str:
    """One row as text: name, figure, goal, and whether it is met."""
    figure = f"{row.figure:,.0f}" if abs(row.figure) >= 1000 else f"{row.figure:,.2f}"
    goal = "" if row.goal is None else f"{'≥' if row.at_least else '≤'} {row.goal:,g}"
    verdict = "" if row.goal is None else ("good" if row.good else "MISSED")
    return f"{row.name:<58} {figure:>12} {row.unit:<11} {goal:>9}  {verdict}".rstrip()


def measure(name: str, quick: bool) -> list[Row]:
    """Run one benchmark; returns its rows, none where it printed its own."""
    module = f"tests.bench.{PREFIX}{name}"
    spec = find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    if "\ndef run(" in Path(spec.origin).read_text("utf-8"):
        rows = import_module(module).run(quick)
        return [row for row in rows if isinstance(row, Row)]
    subprocess.run([sys.executable, "-m", module, *(["--quick"] if quick else [])], check=False)
    return []


def main() -> int:
    """0 where every goal is met, else 1."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Run the benchmarks.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which ones: {', '.join(names())} (all)")
    parser.add_argument("--quick", action="store_true", help="small and rough, to see that they work")
    chosen = parser.parse_args()
    unknown = sorted(set(chosen.names) - set(names()))
    if unknown:
        parser.error(f"no such benchmark: {', '.join(unknown)}")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    missed = 0
    with tempfile.TemporaryDirectory(prefix="bench-home-") as home:
        os.environ["WEBHOOK_INSPECTOR_HOME"] = home
        for name in chosen.names or names():
            begun = time.monotonic()
            print(f"\n{name}", flush=True)
            for row in measure(name, chosen.quick):
                missed += not row.good
                print(f"  {line(row)}", flush=True)
            print(f"  ({time.monotonic() - begun:.0f} s)", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
