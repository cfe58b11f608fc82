"""From the listener to the disk and back: no sender hears a 2xx before its event is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from inspector.core.event import Arrival, Capture, Reply, State
from inspector.core.problem import ProblemError
from inspector.core.quick import maker
from inspector.core.refusal import Refusal
from inspector.core.source import Source
from inspector.engine.announcements import Announcements, ConnectionRefused, EventsChanged, EventsStored
from inspector.engine.live_way import Way
from inspector.net.receiver import Answered
from inspector.store.results import Failed, Stored

TEXT = ((b"Content-Type", b"text/plain; charset=utf-8"),)
TOO_LARGE = Reply(413, TEXT, b"The body is longer than this listener takes. What came is kept as rejected.\n")
TOO_SLOW = Reply(408, TEXT, b"The body did not come to its end. What came is kept as incomplete.\n")
PLAIN = Reply()
_arrival = maker(Arrival)
REPLIES_WRITTEN_S = 0.2
"""The store writes the times of replies in batches; after this long the rows can be read anew."""
HINDRANCES = {"disk-full", "database-locked", "database-unwritable"}
"""Problems of the store that pass; a file that was set aside is none of them and stays reported."""

Answering: TypeAlias = Callable[[Capture, Source | None], tuple[Reply, str, str]]
"""(capture, its source) → (the sender's answer once the event is kept, the mark of the event, its note)."""


def plain_answer(capture: Capture, source: Source | None) -> tuple[Reply, str, str]:
    """What the source says; an empty 200 where there is none."""
    return (PLAIN if source is None else source.reply), "", ""


def no_way(source: Source | None) -> Way | None:
    """Events are kept, and nothing more happens to them."""
    return None


@dataclass(slots=True)
class Ticket:
    """A sender that waits for its answer."""

    answer: Answered
    reply: Reply
    way: Way | None = None
    """None: answer at once after the commit."""


class Commits:
    """Hears of each commit on the writer's thread: answers the senders, tells everybody else."""

    def __init__(
        self,
        soon: Callable[..., None],
        announcements: Announcements,
        retry_after_s: Callable[[], int],
    ) -> None:
        """`soon` calls on the I/O thread, from any thread."""
        self._soon = soon
        self._announcements = announcements
        self._retry_after_s = retry_after_s
        self._followers: tuple[Callable[[Sequence[Stored]], None], ...] = ()
        self.on_its_way: Callable[[Stored, Ticket], None] = _at_once
        """Answers a sender whose ticket has a way, on the I/O thread."""

    def follow(self, follower: Callable[[Sequence[Stored]], None]) -> None:
        """Calls `follower` with what each commit kept, on the writer's thread: it must only take note."""
        self._followers = (*self._followers, follower)

    def committed(self, stored: list[Stored], failed: list[Failed]) -> None:
        """One commit is done, or failed."""
        self._soon(self._answer, stored, failed)
        for each in stored:
            if isinstance(each.token, Future):
                each.token.set_result(each.id)
        for lost in failed:
            if isinstance(lost.token, Future):
                lost.token.set_exception(ProblemError(lost.problem))
        if stored:
            self._announcements.announce(EventsStored(tuple(each.id for each in stored)))
            for follower in self._followers:
                follower(stored)
        if failed:
            self._announcements.raise_problem(failed[-1].problem)
        elif stored:
            self.works_again()

    def works_again(self) -> None:
        """A write succeeded: whatever hindered the store has ended."""
        for key in self.troubles:
            self._announcements.clear_problem(key)

    @property
    def troubles(self) -> tuple[str, ...]:
        """The keys of the problems that stand and that a write that succeeds puts an end to."""
        standing = self._announcements.problems
        return tuple(problem.key for problem in standing if problem.key in HINDRANCES) if standing else ()

    def _answer(self, stored: list[Stored], failed: list[Failed]) -> None:
        """On the I/O thread: all the answers of one commit."""
        for each in stored:
            ticket = each.token
            if isinstance(ticket, Ticket):
                if ticket.way is None:
                    ticket.answer(ticket.reply, (each.id, ticket.reply.status))
                else:
                    self.on_its_way(each, ticket)
        for lost in failed:
            ticket = lost.token
            if isinstance(ticket, Ticket):
                ticket.answer(unkept(lost.problem.title, self._retry_after_s()), None)


def _at_once(stored: Stored, ticket: Ticket) -> None:
    ticket.answer(ticket.reply, (stored.id, ticket.reply.status))


def unkept(reason: str, retry_after_s: int) -> Reply:
    """The answer to a sender whose event is not kept: come again."""
    return Reply(
        503,
        (*TEXT, (b"Retry-After", str(retry_after_s).encode("ascii"))),
        f"This event was not kept: {reason}\n".encode(),
    )


class EventSink(Protocol):
    """What capture needs of the store; no call waits."""

    def put_all(self, arrivals: list[tuple[Arrival, object]]) -> None:
        """Keep them, each with its token; the outcome goes to `Commits.committed`. The list is given away."""

    def replied(self, number: int, replied_ns: int, status: int) -> None:
        """Note when and how an event was answered."""

    def refused(self, refusal: Refusal) -> None:
        """Keep a refusal."""


class CaptureReceiver:
    """What the listener hands requests to; all methods run on the I/O thread and none waits."""

    def __init__(
        self,
        sink: EventSink,
        *,
        source_of: Callable[[Capture], Source | None],
        announcements: Announcements,
        retry_after_s: Callable[[], int],
        soon: Callable[[Callable[[], None]], object],
        later: Callable[[float, Callable[[], None]], object],
        answering: Answering = plain_answer,
        way: Callable[[Source | None], Way | None] = no_way,
    ) -> None:
        """`soon` calls on the I/O thread once all that has come was received, `later` after some seconds."""
        self._sink = sink
        self._source_of = source_of
        self._announcements = announcements
        self._retry_after_s = retry_after_s
        self._soon = soon
        self._later = later
        self._arrived: list[tuple[Arrival, object]] = []
        self._answered: list[int] = []
        self._settling: list[int] = []
        """Answered at least one round earlier: by now the store has written their times."""
        self.answering = answering
        self._way = way
        self.paused = False

    def receive(self, capture: Capture, answer: Answered) -> None:
        """A request came, whole or not: keep it, then answer."""
        if self.paused:
            answer(unkept("capture is paused.", self._retry_after_s()), None)
            return
        source = self._source_of(capture)
        if capture.state is State.COMPLETE:
            reply, mark, note = self.answering(capture, source)
            way = self._way(source)
            if way is not None and reply is not (PLAIN if source is None else source.reply):
                way = None  # a handshake was answered, or a bad signature refused
        else:
            reply, mark, note = (TOO_LARGE if capture.state is State.REJECTED else TOO_SLOW), "", ""
            way = None
        name, dialect = ("", "") if source is None else (source.name, source.dialect)
        if not self._arrived:
            self._soon(self._put)  # the writer is woken once for all that this turn of the loop brings
        self._arrived.append(
            (_arrival(capture, name, dialect, mark, reply, note), Ticket(answer, reply, way))
        )

    def replied(self, token: object, replied_ns: int) -> None:
        """The reply is on its way."""
        if isinstance(token, tuple):
            number, status = token
            self._sink.replied(number, replied_ns, status)
            if not (self._answered or self._settling):
                self._later(REPLIES_WRITTEN_S, self._tell_answered)
            self._answered.append(number)

    def refused(self, refusal: Refusal) -> None:
        """A connection was turned away."""
        self._sink.refused(refusal)
        self._announcements.announce(ConnectionRefused(refusal))

    def _put(self) -> None:
        arrived, self._arrived = self._arrived, []
        self._sink.put_all(arrived)

    def _tell_answered(self) -> None:
        ready, self._settling, self._answered = self._settling, self._answered, []
        if self._settling:
            self._later(REPLIES_WRITTEN_S, self._tell_answered)
        if ready:
            self._announcements.announce(EventsChanged(tuple(ready)))
