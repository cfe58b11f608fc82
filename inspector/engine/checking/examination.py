"""The signature page of one event: verdict, steps, cause or warnings; made off the window's thread."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.core.doctor.diagnose import Diagnosis, diagnose
from inspector.core.event import Event, Verdict
from inspector.core.problem import ProblemError
from inspector.core.query.nodes import Match
from inspector.core.reserialise import HandlerWarning, warnings_for_handlers
from inspector.core.signatures.outcome import Key, Outcome
from inspector.engine.checking.judge import Case, Judge
from inspector.engine.inbox import Inbox
from inspector.engine.secrets import Secrets

SIBLINGS = 6
SIBLING_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Examination:
    """Everything that the signature page shows."""

    case: Case
    outcome: Outcome | None
    """None where no scheme applies."""
    diagnosis: Diagnosis | None
    """Of a bad or missing signature."""
    warnings: tuple[HandlerWarning, ...]
    """Of a good one: handlers that would fail on this body."""


class Examiner:
    """Examines events; safe from any thread but Qt's, since it reads the disk and may ask the keyring."""

    def __init__(self, judge: Judge, inbox: Inbox, secrets: Secrets) -> None:
        self._judge = judge
        self._inbox = inbox
        self._secrets = secrets

    def examine(self, event: Event) -> Examination:
        """The whole page."""
        case = self._judge.case(event.request, event.row.source, event.times.received_at_ns)
        outcome = self._judge.outcome(case)
        diagnosis = None
        warnings: tuple[HandlerWarning, ...] = ()
        if outcome is not None and outcome.verdict in {Verdict.INVALID, Verdict.UNSIGNED}:
            diagnosis = self._diagnose(event, case, outcome)
        elif (
            outcome is not None
            and outcome.verdict is Verdict.VALID
            and case.scheme
            and case.scheme.signs_body
        ):
            warnings = tuple(warnings_for_handlers(event.request.body))
        return Examination(case, outcome, diagnosis, warnings)

    def cause(self, event: Event) -> str:
        """The id of the cause of a bad signature, `unknown` where nothing explains it."""
        case = self._judge.case(event.request, event.row.source, event.times.received_at_ns)
        outcome = self._judge.outcome(case)
        if outcome is None or outcome.verdict is not Verdict.INVALID:
            return "unknown"
        return self._diagnose(event, case, outcome).cause or "unknown"

    def _diagnose(self, event: Event, case: Case, outcome: Outcome) -> Diagnosis:
        assert case.scheme is not None
        return diagnose(
            case.scheme,
            case.request,
            case.keys,
            outcome,
            other_keys=self._other_keys(case),
            now_s=case.now_s,
            public_urls=(case.source.public_url,) if case.source.public_url else (),
            siblings=self._siblings(event),
        )

    def _other_keys(self, case: Case) -> tuple[Key, ...]:
        """Every stored secret that is not the source's own."""
        try:
            names = tuple(info.name for info in self._secrets.list() if info.name not in case.source.secrets)
            return self._secrets.keys(names)
        except ProblemError:
            return ()

    def _siblings(self, event: Event) -> tuple[Outcome, ...]:
        """The outcomes of the newest other events of the same source."""
        ids = self._inbox.ids(Match("source", event.row.source, quoted=True), limit=SIBLINGS + 1)
        outcomes = []
        for number in ids:
            other = None if number == event.id else self._inbox.event(number)
            if other is None or other.row.size_bytes > SIBLING_BYTES:
                continue
            case = self._judge.case(other.request, other.row.source, other.times.received_at_ns)
            outcome = self._judge.outcome(case)
            if outcome is not None:
                outcomes.append(outcome)
        return tuple(outcomes[:SIBLINGS])
