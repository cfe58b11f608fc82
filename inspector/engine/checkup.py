"""Runs a checkup: sends what core.checkup asks for, and hands its lines on as they come."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, replace
from urllib.parse import urlsplit, urlunsplit

from inspector.core.checkup.examine import Volley, examine
from inspector.core.checkup.kit import Kit, Shot
from inspector.core.checkup.lines import Line, Report
from inspector.core.checkup.samples import samples_of
from inspector.core.checkup.seen import LIMIT_S, Redactor, Seen, shown_url
from inspector.core.headers import HeaderPairs, text
from inspector.core.outgoing import Outgoing, framed, with_host
from inspector.core.problem import Problem, ProblemError
from inspector.core.signatures.outcome import Key
from inspector.core.signatures.scheme import Scheme, Schemes
from inspector.core.source import Source
from inspector.core.target import Target, checked
from inspector.engine.io_thread import IoThread
from inspector.engine.secrets import Secrets
from inspector.net.sender import Sender
from inspector.net.sender_options import SendOptions, Sent

RESPONSE_LIMIT_BYTES = 65_536
"""Of an answer only the beginning is looked at."""


@dataclass(frozen=True, slots=True)
class Handler:
    """The handler to check, and how to reach it."""

    url: str
    """Without a path, that of the source is taken."""
    headers: HeaderPairs = ()
    """Added to each request; their values are taken for secrets."""
    verify_tls: bool = True
    ca_file: str = ""
    limit_s: float = LIMIT_S

    def __repr__(self) -> str:
        """Without the headers, which may be secrets."""
        return f"Handler({shown_url(self.url)!r})"


class Checkup:
    """One checkup of one handler; `run` may be called once, `cancel` from any thread."""

    def __init__(
        self,
        handler: Handler,
        source: Source,
        schemes: Schemes,
        keys: Sequence[Key],
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`keys` are the source's, the current one first; raises ProblemError where it cannot be done."""
        self._handler = replace(handler, url=_with_path(checked_url(handler), source.path))
        self._scheme = _scheme_of(source, schemes, keys)
        self._source = source
        self._clock = clock
        self._kit = self._kit_of(keys)
        self._redact = Redactor([*(key.material for key in keys), *(value for _, value in handler.headers)])
        self._task: Future[None] | None = None
        self._cancelled = False

    @property
    def url(self) -> str:
        """The URL that is called, as reports show it."""
        return shown_url(self._handler.url)

    @property
    def scheme(self) -> str:
        """The id of the scheme; empty for a source that does not sign."""
        return "" if self._scheme is None else self._scheme.id

    def run(self, told: Callable[[Line], None]) -> Report:
        """Sends and judges everything; `told` gets each line as it comes, on this thread's behalf.

        Waits until it is over, some seconds at most for a good handler; never call it on a thread that
        must not wait. After `cancel` the report has the lines so far.
        """
        lines: list[Line] = []

        def keep(line: Line) -> None:
            lines.append(line)
            told(line)

        io = IoThread()
        io.start()
        try:
            self._task = io.submit(self._converse(keep))
            if self._cancelled:
                self._task.cancel()
            with contextlib.suppress(CancelledError):
                self._task.result()
        finally:
            io.stop()
        return Report(self.url, self._source.name, self.scheme, tuple(lines))

    def cancel(self) -> None:
        """Sends no more; requests under way are dropped."""
        self._cancelled = True
        if self._task is not None:
            self._task.cancel()

    def _kit_of(self, keys: Sequence[Key]) -> Kit:
        scheme = self._scheme
        if scheme is not None and scheme.key.second:  # given in any order: the private key signs
            keys = sorted(keys, key=lambda key: b"PRIVATE KEY" not in key.material)
        return Kit(
            url=self._handler.url,
            samples=samples_of(self._source.dialect or self.scheme),
            scheme=scheme,
            key=keys[0] if keys and scheme is not None else None,
            second=keys[1] if len(keys) > 1 else None,
            public_url=self._source.public_url,
            headers=self._handler.headers,
            seed=random.getrandbits(32),
        )

    async def _converse(self, told: Callable[[Line], None]) -> None:
        sender = Sender()
        try:
            dialogue = examine(self._kit, self._clock, self._handler.limit_s)
            said = next(dialogue)
            while True:
                if isinstance(said, Line):
                    told(said)
                    answers: list[Seen] = []
                else:
                    answers = await _fired(said, lambda shot: self._sent(sender, shot))
                try:
                    said = dialogue.send(answers)
                except StopIteration:
                    return
        finally:
            await sender.close()

    async def _sent(self, sender: Sender, shot: Shot) -> Seen:
        headers = with_host(framed(shot.headers, shot.body), None, shot.url)
        sent = await sender.send(Outgoing("POST", shot.url, headers, shot.body), self._options())
        return self._seen(sent)

    def _options(self) -> SendOptions:
        return SendOptions(
            timeout_s=self._handler.limit_s,
            verify_tls=self._handler.verify_tls,
            ca_file=self._handler.ca_file,
            response_limit_bytes=RESPONSE_LIMIT_BYTES,
        )

    def _seen(self, sent: Sent) -> Seen:
        took_ns = sent.phases.total_ns
        if sent.failure is not None:
            return Seen(failure=sent.failure.kind, detail=self._redact(sent.failure.detail), took_ns=took_ns)
        assert sent.response is not None
        response = sent.response
        return Seen(
            status=response.status,
            reason=self._redact(response.reason),
            excerpt=self._redact.excerpt(response.body),
            location=self._redact(text(response.headers, "location")),
            took_ns=took_ns,
        )


async def _fired(volley: Volley, send: Callable[[Shot], Awaitable[Seen]]) -> list[Seen]:
    """What came back for each shot, in their order."""
    if volley.at_once == 1:
        return [await send(make()) for make in volley.shots]
    free = asyncio.Semaphore(volley.at_once)

    async def one(make: Callable[[], Shot]) -> Seen:
        async with free:
            return await send(make())

    return await asyncio.gather(*map(one, volley.shots))


def handler_of(target: Target, secrets: Secrets) -> Handler:
    """The handler behind a target, with what each delivery to it carries; reads secrets."""
    named = ((header.encode("latin-1"), secrets.get(name)) for header, name in target.secret_headers)
    private = tuple((header, value.encode("utf-8", "surrogateescape")) for header, value in named if value)
    return Handler(
        target.url,
        (*target.headers, *private),
        verify_tls=target.verify_tls,
        ca_file=target.ca_file,
        limit_s=target.timeout_s,
    )


def checked_url(handler: Handler) -> str:
    """The handler's URL; raises ProblemError `target-wrong` where nothing can be sent to it."""
    return checked(Target("", handler.url, ca_file=handler.ca_file, timeout_s=handler.limit_s)).url


def _with_path(url: str, path: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=path or "/")) if parts.path in ("", "/") else url


def _scheme_of(source: Source, schemes: Schemes, keys: Sequence[Key]) -> Scheme | None:
    """The scheme to sign by; None for a source that names neither a scheme nor a secret."""
    scheme = schemes.get(source.scheme or source.dialect)
    if scheme is None and (source.scheme or keys):
        raise _wrong(
            f"There is no scheme {source.scheme!r}." if source.scheme else "It is not known how to sign.",
            "Name the scheme with --scheme, or set it for the source.",
        )
    if scheme is not None and scheme.symmetric and not keys:
        raise _wrong(
            f"There is no secret to sign with: {scheme.name} signs its events.",
            "Keep it for the source (Sources and secrets, or `secrets set`), or give --secret-env VAR.",
        )
    return scheme


def _wrong(detail: str, remedy: str) -> ProblemError:
    return ProblemError(Problem("checkup-wrong", "The checkup cannot be done.", detail, remedy))
