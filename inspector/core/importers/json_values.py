"""Values of decoded JSON that comes from anywhere: taken where they are of the kind, refused by name else."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime
from typing import TypeAlias, cast

from inspector.core.headers import HeaderPairs
from inspector.core.importers.entry import EntryError, encoded

Object: TypeAlias = dict[str, object]


def decoded(text: bytes) -> object:
    """The document. Raises EntryError with the place of what is wrong in it."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise EntryError(f"It is no JSON: {error.msg} at character {error.pos + 1}.") from None
    except (UnicodeDecodeError, RecursionError, ValueError):
        raise EntryError("It is no JSON: its text cannot be decoded, or it is nested too deep.") from None


def object_of(found: object, name: str) -> Object:
    """An object. Raises EntryError."""
    if not isinstance(found, dict):
        raise EntryError(f"There is no object “{name}”.")
    return cast("Object", found)


def text_of(found: Object, key: str, default: str = "") -> str:
    """The text at a key, or the default where there is none."""
    value = found.get(key)
    return value if isinstance(value, str) else default


def list_of(found: Object, key: str) -> list[object]:
    """The list at a key; empty where there is none."""
    value = found.get(key)
    return value if isinstance(value, list) else []


def pairs_of(found: object) -> HeaderPairs:
    """Headers: a list of `{name, value}` (or `key`), of `[name, value]`, or an object of texts and lists.

    Pseudo headers of HTTP/2 (`:method`) are left out, disabled ones too.
    """
    pairs: list[tuple[object, object]] = []
    if isinstance(found, dict):
        for name, value in found.items():
            pairs += [(name, each) for each in value] if isinstance(value, list) else [(name, value)]
    for each in found if isinstance(found, list) else ():
        if isinstance(each, dict) and not each.get("disabled"):
            pairs.append((each.get("name", each.get("key")), each.get("value")))
        elif isinstance(each, list) and len(each) == 2:
            pairs.append((each[0], each[1]))
    return tuple(
        (encoded(name), encoded("" if value is None else str(value)).strip(b" \t"))
        for name, value in pairs
        if isinstance(name, str) and name and not name.startswith(":")
    )


def base64_of(text: str) -> bytes:
    """The bytes. Raises EntryError."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise EntryError("The body is no base64.") from None


def moment_of(text: object) -> int | None:
    """ISO 8601 as ns since 1970 UTC (without a zone: UTC), or None where it is no moment."""
    if not isinstance(text, str):
        return None
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    zone = at.utcoffset()
    seconds = (at.replace(tzinfo=None) - datetime(1970, 1, 1)).total_seconds()  # noqa: DTZ001 - both in UTC
    whole_s = int(seconds // 1) - (int(zone.total_seconds()) if zone else 0)
    at_ns = whole_s * 1_000_000_000 + at.microsecond * 1000
    return at_ns if 0 <= at_ns < 1 << 62 else None
