"""The steps of a judgement, in words: what was found, what was signed, how old it is, what differs."""

from __future__ import annotations

from inspector.core.event import Verdict
from inspector.core.signatures.judgement import Judgement
from inspector.core.signatures.outcome import Outcome, Step

_HEADER_TROUBLES = ("header-missing", "header-malformed")
_TIME_TROUBLES = ("timestamp-missing", "timestamp-malformed", "too-old", "too-new")


def explain(judged: Judgement) -> Outcome:
    """The outcome with its steps."""
    return Outcome(
        verdict=judged.verdict,
        scheme=judged.scheme.id,
        steps=steps(judged),
        trouble=judged.trouble,
        key=judged.key,
        message=None if judged.parts is None else b"".join(judged.parts),
        expected=judged.expected,
        received=() if judged.scheme.algorithm == "token" else tuple(judged.picked or judged.raw),
        timestamp_s=judged.timestamp_s,
        age_s=judged.age_s,
        remarks=judged.remarks,
    )


def steps(judged: Judgement) -> tuple[Step, ...]:
    """Header found, parsed, key, message, signature, time; what was not reached has no outcome."""
    trouble = judged.trouble
    place = judged.scheme.signature
    if trouble == "header-missing" and not judged.raw:
        return (Step("Signature found", False, judged.words),)
    found = Step("Signature found", True, f"{place.words}: {_shown(judged)}")
    if not judged.picked or (trouble in _HEADER_TROUBLES and judged.parts is None):
        return (found, Step("Signature read", False, judged.words))
    if trouble == "header-malformed":
        read = Step("Signature read", False, judged.words)
    else:
        count = len(judged.picked)
        read = Step("Signature read", True, f"{count} signature{'s' if count > 1 else ''} to compare with")
    if judged.verdict is Verdict.UNCHECKED:
        return (found, read, Step("Secret", None, judged.words))
    rest = [_key_step(judged)]
    if judged.parts is not None:
        rest.append(Step("Message built", True, _message_words(judged)))
    elif trouble:
        rest.append(Step("Message built", False if trouble != "key-malformed" else None, judged.words))
    rest.append(_signature_step(judged))
    if judged.scheme.timestamp is not None:
        rest.append(_time_step(judged))
    return (found, read, *rest)


def _shown(judged: Judgement) -> str:
    """The signatures as they stand in the request; a token is a secret in itself and is not repeated."""
    if judged.scheme.algorithm == "token":
        return ", ".join(f"a token of {len(value):,} characters" for value in judged.raw)
    return ", ".join(judged.raw)


def _key_step(judged: Judgement) -> Step:
    if judged.trouble == "key-malformed":
        return Step("Secret", False, judged.words)
    if judged.key:
        return Step("Secret", True, f"{judged.key} verifies it" if judged.keys > 1 else judged.key)
    return Step("Secret", None, f"none of the {judged.keys} fits" if judged.keys > 1 else "one was tried")


def _message_words(judged: Judgement) -> str:
    size = sum(map(len, judged.parts or ()))
    recipe = f", built as {judged.recipe}" if judged.recipe else ""
    return f"{size:,} bytes{recipe}"


def _signature_step(judged: Judgement) -> Step:
    if judged.key and judged.trouble not in ("mismatch", "header-malformed"):
        return Step("Signature compared", True, "equal" if judged.expected else "verified")
    if judged.trouble not in ("mismatch", "header-malformed"):
        return Step("Signature compared", None, "not reached")
    if not judged.expected or not judged.picked:
        return Step("Signature compared", False, judged.words)
    received = judged.picked[0]
    at = first_difference(judged.expected, received)
    detail = f"expected {judged.expected}, received {received}; the first difference is at character {at + 1}"
    return Step("Signature compared", False, detail)


def first_difference(expected: str, received: str) -> int:
    """The index of the first character that differs; the length of the shorter one where it is a start."""
    pairs = enumerate(zip(expected, received, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(expected), len(received)))


def _time_step(judged: Judgement) -> Step:
    if judged.trouble in _TIME_TROUBLES:
        return Step("Timestamp", False, judged.words)
    if judged.age_s is None:
        return Step("Timestamp", None, "not reached" if judged.trouble else "not in the request")
    limits = []
    if judged.past_s is not None:
        limits.append(f"{judged.past_s:g} s back")
    if judged.future_s is not None:
        limits.append(f"{judged.future_s:g} s ahead")
    allowed = f"; allowed: {', '.join(limits)}" if limits else "; any age is allowed"
    age = f"{judged.age_s:,.1f}".removesuffix(".0")
    return Step("Timestamp", True, f"{age} s old{allowed}")


def visible(message: bytes) -> str:
    """The bytes as text with everything invisible made visible: CR, LF, TAB, BOM, other bytes as \\xNN."""
    shown = []
    for character in message.decode("utf-8", "surrogateescape"):
        code = ord(character)
        if 0xDC80 <= code <= 0xDCFF:
            shown.append(f"\\x{code - 0xDC00:02x}")
        elif character in _VISIBLE:
            shown.append(_VISIBLE[character])
        elif not character.isprintable():
            shown.append(f"\\u{code:04x}" if code > 0xFF else f"\\x{code:02x}")
        else:
            shown.append(character)
    return "".join(shown)


_VISIBLE = {"\r": "␍", "\n": "␊\n", "\t": "␉", "\ufeff": "\\ufeff", "\u2028": "\\u2028", "\u00a0": "\\u00a0"}
