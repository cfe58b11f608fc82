from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from inspector.core.event import Reading
from inspector.store.rows import bounded, headers_blob, headers_of, is_binary

anything = st.binary(max_size=20)
awkward = st.text(alphabet="ab: \r\n\0", max_size=8).map(str.encode)
field = st.tuples(anything | awkward, anything | awkward)


@settings(max_examples=100, deadline=None)
@given(st.lists(field, max_size=6))
@example([(b"a", b"\r"), (b"b", b"\n")])
@example([(b"a: b", b"c")])
@example([(b"a", b"")])
@example([(b"", b"")])
def test_headers_come_back_byte_for_byte(headers: list[tuple[bytes, bytes]]) -> None:
    assert headers_of(headers_blob(tuple(headers))) == tuple(headers)


def test_text_and_binary_bodies_are_told_apart() -> None:
    assert not is_binary(b"")
    assert not is_binary("häuser ✓".encode())
    assert is_binary(b"\x89PNG\r\n\x1a\n\0\0")
    assert is_binary(b"caf\xe9")
    assert not is_binary(b"a" * 65_535 + "é".encode())
    assert is_binary(b"a" * 1000 + b"\xff" + b"a" * 100_000)


def test_what_a_sender_chose_is_brought_into_bounds() -> None:
    reading = bounded(Reading("a\ud800b\0", "x" * 5_000, 2**70, -(2**80)))
    assert reading == Reading("a?b\ufffd", "x" * 2_000, None, None)
    good = Reading("ok", "1", 5, 1)
    assert bounded(good) is good
