"""The functions that queries call from SQL."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

import apsw

from inspector.store import body_text
from inspector.store.rows import headers_of, text_of

if TYPE_CHECKING:
    from apsw import SQLiteValue  # only its type stubs have it


def register(connection: apsw.Connection) -> None:
    """Make `header_matches` and `body_holds` known to the connection."""
    connection.create_scalar_function("header_matches", header_matches, 3, deterministic=True)
    connection.create_scalar_function("body_holds", body_text.holds, 3, deterministic=True)


def header_matches(*given: SQLiteValue) -> int:
    """Whether a field of that name (lower case) has a value that is all of the pattern."""
    blob, name, pattern = given
    assert isinstance(blob, bytes)
    wanted = str(name).encode("latin-1", "replace")
    expression = _compiled(str(pattern))
    for key, value in headers_of(blob):
        if key.lower() == wanted and expression.fullmatch(_value_text(value)):
            return 1
    return 0


def _value_text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return text_of(value)


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)
