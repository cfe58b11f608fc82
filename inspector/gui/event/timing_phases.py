"""The phases of an event's time, from the first byte to the reply, and its moments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from inspector.core.event import Event, Times

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Phase:
    """One bar: where it starts after the first byte, how long it takes (ns), and the token of its colour."""

    name: str
    start_ns: int
    length_ns: int
    token: str


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the table of moments."""

    name: str
    utc: str
    local: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Timetable:
    """Moments with the day of the arrival over each column; a moment of another day says so itself."""

    utc_day: str
    local_day: str
    lines: tuple[Moment, ...]


def phases(times: Times) -> tuple[Phase, ...]:
    """The phases that there were; of a request that was not stored or answered, those before."""
    marks = (
        ("Receive headers", times.first_byte_ns, times.headers_ns, "accent"),
        ("Receive body", times.headers_ns, times.body_ns, "accent"),
        ("Store", times.body_ns, times.stored_ns, "muted"),
        ("Reply to sender", times.stored_ns, times.replied_ns, "good"),
    )
    return tuple(
        Phase(name, start - times.first_byte_ns, max(0, end - start), token)
        for name, start, end, token in marks
        if start is not None and end is not None
    )


def timetable(event: Event, zone: tzinfo | None = None) -> Timetable:
    """Absolute times in UTC and local time (`zone`, or the system's); the sender's own time comes first."""
    times = event.times
    arrival = _utc(times.received_at_ns) or EPOCH
    waited = times.first_byte_ns - times.connected_ns
    marks = (
        ("Connected", times.connected_ns, f"{_span(waited)} before the first byte" if waited > 0 else ""),
        ("First byte", times.first_byte_ns, ""),
        ("Headers complete", times.headers_ns, ""),
        ("Body complete", times.body_ns, ""),
        ("Stored", times.stored_ns, ""),
        ("Replied", times.replied_ns, ""),
    )
    found: list[Moment] = []
    if event.reading.sent_at_ns is not None:
        found.append(_moment("Sent, says the sender", event.reading.sent_at_ns, arrival, zone))
    for name, at, remark in marks:
        if at is not None:
            at_ns = times.received_at_ns + at - times.first_byte_ns
            found.append(_moment(name, at_ns, arrival, zone, remark))
    local = arrival.astimezone(zone)
    return Timetable(f"{arrival:%Y-%m-%d}", f"{local:%Y-%m-%d %z}", tuple(found))


def delay(event: Event) -> str:
    """How long the event was on its way by the two clocks; empty where the sender gave no time."""
    sent = event.reading.sent_at_ns
    if sent is None:
        return ""
    late = event.times.received_at_ns - sent
    if late >= 0:
        return f"{_span(late)} before it came"
    return f"{_span(-late)} after it came: one of the clocks is wrong"


def _utc(at_ns: int) -> datetime | None:
    try:
        return EPOCH + timedelta(microseconds=at_ns // 1000)
    except OverflowError:
        return None


def _moment(name: str, at_ns: int, arrival: datetime, zone: tzinfo | None, remark: str = "") -> Moment:
    utc = _utc(at_ns)
    if utc is None:
        return Moment(name, f"{at_ns} ns after 1970", "", remark)
    return Moment(
        name,
        _written(utc, arrival),
        _written(utc.astimezone(zone), arrival.astimezone(zone)),
        remark,
    )


def _written(when: datetime, arrival: datetime) -> str:
    """The time of day, after the day where it is not that of the arrival."""
    time = f"{when:%H:%M:%S}.{when.microsecond:06}"
    return time if when.date() == arrival.date() else f"{when:%Y-%m-%d} {time}"


def _span(nanoseconds: int) -> str:
    """`4.2 s`, `3 min 5 s`, `2 d 4 h`."""
    if nanoseconds < 10**6:
        return f"{nanoseconds / 1e3:.0f} µs"
    if nanoseconds < 10**9:
        return f"{nanoseconds / 1e6:.3g} ms"
    seconds = nanoseconds / 1e9
    if seconds < 60:
        return f"{seconds:.3g} s"
    whole = int(seconds)
    days, hours, minutes = whole // 86400, whole // 3600 % 24, whole // 60 % 60
    parts = ((days, "d"), (hours, "h"), (minutes, "min"), (whole % 60, "s"))
    return f"{days} d {hours} h" if days else " ".join(f"{number} {unit}" for number, unit in parts if number)
