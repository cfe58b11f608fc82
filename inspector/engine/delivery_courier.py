"""One delivery from the event to the response: prepared off the loop, sent on it, masked, then kept."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeAlias

from inspector.core.delivery import Delivery, Failure, Origin, Phases, Signing
from inspector.core.event import Request
from inspector.core.outgoing import Outgoing, UnsendableError, outgoing
from inspector.core.problem import Problem, ProblemError
from inspector.core.target import Target
from inspector.engine.delivery_ledger import Entry, Ledger, Step
from inspector.engine.delivery_secrets import Dress, dress_of, masked
from inspector.engine.secrets import Secrets
from inspector.net.sender import Sender, SendOptions, Sent
from inspector.store.store import Store

RESPONSE_LIMIT_BYTES = 8 * 1024 * 1024
MOST_DRESSES = 200
MOST_AT_ONCE = 32
"""Events that are read together: their bodies are in memory at the same time."""


@dataclass(frozen=True, slots=True)
class Errand:
    """What to send where, and why."""

    event_id: int
    target: Target
    outgoing: Outgoing | None = None
    """None: the event as it was captured."""
    origin: Origin = "resend"
    signing: Signing = "as-captured"


@dataclass(frozen=True, slots=True)
class Prepared:
    """An errand that can go."""

    outgoing: Outgoing
    """With masks in the place of secrets."""
    dress: Dress
    own_body: bool
    source: str = ""
    """Of the event."""


_Waiting: TypeAlias = tuple[Errand, "asyncio.Future[Prepared]"]
_Outcome: TypeAlias = Prepared | Exception


class Courier:
    """Carries errands out on the I/O loop; its disk and keyring work runs on a thread of its own.

    What waits for that thread is prepared together: one read, and one way back to the loop.
    """

    def __init__(
        self,
        store: Store,
        secrets: Secrets,
        ledger: Ledger,
        sender: Sender,
        soon: Callable[..., None],
    ) -> None:
        """`soon` calls on the I/O loop, from any thread."""
        self._store = store
        self._secrets = secrets
        self._ledger = ledger
        self._sender = sender
        self._soon = soon
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="deliveries")
        self._waiting: list[_Waiting] = []
        self._busy = False
        self._guard = threading.Lock()
        self._dresses: dict[Target, Dress] = {}
        secrets.on_change(self._forget)

    async def prepare(self, errand: Errand) -> Prepared:
        """Reads what is needed; raises ProblemError (`event-unknown`, `target-secret`, `unsendable` …)."""
        dress = self._known_dress(errand.target)
        if dress is not None and errand.outgoing is not None:
            return Prepared(errand.outgoing, dress, own_body=False)
        future: asyncio.Future[Prepared] = asyncio.get_running_loop().create_future()
        self._waiting.append((errand, future))
        if not self._busy:
            self._busy = True
            asyncio.get_running_loop().call_soon(self._begin)
        return await future

    def _begin(self) -> None:
        group = self._waiting[:MOST_AT_ONCE]
        del self._waiting[:MOST_AT_ONCE]
        self._executor.submit(self._prepare_all, group)

    def _prepare_all(self, group: list[_Waiting]) -> None:
        """On the thread."""
        wanted = [errand.event_id for errand, _ in group if errand.outgoing is None]
        found: dict[int, tuple[Request, str]] | Exception
        try:
            found = self._store.readers.requests(wanted) if wanted else {}
        except Exception as error:  # noqa: BLE001 - it belongs to those that wait
            found = error
        outcomes: list[_Outcome] = []
        for errand, _ in group:
            try:
                outcomes.append(self._prepare(errand, found))
            except Exception as error:  # noqa: BLE001 - as above
                outcomes.append(error)
        self._soon(self._prepared, group, outcomes)

    def _prepared(self, group: list[_Waiting], outcomes: list[_Outcome]) -> None:
        if self._waiting:
            self._begin()
        else:
            self._busy = False
        for (_, future), outcome in zip(group, outcomes, strict=True):
            if future.done():
                continue
            if isinstance(outcome, Exception):
                future.set_exception(outcome)
            else:
                future.set_result(outcome)

    async def send(self, errand: Errand, ready: Prepared) -> Delivery:
        """Sends; never fails for the delivery's failure. The result is masked and not kept yet (id 0)."""
        target = errand.target
        options = SendOptions(
            timeout_s=target.timeout_s,
            verify_tls=target.verify_tls,
            ca_file=target.ca_file,
            proxy=target.proxy,
            proxy_login=ready.dress.proxy_login,
            follow_redirects=target.follow_redirects,
            withheld=frozenset(header.lower().encode("latin-1") for header, _ in target.secret_headers),
            response_limit_bytes=RESPONSE_LIMIT_BYTES,
        )
        sent: Sent = await self._sender.send(ready.dress.put_on(ready.outgoing), options)
        delivery = Delivery(
            id=0,
            event_id=errand.event_id,
            target_name=target.name,
            url=ready.outgoing.url,
            sent_at_ns=sent.sent_at_ns,
            attempt=1,
            origin=errand.origin,
            signing=errand.signing,
            outgoing=ready.outgoing,
            response=sent.response,
            failure=sent.failure,
            phases=sent.phases,
            redirects=sent.redirects,
        )
        return masked(delivery, ready.dress)

    def broken_off(self, errand: Errand, ready: Prepared, begun_ns: int) -> Delivery:
        """The delivery of an errand whose sending was cancelled; what came of it meanwhile is not known."""
        return Delivery(
            id=0,
            event_id=errand.event_id,
            target_name=errand.target.name,
            url=ready.outgoing.url,
            sent_at_ns=begun_ns,
            attempt=1,
            origin=errand.origin,
            signing=errand.signing,
            outgoing=ready.outgoing,
            failure=Failure("cancelled", "Whoever waited for the response left before it came."),
            phases=Phases(first_byte_ns=max(0, time.time_ns() - begun_ns)),
        )

    async def keep(
        self,
        ready: Prepared,
        delivery: Delivery,
        *,
        ok: bool,
        step: Step | None = None,
        done: int | None = None,
    ) -> Delivery:
        """Keeps it; returns it with its number. Raises ProblemError where the disk refuses."""
        return await self._ledger.keep(Entry(delivery, ready.own_body, ok, step, done))

    def run(self, job: Callable[[], None]) -> None:
        """Runs something that waits for the disk on the courier's thread."""
        self._executor.submit(job)

    def stop(self) -> None:
        """Ends the thread; what is under way is finished first."""
        self._executor.shutdown(cancel_futures=True)

    def _prepare(self, errand: Errand, found: dict[int, tuple[Request, str]] | Exception) -> Prepared:
        dress = self._known_dress(errand.target)
        if dress is None:
            dress = self._keep_dress(errand.target, dress_of(errand.target, self._secrets))
        if errand.outgoing is not None:
            return Prepared(errand.outgoing, dress, own_body=False)
        if isinstance(found, Exception):
            raise found
        if errand.event_id not in found:
            raise ProblemError(
                Problem("event-unknown", f"There is no event {errand.event_id}.", "", "It may be deleted.")
            )
        request, source = found[errand.event_id]
        return Prepared(outgoing_of(request, errand.target), dress, own_body=True, source=source)

    def _known_dress(self, target: Target) -> Dress | None:
        if not target.secret_headers and not target.proxy_secret:
            return Dress()
        with self._guard:
            return self._dresses.get(target)

    def _keep_dress(self, target: Target, dress: Dress) -> Dress:
        with self._guard:
            if len(self._dresses) >= MOST_DRESSES:
                self._dresses.clear()
            self._dresses[target] = dress
        return dress

    def _forget(self, _name: str) -> None:
        with self._guard:
            self._dresses.clear()


def outgoing_of(request: Request, target: Target) -> Outgoing:
    """What is sent for a captured request; raises ProblemError `unsendable`."""
    try:
        return outgoing(request, target)
    except UnsendableError as error:
        raise ProblemError(
            Problem("unsendable", "This event cannot be sent.", str(error), "Edit it before sending.")
        ) from error


def was_down(failure: Failure | None) -> bool:
    """Whether the failure says that nobody was there, and nothing of this one event."""
    return failure is not None and failure.kind in _DOWN


_DOWN = frozenset(
    {"dns", "refused", "unreachable", "tls", "timeout-connect", "timeout-tls", "proxy", "cancelled"}
)
