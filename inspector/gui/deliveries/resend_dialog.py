"""Asks how to send again: where to, how it is signed, and for several events how fast."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QFormLayout,
    QHBoxLayout,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from inspector.core.delivery import Signing
from inspector.core.target import Target
from inspector.engine.resends_batch import CONCURRENCY, IN_ORDER, Pacing
from inspector.engine.resends_prepare import Choice
from inspector.gui.background import Background, Job
from inspector.gui.deliveries.target_choice import TargetChoice
from inspector.gui.dialogs.plain import PlainDialog
from inspector.gui.views.parts import label
from inspector.gui.words import plural


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user chose."""

    target: Target
    remember: bool
    """Keep the URL as the target of all sources that name none."""
    choice: Choice
    pacing: Pacing


@dataclass(frozen=True, slots=True)
class Offer:
    """What there is to choose from."""

    number: int
    """How many events."""
    targets: tuple[Target, ...]
    remembered: tuple[str, ...]
    chosen: str
    """The name of the target in force; empty for none."""
    signing: Signing


class SigningChoice(QWidget):
    """As captured, or signed anew, with a fresh id or the same."""

    def __init__(self, signing: Signing, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.as_captured = QRadioButton("As captured: every byte and the signature that came")
        self.resigned = QRadioButton("Signed anew: fresh signature and timestamp, with the source’s secret")
        self.fresh_id = QCheckBox("with a new event id, so that it is no duplicate")
        self.group = QButtonGroup(self)
        for each in (self.as_captured, self.resigned):
            self.group.addButton(each)
        (self.resigned if signing == "resigned" else self.as_captured).setChecked(True)
        self.fresh_id.setEnabled(self.resigned.isChecked())
        self.resigned.toggled.connect(self.fresh_id.setEnabled)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.as_captured)
        layout.addWidget(self.resigned)
        inner = QHBoxLayout()
        inner.setContentsMargins(24, 0, 0, 0)
        inner.addWidget(self.fresh_id)
        layout.addLayout(inner)

    def choice(self) -> Choice:
        """What is chosen."""
        if self.resigned.isChecked():
            return Choice("resigned", self.fresh_id.isChecked())
        return Choice("as-captured")


class PacingChoice(QWidget):
    """In order, with the original spacing, or several at a time."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.in_order = QRadioButton("One after another, in the order in which they came")
        self.spaced = QRadioButton("With their original spacing")
        self.fast = QRadioButton("As fast as possible,")
        self.in_order.setChecked(True)
        self.many = QSpinBox()
        self.many.setRange(1, 200)
        self.many.setValue(CONCURRENCY)
        self.many.setSuffix(" at a time")
        self.many.setAccessibleName("How many at a time")
        self.many.setEnabled(False)
        self.many.setMinimumWidth(110)
        self.fast.toggled.connect(self.many.setEnabled)
        row = QHBoxLayout()
        row.addWidget(self.fast)
        row.addWidget(self.many)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.in_order)
        layout.addWidget(self.spaced)
        layout.addLayout(row)

    def pacing(self) -> Pacing:
        """What is chosen."""
        if self.spaced.isChecked():
            return Pacing(original_timing=True)
        return Pacing(self.many.value()) if self.fast.isChecked() else IN_ORDER


class ResendDialog(PlainDialog):
    """Call `open()`; `wanted` is called when the user sends."""

    def __init__(
        self,
        offer: Offer,
        background: Background,
        warnings: Callable[[Choice], tuple[str, ...]],
        wanted: Callable[[Wanted], object],
        parent: QWidget | None,
    ) -> None:
        """`warnings` is called in the background."""
        super().__init__("Resend" if offer.number == 1 else f"Resend {plural(offer.number, 'event')}", parent)
        self._background = background
        self._warnings = warnings
        self._job: Job | None = None
        self.target = TargetChoice()
        self.target.offer(offer.targets, offer.remembered, offer.chosen)
        self.remember = QCheckBox("Remember it as the target of all sources")
        self.remember.setChecked(not offer.chosen)
        self.signing = SigningChoice(offer.signing)
        self.pacing = PacingChoice()
        self.doubts = label("", "warn")
        self.doubts.setWordWrap(True)
        self.doubts.hide()
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(10)
        for words, field in (("Send to", self.target), ("", self.remember), ("Signature", self.signing)):
            form.addRow(label(words, "muted"), field)
        if offer.number > 1:
            form.addRow(label("Pace", "muted"), self.pacing)
        self._form = form
        self.body.addLayout(form)
        self.body.addWidget(self.doubts)
        self.add_button("Cancel", self.reject)
        self.add_button("Send", self._on_send, "main")
        self._wanted = wanted
        self.target.editTextChanged.connect(lambda _text: self._on_target())
        self.signing.group.buttonToggled.connect(lambda _button, on: self._look() if on else None)
        self._on_target()
        self._look()
        self.target.setFocus()

    def _on_target(self) -> None:
        self._form.setRowVisible(self.remember, not self.target.target().name)

    def _look(self) -> None:
        if self._job is not None:
            self._job.cancel()
        self._job = self._background.run(
            self._warnings,
            self.signing.choice(),
            done=self._on_doubts,
            failed=lambda error: self._on_doubts((str(error),)),
            receiver=self,
        )

    def _on_doubts(self, found: tuple[str, ...]) -> None:
        self.doubts.setText("\n".join(f"! {each}" for each in found))
        self.doubts.setVisible(bool(found))

    def _on_send(self) -> None:
        target = self.target.target()
        if not target.url:
            self.target.setFocus()
            self._on_doubts(("Give the URL of your handler, for example http://localhost:3000.",))
            return
        remember = not target.name and self.remember.isChecked()
        self._wanted(Wanted(target, remember, self.signing.choice(), self.pacing.pacing()))
        self.accept()
