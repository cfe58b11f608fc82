"""The reply rules of one source: a template, a delay, and failures on purpose to watch a sender's retries."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from inspector.core.reply_rules import LONGEST_DELAY_S
from inspector.core.reply_template import FIELDS, FILTERS
from inspector.core.source import Failing, ReplyRules
from inspector.gui.views.parts import label
from inspector.gui.words import tooltip

WAYS: tuple[tuple[Failing, str], ...] = (
    ("status", "with a status"),
    ("hang", "never answer"),
    ("close", "close the connection"),
)
NO_RULES = ReplyRules()
MOST = 2**31 - 1
"""Of a number in a box; a larger one that was set elsewhere stays unless it is edited."""


class RulesForm(QWidget):
    """`show_rules`, and `rules()`: what the user made of them."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._before: ReplyRules | None = None
        self._shown = NO_RULES
        """What the boxes said before the user touched them."""
        self.template = QCheckBox("Fill in values of the event: {{json:$.challenge}}")
        self.template.setToolTip(tooltip(_template_help()))
        self.delay = _decimal("Delay of the reply in seconds", " s", LONGEST_DELAY_S)
        self.delay.setSpecialValueText("none")
        self.first = _whole("How many attempts of each event fail first", 0, 1_000_000)
        self.first.setSpecialValueText("none")
        self.share = _decimal("Share of all other attempts that fail, in percent", " %", 100)
        self.share.setSpecialValueText("none")
        self.seed = _whole("Seed of the share", 0, MOST)
        self.seed.setToolTip("The same seed fails the same attempts.")
        self.failing = QComboBox()
        self.failing.setAccessibleName("How attempts fail")
        for key, words in WAYS:
            self.failing.addItem(words, key)
        self.status = _whole("Status of a failure", 300, 599)
        self.retry_after = _whole("Retry-After of a failure in seconds", -1, 10**9)
        self.retry_after.setSpecialValueText("none")
        self.retry_after.setSuffix(" s")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.template)
        for row in (
            (("Delay", self.delay),),
            (("Fail the first", self.first), ("attempts of each event", None)),
            (("Fail a share", self.share), ("with seed", self.seed)),
            (("Fail", self.failing), ("", self.status), ("Retry-After", self.retry_after)),
        ):
            column.addLayout(_row(row))
        self.show_rules(None)
        self.failing.currentIndexChanged.connect(self._on_changed)
        self.template.toggled.connect(self._on_changed)
        for number in (self.first, self.seed, self.status, self.retry_after, self.delay, self.share):
            number.valueChanged.connect(self._on_changed)

    def show_rules(self, rules: ReplyRules | None) -> None:
        """Fills the boxes; None shows a source without rules."""
        self._before, shown = rules, rules or NO_RULES
        self.template.setChecked(shown.template)
        self.delay.setValue(shown.delay_s)
        self.first.setValue(shown.fail_first)
        self.share.setValue(shown.fail_share * 100)
        self.seed.setValue(max(0, min(MOST, shown.seed)))
        self.failing.setCurrentIndex(self.failing.findData(shown.failing))
        self.status.setValue(shown.fail_status)
        self.retry_after.setValue(-1 if shown.retry_after_s is None else shown.retry_after_s)
        self._shown = self._read()
        self._enable()

    def rules(self) -> ReplyRules | None:
        """What the boxes say now; None where there is nothing to do."""
        now = self._read()
        if now == self._shown:
            return self._before
        before, shown = self._before or NO_RULES, self._shown
        made = ReplyRules(
            template=now.template,
            delay_s=before.delay_s if now.delay_s == shown.delay_s else now.delay_s,
            fail_first=now.fail_first,
            fail_share=before.fail_share if now.fail_share == shown.fail_share else now.fail_share,
            seed=before.seed if now.seed == shown.seed else now.seed,
            failing=now.failing,
            fail_status=now.fail_status,
            retry_after_s=now.retry_after_s,
        )
        return None if made == NO_RULES else made

    def _read(self) -> ReplyRules:
        wait = self.retry_after.value()
        return ReplyRules(
            template=self.template.isChecked(),
            delay_s=self.delay.value(),
            fail_first=self.first.value(),
            fail_share=self.share.value() / 100,
            seed=self.seed.value(),
            failing=WAYS[self.failing.currentIndex()][0],
            fail_status=self.status.value(),
            retry_after_s=None if wait < 0 else wait,
        )

    def _enable(self) -> None:
        """Only what has an effect can be changed."""
        fails = bool(self.first.value() or self.share.value())
        answers = fails and self.failing.currentData() == "status"
        self.seed.setEnabled(bool(self.share.value()))
        self.failing.setEnabled(fails)
        self.status.setEnabled(answers)
        self.retry_after.setEnabled(answers)

    def _on_changed(self) -> None:
        self._enable()
        self.edited.emit()


def _row(parts: Sequence[tuple[str, QWidget | None]]) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    for words, field in parts:
        if words:
            row.addWidget(label(words, "muted"))
        if field is not None:
            row.addWidget(field)
    row.addStretch(1)
    return row


def _whole(name: str, least: int, most: int) -> QSpinBox:
    box = QSpinBox()
    box.setRange(least, most)
    box.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
    box.setMinimumWidth(84)
    box.lineEdit().setTextMargins(6, 0, 6, 0)
    box.setAccessibleName(name)
    return box


def _decimal(name: str, suffix: str, most: float) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setDecimals(3)
    box.setRange(0, most)
    box.setSuffix(suffix)
    box.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
    box.setMinimumWidth(110)
    box.lineEdit().setTextMargins(6, 0, 6, 0)
    box.setAccessibleName(name)
    return box


def _template_help() -> str:
    fields = [f"{{{{{name}}}}}  {words}" for name, words in FIELDS.items()]
    filters = [f"|{name}  {words}" for name, words in FILTERS.items()]
    return "\n".join(("In the body and in the values of the headers:", *fields, *filters))
