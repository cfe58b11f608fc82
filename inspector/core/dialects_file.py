"""Reading the declarations of dialects; a mistake in the file is named with its table and setting."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import cast

OTHER = "other"
"""The dialect for events that nothing names."""

UNITS = ("s", "ms", "iso8601", "any")
_SETTINGS = {"name", "headers", "paths", "type", "id", "sent_at", "retry"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: a header (with an item of its list), a path into JSON, or a form's field."""

    where: str
    name: str
    item: str = ""
    unit: str = ""
    header: bytes = b""


@dataclass(frozen=True, slots=True)
class Dialect:
    """Where one provider writes what; header names in lower case."""

    id: str
    name: str
    headers: tuple[bytes, ...]
    paths: tuple[str, ...]
    type: tuple[Place, ...]
    id_places: tuple[Place, ...]
    sent_at: tuple[Place, ...]
    retry: tuple[Place, ...]

    def body_paths(self) -> tuple[str, ...]:
        """The dotted paths into the JSON body, each once."""
        places = (*self.type, *self.id_places, *self.sent_at, *self.retry)
        return tuple(dict.fromkeys(place.name for place in places if place.where == "body"))


def load(text: str) -> tuple[Dialect, ...]:
    """The dialects of a TOML text, in its order; ValueError names the table and the setting that is wrong."""
    return tuple(_dialect(key, table) for key, table in tomllib.loads(text).items())


def _dialect(key: str, table: object) -> Dialect:
    if not isinstance(table, dict):
        raise ValueError(f"{key}: a table is expected")
    settings = cast("dict[str, object]", table)
    unknown = sorted(set(settings) - _SETTINGS)
    if unknown:
        raise ValueError(f"{key}: there is no setting {unknown[0]}")
    return Dialect(
        id=key,
        name=str(settings.get("name", key)),
        headers=tuple(name.lower().encode("latin-1") for name in _texts(key, "headers", settings)),
        paths=tuple(path.lower() for path in _texts(key, "paths", settings)),
        type=tuple(_place(key, place) for place in _texts(key, "type", settings)),
        id_places=tuple(_place(key, place) for place in _texts(key, "id", settings)),
        sent_at=tuple(_moment(key, entry) for entry in _list(key, "sent_at", settings)),
        retry=tuple(_place(key, place) for place in _texts(key, "retry", settings)),
    )


def _list(key: str, setting: str, settings: dict[str, object]) -> list[object]:
    value = settings.get(setting, [])
    if not isinstance(value, list):
        raise ValueError(f"{key}.{setting}: a list is expected")
    return value


def _texts(key: str, setting: str, settings: dict[str, object]) -> list[str]:
    entries = _list(key, setting, settings)
    if not all(isinstance(entry, str) for entry in entries):
        raise ValueError(f"{key}.{setting}: a list of strings is expected")
    return [str(entry) for entry in entries]


def _moment(key: str, entry: object) -> Place:
    if not isinstance(entry, dict) or set(entry) != {"from", "unit"} or entry["unit"] not in UNITS:
        raise ValueError(f"{key}.sent_at: {{ from = PLACE, unit = {' | '.join(UNITS)} }} is expected")
    return _place(key, str(entry["from"]), str(entry["unit"]))


def _place(key: str, text: str, unit: str = "") -> Place:
    where, _, name = text.partition(":")
    if where not in ("header", "body", "form") or not name:
        raise ValueError(f"{key}: {text!r} is no place; header:, body: or form: with a name is expected")
    if where != "header":
        return Place(where, name, unit=unit)
    name, _, item = name.partition(";")
    return Place(where, name.lower(), item, unit, name.lower().encode("latin-1"))
