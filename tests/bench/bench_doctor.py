"""How long the doctor takes: run with `python -m tests.bench.bench_doctor`; `--rates`: how often it is right.

Each line is a failure of a kind: the median and the worst time, and how many combinations were tried.
The worst case is a secret that explains nothing, because everything is tried.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections import Counter
from dataclasses import replace

from inspector.core.doctor import Diagnosis
from inspector.core.reserialise import warnings_for_handlers
from inspector.core.signatures.bundled import bundled
from inspector.core.signatures.outcome import Key
from inspector.core.signatures.scheme import Scheme
from tests.unit.core.doctor.failures import URL, Case, Spoiler, asymmetric, symmetric

GOAL_S = 0.050
_SCHEMES = ("nudj", "stripe", "standard-webhooks", "square", "twilio", "hubspot-v2", "netlify")


def body_of(size_bytes: int) -> bytes:
    """A JSON document of about that size, with letters beyond ASCII, numbers and nesting."""
    item = {"id": "evt_1", "name": "Zo\u00eb M\u00fcller", "amount": 19.5, "tags": ["a", "b"], "url": URL}
    count = max(1, size_bytes // len(json.dumps(item, ensure_ascii=False).encode()))
    return json.dumps({"data": [item] * count}, ensure_ascii=False).encode()


def unexplained(scheme_id: str, size_bytes: int) -> Case:
    """A request of which no stored secret is right."""
    scheme = bundled()[scheme_id]
    spoiler = Spoiler(scheme)
    body = body_of(size_bytes)
    request = spoiler.signed(body, key=Key("", spoiler.key.material[:-4] + b"AAA="))
    return spoiler.case("", "wrong secret", request, others=(Key("a", b"x" * 20), Key("b", b"y" * 20)))


def altered(scheme: Scheme, private: Key, public: Key) -> Case:
    """A request of 1 KB under a public key, altered in the middle."""
    spoiler = Spoiler(scheme, private, public)
    body = body_of(1024)
    return spoiler.case("", "altered", replace(spoiler.signed(body), body=body.replace(b"19.5", b"91.5", 1)))


def measure(case: Case, rounds: int) -> tuple[list[float], Diagnosis]:
    """The times of so many diagnoses in seconds, and what was found."""
    times = []
    found = case.diagnosis()
    outcome = case.outcome()
    for _ in range(rounds):
        start = time.perf_counter()
        found = case.diagnosis()
        times.append(time.perf_counter() - start)
    assert outcome.trouble
    return times, found


def rates() -> None:
    """Prints for each cause how many synthetic failures over all schemes were named right."""
    made: Counter[str] = Counter()
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    spoilers = [Spoiler(scheme) for scheme in symmetric()] + [Spoiler(*three) for three in asymmetric()]
    for spoiler in spoilers:
        for case in spoiler.cases():
            found = case.diagnosis().cause
            made[case.cause] += 1
            right[case.cause] += found == case.cause
            if found != case.cause:
                wrong[f"{case.cause} ({case.name}) called {found or 'unknown'}"] += 1
    for cause, count in made.items():
        print(f"{cause:<22}{right[cause]:>6} of {count:>6}  {right[cause] / count:>7.1%}")
    print(f"{'all':<22}{right.total():>6} of {made.total():>6}  {right.total() / made.total():>7.1%}")
    for words, count in wrong.items():
        print(f"  {count} x {words}")


def main() -> None:
    """Prints the table."""
    if "--rates" in sys.argv[1:]:
        rates()
        return
    print(f"{'scheme':<20}{'body':>10}{'median ms':>12}{'worst ms':>11}{'tried':>8}")
    worst_small = 0.0
    for size in (1024, 64 * 1024, 1024 * 1024, 25 * 1024 * 1024):
        for scheme_id in _SCHEMES:
            if size > 1024 and scheme_id not in ("nudj", "stripe"):
                continue
            times, found = measure(unexplained(scheme_id, size), 20 if size == 1024 else 2)
            median, worst = statistics.median(times), max(times)
            print(f"{scheme_id:<20}{size:>10}{median * 1e3:>12.2f}{worst * 1e3:>11.2f}{found.tried:>8}")
            if size == 1024:
                worst_small = max(worst_small, median)
    for three in asymmetric():
        case = altered(*three)
        times, found = measure(case, 10)
        median, worst = statistics.median(times), max(times)
        print(f"{case.scheme.id:<25}{1024:>5}{median * 1e3:>12.2f}{worst * 1e3:>11.2f}{found.tried:>8}")
        worst_small = max(worst_small, median)
    start = time.perf_counter()
    warnings_for_handlers(body_of(1024))
    print(f"warnings for handlers, 1 KB: {(time.perf_counter() - start) * 1e3:.2f} ms")
    verdict = "held" if worst_small < GOAL_S else "missed"
    print(f"goal at 1 KB: {GOAL_S * 1e3:.0f} ms, slowest median {worst_small * 1e3:.2f} ms: {verdict}")


if __name__ == "__main__":
    main()
