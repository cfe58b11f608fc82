"""Verifications a second against the bare hmac call in the same run.

python -m tests.bench.bench_signatures
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable

from inspector.core.event import Verdict
from inspector.core.signatures.bundled import bundled
from inspector.core.signatures.checker import Checker
from inspector.core.signatures.outcome import Key, SignedRequest
from inspector.core.signatures.sign import sign
from inspector.core.signatures.verify import verify

KEY = Key("k", b"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
HEADERS = (
    (b"Host", b"hooks.example.com"),
    (b"User-Agent", b"Sender/1.0"),
    (b"Content-Type", b"application/json"),
    (b"Content-Length", b"1024"),
    (b"Accept", b"*/*"),
    (b"Accept-Encoding", b"gzip"),
)
NOW_S = 1_795_446_000
SCHEMES = ("github", "nudj", "stripe", "slack", "standard-webhooks", "shopify")
SIZES = ((1024, 4000, 0.5), (1024 * 1024, 20, 0.95))
"""Bytes of the body, calls in a round, the ratio to reach."""
ROUNDS = 15


def per_call_us(call: Callable[[], object], calls: int) -> float:
    """The best round, in microseconds a call."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for _ in range(calls):
            call()
        best = min(best, time.perf_counter() - start)
    return best / calls * 1e6


def main() -> None:
    """Prints one line a scheme and size."""
    titles = ("scheme", "body", "hmac us", "verdict us", "per second", "ratio", "goal", "with steps us")
    print("{:<18}{:>11}{:>9}{:>12}{:>12}{:>7}{:>6}{:>15}".format(*titles))
    for size, calls, goal in SIZES:
        body = b"x" * size
        for name in SCHEMES:
            scheme = bundled()[name]
            seen = sign(
                scheme, SignedRequest("POST", "https://h.example/in", HEADERS, body), KEY, now_s=NOW_S
            )
            checker = Checker(scheme, [KEY])
            assert checker.check(seen, NOW_S).verdict is Verdict.VALID
            bare = per_call_us(
                lambda body=body: hmac.new(KEY.material, body, hashlib.sha256).hexdigest(), calls
            )
            ours = per_call_us(lambda checker=checker, seen=seen: checker.check(seen, NOW_S), calls)
            steps = per_call_us(
                lambda scheme=scheme, seen=seen: verify(scheme, seen, [KEY], now_s=NOW_S), calls
            )
            row = f"{name:<18}{size:>11,}{bare:>9.2f}{ours:>12.2f}{1e6 / ours:>12,.0f}"
            print(f"{row}{bare / ours:>7.2f}{goal:>6}{steps:>15.2f}")


if __name__ == "__main__":
    main()
