"""Sending events of the window again: at once where all is known, else after a question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, replace

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from inspector.core.delivery import Delivery, Signing
from inspector.core.target import Target
from inspector.core.trials import TRIALS, Trial
from inspector.engine.inspector import Inspector
from inspector.engine.resends_batch import IN_ORDER, Batch, Pacing
from inspector.engine.resends_prepare import Choice
from inspector.gui.background import Background
from inspector.gui.deliveries.resend_bar import ResendBar
from inspector.gui.deliveries.resend_dialog import Offer, ResendDialog, Wanted
from inspector.gui.deliveries.target_choice import name_for
from inspector.gui.deliveries.words import outcome_words, took
from inspector.gui.words import safe

BUSY = "A batch is under way. Wait for its end, or cancel it."


@dataclass(frozen=True, slots=True)
class Known:
    """What is known before a resend."""

    targets: tuple[Target, ...]
    remembered: tuple[str, ...]
    target: Target | None
    """Where all of the events belong; None where that is not known or not one."""
    doubts: tuple[str, ...]


class Resending(QObject):
    """Each method starts the work and returns; the engine's news change the screen."""

    told = Signal(str)
    """One event was sent, and what came of it."""
    signing_changed = Signal(str)
    _arrived = Signal(object)
    """A Future that is done; from an engine thread."""

    def __init__(
        self,
        inspector: Inspector,
        background: Background,
        *,
        bar: ResendBar,
        report: Callable[[Exception], object],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._inspector = inspector
        self._background = background
        self._bar = bar
        self._report = report
        self._window = window
        self.signing: Signing = "as-captured"
        self._arrived.connect(self._on_arrived, Qt.ConnectionType.QueuedConnection)

    def sign_anew(self, on: bool) -> None:
        """What the next resends do, until it is changed."""
        self.signing = "resigned" if on else "as-captured"
        self.signing_changed.emit(self.signing)

    def resend(self, ids: Sequence[int], *, ask: bool = False) -> None:
        """Send these events; asks where there is no target, where something speaks against it, for
        several events, and where `ask` wants it."""
        if not ids:
            return
        if self._bar.running and len(ids) > 1:
            self.told.emit(BUSY)
            return
        numbers = tuple(ids)
        choice = Choice(self.signing)
        self._background.run(
            _known,
            self._inspector,
            numbers,
            choice,
            done=lambda known: self._on_known(numbers, choice, known, ask),
            failed=self._report,
            receiver=self,
        )

    def _on_known(self, ids: tuple[int, ...], choice: Choice, known: Known, ask: bool) -> None:
        if len(ids) == 1 and known.target is not None and not known.doubts and not ask:
            self._send_one(ids[0], known.target, choice)
            return
        chosen = "" if known.target is None else known.target.name
        offer = Offer(len(ids), known.targets, known.remembered, chosen, choice.signing)
        ResendDialog(
            offer,
            self._background,
            lambda wanted: self._inspector.resends.warnings(ids[0], wanted),
            lambda wanted: self._on_wanted(ids, wanted),
            self._window,
        ).open()

    def _on_wanted(self, ids: tuple[int, ...], wanted: Wanted) -> None:
        self.sign_anew(wanted.choice.signing == "resigned")
        if wanted.remember:
            self._background.run(
                _remembered,
                self._inspector,
                wanted.target,
                done=lambda target: self._go(ids, target, wanted.choice, wanted.pacing),
                failed=self._report,
                receiver=self,
            )
        else:
            self._go(ids, wanted.target, wanted.choice, wanted.pacing)

    def _go(self, ids: tuple[int, ...], target: Target, choice: Choice, pacing: Pacing) -> None:
        if len(ids) == 1:
            self._send_one(ids[0], target, choice)
        else:
            self.send_many(ids, target, choice, pacing)

    def send_many(
        self, ids: Sequence[int], target: Target, choice: Choice, pacing: Pacing = IN_ORDER
    ) -> None:
        """Send several, with progress in the bar."""

        def start() -> Batch:
            return self._inspector.resends.start(ids, target, choice, pacing)

        self._background.run(start, done=self._bar.follow, failed=self._report, receiver=self)

    def try_out(self, trial: Trial, ids: Sequence[int]) -> None:
        """Send what is wrong on purpose to the target of the first event's source."""
        if self._bar.running:
            self.told.emit(BUSY)
            return
        numbers = tuple(ids)

        def start() -> Batch | None:
            target = _known(self._inspector, numbers[:1], Choice()).target
            return None if target is None else self._inspector.resends.try_out(trial, numbers, target)

        def begun(batch: Batch | None) -> None:
            if batch is None:
                self.told.emit("There is no target yet: set one in the bar on top.")
            else:
                self._bar.follow(batch, refused=TRIALS[trial].refused)
                self.told.emit(f"{TRIALS[trial].title}. A good handler: {TRIALS[trial].expected}")

        self._background.run(start, done=begun, failed=self._report, receiver=self)

    def _send_one(self, number: int, target: Target, choice: Choice) -> None:
        self.told.emit(f"Sending to {safe(target.url)} …")

        def send() -> Future[Delivery]:
            resends = self._inspector.resends
            return resends.send(resends.prepare(number, target, choice), target)

        self._background.run(send, done=self.follow, failed=self._on_not_sent, receiver=self)

    def follow(self, future: Future[Delivery]) -> None:
        """Say what comes of a delivery when it has ended."""
        future.add_done_callback(lambda done: self._arrived.emit(done) if shiboken6.isValid(self) else None)

    @Slot(object)
    def _on_arrived(self, done: Future[Delivery]) -> None:
        try:
            delivery = done.result()
        except CancelledError:
            self.told.emit("The sending was cancelled.")
        except Exception as error:  # noqa: BLE001 - the report tells expected failures from defects
            self._on_not_sent(error)
        else:
            self.tell(delivery)

    def _on_not_sent(self, error: Exception) -> None:
        self.told.emit("Nothing was sent.")
        self._report(error)

    def tell(self, delivery: Delivery) -> None:
        """Say what came of one."""
        sign = "✓" if delivery.succeeded else "✕"
        how = "signed anew" if delivery.signing == "resigned" else "as captured"
        words = outcome_words(delivery.status, delivery.failure)
        self.told.emit(f"{sign} {words} in {took(delivery.phases)} from {safe(delivery.url)} · sent {how}")


def _known(inspector: Inspector, ids: tuple[int, ...], choice: Choice) -> Known:
    targets = inspector.deliveries.targets
    sources = {row.source for row in inspector.inbox.rows(ids)}
    found = {target.name: target for name in sources if (target := targets.for_source(name)) is not None}
    one = next(iter(found.values())) if len(found) == 1 else None
    doubts = inspector.resends.warnings(ids[0], choice) if len(ids) == 1 else ()
    return Known(targets.list(), targets.remembered(), one, doubts)


def _remembered(inspector: Inspector, target: Target) -> Target:
    """The URL as a target with a name, the default of all sources."""
    targets = inspector.deliveries.targets
    known = next((each for each in targets.list() if each.url == target.url), None)
    if known is not None:
        targets.set_default(known.name)
        return known
    named = replace(target, name=name_for(target.url, [each.name for each in targets.list()]))
    targets.add(named, default=True)
    return named
