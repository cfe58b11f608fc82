"""The sender: deliveries out, byte for byte, and what came of each as a value.

Our own HTTP/1.1 client: the header fields go out in the order and case that they were given in, and nothing
is added, decompressed or followed unless it was asked for. All methods run on the loop of the I/O thread.
"""

from __future__ import annotations

import asyncio

from inspector.core.delivery import Failure, FailureKind, Phases, Redirect, Response
from inspector.core.http1.head import TokenCache
from inspector.core.outgoing import Outgoing, UnsendableError
from inspector.core.redirects import MOST_REDIRECTS, follow, pointed
from inspector.net.clock import Clock
from inspector.net.sender_attempt import Attempt, Means
from inspector.net.sender_connection import BrokenError
from inspector.net.sender_options import SendOptions, Sent
from inspector.net.sender_pool import IDLE_S, Pool
from inspector.net.sender_tls import TlsContexts

__all__ = ["SendOptions", "Sender", "Sent"]

_TIMEOUTS: dict[FailureKind, str] = {
    "dns": "The name was not resolved",
    "timeout-connect": "There was no connection",
    "timeout-tls": "The TLS handshake did not end",
    "timeout-send": "The request could not be sent: the handler did not read it",
    "timeout-first-byte": "The handler did not answer",
    "timeout-body": "The response did not end",
}


class Sender:
    """Sends requests and keeps connections open between them."""

    def __init__(self, clock: Clock | None = None, *, idle_s: float = IDLE_S) -> None:
        clock = clock or Clock()
        self._wall_ns = clock.wall_ns
        self._means = Means(Pool(clock.monotonic_ns, idle_s), TlsContexts(), TokenCache(), clock.monotonic_ns)
        self._running: set[asyncio.Task[object]] = set()
        self._closing = False

    async def send(self, outgoing: Outgoing, options: SendOptions | None = None) -> Sent:
        """Send a request; its failure is a value, never an exception.

        When its task is cancelled the socket is closed and CancelledError goes on, as tasks demand; when the
        sender is closed meanwhile, the outcome is a failure of the kind `cancelled`.
        """
        options = options or SendOptions()
        task = asyncio.current_task()
        assert task is not None
        delivery = _UnderWay(self._means, options, self._wall_ns())
        if self._closing:
            return delivery.outcome(None, _CANCELLED)
        self._running.add(task)
        try:
            return await delivery.run(outgoing)
        except asyncio.CancelledError:
            if self._closing:
                task.uncancel()
                return delivery.outcome(None, _CANCELLED)
            raise
        finally:
            self._running.discard(task)

    async def close(self) -> None:
        """End all deliveries that are under way, and close all connections."""
        self._closing = True
        running = [task for task in self._running if task is not asyncio.current_task()]
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running)
        await self._means.pool.close()


_CANCELLED = Failure("cancelled", "The delivery was cancelled.")


class _UnderWay:
    """One delivery with its redirects and its one time-out."""

    def __init__(self, means: Means, options: SendOptions, sent_at_ns: int) -> None:
        self._means = means
        self._options = options
        self._sent_at_ns = sent_at_ns
        self._phases: Phases | None = None
        self._redirects: list[Redirect] = []
        self._attempt: Attempt | None = None

    async def run(self, outgoing: Outgoing) -> Sent:
        deadline = asyncio.get_running_loop().time() + self._options.timeout_s
        while True:
            attempt = self._begin(outgoing)
            try:
                async with asyncio.timeout_at(deadline):
                    response = await attempt.run()
            except TimeoutError:
                kind = attempt.timed_out_in()
                sentence = f"{_TIMEOUTS[kind]} within {self._options.timeout_s:g} s."
                return self.outcome(attempt.partial(), Failure(kind, sentence))
            except BrokenError as error:
                return self.outcome(attempt.partial(), Failure(error.kind, error.detail))
            except UnsendableError as error:
                return self.outcome(None, Failure("protocol", str(error)))
            redirect = pointed(response, outgoing.url)
            if redirect is None:
                return self.outcome(response, None)
            further = None
            if self._options.follow_redirects and len(self._redirects) < MOST_REDIRECTS:
                further = follow(outgoing, redirect, self._options.withheld)
            if further is None:
                self._redirects.append(redirect)
                return self.outcome(response, self._not_followed(redirect))
            outgoing, followed = further
            self._redirects.append(followed)

    def outcome(self, response: Response | None, failure: Failure | None) -> Sent:
        attempt = self._attempt
        if attempt is None:
            return Sent(response, failure, Phases(), (), self._sent_at_ns)
        phases = attempt.phases()
        return Sent(
            response,
            failure,
            phases if self._phases is None else _together(self._phases, phases),
            tuple(self._redirects),
            self._sent_at_ns,
            attempt.remote,
            attempt.reused,
        )

    def _begin(self, outgoing: Outgoing) -> Attempt:
        if self._attempt is not None:
            before = self._attempt.phases()
            self._phases = before if self._phases is None else _together(self._phases, before)
        self._attempt = Attempt(self._means, outgoing, self._options)
        return self._attempt

    def _not_followed(self, redirect: Redirect) -> Failure | None:
        if not self._options.follow_redirects:
            return None
        if len(self._redirects) > MOST_REDIRECTS:
            return Failure("protocol", f"There were more than {MOST_REDIRECTS} redirects.")
        return Failure(
            "protocol", f"The redirect does not point to an http or https URL: {redirect.location!a}"
        )


def _together(one: Phases, other: Phases) -> Phases:
    """Each phase of several requests, added up."""

    def both(a: int | None, b: int | None) -> int | None:
        return b if a is None else a if b is None else a + b

    return Phases(
        both(one.dns_ns, other.dns_ns),
        both(one.connect_ns, other.connect_ns),
        both(one.tls_ns, other.tls_ns),
        both(one.sent_ns, other.sent_ns),
        both(one.first_byte_ns, other.first_byte_ns),
        both(one.last_byte_ns, other.last_byte_ns),
    )
