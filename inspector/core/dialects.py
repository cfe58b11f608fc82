"""What a provider's dialect reads from an event: type, id, the sender's time and the retry count.

This runs for every captured event, on the writer's thread: headers are looked at first, and the body is
decoded only where a wanted place lies in it. Nothing here raises: what cannot be read is empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

from inspector.core.dialects_body import BodyPlan, form_fields, plain_body
from inspector.core.dialects_file import OTHER, Dialect, Place, load
from inspector.core.dialects_values import clean, moment, retry_number
from inspector.core.event import Arrival, Reading, Request
from inspector.core.quick import maker

EMPTY = Reading()
_reading = maker(Reading)
_NONE = 1 << 30
_REMEMBERED = 1_000
_REMEMBERED_BYTES = 200


@cache
def builtin() -> Dialects:
    """The dialects of resources/dialects.toml, read once."""
    text = resources.files("resources").joinpath("dialects.toml").read_text(encoding="utf-8")
    return Dialects(load(text))


def read(arrival: Arrival) -> Reading:
    """What the source's dialect reads, or the one that headers or path name; empty where there is none."""
    request = arrival.capture.request
    return builtin().read(request, arrival.dialect)


def dialect_by_headers(request: Request) -> str:
    """The id of the dialect that a header names, or the empty string."""
    return builtin().by_headers(request)


def dialect_for(request: Request, dialect: str = "") -> str:
    """The id of the dialect that reads a request: the one given, by headers, by path, or the empty string."""
    return builtin().find(request, dialect)


@dataclass(frozen=True, slots=True)
class _Prepared:
    dialect: Dialect
    plan: BodyPlan


class Dialects:
    """Dialects made ready for reading; the order decides where headers name several."""

    def __init__(self, dialects: tuple[Dialect, ...]) -> None:
        self.all = dialects
        self._prepared = {each.id: _Prepared(each, BodyPlan(each.body_paths())) for each in dialects}
        self._by_header: dict[bytes, int] = {}
        self._ranks: dict[bytes, int] = {}
        self._known_lines: dict[bytes, str] = {}
        self._by_segment: dict[str, str] = {}
        for rank, each in enumerate(dialects):
            for name in each.headers:
                self._by_header.setdefault(name, rank)
            if each.id != OTHER:
                for segment in (each.id, *each.paths):
                    self._by_segment.setdefault(segment, each.id)

    def by_headers(self, request: Request) -> str:
        """The id of the dialect that a header names, or the empty string."""
        ranks, best = self._ranks, _NONE
        for name, _ in request.headers:
            rank = ranks.get(name)
            if rank is None:
                rank = self._rank(name)
            best = min(best, rank)
        return self.all[best].id if best < _NONE else ""

    def _rank(self, name: bytes) -> int:
        """The rank of the dialect that a name of a header, in any case, tells; remembered for some names."""
        rank = self._by_header.get(name.lower(), _NONE)
        if len(self._ranks) < _REMEMBERED and len(name) <= _REMEMBERED_BYTES:
            self._ranks[name] = rank
        return rank

    def by_path(self, request: Request) -> str:
        """The id of the dialect that a segment of the path names, or the empty string."""
        found = self._known_lines.get(request.line)
        if found is None:
            segments = request.path[:2048].lower().split("/")
            found = next((self._by_segment[each] for each in segments if each in self._by_segment), "")
            if len(self._known_lines) < _REMEMBERED and len(request.line) <= _REMEMBERED_BYTES:
                self._known_lines[request.line] = found
        return found

    def find(self, request: Request, dialect: str = "") -> str:
        """The id of the dialect for a request: the one given if known, by headers, by path, or ""."""
        return dialect if dialect in self._prepared else self.by_headers(request) or self.by_path(request)

    def read(self, request: Request, dialect: str = "") -> Reading:
        """What there is to read; a given dialect that reads nothing gives way to the one that fits."""
        found = self.find(request, dialect)
        reading = self._read(request, found or OTHER)
        if found and found == dialect and not reading.event_type and reading == EMPTY:
            found = self.by_headers(request) or self.by_path(request)
            if found and found != dialect:
                return self._read(request, found)
        return reading

    def _read(self, request: Request, dialect: str) -> Reading:
        prepared = self._prepared.get(dialect)
        if prepared is None:
            return EMPTY
        places, source = prepared.dialect, _Values(request, prepared.plan)
        sent_at = None
        for place in places.sent_at:
            sent_at = moment(source.at(place), place.unit)
            if sent_at is not None:
                break
        return _reading(
            clean(source.first(places.type)),
            clean(source.first(places.id_places)),
            sent_at,
            retry_number(source.first(places.retry)) if places.retry else None,
        )


class _Values:
    """The texts at the places of one request; body and form are decoded once, when they are asked for."""

    __slots__ = ("_body", "_form", "_headers", "_plan", "_request")

    def __init__(self, request: Request, plan: BodyPlan) -> None:
        self._request = request
        self._plan = plan
        self._headers: dict[bytes, bytes] | None = None
        self._body: dict[str, str] | None = None
        self._form: dict[str, str] | None = None

    def first(self, places: tuple[Place, ...]) -> str:
        for place in places:
            if place.where == "body" and self._body is not None:
                text = self._body.get(place.name, "")
            else:
                text = self.at(place)
            if text:
                return text
        return ""

    def at(self, place: Place) -> str:
        if place.where == "body":
            if self._body is None:
                self._body = self._plan.read(plain_body(self._request))
            return self._body.get(place.name, "")
        if place.where == "form":
            if self._form is None:
                self._form = form_fields(self._request)
            return self._form.get(place.name, "")
        if self._headers is None:
            self._headers = {name.lower(): value for name, value in reversed(self._request.headers)}
        value = self._headers.get(place.header)
        if value is None:
            return ""
        text = _header_text(value)
        return _item(text, place.item) if place.item else text


def _header_text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _item(text: str, wanted: str) -> str:
    """The value of an item `k=v` in a list that commas or semicolons separate."""
    for item in text[:4096].replace(";", ",").split(","):
        name, _, value = item.partition("=")
        if name.strip() == wanted:
            return value.strip()
    return ""
