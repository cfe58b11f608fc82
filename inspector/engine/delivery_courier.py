"""One delivery from the event to the response: prepared off the loop, sent on it, masked, then kept."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from inspector.core.delivery import Delivery, Failure, Origin, Signing
from inspector.core.event import Event
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


class Courier:
    """Carries errands out on the I/O loop; its disk and keyring work runs on a thread of its own."""

    def __init__(self, store: Store, secrets: Secrets, ledger: Ledger, sender: Sender) -> None:
        self._store = store
        self._secrets = secrets
        self._ledger = ledger
        self._sender = sender
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="deliveries")
        self._guard = threading.Lock()
        self._dresses: dict[Target, Dress] = {}
        secrets.on_change(self._forget)

    async def prepare(self, errand: Errand) -> Prepared:
        """Reads what is needed; raises ProblemError (`event-unknown`, `target-secret`, `unsendable` …)."""
        dress = self._known_dress(errand.target)
        if dress is not None and errand.outgoing is not None:
            return Prepared(errand.outgoing, dress, own_body=False)
        return await asyncio.get_running_loop().run_in_executor(self._executor, self._prepare, errand)

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

    async def keep(self, ready: Prepared, delivery: Delivery, *, ok: bool, step: Step | None) -> Delivery:
        """Keeps it; returns it with its number. Raises ProblemError where the disk refuses."""
        return await asyncio.wrap_future(self._ledger.keep(Entry(delivery, ready.own_body, ok, step)))

    def stop(self) -> None:
        """Ends the thread; what is under way is finished first."""
        self._executor.shutdown(cancel_futures=True)

    def _prepare(self, errand: Errand) -> Prepared:
        dress = self._known_dress(errand.target)
        if dress is None:
            dress = self._keep_dress(errand.target, dress_of(errand.target, self._secrets))
        if errand.outgoing is not None:
            return Prepared(errand.outgoing, dress, own_body=False)
        event = self._store.readers.event(errand.event_id)
        if event is None:
            raise ProblemError(
                Problem("event-unknown", f"There is no event {errand.event_id}.", "", "It may be deleted.")
            )
        return Prepared(outgoing_of(event, errand.target), dress, own_body=True, source=event.row.source)

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


def outgoing_of(event: Event, target: Target) -> Outgoing:
    """What is sent for an event; raises ProblemError `unsendable`."""
    try:
        return outgoing(event.request, target)
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
