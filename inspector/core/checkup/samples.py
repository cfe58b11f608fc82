"""Realistic events of a provider, made fresh from a seed by templates in resources/samples."""

from __future__ import annotations

import json
import random
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import cast

Json = dict[str, object]

_WHOLE = re.compile(r"\{([a-z]+)(?::([^{}]*))?\}")
_NAMES = ("Ada Lindqvist", "Tomás Rey", "Mei Tanaka", "Noor Haddad", "Jonas Bauer", "Zoë Martin")
_LOCALES = ("en-GB", "de-DE", "fr-FR", "es-ES", "ja-JP")


@dataclass(frozen=True, slots=True)
class Sample:
    """One event before it is written as bytes."""

    event_id: str
    event_type: str
    document: Json

    def written(self) -> bytes:
        """Compact JSON in UTF-8, as JSON.stringify writes it."""
        return json.dumps(self.document, ensure_ascii=False, separators=(",", ":")).encode()

    def with_data(self, **fields: object) -> Sample:
        """The event with more fields in its data."""
        data = cast("Json", self.document.get("data", {}))
        return Sample(self.event_id, self.event_type, {**self.document, "data": {**data, **fields}})

    def with_fields(self, **fields: object) -> Sample:
        """The event with more fields at the top."""
        return Sample(self.event_id, self.event_type, {**self.document, **fields})


class Samples:
    """The events of one provider."""

    def __init__(self, envelope: Mapping[str, object], events: Mapping[str, Mapping[str, object]]) -> None:
        self._envelope = envelope
        self._events = events
        self.types = tuple(events)
        """The types, the most usual one first."""

    def event(self, event_type: str, seed: int, now_s: float) -> Sample:
        """A new event; a type that is unknown here gets the data of the first one."""
        fresh = _Fresh(seed, now_s, event_type)
        data = fresh.filled(self._events.get(event_type) or self._events[self.types[0]])
        document = cast("Json", fresh.filled({**self._envelope, "data": data}))
        return Sample(str(document["id"]), event_type, document)


class _Fresh:
    """The values of one event."""

    def __init__(self, seed: int, now_s: float, event_type: str) -> None:
        self._random = random.Random(f"{seed} {event_type}")  # noqa: S311 - samples, no secrets
        self._now_s = now_s
        self._same: dict[str, object] = {"type": event_type}

    def filled(self, value: object) -> object:
        """The value with all that stands in braces made fresh."""
        if isinstance(value, dict):
            return {name: self.filled(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self.filled(each) for each in value]
        found = _WHOLE.fullmatch(value) if isinstance(value, str) else None
        return self._made(found[1], found[2] or "") if found else value

    def _made(self, name: str, argument: str) -> object:
        makers: dict[str, Callable[[], object]] = {
            "id": lambda: self._id(argument),
            "moment": lambda: _moment(self._now_s + float(argument)),
            "number": lambda: self._random.randint(*map(int, argument.split(":"))),
        }
        if name in makers:
            return makers[name]()
        if name not in self._same:
            self._same[name] = self._kept(name)
        return self._same[name]

    def _kept(self, name: str) -> object:
        if name == "name":
            return self._random.choice(_NAMES)
        if name == "email":
            return f"user{self._random.randint(1000, 9999)}@example.com"
        if name == "code":
            return f"SAVE-{self._random.randrange(16**6):06X}"
        return self._random.choice(_LOCALES) if name == "locale" else self._id(name)

    def _id(self, prefix: str) -> str:
        return f"{prefix}_{self._random.randrange(16**12):012x}"


def _moment(at_s: float) -> str:
    return datetime.fromtimestamp(at_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


_PLAIN: Json = {
    "id": "{id:evt}",
    "object": "event",
    "type": "{type}",
    "timestamp": "{moment:0}",
    "data": {},
}
_PLAIN_DATA: Json = {"object": {"id": "{id:obj}", "amount": "{number:100:9900}", "email": "{email}"}}


@cache
def samples_of(provider: str) -> Samples:
    """The events of the provider (`nudj`), or plain ones for a provider whose events are not known."""
    file = resources.files("resources") / "samples" / f"{provider}.toml"
    if not re.fullmatch(r"[a-z0-9-]+", provider) or not file.is_file():
        return Samples(_PLAIN, {"checkup.sample": _PLAIN_DATA})
    read = tomllib.loads(file.read_text("utf-8"))
    return Samples(read["envelope"], read["events"])
