"""Making the request that is sent for an event: edited, and signed as captured or anew; and its doubts.

The choice between the captured signature and a fresh one is always explicit, and what speaks against a
request is known before it is sent: a timestamp that is too old, a body that its signature does not cover.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from inspector.core.delivery import Signing
from inspector.core.edits import EditError, Edits, edited
from inspector.core.event import Event, Request, State
from inspector.core.headers import text
from inspector.core.outgoing import Outgoing, UnsendableError, outgoing
from inspector.core.problem import Problem, ProblemError
from inspector.core.signatures.outcome import Key
from inspector.core.signatures.scheme import Scheme
from inspector.core.signatures.sign import Unsignable
from inspector.core.signing_anew import companions, event_id_of, fresh_id, signed_anew, too_old_to_resend
from inspector.core.target import Target
from inspector.core.trials import NotPossible, Plan, Signer, Trial, plan
from inspector.engine.checking.judge import Case, Judge

RANDOM_BYTES = 32
NO_EDITS = Edits()


@dataclass(frozen=True, slots=True)
class Choice:
    """How an event is sent again."""

    signing: Signing = "as-captured"
    fresh_id: bool = False
    """With `resigned`: a new event id too, so that the handler does not take it for a duplicate."""
    edits: Edits = NO_EDITS


AS_CAPTURED = Choice()


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request that can be sent, and what the user should know before."""

    event_id: int
    """0: composed, no event."""
    request: Request
    outgoing: Outgoing
    signing: Signing
    warnings: tuple[str, ...] = ()
    changed: bool = False
    """Whether it differs from the captured event by more than sending demands."""


class Preparer:
    """Pure but for the secrets, the clock and the randomness that it was given."""

    def __init__(
        self,
        judge: Judge,
        *,
        clock: Callable[[], float] = time.time,
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._judge = judge
        self._clock = clock
        self._random = random

    def prepare(self, event: Event, target: Target, choice: Choice = AS_CAPTURED) -> Prepared:
        """What would be sent; raises ProblemError (`edit-wrong`, `unsignable`, `unsendable`)."""
        request = edit(event.request, choice.edits)
        case = self._case(request, event.row.source)
        if choice.signing == "resigned":
            request = self._signed(request, case, target, choice, self._companions(event))
        doubts = self._doubts(event, request, case, choice.signing)
        if choice.signing == "resigned" and choice.fresh_id:
            doubts += _old_id(event.request, request, case.source.dialect)
        changed = request != event.request
        return Prepared(event.id, request, out(request, target), choice.signing, doubts, changed)

    def compose(
        self, request: Request, target: Target, choice: Choice = AS_CAPTURED, source: str = ""
    ) -> Prepared:
        """The same for a request that was written by hand; `source` names the secrets to sign with."""
        request = edit(request, choice.edits)
        case = self._case(request, source)
        if choice.signing == "resigned":
            request = self._signed(request, case, target, choice)
        doubts = self._doubts(None, request, case, choice.signing)
        return Prepared(0, request, out(request, target), choice.signing, doubts, changed=True)

    def warnings(self, event: Event, choice: Choice = AS_CAPTURED) -> tuple[str, ...]:
        """What speaks against sending it so, before a target is chosen; raises ProblemError `edit-wrong`."""
        request = edit(event.request, choice.edits)
        return self._doubts(event, request, self._case(request, event.row.source), choice.signing)

    def plan(self, trial: Trial, events: Sequence[Event], target: Target) -> tuple[Plan, list[Prepared]]:
        """A trial and its requests; signed anew where the source has a secret that can sign.

        `events` are oldest first. Raises ProblemError `trial-impossible`, `unsendable`.
        """
        case = self._case(events[0].request, events[0].row.source) if events else None
        signer, more = None, tuple[Scheme, ...]()
        if case is not None and case.scheme is not None:
            more = self._companions(events[0])
            signer = self._signer(case.scheme, case, target, more=more)
        try:
            if signer is not None:
                signer(events[0].request, self._clock())
        except Unsignable:
            signer = None
        try:
            made = plan(
                trial,
                [event.request for event in events],
                scheme=None if case is None else case.scheme,
                signer=signer,
                now_s=self._clock(),
                tolerance_s=None if case is None else case.source.tolerance_s,
                companions=more,
            )
        except (NotPossible, Unsignable) as error:
            raise ProblemError(
                Problem("trial-impossible", "This cannot be tried with the event.", str(error))
            ) from None
        signing: Signing = "as-captured" if signer is None else "resigned"
        return made, [
            self._of_trial(events[at], request, target, signing)
            for request, at in zip(made.requests, made.events, strict=True)
        ]

    def _of_trial(self, event: Event, request: Request, target: Target, signing: Signing) -> Prepared:
        doubts: tuple[str, ...] = ()
        if signing == "as-captured":
            doubts = self._doubts(event, event.request, self._case(event.request, event.row.source), signing)
        return Prepared(event.id, request, out(request, target), signing, doubts, changed=True)

    def _companions(self, event: Event) -> tuple[Scheme, ...]:
        """Further schemes by which the event was signed when it came."""
        case = self._judge.case(event.request, event.row.source, event.row.received_at_ns)
        if case.scheme is None or not case.scheme.symmetric or not case.keys:
            return ()
        return companions(case.scheme, self._judge.schemes, case.request, case.keys)

    def _case(self, request: Request, source: str) -> Case:
        return self._judge.case(request, source, int(self._clock() * 1e9))

    def _signed(
        self,
        request: Request,
        case: Case,
        target: Target,
        choice: Choice,
        more: Sequence[Scheme] = (),
    ) -> Request:
        scheme = case.scheme
        if scheme is None:
            remedy = "Name the scheme of its source, or send as captured."
            raise _unsignable("Its scheme of signing is not known.", remedy)
        new_id = None
        if choice.fresh_id:
            new_id = fresh_id(event_id_of(request, case.source.dialect), self._random(RANDOM_BYTES))
        try:
            return self._signer(scheme, case, target, new_id, more)(request, self._clock())
        except Unsignable as error:
            remedy = f"Keep the secret of {scheme.name} and name it at the source, or send as captured."
            raise _unsignable(str(error), remedy) from None

    def _signer(
        self,
        scheme: Scheme,
        case: Case,
        target: Target,
        new_id: str | None = None,
        more: Sequence[Scheme] = (),
    ) -> Signer:
        """Signs over the URL that the handler takes for its own: the target's, or (Host kept) the public."""
        source, keys = case.source, self._keys(case)

        def signer(request: Request, now_s: float) -> Request:
            url = case.request.url if target.keep_host else out(request, target).url
            request = signed_anew(
                scheme, request, keys, url=url, now_s=now_s, event_id=new_id, dialect=source.dialect
            )
            for other in more:
                request = signed_anew(other, request, keys, url=url, now_s=now_s)
            return request

        return signer

    def _keys(self, case: Case) -> tuple[Key, ...]:
        if case.source.secrets and not case.keys and self._judge.trouble is not None:
            raise self._judge.trouble
        return case.keys

    @staticmethod
    def _doubts(event: Event | None, request: Request, case: Case, signing: Signing) -> tuple[str, ...]:
        """What speaks against sending it so."""
        found = []
        if event is not None and event.row.state is not State.COMPLETE:
            found.append(f"The event came {event.row.state.value}: only what was received is sent.")
        if signing == "as-captured":
            old = too_old_to_resend(request, case.scheme, case.now_s, case.source.tolerance_s)
            if old is not None:
                found.append(str(old))
            if case.scheme is not None and event is not None and _breaks(case.scheme, event.request, request):
                found.append(
                    "The edit changes what is signed, and the signature is the captured one: sign anew."
                )
        return tuple(found)


def edit(request: Request, edits: Edits) -> Request:
    """The edited request; raises ProblemError `edit-wrong`."""
    try:
        return edited(request, edits)
    except EditError as error:
        raise ProblemError(Problem("edit-wrong", "The event cannot be edited so.", str(error))) from None


def out(request: Request, target: Target) -> Outgoing:
    """What is sent for the request; raises ProblemError `unsendable`."""
    try:
        return outgoing(request, target)
    except UnsendableError as error:
        raise ProblemError(
            Problem("unsendable", "This request cannot be sent.", str(error), "Edit it before sending.")
        ) from None


def _old_id(captured: Request, request: Request, dialect: str) -> tuple[str, ...]:
    """Where a fresh id was asked for and none could be given."""
    old = event_id_of(captured, dialect)
    if old and event_id_of(request, dialect) != old:
        return ()
    if not old:
        return ("The event has no id that could be made fresh.",)
    return ("The event keeps its id: it stands where it cannot be changed (a compressed body, a form).",)


def _breaks(scheme: Scheme, captured: Request, request: Request) -> bool:
    """Whether the edit touched what the signature covers, and left the signature."""
    place = scheme.signature.header
    if place and text(captured.headers, place) != text(request.headers, place):
        return False
    if place and not text(request.headers, place):
        return False
    signed_body = scheme.signs_body or bool(scheme.signature.field) or scheme.algorithm == "rfc9421"
    if signed_body and request.body != captured.body:
        return True
    return scheme.signs_url and request.line != captured.line


def _unsignable(detail: str, remedy: str) -> ProblemError:
    return ProblemError(Problem("unsignable", "The event cannot be signed anew.", detail, remedy))
