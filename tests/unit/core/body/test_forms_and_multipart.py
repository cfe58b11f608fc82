"""Forms in order; multipart parts byte for byte."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from inspector.core.body.forms import fields
from inspector.core.body.multipart import parts

TYPE = "multipart/form-data; boundary=XyZ"


def test_fields_in_order_with_repeats() -> None:
    found = fields(b"b=1+2&a%5Bx%5D=%C3%A9&b=&flag&&=v")
    assert [(f.name, f.value, f.repeated) for f in found] == [
        ("b", "1 2", False),
        ("a[x]", "é", False),
        ("b", "", True),
        ("flag", "", False),
        ("", "v", False),
    ]
    assert found[1].raw_name == b"a%5Bx%5D"


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=5))
def test_parts_are_exact(bodies: list[bytes]) -> None:
    raw = b"".join(
        b"--XyZ\r\nContent-Disposition: form-data; name=f\r\n\r\n" + body + b"\r\n" for body in bodies
    )
    if any(b"--XyZ" in body for body in bodies):
        return
    found = parts(raw + b"--XyZ--\r\n", TYPE)
    assert [part.body for part in found.parts] == bodies
    assert found.trouble == ""


def test_names_files_and_types() -> None:
    raw = (
        b'preamble\r\n--XyZ\r\nContent-Disposition: form-data; name="a[b]"; filename="../../<b>x\\".png"\r\n'
        b"Content-Type: image/png\r\nX-Other: 1\r\n\r\n\x89PNG\r\n\r\n--XyZ--"
    )
    (part,) = parts(raw, TYPE).parts
    assert (part.name, part.filename, part.content_type) == ("a[b]", '../../<b>x".png', "image/png")
    assert part.body == b"\x89PNG\r\n"


def test_extended_file_name() -> None:
    raw = b"--XyZ\r\nContent-Disposition: form-data; name=a; filename*=UTF-8''%C3%AF.txt\r\n\r\nx\r\n--XyZ--"
    assert parts(raw, TYPE).parts[0].filename == "ï.txt"


def test_parts_without_headers_and_without_an_end() -> None:
    found = parts(b"--XyZ\r\n\r\nbody\r\n--XyZ\r\n\r\ncut", TYPE)
    assert [part.body for part in found.parts] == [b"body", b"cut"]
    assert "cut short" in found.trouble


def test_an_empty_body_and_a_missing_boundary() -> None:
    assert parts(b"--XyZ--\r\n", TYPE).parts == ()
    assert "does not occur" in parts(b"nothing", TYPE).trouble
    assert "no boundary" in parts(b"x", "multipart/form-data").trouble
