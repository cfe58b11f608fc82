"""How verify says what it found: verdict, cause and remedy, steps, the signed bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from inspector.cli.output import say, visible
from inspector.core.doctor.diagnose import Diagnosis, diagnose
from inspector.core.event import Verdict
from inspector.core.reserialise import HandlerWarning, warnings_for_handlers
from inspector.core.signatures.explain import visible as visible_message
from inspector.core.signatures.outcome import Key, Outcome, SignedRequest
from inspector.core.signatures.scheme import Scheme


@dataclass(frozen=True, slots=True)
class Verification:
    """Everything that there is to say of one request."""

    scheme: Scheme
    outcome: Outcome
    diagnosis: Diagnosis
    """Empty for a valid one."""
    warnings: tuple[HandlerWarning, ...]
    """Handlers that would fail on the body of a valid one."""

    @property
    def verdict(self) -> str:
        """`valid` or `invalid`: a missing signature is a bad one here, because it was asked for."""
        return "valid" if self.outcome.verdict is Verdict.VALID else "invalid"

    @property
    def cause(self) -> str:
        """The id of the cause, `unknown` where nothing explains it; empty for a valid one."""
        return "" if self.verdict == "valid" else self.diagnosis.cause or "unknown"


def examined(
    scheme: Scheme, request: SignedRequest, keys: Sequence[Key], outcome: Outcome, now_s: float
) -> Verification:
    """Finds the cause of a bad one, and what would fail on a good one."""
    diagnosis = diagnose(scheme, request, keys, outcome, now_s=now_s)
    valid = outcome.verdict is Verdict.VALID and scheme.signs_body
    warnings = tuple(warnings_for_handlers(request.body)) if valid else ()
    return Verification(scheme, outcome, diagnosis, warnings)


def fields(found: Verification, remark: str) -> dict[str, object]:
    """The verification as the JSON line has it."""
    outcome, diagnosis = found.outcome, found.diagnosis
    return {
        "kind": "verification",
        "verdict": found.verdict,
        "scheme": found.scheme.id,
        "cause": found.cause or None,
        "secret": outcome.key or None,
        "trouble": outcome.trouble or None,
        "sentence": diagnosis.sentence or None,
        "found_by": diagnosis.found_by or None,
        "remedy": diagnosis.remedy or None,
        "ruled_out": list(diagnosis.ruled_out),
        "steps": [
            {"title": step.title, "passed": step.passed, "detail": step.detail} for step in outcome.steps
        ],
        "message": None if outcome.message is None else visible_message(outcome.message),
        "message_bytes": None if outcome.message is None else len(outcome.message),
        "expected": outcome.expected or None,
        "received": list(outcome.received),
        "timestamp": outcome.timestamp_s,
        "age_s": outcome.age_s,
        "warnings": [warning.sentence for warning in found.warnings],
        "remarks": _remarks(found, remark),
    }


def _remarks(found: Verification, remark: str) -> list[str]:
    return [*found.outcome.remarks, *([remark] if remark else [])]


def print_text(found: Verification, remark: str) -> None:
    """The verification for people."""
    say(f"{found.verdict}  {found.scheme.id}" + (f"  cause: {found.cause}" if found.cause else ""))
    for sentence in (found.diagnosis.sentence, found.diagnosis.found_by, found.diagnosis.remedy):
        if sentence:
            say(f"  {visible(sentence)}")
    for ruled_out in found.diagnosis.ruled_out if found.cause == "unknown" else ():
        say(f"  ruled out: {visible(ruled_out)}")
    signs = {True: "✓", False: "✕", None: "–"}
    for step in found.outcome.steps:
        say(f"  {signs[step.passed]} {step.title}: {visible(step.detail)}")
    if found.outcome.message is not None:
        say("  signed bytes:")
        for line in visible_message(found.outcome.message).split("\n"):
            say(f"    {visible(line)}")
    for words in (*(warning.sentence for warning in found.warnings), *_remarks(found, remark)):
        say(f"  note: {visible(words)}")
