"""Bad on purpose: what a handler must survive or refuse, as plans of requests to be sent.

Each plan says what a good handler does with it. All but the missing signature are signed anew first, so
that nothing is wrong with a request but the one thing that the trial is about.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from inspector.core.edits import rebuilt, with_length
from inspector.core.event import Request
from inspector.core.headers import HeaderPairs
from inspector.core.json_edit import Assignment as Setting
from inspector.core.json_edit import JsonEditError, Step, remove_value, set_value, string
from inspector.core.signatures.outcome import SignedRequest
from inspector.core.signatures.reading import Missing, Reading
from inspector.core.signatures.scheme import Scheme


class Trial(StrEnum):
    """The trials, by the names that the command line takes."""

    WRONG_SIGNATURE = "wrong-signature"
    NO_SIGNATURE = "no-signature"
    OLD_TIMESTAMP = "old-timestamp"
    DUPLICATE = "duplicate"
    AT_ONCE = "at-once"
    OUT_OF_ORDER = "out-of-order"
    TRUNCATED = "truncated"


Signer: TypeAlias = Callable[[Request, float], Request]
"""Signs a request as of a moment (seconds since 1970 UTC); raises Unsignable."""


@dataclass(frozen=True, slots=True)
class About:
    """A trial in words."""

    title: str
    expected: str
    """What a good handler does."""
    refused: bool = False
    """Whether a good handler answers with 4xx."""
    signed: bool = True
    """Whether it can be tried only with a scheme of signing."""


TRIALS: dict[Trial, About] = {
    Trial.WRONG_SIGNATURE: About(
        "Wrong signature", "Refuses it with 401 or 403 and does nothing else.", refused=True
    ),
    Trial.NO_SIGNATURE: About(
        "No signature", "Refuses it with 401 or 403 and does nothing else.", refused=True
    ),
    Trial.OLD_TIMESTAMP: About(
        "Old timestamp", "Refuses it although the signature holds: it may be a replay.", refused=True
    ),
    Trial.DUPLICATE: About(
        "Duplicate", "Answers 2xx to both, and does its work once.", signed=False
    ),
    Trial.AT_ONCE: About(
        "Twice at the same time", "Answers 2xx to both, and does its work once.", signed=False
    ),
    Trial.OUT_OF_ORDER: About(
        "Out of order", "Answers 2xx to all, and ends in the state of the newest event.", signed=False
    ),
    Trial.TRUNCATED: About(
        "Truncated body", "Refuses it with 4xx: half a body can neither be checked nor read.", refused=True,
        signed=False,
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plan:
    """Requests to be sent, one after another or all together."""

    trial: Trial
    requests: tuple[Request, ...]
    events: tuple[int, ...]
    """For each request, the position of the event that it was made from."""
    together: bool = False

    @property
    def about(self) -> About:
        """The trial in words."""
        return TRIALS[self.trial]


class NotPossible(Exception):  # noqa: N818 - it names a state of things, no error of ours
    """The trial cannot be made of these events; the text is a sentence."""


def plan(
    trial: Trial,
    requests: Sequence[Request],
    *,
    scheme: Scheme | None,
    signer: Signer | None,
    now_s: float,
    tolerance_s: float | None = None,
    companions: Sequence[Scheme] = (),
) -> Plan:
    """The plan of a trial; raises NotPossible, and Unsignable from `signer`.

    `requests` are as captured or edited, oldest first; only `out-of-order` takes more than the first.
    Without a `signer` they are sent with the signatures that they have. `companions`: further schemes by
    which they are signed, whose signatures go or become wrong too.
    """
    if not requests:
        raise NotPossible("There is no event to try with.")
    if TRIALS[trial].signed and scheme is None:
        raise NotPossible("The event has no known scheme of signing; give its source one.")

    def fresh(request: Request) -> Request:
        return request if signer is None or scheme is None else signer(request, now_s)

    first = requests[0]
    if trial in (Trial.DUPLICATE, Trial.AT_ONCE):
        return Plan(trial, (one := fresh(first), one), (0, 0), together=trial is Trial.AT_ONCE)
    if trial is Trial.OUT_OF_ORDER:
        if len(requests) < 2:
            raise NotPossible("Choose at least two events to send them out of order.")
        turned = range(len(requests) - 1, -1, -1)
        return Plan(trial, tuple(fresh(requests[at]) for at in turned), tuple(turned))
    if trial is Trial.TRUNCATED:
        return Plan(trial, (truncated(fresh(first)),), (0,))
    assert scheme is not None
    if trial is Trial.NO_SIGNATURE:
        for each in (scheme, *companions):
            first = unsigned(each, first)
        return Plan(trial, (first,), (0,))
    if trial is Trial.WRONG_SIGNATURE:
        first = fresh(first)
        for each in (scheme, *companions):
            first = wrongly_signed(each, first)
        return Plan(trial, (first,), (0,))
    if signer is None:
        raise NotPossible("Signing with an old timestamp needs the secret of the source.")
    if scheme.timestamp is None and scheme.algorithm != "rfc9421":
        raise NotPossible(f"{scheme.name} signs no timestamp, so that none can be too old.")
    return Plan(trial, (signer(first, now_s - old_by_s(scheme, tolerance_s)),), (0,))


def old_by_s(scheme: Scheme, tolerance_s: float | None = None) -> float:
    """An age that no handler takes: an hour beyond what the source or the scheme allows."""
    said = scheme.timestamp.past_s if scheme.timestamp is not None else None
    allowed = tolerance_s if tolerance_s is not None else said
    return 3600.0 + (300.0 if allowed is None else allowed)


def truncated(request: Request) -> Request:
    """The first half of the body, with its own length in Content-Length."""
    if len(request.body) < 2:
        raise NotPossible("The body is too short to be cut.")
    body = request.body[: len(request.body) // 2]
    return rebuilt(request, headers=with_length(request.headers, len(body)), body=body)


def unsigned(scheme: Scheme, request: Request) -> Request:
    """Without any signature of the scheme, in headers or in the body."""
    place = scheme.signature
    if place.field:
        try:
            body = remove_value(request.body, _steps(place.field))
        except JsonEditError:
            return request  # it has none
        return rebuilt(request, headers=with_length(request.headers, len(body)), body=body)
    headers = tuple(pair for pair in request.headers if not _is_signature(scheme, pair[0]))
    return rebuilt(request, headers=headers)


def _is_signature(scheme: Scheme, raw_name: bytes) -> bool:
    name, place = raw_name.decode("latin-1").lower(), scheme.signature
    if scheme.algorithm == "rfc9421" and name in ("signature", "signature-input"):
        return True
    if place.numbered:
        stem, _, number = name.rpartition("-")
        if stem == place.header.rpartition("-")[0] and number.isdecimal():
            return True
    return name == place.header or name in place.others


def wrongly_signed(scheme: Scheme, request: Request) -> Request:
    """With one character of each signature changed, so that form and length stay right."""
    seen = Reading(scheme, SignedRequest(request.method, "", request.headers, request.body))
    try:
        picked = seen.signatures()[1]
    except Missing as missing:
        raise NotPossible(str(missing)) from None
    if not picked:
        raise NotPossible("The event has no signature that could be made wrong.")
    place = scheme.signature
    if place.field:
        body = set_value(request.body, Setting(tuple(_steps(place.field)), string(_other(picked[0]))))
        return rebuilt(request, headers=with_length(request.headers, len(body)), body=body)
    headers: HeaderPairs = tuple(
        (name, _spoiled(value, picked)) if _is_signature(scheme, name) else (name, value)
        for name, value in request.headers
    )
    return rebuilt(request, headers=headers)


def _spoiled(value: bytes, picked: Sequence[str]) -> bytes:
    for signature in picked:
        raw = signature.encode("latin-1")
        value = value.replace(raw, _other(signature).encode("latin-1"))
    return value


def _other(signature: str) -> str:
    """Another signature of the same form; of a token or a labelled value, the signature itself is changed."""
    at = signature.find("=:") + 2 if "=:" in signature else signature.rfind(".") + 1
    sign = signature[at : at + 1]
    other = {"a": "b", "A": "B", "0": "1"}.get(sign) or (
        "0" if sign.isdecimal() else "a" if sign.islower() else "A"
    )
    return signature[:at] + other + signature[at + 1 :]


def _steps(dotted: str) -> list[Step]:
    return [int(step) if step.isdecimal() else step for step in dotted.split(".")]
