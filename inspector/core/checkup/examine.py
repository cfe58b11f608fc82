"""A checkup as a dialogue: requests and lines come out, answers go in. Nothing here sends or waits."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from inspector.core.checkup import demands
from inspector.core.checkup.demands import Demand, failed, idle, judged_acceptance, judged_refusal, passed
from inspector.core.checkup.kit import Kit, Shot, without_signature
from inspector.core.checkup.lines import Line
from inspector.core.checkup.samples import Sample
from inspector.core.checkup.seen import LATE, LIMIT_S, Seen, milliseconds
from inspector.core.signatures.scheme import Scheme
from inspector.core.signatures.sign import Unsignable, with_header

LARGE_BYTES = 1_000_000
BURST = 20
AT_ONCE = 10
UNKNOWN_TYPE = "checkup.type_that_nobody_knows"
UNICODE = "Zoë Łuczak 山田 Ελένη עברית 👩‍🚀 e\u0301 \u2028 ß"
OLDER_S = 3600.0
"""How far beyond the tolerance an old timestamp lies."""


@dataclass(frozen=True, slots=True)
class Volley:
    """Requests to be sent, so many at once; each is made just before it is sent, with a fresh signature."""

    shots: tuple[Callable[[], Shot], ...]
    at_once: int = 1


Dialogue: TypeAlias = Generator[Volley | Line, Sequence[Seen], None]


Planned: TypeAlias = tuple[Volley, Callable[[Sequence[Seen]], Line]]
Step: TypeAlias = Callable[[Demand], Planned]


class InapplicableError(Exception):
    """A demand that this handler or scheme does not have; the text says why."""


def examine(kit: Kit, clock: Callable[[], float], limit_s: float = LIMIT_S) -> Dialogue:
    """The whole checkup of one handler, some forty requests.

    Yields each Volley, to be answered by `send` with what was Seen for each of its shots in order, and each
    Line, to be answered with an empty list. `clock` gives seconds since 1970 UTC.
    """
    yield from _Checkup(kit, clock, limit_s).dialogue()


class _Checkup:
    def __init__(self, kit: Kit, clock: Callable[[], float], limit_s: float) -> None:
        self._kit = kit
        self._clock = clock
        self._limit_s = limit_s
        self._trial: Unsignable | None = None
        try:
            kit.shot(kit.sample(0, clock()), clock())
        except Unsignable as error:
            self._trial = error

    def dialogue(self) -> Dialogue:
        """All lines, in the order of `demands.ALL`."""
        why = yield from self._first()
        last, broke = demands.IN_TIME, False
        for demand, step in self._steps():
            reason = self._why_not(demand, why)
            if reason:
                yield idle(demand, reason)
                continue
            try:
                volley, judge = step(demand)
            except InapplicableError as error:
                yield idle(demand, str(error))
                continue
            answers = yield volley
            if answers[-1].unreached:
                why = "the handler had ended"
                # Where the answer before broke off, that line has said it.
                yield idle(demand, why) if broke else self._ended(demand, answers[-1], last)
                continue
            yield judge(answers)
            last, broke = demand, any(answer.failure == "reset" for answer in answers)

    def _ended(self, demand: Demand, seen: Seen, last: Demand) -> Line:
        return failed(
            demand,
            f"{seen.words(self._limit_s)}; it had answered until “{last.title}”",
            f"The handler ended meanwhile: look into its log. {demand.remedy}",
        )

    def _why_not(self, demand: Demand, why: str) -> str:
        if self._trial is not None and demand is not demands.MISSING:
            return why or f"cannot be signed here: {self._trial}"
        return why

    # The first event

    def _first(self) -> Generator[Volley | Line, Sequence[Seen], str]:
        """The four lines of the first event; returns why the rest cannot be tried, or ""."""
        signed = self._trial is None
        (seen,) = yield Volley((lambda: self._shot(self._sample(0), signed=signed),))
        words = seen.words(self._limit_s)
        if seen.unreached:
            yield failed(demands.REACHED, words)
            for demand in demands.FIRST[1:]:
                yield idle(demand, "the handler cannot be reached")
            return "the handler cannot be reached"
        yield passed(demands.REACHED, "took the connection")
        if seen.status in (404, 405, 501):
            remedy = "Check the path of the URL." if seen.status == 404 else ""
            yield failed(demands.POST, words, remedy, seen.took_ns)
            for demand in demands.FIRST[2:]:
                yield idle(demand, "POST is not accepted")
            return "POST is not accepted"
        yield self._posted(seen)
        if not signed:
            for demand in demands.FIRST[2:]:
                yield idle(demand, f"cannot be signed here: {self._trial}")
            return ""
        return (yield from self._outcome(seen, words))

    def _posted(self, seen: Seen) -> Line:
        if seen.failure in LATE:
            return idle(demands.POST, "no answer in time")
        if seen.failure:
            return failed(demands.POST, seen.words(self._limit_s), "Look into the log of the handler.")
        return passed(demands.POST, f"answered {seen.status} {seen.reason}".rstrip(), seen.took_ns)

    def _outcome(self, seen: Seen, words: str) -> Generator[Volley | Line, Sequence[Seen], str]:
        late = seen.failure in LATE or seen.took_ns > self._limit_s * 1e9
        if seen.accepted:
            yield passed(demands.ACCEPTS, words, seen.took_ns)
        elif seen.failure:
            yield idle(demands.ACCEPTS, "no answer came")
        else:
            remedy = yield from self._diagnosed(seen)
            yield failed(demands.ACCEPTS, words, remedy, seen.took_ns)
        if late:
            yield failed(demands.IN_TIME, words, took_ns=seen.took_ns)
            return "the handler does not answer in time"
        if seen.failure:
            yield idle(demands.IN_TIME, "no answer came")
            return "the handler gives no answer"
        text = f"{milliseconds(seen.took_ns)} of {self._limit_s:g} s"
        yield passed(demands.IN_TIME, text, seen.took_ns)
        return "" if seen.accepted else "a good event is not accepted"

    def _diagnosed(self, seen: Seen) -> Generator[Volley | Line, Sequence[Seen], str]:
        """What to do about a good event that was refused; finds handlers that verify what Python writes."""
        scheme = self._kit.signing
        if seen.refused and scheme is not None and scheme.signs_body:
            sample = self._sample(1)
            body = json.dumps(sample.document).encode()
            (again,) = yield Volley((lambda: self._shot(sample, body),))
            if again.accepted:
                return (
                    "It accepts only a body as json.dumps of Python writes it: it verifies JSON that it has "
                    f"parsed and written again. {demands.RAW.remedy}"
                )
        if seen.refused and scheme is None and self._kit.scheme is None:
            return "Name the scheme and the secret, so that the events can be signed."
        return demands.refused_remedy(seen)

    # The rest: each step gives what to send and how to judge the answers

    def _steps(self) -> tuple[tuple[Demand, Step], ...]:
        return (
            (demands.RAW, self._raw),
            (demands.WRONG, self._wrong),
            (demands.ALTERED, self._altered),
            (demands.MALFORMED, self._malformed),
            (demands.MISSING, self._missing),
            (demands.OLD, self._old),
            (demands.DUPLICATE, self._duplicate),
            (demands.AT_ONCE, self._two_at_once),
            (demands.TYPES, self._types),
            (demands.UNKNOWN_TYPE, self._unknown_type),
            (demands.UNICODE, self._unicode),
            (demands.UNKNOWN_FIELD, self._unknown_field),
            (demands.LARGE, self._large),
            (demands.BURST, self._burst),
        )

    def _raw(self, demand: Demand) -> Planned:
        self._signs_body()
        sample = self._sample(2).with_data(note="caf\u00e9 / <b>", amount=0)
        text = json.dumps(sample.document, indent=3).replace('"amount": 0', '"amount": 12.50')
        return self._accepted(demand, [sample], body=text.replace("/", "\\/").encode() + b"\n")

    def _wrong(self, demand: Demand) -> Planned:
        self._signs()
        try:
            key = self._kit.wrong_key()
        except Unsignable:
            raise InapplicableError("a wrong key of this scheme cannot be made here") from None
        sample = self._sample(3)
        return self._refusal(demand, lambda: self._kit.shot(sample, self._clock(), key=key))

    def _altered(self, demand: Demand) -> Planned:
        self._signs_body()
        sample, other = self._sample(4), self._sample(14)

        def altered() -> Shot:
            return replace(self._shot(sample), body=other.written())

        return self._refusal(demand, altered)

    def _malformed(self, demand: Demand) -> Planned:
        scheme = self._signs()
        if not scheme.signature.header:
            raise InapplicableError("the signature stands in the body")
        sample = self._sample(5)

        def malformed() -> Shot:
            shot = self._shot(sample)
            return replace(shot, headers=with_header(shot.headers, scheme.signature.header, "x"))

        return self._refusal(demand, malformed)

    def _missing(self, demand: Demand) -> Planned:
        scheme = self._kit.scheme
        if scheme is None:
            raise InapplicableError("the source has no scheme of signing")
        if not scheme.signature.header:
            raise InapplicableError("the signature stands in the body")
        sample, signed = self._sample(6), self._trial is None
        return self._refusal(demand, lambda: without_signature(self._shot(sample, signed=signed), scheme))

    def _old(self, demand: Demand) -> Planned:
        scheme = self._signs()
        rule = scheme.timestamp
        if rule is None:
            raise InapplicableError(f"{scheme.name} signs no timestamp")
        if rule.past_s is None:
            raise InapplicableError(f"{scheme.name} names no age at which a timestamp is too old")
        age_s, sample = rule.past_s + OLDER_S, self._sample(7)
        return self._refusal(demand, lambda: self._kit.shot(sample, self._clock() - age_s))

    def _duplicate(self, demand: Demand) -> Planned:
        sample = self._sample(8)

        def judge(answers: Sequence[Seen]) -> Line:
            first, again = answers
            if first.accepted and again.accepted and first.status != again.status:
                good = f"{first.status}, then {again.status}: both count as received"
            else:
                good = f"{first.status} both times"
            good += f"; only its log tells whether the work was done once ({sample.event_id})"
            if first.accepted and not again.accepted:
                words = f"the first {first.words(self._limit_s)}, the duplicate {again.words(self._limit_s)}"
                return failed(demand, words, took_ns=again.took_ns)
            return judged_acceptance(demand, answers, self._limit_s, good)

        return Volley((lambda: self._shot(sample),) * 2), judge

    def _two_at_once(self, demand: Demand) -> Planned:
        return self._accepted(demand, [self._sample(9)] * 2, at_once=2, good="both were accepted")

    def _types(self, demand: Demand) -> Planned:
        types = self._kit.samples.types
        if len(types) < 2:
            raise InapplicableError("the event types of this provider are not known here")
        samples = [self._sample(20 + number, name) for number, name in enumerate(types)]

        def judge(answers: Sequence[Seen]) -> Line:
            bad = [name for name, answer in zip(types, answers, strict=True) if not answer.accepted]
            line = judged_acceptance(demand, answers, self._limit_s, f"all {len(types)} were accepted")
            return replace(line, seen=f"{line.seen} ({', '.join(bad)})") if bad else line

        return Volley(tuple(self._maker(sample) for sample in samples)), judge

    def _unknown_type(self, demand: Demand) -> Planned:
        return self._accepted(demand, [self._sample(10, UNKNOWN_TYPE)])

    def _unicode(self, demand: Demand) -> Planned:
        return self._accepted(demand, [self._sample(11).with_data(name=UNICODE)])

    def _unknown_field(self, demand: Demand) -> Planned:
        extra = {"checkupField": {"nested": [1, None, True]}}
        return self._accepted(demand, [self._sample(12).with_data(**extra).with_fields(**extra)])

    def _large(self, demand: Demand) -> Planned:
        sample = self._sample(13)
        room = LARGE_BYTES - len(sample.with_data(filler="").written())
        return self._accepted(demand, [sample.with_data(filler="x" * room)])

    def _burst(self, demand: Demand) -> Planned:
        def judge(answers: Sequence[Seen]) -> Line:
            times = sorted(answer.took_ns for answer in answers)
            good = (
                f"{len(times)} events, {AT_ONCE} at once: half within {milliseconds(times[len(times) // 2])}"
            )
            return judged_acceptance(
                demand, answers, self._limit_s, f"{good}, all within {milliseconds(times[-1])}"
            )

        samples = [self._sample(100 + number) for number in range(BURST)]
        return Volley(tuple(self._maker(sample) for sample in samples), AT_ONCE), judge

    # Parts of steps

    def _accepted(
        self,
        demand: Demand,
        samples: Sequence[Sample],
        *,
        body: bytes | None = None,
        at_once: int = 1,
        good: str = "",
    ) -> Planned:
        volley = Volley(tuple(self._maker(sample, body) for sample in samples), at_once)
        return volley, lambda answers: judged_acceptance(demand, answers, self._limit_s, good)

    def _refusal(self, demand: Demand, make: Callable[[], Shot]) -> Planned:
        return Volley((make,)), lambda answers: judged_refusal(demand, answers[0], self._limit_s)

    def _maker(self, sample: Sample, body: bytes | None = None) -> Callable[[], Shot]:
        return lambda: self._shot(sample, body)

    def _shot(self, sample: Sample, body: bytes | None = None, *, signed: bool = True) -> Shot:
        return self._kit.shot(sample, self._clock(), body=body, signed=signed)

    def _sample(self, number: int, event_type: str = "") -> Sample:
        return self._kit.sample(number, self._clock(), event_type)

    def _signs(self) -> Scheme:
        scheme = self._kit.signing
        if scheme is None:
            raise InapplicableError("the source has no scheme of signing")
        return scheme

    def _signs_body(self) -> None:
        """Raises where the signature is the same whatever the body is, as of a token or of form fields."""
        scheme, sample, now_s = self._signs(), self._sample(4), self._clock()
        one, other = (self._kit.shot(sample, now_s, body=body) for body in (b"{}", sample.written()))
        if (one.url, one.headers) == (other.url, other.headers) and not scheme.signature.field:
            raise InapplicableError(f"{scheme.name} does not sign a body of JSON")
