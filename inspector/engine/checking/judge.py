"""The rules for one event: which scheme, which keys, which URL, as of which moment."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from inspector.core import headers
from inspector.core.event import Checked, Request, Verdict
from inspector.core.problem import ProblemError
from inspector.core.signatures.checker import Checker
from inspector.core.signatures.detect import detect
from inspector.core.signatures.outcome import Key, Outcome, SignedRequest
from inspector.core.signatures.scheme import Scheme, Schemes
from inspector.core.signatures.verify import verify
from inspector.core.source import Source
from inspector.engine.checking.library import SchemeLibrary
from inspector.engine.secrets import Secrets
from inspector.engine.sources import Sources

NOBODY = Source(name="")
"""Stands for the source of an event that belongs to none: automatic scheme, no secrets."""


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that a verification of one event takes."""

    scheme: Scheme | None
    source: Source
    request: SignedRequest
    keys: tuple[Key, ...]
    now_s: float


class Judge:
    """Builds cases and judges them; safe from any thread. Keys are remembered until told otherwise."""

    def __init__(self, library: SchemeLibrary, sources: Sources, secrets: Secrets) -> None:
        self._library = library
        self._sources = sources
        self._secrets = secrets
        self._keys: dict[tuple[str, ...], tuple[Key, ...]] = {}
        self._checkers: dict[tuple[str, str], Checker] = {}
        self._guard = threading.Lock()
        self.trouble: ProblemError | None = None
        """Why secrets could not be read when they were last asked for."""

    @property
    def schemes(self) -> Schemes:
        """All schemes."""
        return self._library.schemes

    def refresh_keys(self) -> None:
        """Reads the secrets of all sources anew; what was known holds until all are read."""
        with self._guard:
            self.trouble = None
            names = {source.secrets for source in self._sources.list() if source.secrets}
            self._keys = {each: self._read(each) for each in names}

    def keys(self, source: Source) -> tuple[Key, ...]:
        """The keys of a source; empty where it has none or its keeper fails (see `trouble`)."""
        if not source.secrets:
            return ()
        known = self._keys.get(source.secrets)
        if known is None:
            with self._guard:
                known = self._keys[source.secrets] = self._read(source.secrets)
        return known

    def known_keys(self, source: Source) -> tuple[Key, ...]:
        """The keys as far as they were read already: for the I/O thread, which never waits."""
        return self._keys.get(source.secrets, ()) if source.secrets else ()

    def _read(self, names: tuple[str, ...]) -> tuple[Key, ...]:
        try:
            return self._secrets.keys(names)
        except ProblemError as error:
            self.trouble = error
            return ()

    def case(
        self, request: Request, source_name: str, received_at_ns: int, *, known_only: bool = False
    ) -> Case:
        """What is to be judged, as of the time of capture; `known_only` takes `known_keys`."""
        source = self._sources.find(source_name) or NOBODY
        schemes = self._library.schemes
        scheme = schemes.get(source.scheme) if source.scheme else None
        if scheme is None:
            scheme = detect(schemes, request.headers, request.body)
        signed = SignedRequest(request.method, public_url(request, source), request.headers, request.body)
        keys = self.known_keys(source) if known_only else self.keys(source)
        return Case(scheme, source, signed, keys, received_at_ns / 1e9)

    def check(self, case: Case) -> Checked:
        """The verdict to be stored: names only. The cause is found out later."""
        if case.scheme is None:
            return Checked(Verdict.UNSIGNED)
        checked = self._checker(case.scheme, case).check(case.request, case.now_s)
        return replace(checked, cause="") if checked.cause else checked

    def _checker(self, scheme: Scheme, case: Case) -> Checker:
        """The checker of the source, made anew when its keys, its scheme or its tolerance are others."""
        slot = (case.source.name, scheme.id)
        held = self._checkers.get(slot)
        if held is None or not held.serves(scheme, case.keys, case.source.tolerance_s):
            held = self._checkers[slot] = Checker(scheme, case.keys, case.source.tolerance_s)
        return held

    def outcome(self, case: Case) -> Outcome | None:
        """The verdict with its steps; None where no scheme applies."""
        if case.scheme is None:
            return None
        return verify(
            case.scheme, case.request, case.keys, now_s=case.now_s, tolerance_s=case.source.tolerance_s
        )


def public_url(request: Request, source: Source) -> str:
    """The URL that the sender called: by the source's public address, else as the request shows it.

    RFC 9112 section 3.2: the origin comes from an absolute target, else from Host.
    """
    target = request.target.decode("latin-1")
    absolute = "://" in target and not target.startswith("/")
    path = "/" + target.partition("://")[2].partition("/")[2] if absolute else target
    if source.public_url:
        origin = urlsplit(source.public_url)
        return f"{origin.scheme}://{origin.netloc}{path}"
    if absolute:
        return target
    host = headers.text(request.headers, "host")
    return f"{request.scheme}://{host}{path}" if host else ""
