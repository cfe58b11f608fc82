"""Two header blocks side by side: the n-th of a name beside the n-th of that name."""

from __future__ import annotations

from inspector.core.diff.align import out_of_order
from inspector.core.diff.change import Change, Kind
from inspector.core.headers import HeaderPairs


def headers_diff(before: HeaderPairs, after: HeaderPairs) -> tuple[Change, ...]:
    """All field lines, the same ones too; a name in another case counts as changed and shows its name."""
    left, right = _numbered(before), _numbered(after)
    rank = {key: number for number, key in enumerate(right)}
    common = [key for key in left if key in right]
    moved = {common[index] for index in out_of_order([rank[key] for key in common])}
    rows: list[Change] = []
    for key, (name, value) in left.items():
        if key not in right:
            rows.append(Change(Kind.REMOVED, name, value))
            continue
        other_name, other = right[key]
        if name != other_name:
            rows.append(Change(Kind.CHANGED, other_name, f"{name}: {value}", f"{other_name}: {other}"))
        elif value != other:
            rows.append(Change(Kind.CHANGED, name, value, other))
        else:
            rows.append(Change(Kind.MOVED if key in moved else Kind.SAME, name, value, other))
    rows += [Change(Kind.ADDED, name, "", value) for key, (name, value) in right.items() if key not in left]
    return tuple(rows)


def _numbered(pairs: HeaderPairs) -> dict[tuple[bytes, int], tuple[str, str]]:
    counts: dict[bytes, int] = {}
    found: dict[tuple[bytes, int], tuple[str, str]] = {}
    for name, value in pairs:
        folded = name.lower()
        counts[folded] = counts.get(folded, 0) + 1
        found[folded, counts[folded]] = (name.decode("latin-1"), value.decode("latin-1"))
    return found
