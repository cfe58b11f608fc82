"""Which targets can be used."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.core.problem import ProblemError
from inspector.core.target import Target, checked

GOOD = Target("shop", "http://127.0.0.1:3000")


@pytest.mark.parametrize(
    "target",
    [
        GOOD,
        replace(GOOD, url="https://[::1]:8443/hook?x=1", proxy="http://proxy:3128", rate_per_s=0.5),
        replace(GOOD, name="", headers=((b"X-A", b"1"),), secret_headers=(("Authorization", "token"),)),
    ],
)
def test_good_ones(target: Target) -> None:
    assert checked(target) is target


@pytest.mark.parametrize(
    "change",
    [
        {"name": "a b"},
        {"url": "ftp://x"},
        {"url": "127.0.0.1:3000"},
        {"url": "http://"},
        {"url": "http://x:99999"},
        {"url": "http://u:p@x"},
        {"url": "http://x/a b"},
        {"url": "http://x/#f"},
        {"url": "http://x/\r\nX: 1"},
        {"proxy": "socks5://x"},
        {"headers": ((b"X A", b"1"),)},
        {"headers": ((b"X-A", b"1\r\nX-B: 2"),)},
        {"headers": ((b"content-length", b"1"),)},
        {"secret_headers": (("Authorization", ""),)},
        {"timeout_s": 0},
        {"concurrency": 0},
        {"rate_per_s": 0},
    ],
    ids=str,
)
def test_bad_ones(change: dict[str, object]) -> None:
    with pytest.raises(ProblemError) as caught:
        checked(replace(GOOD, **change))  # type: ignore[arg-type] # the table above has the types
    assert caught.value.problem.key == "target-wrong"
