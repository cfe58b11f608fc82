"""The sentence at the top of the signature page."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.core.event import Verdict
from inspector.engine.checking.examination import Examination


@dataclass(frozen=True, slots=True)
class Summary:
    """The verdict in words."""

    verdict: Verdict
    title: str
    text: str
    secret_helps: bool = False
    """Whether setting a secret is the next step."""


def summary(found: Examination, source: str) -> Summary:
    """What to say first of an examined event of this source ("" for none)."""
    outcome, scheme = found.outcome, found.case.scheme
    if outcome is None or scheme is None:
        text = "No header of this request belongs to a scheme that the program knows."
        return Summary(Verdict.UNSIGNED, "Not signed.", text)
    where = scheme.signature.words
    if outcome.verdict is Verdict.VALID:
        over = f"{scheme.algorithm} of the {len(outcome.message or b''):,} signed bytes matches {where}"
        return Summary(
            outcome.verdict, "Signature valid.", f"{scheme.name}: {over}, with secret “{outcome.key}”."
        )
    if outcome.verdict is Verdict.UNSIGNED:
        said = found.diagnosis.sentence if found.diagnosis is not None else ""
        return Summary(outcome.verdict, "Not signed.", said or f"{scheme.name}: {where} is missing.")
    if outcome.verdict is Verdict.UNCHECKED:
        if not source:
            text = f"This looks like {scheme.name}, of no source yet: add one with its secret."
        else:
            text = f"{scheme.name}: the source {source} has no secret to check with."
        return Summary(outcome.verdict, "Not checked: no secret.", text, secret_helps=True)
    diagnosis = found.diagnosis
    if diagnosis is None or not diagnosis.cause:
        said = diagnosis.sentence if diagnosis is not None else ""
        return Summary(outcome.verdict, "Signature invalid.", said or "Nothing that was tried explains it.")
    return Summary(outcome.verdict, "Signature invalid.", diagnosis.sentence)


def age_words(age_s: float) -> str:
    """How old the timestamp was when the event came."""
    if age_s < 0:
        return f"The timestamp was {-age_s:,.0f} s ahead of the time of capture."
    return f"The timestamp was {age_s:,.0f} s old at the time of capture."
