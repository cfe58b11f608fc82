"""Deliveries: events sent to targets now, or by a queue that survives a restart; what was kept of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING

from inspector.core.delivery import Delivery, DeliveryRow, Origin, Signing
from inspector.core.delivery_queue import DeadLetter, Job, LaneState, QueueState
from inspector.core.outgoing import Outgoing
from inspector.core.retry_policy import RetryPolicy, policy_of, provider_policy
from inspector.core.target import Target, checked
from inspector.engine.announcements import (
    Announcement,
    Announcements,
    DatabaseChanged,
    QueueChanged,
    TargetsChanged,
)
from inspector.engine.secrets import Secrets
from inspector.engine.sources import Sources
from inspector.engine.targets import Targets
from inspector.store import deliveries as table
from inspector.store import delivery_jobs as queue
from inspector.store.store import Store

if TYPE_CHECKING:
    from inspector.engine.delivery_room import Room
    from inspector.engine.io_thread import IoThread


class Deliveries:
    """Sending, the queue, the dead letters and the targets.

    Safe from any thread. `send`, `enqueue` and `try_now` do not wait; all other methods wait for the disk and
    must not be called from Qt's thread. Only the program that captures runs the queue; another one that has
    the file open adds to it, and sends what it is told to send at once.
    """

    def __init__(
        self,
        store: Store,
        *,
        sources: Sources,
        secrets: Secrets,
        announcements: Announcements,
        io: Callable[[], IoThread],
        capturing: bool,
    ) -> None:
        self._store = store
        self._sources = sources
        self._secrets = secrets
        self._announcements = announcements
        self._io = io
        self._capturing = capturing
        self._guard = threading.Lock()
        self._made: Room | None = None
        self._stopped = False
        self._unsubscribe: Callable[[], None] = lambda: None
        self.targets = Targets(store, sources, announcements)

    def start(self) -> None:
        """Reads targets, and goes on with what the last run of the program left in the queue."""
        self.targets.load()
        self._unsubscribe = self._announcements.subscribe(self._hear)
        if self._capturing and self.targets.list():
            self._room.add(self._store.readers.run(queue.jobs))

    def stop(self, grace_s: float = 1.0) -> None:
        """Starts nothing more, lets what is under way end for that long, and keeps it."""
        self._unsubscribe()
        with self._guard:
            self._stopped = True
            room = self._made
        if room is not None:
            room.stop(grace_s)

    # -- sending now -----------------------------------------------------------------------------

    def send(
        self,
        event_id: int,
        target: Target | str,
        *,
        outgoing: Outgoing | None = None,
        origin: Origin = "resend",
        signing: Signing = "as-captured",
    ) -> Future[Delivery]:
        """Sends an event once, past the queue; the future has the delivery as it was kept.

        `outgoing`: what to send instead of the event as it was captured; the target's secret headers are put
        in either way. A failure of the delivery is in the result; the future raises ProblemError only where
        nothing was sent or kept (`target-unknown`, `target-secret`, `event-unknown`, `unsendable`, the disk).
        Cancelling the future breaks the sending off.
        """
        try:
            found = self._target(target)
        except Exception as error:  # noqa: BLE001 - it belongs to whoever waits for the future
            failed: Future[Delivery] = Future()
            failed.set_exception(error)
            return failed
        room = self._room
        return self._io().submit(
            room.deliver(event_id, found, outgoing=outgoing, origin=origin, signing=signing, wait=True)
        )

    async def deliver(
        self,
        event_id: int,
        target: Target,
        *,
        outgoing: Outgoing | None = None,
        origin: Origin = "live",
        signing: Signing = "as-captured",
        wait: bool = True,
    ) -> Delivery:
        """As `send`, for coroutines on the I/O loop.

        Without `wait` it returns as soon as the response is there (the delivery's id is 0 then) and keeps
        the delivery behind that.
        """
        return await self._room.deliver(
            event_id, target, outgoing=outgoing, origin=origin, signing=signing, wait=wait
        )

    # -- the queue -------------------------------------------------------------------------------

    def enqueue(
        self,
        event_ids: int | Sequence[int],
        target_name: str,
        *,
        origin: Origin = "forward",
        policy: str = "",
    ) -> Future[list[Job]]:
        """Queues events for a target, in that order; the jobs are on the disk when the future is done.

        `policy` by name or text; empty: the target's own, else that of the source's provider. Raises
        ProblemError `target-unknown` or `policy-wrong` at once.
        """
        self.targets.get(target_name)
        policy_of(policy)
        if self._capturing:
            self._room  # noqa: B018 - made here and not on the writer's thread, which must not wait for it
        numbers = [event_ids] if isinstance(event_ids, int) else list(event_ids)
        now_ns = time.time_ns()
        added: Future[list[Job]] = self._store.write(
            lambda connection: queue.add_jobs(
                connection,
                numbers,
                target_name,
                origin=origin,
                policy=policy,
                now_ns=now_ns,
            ),
            durable=False,
        )
        added.add_done_callback(self._added)
        return added

    def queue(self) -> QueueState:
        """How all lanes stand, and how many dead letters there are."""
        dead = self._store.readers.run(queue.count_dead)
        lanes: dict[str, LaneState] = {}
        with self._guard:
            room = self._made
        if room is not None and self._capturing:
            lanes = {lane.target_name: lane for lane in room.states()}
        else:
            for job in self._store.readers.run(queue.jobs):
                lane = lanes.get(job.target_name, LaneState(job.target_name, 0, 0, None))
                soonest = min(job.due_at_ns, lane.next_at_ns or job.due_at_ns)
                lanes[job.target_name] = LaneState(job.target_name, lane.waiting + 1, 0, soonest)
        return QueueState(tuple(sorted(lanes.values(), key=lambda lane: lane.target_name)), dead)

    def jobs(
        self, *, target_name: str | None = None, event_id: int | None = None, limit: int = 1000
    ) -> list[Job]:
        """What waits, with the planned time of each next attempt, in the order of the queue."""
        return self._store.readers.run(
            lambda connection: queue.jobs(connection, target_name=target_name, event_id=event_id, limit=limit)
        )

    def discard_jobs(self, ids: Sequence[int]) -> None:
        """Takes jobs out of the queue; one that is under way ends and is kept."""
        self._store.write(lambda connection: queue.finish(connection, ids)).result()
        self._reload()

    def try_now(self, target_name: str) -> None:
        """Sends at once: the probe of a target that is paused, or all that waits for its next attempt."""
        with self._guard:
            room = self._made
        if room is not None:
            room.try_now(target_name)

    def policy_for(self, target: Target, source_name: str, wanted: str = "") -> RetryPolicy:
        """The retry policy that holds for events of a source at a target: `wanted`, else the target's own,
        else that of the source's provider. `plan_ns` of core.retry_policy makes the times of it.
        """
        source = self._sources.find(source_name)
        provider = provider_policy("" if source is None else source.scheme)
        return policy_of(wanted or target.policy, provider or "default")

    # -- what was kept ---------------------------------------------------------------------------

    def of_event(self, event_id: int) -> list[DeliveryRow]:
        """All deliveries of an event, oldest first."""
        return self._store.readers.run(lambda connection: table.of_event(connection, event_id))

    def latest(
        self,
        *,
        limit: int = 100,
        before_id: int | None = None,
        target_name: str | None = None,
        failed: bool = False,
    ) -> list[DeliveryRow]:
        """The newest deliveries, newest first."""
        return self._store.readers.run(
            lambda connection: table.latest(
                connection, limit=limit, before_id=before_id, target_name=target_name, failed=failed
            )
        )

    def find(self, number: int) -> Delivery | None:
        """The whole delivery, or None where it is gone."""
        return self._store.readers.run(lambda connection: table.find(connection, number))

    # -- dead letters ----------------------------------------------------------------------------

    def dead_letters(self) -> list[DeadLetter]:
        """All of them, in the order of their events."""
        return self._store.readers.run(queue.dead_letters)

    def retry_dead(self, ids: Sequence[int] | None = None) -> int:
        """Puts dead letters (None: all) back into the queue, in their order; returns how many.

        Those of targets that are gone stay. A success takes the letter away, also one past the queue.
        """
        known = {target.name: target for target in self.targets.list()}
        now_ns = time.time_ns()
        letters = [
            letter
            for letter in self._store.readers.run(
                lambda connection: queue.dead_letters(connection, None if ids is None else list(ids))
            )
            if letter.target_name in known
        ]
        if not letters:
            return 0
        added = self._store.write(
            lambda connection: [
                each
                for letter in letters
                if queue.dig_up(connection, [letter.id])
                for each in queue.add_jobs(
                    connection,
                    [letter.event_id],
                    letter.target_name,
                    origin="retry",
                    now_ns=now_ns,
                )
            ]
        )
        added.add_done_callback(self._added)
        return len(added.result())

    def discard_dead(self, ids: Sequence[int] | None = None) -> int:
        """Lets dead letters (None: all) go; their events and deliveries stay. Returns how many."""
        wanted = [letter.id for letter in self.dead_letters()] if ids is None else list(ids)
        gone = self._store.write(lambda connection: queue.dig_up(connection, wanted)).result()
        self._announcements.announce(QueueChanged())
        return len(gone)

    # -- inside ----------------------------------------------------------------------------------

    @property
    def _room(self) -> Room:
        """Sender, courier and lanes; made when first needed, since short commands do without."""
        with self._guard:
            if self._made is None:
                from inspector.engine.delivery_room import Room

                self._made = Room(
                    self._store,
                    io=self._io(),
                    secrets=self._secrets,
                    targets=self.targets,
                    announcements=self._announcements,
                    policy_of=self.policy_for,
                    reload=self._reload,
                )
            return self._made

    def _target(self, target: Target | str) -> Target:
        if isinstance(target, str):
            return self.targets.get(target)
        checked(target)
        if not target.name:
            self.targets.remember(target.url)
        return target

    def _added(self, added: Future[list[Job]]) -> None:
        if added.exception() is None:
            if self._capturing:
                self._room.add(added.result())
            self._announcements.announce(QueueChanged())

    def _hear(self, announcement: Announcement) -> None:
        """Another program, or an undo, may have changed targets and queue; a renamed target has its jobs."""
        if isinstance(announcement, DatabaseChanged):
            self.targets.load()
            self._reload()
        elif isinstance(announcement, TargetsChanged):
            self._reload()

    def _reload(self) -> None:
        if self._capturing and not self._stopped:
            waiting = self._store.readers.run(queue.jobs)
            with self._guard:
                made = self._made is not None
            if made or waiting:
                self._room.replace(waiting)
        self._announcements.announce(QueueChanged())
