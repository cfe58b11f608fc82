"""Why a signature fails: one question after another, in the order that works, until one is answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from inspector.core.doctor import recipes, search, signs, structure
from inspector.core.doctor.causes import CAUSES
from inspector.core.doctor.diagnosis import Diagnosis, Finding, Hint
from inspector.core.doctor.digests import found_digests
from inspector.core.doctor.probe import Probe
from inspector.core.event import Verdict
from inspector.core.reserialise import first_difference, readable
from inspector.core.signatures.outcome import Key, Outcome, SignedRequest
from inspector.core.signatures.scheme import Scheme

__all__ = ["Diagnosis", "diagnose"]

_Step = Callable[[], Finding | None]


def diagnose(
    scheme: Scheme,
    request: SignedRequest,
    keys: Sequence[Key],
    outcome: Outcome,
    *,
    other_keys: Sequence[Key] = (),
    now_s: float,
    public_urls: Sequence[str] = (),
    siblings: Sequence[Outcome] = (),
) -> Diagnosis:
    """The cause of a failing `outcome` of `request`, or what was ruled out where none was found.

    `keys` are the secrets that were tried, `other_keys` all others that are stored; `now_s` is the moment of
    judging in seconds since 1970 UTC; `public_urls` are addresses under which the listener can be reached;
    `siblings` are the outcomes of other events of the same source. A cause is named only where it is proven
    by verifying the signature, or visible without it. Bounded work: about 20 ms for a body of 1 KB, and not
    much over a second for the largest. Never raises.
    """
    if outcome.verdict in (Verdict.VALID, Verdict.UNCHECKED):
        return Diagnosis()
    probe = Probe(scheme, request, tuple(keys), now_s)
    trail = search.Trail()
    finding = _early(probe, outcome, siblings)
    if finding is None:
        finding = _searched(
            probe, outcome, trail, others=other_keys, public_urls=public_urls, siblings=siblings
        )
    words = signs.siblings_words(probe, siblings)
    if probe.exhausted:
        trail.ruled_out.append("not everything: the body is too large to try all of it")
    if finding is None:
        return _unexplained(probe, outcome, trail, words)
    return _told(finding, probe, trail, words)


def _early(probe: Probe, outcome: Outcome, siblings: Sequence[Outcome]) -> Finding | None:
    """What is seen without a search."""
    if outcome.trouble in ("too-old", "too-new"):
        return structure.time_off(outcome, siblings)
    if outcome.trouble == "timestamp-malformed":
        return structure.malformed(probe, outcome)
    if outcome.trouble == "header-missing" and not outcome.received and probe.scheme.signature.header:
        return structure.missing(probe, outcome)
    return None


def _searched(
    probe: Probe,
    outcome: Outcome,
    trail: search.Trail,
    *,
    others: Sequence[Key],
    public_urls: Sequence[str],
    siblings: Sequence[Outcome],
) -> Finding | None:
    digests = found_digests(probe.scheme, probe.request, outcome)
    message = recipes.own_message(probe)
    steps: tuple[_Step, ...] = (
        lambda: recipes.clothes(probe, digests, message, trail),
        lambda: structure.malformed(probe, outcome),
        lambda: search.other_secrets(probe, others, trail),
        lambda: search.bodies(probe, trail),
        lambda: structure.missing(probe, outcome),
        lambda: search.secret_forms(probe, trail),
        lambda: search.secret_readings(probe, digests, message, trail),
        lambda: search.urls(probe, public_urls, trail),
        lambda: recipes.timestamps(probe, digests, trail),
        lambda: recipes.other_recipes(probe, digests, trail),
        lambda: search.pairs(probe, others, digests, trail),
        lambda: _no_url(outcome),
        lambda: signs.length(probe),
        lambda: structure.bad_key(probe, outcome),
        lambda: signs.replaced(probe),
        lambda: signs.digest(probe),
        lambda: signs.by_siblings(probe, siblings),
    )
    key = signs.only_hash(probe)
    if key:
        steps = (
            lambda: search.bodies(probe, trail),
            lambda: search.urls(probe, public_urls, trail),
            lambda: signs.hashed(outcome, key),
        )
    for step in steps:
        finding = step()
        if finding is not None:
            return finding
    return None


def _no_url(outcome: Outcome) -> Finding | None:
    if outcome.trouble != "url-missing":
        return None
    return Finding("url-unknown", "", "The scheme signs the address.", proven=False)


def _told(finding: Finding, probe: Probe, trail: search.Trail, siblings: str) -> Diagnosis:
    cause = CAUSES[finding.cause]
    difference = None if finding.body is None else first_difference(finding.body, probe.request.body)
    sentence = cause.sentence.format(how=finding.how, key=finding.key)
    if difference is not None and finding.body:
        sentence += (
            f" The first difference is at byte {difference.offset}: {readable(difference.was)} was signed, "
            f"{readable(difference.becomes)} came."
        )
    return Diagnosis(
        cause=finding.cause,
        sentence=sentence,
        found_by=finding.found_by,
        remedy=cause.remedy + _contradiction(finding, probe.scheme),
        hints=_ordered(cause.hints, finding.language),
        ruled_out=tuple(trail.ruled_out),
        siblings=siblings,
        key=finding.key,
        difference=difference,
        signed_body=finding.body,
        proven=finding.proven,
        tried=probe.tried,
    )


def _contradiction(finding: Finding, scheme: Scheme) -> str:
    """A word on providers whose own documents sign what they do not send."""
    known = any("json_stringify" in template.text for template in scheme.explain)
    if finding.cause != "reserialized" or not known:
        return ""
    return (
        f" The signature matches only the re-serialised body, and the documents of {scheme.name} contradict "
        "one another here: a sample of theirs signs JSON.stringify of the parsed body, so the sender itself "
        "may do that; then a handler has to accept both."
    )


def _ordered(hints: tuple[Hint, ...], language: str) -> tuple[Hint, ...]:
    """Those of the language first."""
    start = "Node" if language == "JavaScript" else language
    return tuple(sorted(hints, key=lambda hint: not (start and hint.receiver.startswith(start))))


def _unexplained(probe: Probe, outcome: Outcome, trail: search.Trail, siblings: str) -> Diagnosis:
    which = "secret" if probe.scheme.symmetric else "public key"
    remedy = (
        f"Most often the {which} is another one than the sender's: compare it with the settings of the very "
        "endpoint that sent this (test or live, command line tool or dashboard). Otherwise the body was "
        "changed in a way that cannot be undone."
    )
    sentence = "Nothing that was tried explains why the signature does not match."
    bad = structure.unusable(outcome)
    if bad:  # a wrong secret is no cause that could be named, but its form can be told of
        sentence = f"The stored secret is not in the form that {probe.scheme.name} gives: {bad}."
    return Diagnosis(
        sentence=sentence,
        found_by=f"{probe.tried} combinations of body, {which} and message were tried.",
        remedy=remedy,
        ruled_out=tuple(trail.ruled_out),
        siblings=siblings,
        tried=probe.tried,
    )
