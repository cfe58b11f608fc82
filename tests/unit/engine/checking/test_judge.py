"""The URL that the sender called, as the schemes that sign it need it."""

from __future__ import annotations

import pytest

from inspector.core.event import Request
from inspector.core.source import Source
from inspector.engine.checking.judge import public_url


def asked(target):
    return Request(b"POST " + target + b" HTTP/1.1", ((b"Host", b"h.example"),), b"")


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (b"/sms?a=1", "http://h.example/sms?a=1"),
        (b"/sms?next=https://other.example/x", "http://h.example/sms?next=https://other.example/x"),
        (b"http://[::1/sms", "http://[::1/sms"),
        (b"https://proxy.example/sms", "https://proxy.example/sms"),
    ],
)
def test_only_a_target_that_begins_with_a_scheme_is_absolute(target, expected):
    seen = asked(target)
    assert public_url(seen, Source(name="")) == expected


def test_the_public_address_of_the_source_replaces_the_origin_alone():
    source = Source(name="", public_url="https://shop.example/")
    for target in (b"/sms?u=http://x/y", b"http://127.0.0.1:8787/sms?u=http://x/y"):
        seen = asked(target)
        assert public_url(seen, source) == "https://shop.example/sms?u=http://x/y"
