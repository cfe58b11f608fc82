"""Names of files are safe on every system."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.core.exporters.names import described, stem
from inspector.core.exporters.raw import Raw
from tests.unit.core.exporters.building import event, exported


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=200))
def test_a_name_is_of_safe_characters_and_short(kind):
    assert re.fullmatch(r"00042-[A-Za-z0-9._-]*[A-Za-z0-9_]", stem(event(number=42, kind=kind)))
    assert len(stem(event(number=42, kind=kind))) < 80
    assert re.fullmatch(r"[A-Za-z0-9. _-]+", described(event(kind=kind)))


def test_the_name_says_the_type_and_does_not_leave_its_folder():
    assert stem(event(number=7, kind="order.created")) == "00007-order.created"
    assert stem(event(number=7, kind="../../etc/passwd")) == "00007-etc-passwd"
    assert stem(event(number=7, kind="")) == "00007-event"


def test_raw_keeps_head_and_body_as_they_came():
    odd = b"POST /x HTTP/1.1\nhost:x\n\n"
    files = exported(Raw(), event(b"\x00\xff", raw_head=odd), event(b"ab", number=2, kind="ping"))
    assert files["00001-order.created.raw"] == odd + b"\x00\xff"
    assert files["00002-ping.raw"].endswith(b"Content-Type: application/json\r\n\r\nab")
