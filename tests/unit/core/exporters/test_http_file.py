"""What an HTTP client could misread stands in a file beside the requests."""

from __future__ import annotations

import pytest

from inspector.core.exporters.http_file import HttpFile
from tests.unit.core.exporters.building import event, exported


def test_a_plain_request_stands_in_the_file():
    headers = ((b"Host", b"x"), (b"X-B", b"1"), (b"Content-Length", b"7"), (b"X-A", b"caf\xe9"))
    files = exported(HttpFile(), event(b'{"a":1}', headers=headers), url="http://localhost:5000")
    assert files == {
        "events.http": (
            b"@base = http://localhost:5000\n\n### event 1 order.created\n# left out, no text: X-A\n"
            b'POST {{base}}/webhooks/nudj?a=1\nX-B: 1\n\n{"a":1}\n'
        )
    }


@pytest.mark.parametrize(
    "body",
    [b"\xff\x00", b"a\nb", b"{{name}}", b"### next", b"< ./secret", b"> {% x %}", b" a", b"a\n", b"GET /x"],
    ids=["bytes", "lines", "variable", "next", "file", "script", "space", "end", "request"],
)  # fmt: skip
def test_an_odd_body_stands_beside_it(body):
    files = exported(HttpFile(), event(body))
    assert files["bodies/00001-order.created.body"] == body
    assert files["events.http"].endswith(b"\n\n< ./bodies/00001-order.created.body\n")


def test_a_type_and_a_target_cannot_leave_their_line():
    files = exported(
        HttpFile(), event(kind="a\n\nGET http://evil", line=b"POST /{{x}}\xff HTTP/1.1", body=b"")
    )
    assert b"### event 1 a-GET-http-evil\nPOST {{base}}/%7B%7Bx%7D%7D%FF\n" in files["events.http"]
