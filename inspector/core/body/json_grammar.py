"""The grammar of JSON (RFC 8259) as regular expressions that take whole small values in one step.

Possessive quantifiers keep them linear. A value is matched to a depth of five and 500 members a
container; what is larger is walked by json_index. All patterns work on UTF-8 bytes.
"""

from __future__ import annotations

import re

PAGE = 100
"""Members of a big container between two marks, and in one group of the tree."""

SPACE = rb"[ \t\r\n]*+"
STRING = rb'"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+"'
NUMBER = rb"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?"
_SCALAR = STRING + rb"|" + NUMBER + rb"|true|false|null"


def _nested(inner: bytes) -> bytes:
    """One level more. `inner` stands once for objects and once for arrays, so it stays small."""
    member = STRING + SPACE + rb":" + SPACE + inner + SPACE
    return (
        rb"(?:"
        + _SCALAR
        + (rb"|\{" + SPACE + rb"(?:" + member + rb"(?:," + SPACE + rb'(?=")|(?=\}))){0,500}+\}')
        + (rb"|\[" + SPACE + rb"(?:" + inner + SPACE + rb"(?:," + SPACE + rb"(?!\])|(?=\]))){0,500}+\])")
    )


_FLAT = _nested(rb"(?:" + _SCALAR + rb")")
_SMALL = _nested(_nested(_nested(_nested(_FLAT))))

space = re.compile(SPACE)
string = re.compile(STRING)
string_piece = re.compile(rb'[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+')
number = re.compile(NUMBER)
number_start = re.compile(rb"-?[0-9.]*[0-9.eE+\-]*")
scalar = re.compile(rb"(?:" + _SCALAR + rb")")
value = re.compile(_SMALL)
key = re.compile(rb"(" + STRING + rb")" + SPACE + rb":" + SPACE)
elements = re.compile(rb"(?:" + _FLAT + SPACE + rb"," + SPACE + rb"){100}+")
members = re.compile(rb"(?:" + STRING + SPACE + rb":" + SPACE + _FLAT + SPACE + rb"," + SPACE + rb"){100}+")
word = re.compile(rb"[A-Za-z_$][A-Za-z0-9_$]{0,30}")
token = re.compile(
    rb'(?P<string>"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"?)|(?P<mark>[{}\[\],:])|(?P<other>[^\s{}\[\],:"]++)',
    re.DOTALL,
)
"""Tokens of any text, broken JSON too: nothing but white space is left out."""
