"""The signature page of an event: the verdict and why, the steps to it, and the bytes that were signed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from inspector.core.doctor.diagnosis import Diagnosis, Hint
from inspector.core.event import Event, Verdict
from inspector.core.signatures.explain import first_difference, visible
from inspector.core.signatures.outcome import Outcome, Step
from inspector.engine.checking.examination import Examination, Examiner
from inspector.gui.background import Background, Job
from inspector.gui.event.signature_words import Summary, age_words, summary
from inspector.gui.theme import mono_font

SHOWN_BYTES = 64 * 1024
LONGEST_WORD = 36
SIGNS = {True: ("✓", "good"), False: ("✕", "bad"), None: ("–", "muted")}
STATES = {Verdict.VALID: "good", Verdict.INVALID: "bad", Verdict.UNSIGNED: "", Verdict.UNCHECKED: "warn"}


class SignatureTab(QScrollArea):
    """`show_event(event)` examines in the background and shows what was found; `clear()` empties it."""

    secret_wanted = Signal(str)
    """The user wants to set the secret of this source ("" where the event has none)."""

    def __init__(self, examiner: Examiner, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Signature")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._examiner = examiner
        self._background = background
        self._job: Job | None = None
        self._event: Event | None = None
        self.clear()

    def show_event(self, event: Event) -> None:
        """Examines the event; an examination under way is dropped."""
        self._drop()
        if self._event is None or self._event.id != event.id:
            self._fill([_label("Examining the signature…", "muted")])
        self._event = event
        self._job = self._background.run(
            self._examiner.examine, event, done=self._on_examined, failed=self._on_failed, receiver=self
        )

    def clear(self) -> None:
        """Shows nothing."""
        self._drop()
        self._event = None
        self._fill([])

    def _drop(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _on_failed(self, error: Exception) -> None:
        self._fill([_label(f"The signature could not be examined: {error}", "bad")])

    def _on_examined(self, found: Examination) -> None:
        if self._event is None:
            return
        parts: list[QWidget] = [self._card(summary(found, self._event.row.source))]
        if found.diagnosis is not None:
            parts += _diagnosis(found.diagnosis)
        for warning in found.warnings:
            parts.append(_card("warn", f"{warning.language}: {warning.how}", warning.sentence))
        if found.outcome is not None:
            parts += self._outcome(found.outcome)
        self._fill(parts)

    def _card(self, words: Summary) -> QFrame:
        card = _card(STATES[words.verdict], words.title, words.text)
        if words.secret_helps:
            row = QHBoxLayout()
            button = QPushButton("Set secret…")
            button.clicked.connect(self._on_secret_wanted)
            row.addWidget(button)
            row.addStretch(1)
            layout = card.layout()
            assert isinstance(layout, QVBoxLayout)
            layout.addLayout(row)
        return card

    def _on_secret_wanted(self) -> None:
        if self._event is not None:
            self.secret_wanted.emit(self._event.row.source)

    def _outcome(self, outcome: Outcome) -> list[QWidget]:
        parts: list[QWidget] = []
        if outcome.steps:
            parts += [_heading("Steps"), _steps(outcome.steps)]
        if outcome.expected and outcome.received and outcome.trouble == "mismatch":
            parts += [_heading("Digests"), _digests(outcome.expected, outcome.received[0])]
        if outcome.age_s is not None:
            parts.append(_label(age_words(outcome.age_s), "muted"))
        parts += [_label(remark, "warn") for remark in outcome.remarks]
        if outcome.message is not None:
            parts += [
                _heading(f"Signed bytes · {len(outcome.message):,} B"),
                _bytes_view(outcome.message),
            ]
        return parts

    def _fill(self, parts: list[QWidget]) -> None:
        holder = QWidget()
        layout = QVBoxLayout(holder)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(8)
        for part in parts:
            layout.addWidget(part)
        layout.addStretch(1)
        self.setWidget(holder)


def _diagnosis(found: Diagnosis) -> list[QWidget]:
    parts: list[QWidget] = []
    if found.remedy:
        parts += [_heading("What to do"), _label(found.remedy)]
    for hint in found.hints:
        parts.append(_hint(hint))
    if found.found_by:
        parts += [_heading("How it was found out"), _label(found.found_by)]
    if found.difference is not None:
        difference = found.difference
        place = f"line {difference.line}, column {difference.column}"
        place = f"First difference: byte {difference.offset:,} ({place})"
        parts.append(_label(place, "muted"))
        parts.append(
            _label(f"came    {visible(difference.was)}\nsigned  {visible(difference.becomes)}", "mono")
        )
    if found.siblings:
        parts += [_heading("Other events of this source"), _label(found.siblings)]
    if found.ruled_out:
        parts += [_heading("Ruled out"), _label("\n".join(f"– {each}" for each in found.ruled_out), "muted")]
    return parts


def _hint(hint: Hint) -> QWidget:
    box = QFrame()
    box.setProperty("role", "code")
    layout = QVBoxLayout(box)
    layout.setContentsMargins(8, 6, 8, 8)
    row = QHBoxLayout()
    row.addWidget(_label(hint.receiver, "heading"), 1)
    copy = QPushButton("Copy")
    copy.setProperty("kind", "flat")
    copy.setAccessibleName(f"Copy the code for {hint.receiver}")
    copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(hint.code))
    row.addWidget(copy)
    layout.addLayout(row)
    layout.addWidget(_label(hint.code, "mono"))
    return box


def _steps(steps: tuple[Step, ...]) -> QWidget:
    holder = QWidget()
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(8)
    grid.setVerticalSpacing(4)
    grid.setColumnStretch(2, 1)
    top = Qt.AlignmentFlag.AlignTop
    for row, step in enumerate(steps):
        sign, role = SIGNS[step.passed]
        mark = _label(sign, role)
        mark.setAccessibleName({True: "passed", False: "failed", None: "no outcome"}[step.passed])
        mark.setWordWrap(False)
        title = _label(step.title)
        title.setWordWrap(False)
        grid.addWidget(mark, row, 0, top)
        grid.addWidget(title, row, 1, top)
        grid.addWidget(_label(_shortened(step.detail), "muted"), row, 2)
    return holder


def _digests(expected: str, received: str) -> QWidget:
    at = first_difference(expected, received)
    lines = f"expected  {expected}\nreceived  {received}\n          {' ' * at}^ character {at + 1}"
    view = _plain_view(lines, 4)
    view.setAccessibleName("Expected and received digest")
    return view


def _bytes_view(message: bytes) -> QPlainTextEdit:
    shown = visible(message[:SHOWN_BYTES])
    if len(message) > SHOWN_BYTES:
        shown += f"\n… and {len(message) - SHOWN_BYTES:,} bytes more"
    view = _plain_view(shown, min(12, 2 + len(shown) // 60))
    view.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
    view.setAccessibleName("Signed bytes")
    return view


def _plain_view(text: str, lines: int) -> QPlainTextEdit:
    view = QPlainTextEdit()
    view.setReadOnly(True)
    view.setProperty("role", "mono")
    view.setFont(mono_font())  # for the height below
    view.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    view.setPlainText(text)
    view.setFixedHeight(view.fontMetrics().lineSpacing() * lines + 20)
    return view


def _card(state: str, title: str, text: str) -> QFrame:
    card = QFrame()
    card.setProperty("role", "card")
    card.setProperty("state", state)
    layout = QVBoxLayout(card)
    layout.setContentsMargins(12, 10, 12, 10)
    layout.setSpacing(4)
    heading = _label(title, state or "")
    font = heading.font()
    font.setBold(True)
    heading.setFont(font)
    layout.addWidget(heading)
    if text:
        layout.addWidget(_label(text))
    return card


def _heading(text: str) -> QLabel:
    return _label(text, "heading")


def _label(text: str, role: str = "") -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    label.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    label.setWordWrap(True)
    label.setProperty("role", role)
    return label


def _shortened(text: str) -> str:
    """A label cannot break a long word: its middle is left out here; the whole stands in the boxes below."""
    return " ".join(
        word if len(word) <= LONGEST_WORD else f"{word[:24]}…{word[-8:]}" for word in text.split(" ")
    )
