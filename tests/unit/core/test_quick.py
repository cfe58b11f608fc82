"""What is made quickly is the same as what is made the plain way."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest

from inspector.core.event import Arrival, Capture, Request, Times
from inspector.core.quick import maker


def test_the_values_are_the_same_and_frozen() -> None:
    request = maker(Request)(b"POST / HTTP/1.1", (), b"{}", remote="a")
    assert request == Request(b"POST / HTTP/1.1", (), b"{}", remote="a")
    assert type(request) is Request
    assert hash(request) == hash(Request(b"POST / HTTP/1.1", (), b"{}", remote="a"))
    assert replace(request, body=b"x").body == b"x"
    with pytest.raises(FrozenInstanceError):
        request.body = b""  # type: ignore[misc]


def test_defaults_that_are_made_are_made_each_time() -> None:
    capture = Capture(Request(b"POST / HTTP/1.1", (), b""), Times(1, 1, 1, 1, 1))
    make = maker(Arrival)
    assert make(capture, "shop") == Arrival(capture, "shop")
    with pytest.raises(TypeError):
        make(capture)  # type: ignore[call-arg]
