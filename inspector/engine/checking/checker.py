"""The worker that checks what was stored, off the way of capture, and finds causes when it is calm."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from inspector.core.event import Checked, Event, Verdict
from inspector.core.problem import Problem, ProblemError
from inspector.core.query.nodes import And, Match
from inspector.core.source import Source
from inspector.engine.announcements import Announcements, EventsChanged, EventsChecked, RecheckProgress
from inspector.engine.checking.backlog import Backlog, Waiting
from inspector.engine.checking.judge import Judge
from inspector.engine.checking.pace import Pace
from inspector.engine.inbox import Inbox
from inspector.store.results import Stored

BATCH = 200
FEW = 4
"""So few new events get their causes together with their verdicts."""
TAKEN_UP = 2_000
"""How many of the newest events are looked through at the start for a check that was cut off."""
BUSY_BATCH = 40
GIVE_WAY_S = 0.05
"""The rest before each batch while capture has a burst: verdicts may come later then, replies may not."""
IDLE_S = 1.0

FindCause = Callable[[Event], str]
"""(an invalid event) → the id of its cause, or `unknown`."""
Write = Callable[[list[tuple[int, Checked]]], None]
"""Stores verdicts; waits for the disk; raises ProblemError."""


@dataclass(slots=True)
class _Recheck:
    source: str
    ids: Sequence[int]
    done: int = 0


class Checker:
    """One thread: new events first, then events to be checked again, then causes of bad signatures."""

    def __init__(
        self,
        judge: Judge,
        inbox: Inbox,
        write: Write,
        find_cause: FindCause,
        announcements: Announcements,
        *,
        stamp: Path | None = None,
        stamped: Callable[[], None] = lambda: None,
        begun: Callable[[], None] = lambda: None,
        done: Callable[[], None] = lambda: None,
    ) -> None:
        """`stamp` is a file that other programs touch when they change a secret; then `stamped` is called.

        `begun` is called once the keys were read, `done` whenever no recheck is left; both on the checker.
        """
        self._judge = judge
        self._inbox = inbox
        self._write = write
        self._find_cause = find_cause
        self._announcements = announcements
        self._stamp = stamp
        self._modified = _modified(stamp)
        self._stamped = stamped
        self._begun = begun
        self._done = done
        self._pace = Pace()
        self._wake = threading.Condition()
        self._resting = threading.Event()
        self._waiting = Backlog()
        self._idle = False
        self._rechecks: deque[_Recheck] = deque()
        self._wanted: set[str] = set()
        self._unexplained: deque[int] = deque()
        self._ending = False
        self._busy = False
        self._thread = threading.Thread(target=self._run, name="checker", daemon=True)

    def start(self) -> None:
        """Begins; events whose check was cut off at the last end are taken up again."""
        self._busy = True  # until they are taken up, so that nobody finds it settled before
        self._thread.start()

    def stop(self) -> None:
        """Ends soon; what is not checked stays unchecked until the next start."""
        with self._wake:
            self._ending = True
            self._resting.set()
            self._wake.notify_all()
        if self._thread.is_alive():
            self._thread.join()

    def follow(self, stored: Sequence[Stored]) -> None:
        """Takes note of a commit; called on the writer's thread."""
        self._pace.note(stored)
        with self._wake:
            self._waiting.add(stored)
            if self._idle:
                self._wake.notify_all()

    def recheck(self, sources: Iterable[str]) -> None:
        """Checks the stored events of these sources again; a recheck that is under way begins anew."""
        with self._wake:
            self._wanted.update(sources)
            self._wake.notify_all()

    def settled(self, timeout_s: float) -> bool:
        """Waits until nothing is left to check; False when that took too long. For commands and tests."""
        with self._wake:
            return self._wake.wait_for(lambda: self._ending or not self._work_left(), timeout_s)

    def _work_left(self) -> bool:
        return bool(self._busy or self._waiting or self._wanted or self._rechecks or self._unexplained)

    def _run(self) -> None:
        self._guarded(self._take_up)
        while True:
            with self._wake:
                self._busy = False
                self._wake.notify_all()
                if not self._work_left() and not self._ending:
                    self._idle = True
                    self._wake.wait(IDLE_S)
                    self._idle = False
                if self._ending:
                    return
                self._busy = True
            self._look_at_stamp()
            if self._pace.is_busy():
                self._resting.wait(GIVE_WAY_S)
            self._guarded(self._step)

    def _guarded(self, step: Callable[[], None]) -> None:
        """A disk that cannot be written stops no checking for good: the verdicts are made again later."""
        try:
            step()
        except ProblemError as error:
            self._announcements.raise_problem(error.problem)
            with self._wake:
                self._wake.wait_for(lambda: self._ending, IDLE_S)

    def _step(self) -> None:
        if self._waiting:
            self._check_new()
        elif self._wanted:
            self._begin_rechecks()
        elif self._rechecks:
            self._recheck_some(self._rechecks[0])
        elif self._unexplained and not self._pace.is_busy():
            self._explain_one()

    def _take_up(self) -> None:
        """What the last end of the program left without verdict or cause."""
        self._judge.refresh_keys()
        unchecked = And((Match("signature", "unchecked"),))
        waiting = [
            row for row in self._inbox.rows(self._inbox.ids(unchecked, limit=TAKEN_UP)) if not row.mark
        ]
        self._rechecks.append(_Recheck("", [row.id for row in reversed(waiting)]))
        self._begun()
        invalid = self._inbox.rows(self._inbox.ids(Match("signature", "invalid"), limit=TAKEN_UP))
        self._unexplained.extend(row.id for row in invalid if not row.checked.cause)

    def _check_new(self) -> None:
        with self._wake:
            batch = self._waiting.take(BUSY_BATCH if self._pace.is_busy() else BATCH)
        verdicts: list[tuple[int, Checked]] = []
        for each in batch:
            whole = each if each.request is not None else self._read_back(each.number)
            if whole is not None and whole.request is not None:
                case = self._judge.case(whole.request, whole.source, whole.received_at_ns)
                verdicts.append((each.number, self._judge.check(case)))
        if len(batch) <= FEW and not self._pace.is_busy():
            verdicts = [(number, self._with_cause(number, checked)) for number, checked in verdicts]
        try:
            self._keep([pair for pair in verdicts if pair[1] != Checked()])
        except ProblemError:
            with self._wake:
                self._waiting.put_back(each.number for each in batch)
            raise
        self._announcements.announce(EventsChecked(tuple(number for number, *_ in batch)))

    def _read_back(self, number: int) -> Waiting | None:
        """What was not held in memory; None where it was removed meanwhile."""
        event = self._inbox.event(number)
        if event is None:
            return None
        return Waiting(number, event.request, event.row.source, event.times.received_at_ns)

    def _with_cause(self, number: int, checked: Checked) -> Checked:
        """While it is calm, a bad signature gets its cause at once."""
        event = self._inbox.event(number) if checked.verdict is Verdict.INVALID else None
        return checked if event is None else replace(checked, cause=self._find_cause(event))

    def _begin_rechecks(self) -> None:
        with self._wake:
            wanted, self._wanted = self._wanted, set()
            self._rechecks = deque(each for each in self._rechecks if each.source not in wanted)
        self._judge.refresh_keys()
        for source in sorted(wanted):
            ids = self._inbox.ids(Match("source", source, quoted=True))
            self._rechecks.append(_Recheck(source, ids))

    def _recheck_some(self, job: _Recheck) -> None:
        numbers = job.ids[job.done : job.done + BATCH]
        changed: list[tuple[int, Checked]] = []
        for number in numbers:
            event = self._inbox.event(number)
            if event is None:
                continue
            case = self._judge.case(event.request, event.row.source, event.times.received_at_ns)
            found = self._judge.check(case)
            before = event.row.checked
            if found != replace(before, cause=""):
                changed.append((number, found))
        self._keep(changed)
        job.done += len(numbers)
        if job.source:
            self._announcements.announce(RecheckProgress(job.source, job.done, len(job.ids)))
        if job.done >= len(job.ids):
            with self._wake:
                self._rechecks.popleft()
                left = bool(self._rechecks or self._wanted)
            if not left:
                self._done()

    def _explain_one(self) -> None:
        number = self._unexplained.popleft()
        event = self._inbox.event(number)
        if event is None or event.row.checked.verdict is not Verdict.INVALID:
            return
        cause = self._find_cause(event)
        self._keep([(number, replace(event.row.checked, cause=cause))])

    def _keep(self, verdicts: list[tuple[int, Checked]]) -> None:
        if not verdicts:
            return
        self._write(verdicts)
        self._unexplained.extend(
            number for number, checked in verdicts if checked.verdict is Verdict.INVALID and not checked.cause
        )
        self._announcements.announce(EventsChanged(tuple(number for number, _ in verdicts)))
        self._tell_trouble()

    def _tell_trouble(self) -> None:
        trouble = self._judge.trouble
        if trouble is None:
            self._announcements.clear_problem("secrets")
        else:
            problem = trouble.problem
            self._announcements.raise_problem(
                Problem("secrets", problem.title, problem.detail, problem.remedy)
            )

    def _look_at_stamp(self) -> None:
        modified = _modified(self._stamp)
        if modified != self._modified:
            self._modified = modified
            self._stamped()


def _modified(path: Path | None) -> int:
    """When the file was last changed, 0 where there is none."""
    try:
        return 0 if path is None else path.stat().st_mtime_ns
    except OSError:
        return 0


def with_secret(sources: Iterable[Source], name: str) -> list[str]:
    """The sources that a changed secret concerns; all that have secrets where the name is empty."""
    return [source.name for source in sources if (name in source.secrets if name else source.secrets)]
