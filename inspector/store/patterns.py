"""The patterns of the query language as patterns of SQLite."""

from __future__ import annotations

import re

TRIGRAM = 3
_MOST_TRIGRAMS = 12


def pieces(pattern: str, *, quoted: bool) -> list[str]:
    """The literal parts between the stars."""
    return [pattern] if quoted else pattern.split("*")


def like(parts: list[str]) -> str:
    """A LIKE pattern with `\\` as escape; LIKE ignores the case of ASCII letters."""
    return "%".join(re.sub(r"([\\%_])", r"\\\1", part) for part in parts)


def glob(parts: list[str]) -> str:
    """A GLOB pattern; GLOB minds the case."""
    return "*".join(re.sub(r"([*?\[])", r"[\1]", part) for part in parts)


def folded(parts: list[str]) -> str:
    """A regular expression for a whole value without regard to the case of ASCII letters."""
    return ".*".join(re.escape(part) for part in parts)


def trigrams(parts: list[str]) -> str:
    """An FTS5 expression that all bodies with these parts meet; empty where no part is long enough.

    The index knows which trigrams a body has, not where: what it finds must be looked at.
    """
    found: dict[str, None] = {}
    for part in parts:
        clean = part.replace("\0", "")
        for start in range(len(clean) - TRIGRAM + 1):
            found[clean[start : start + TRIGRAM]] = None
    chosen = list(found)
    if len(chosen) > _MOST_TRIGRAMS:
        step = len(chosen) / _MOST_TRIGRAMS
        chosen = [chosen[int(place * step)] for place in range(_MOST_TRIGRAMS)]
    return " ".join('"' + each.replace('"', '""') + '"' for each in chosen)
