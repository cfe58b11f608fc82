"""What we say of JavaScript is what the real one does."""

from __future__ import annotations

import base64
import shutil
import subprocess

import pytest

from inspector.core.reserialise import JAVASCRIPT, WRITERS, rewrite
from tests.unit.core.reserialise.documents import documents

_SCRIPT = """
const lines = require('fs').readFileSync(0, 'latin1').split('\\n');
console.log(lines.map(line => {
  try {
    const text = Buffer.from(line, 'base64').toString('utf8');
    const written = JSON.stringify(JSON.parse(text), null, Number(process.argv[1]));
    return Buffer.from(written).toString('base64');
  } catch (error) { return '!'; }
}).join('\\n'));
"""

_BROKEN = [
    b"",
    b"{",
    b"[1,]",
    b'{"a":1,}',
    b"01",
    b"+1",
    b"1.",
    b".5",
    b"[1 2]",
    b'{"a" 1}',
    b"{1:2}",
    b"NaN",
]
_BROKEN += [
    b'"\t"',
    b'"\\x"',
    b'"\\u12"',
    b"[1]]",
    b"tru",
    b'["a]',
    b"[1}",
    b'{"a":}',
    b"{,}",
    b"\xa0[]",
    b"{}{}",
]


@pytest.mark.skipif(shutil.which("node") is None, reason="no node here")
@pytest.mark.parametrize("indent", [0, 2])
def test_it_is_what_node_writes(indent: int) -> None:
    bodies = [*documents(1500), *_BROKEN, b'["\xff\xe2\x82 \xed\xa0\x80"]', b"[" * 500 + b"]" * 500]
    lines = b"\n".join(base64.b64encode(body) for body in bodies)
    done = subprocess.run(
        ["node", "-e", _SCRIPT, str(indent)], input=lines, capture_output=True, check=True, timeout=100
    )
    answers = [None if line == b"!" else base64.b64decode(line) for line in done.stdout.splitlines()]
    writer = next(one for one in WRITERS if one.language == JAVASCRIPT.language and one.indent == indent)
    for body, answer in zip(bodies, answers, strict=True):
        assert rewrite(body, writer) == answer, body


def test_a_byte_order_mark_is_dropped_as_body_parsers_do() -> None:
    assert rewrite(b'\xef\xbb\xbf{"a": 1}', JAVASCRIPT) == b'{"a":1}'


def test_nesting_of_any_depth_is_no_trouble() -> None:
    body = b'[{"a":' * 50_000 + b"1.0" + b"}]" * 50_000
    assert rewrite(body, JAVASCRIPT) == body.replace(b"1.0", b"1")
