"""The dead letters: events whose deliveries were used up, to be retried or let go."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from inspector.core.delivery import FAILURE_WORDS
from inspector.core.delivery_queue import DeadLetter, LaneState, QueueState
from inspector.core.problem import ProblemError
from inspector.engine.deliveries import Deliveries
from inspector.gui.background import Background
from inspector.gui.dialogs.plain import confirm
from inspector.gui.views.parts import button, label
from inspector.gui.words import clock, plural, safe

COLUMNS = ("Died", "Event", "Target", "Attempts", "Last failure")
NUMBER = Qt.ItemDataRole.UserRole
MOST_SHOWN = 5000


class DeadLettersWindow(QDialog):
    """Call `show()`; `refresh()` when the queue changed."""

    event_wanted = Signal(int)

    def __init__(self, deliveries: Deliveries, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Dead letters")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(760, 440)
        self._deliveries = deliveries
        self._background = background
        self.words = label("", "muted")
        self.lanes = label("", "muted")
        self.lanes.setWordWrap(True)
        self.list = QTreeWidget()
        self.list.setAccessibleName("Dead letters")
        self.list.setHeaderLabels(list(COLUMNS))
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setSelectionMode(QTreeWidget.SelectionMode.ExtendedSelection)
        for column, width in enumerate((150, 80, 130, 76)):
            self.list.setColumnWidth(column, width)
        self.list.itemSelectionChanged.connect(self._on_selection)
        self.list.itemActivated.connect(lambda item, _column: self.event_wanted.emit(int(item.text(1))))
        self.retry_button = button("Retry", lambda: self._retry(self.chosen()), "main")
        self.retry_all_button = button("Retry all", lambda: self._retry(None))
        self.discard_button = button("Discard…", self._on_discard, "danger")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(10)
        for widget in (self.words, self.lanes, self.list):
            layout.addWidget(widget)
        row = QHBoxLayout()
        row.addWidget(self.discard_button)
        row.addStretch(1)
        for each in (button("Close", self.reject), self.retry_all_button, self.retry_button):
            each.setAutoDefault(False)
            row.addWidget(each)
        layout.addLayout(row)
        self.refresh()

    def refresh(self) -> None:
        """Reads again."""
        self._background.run(_read, self._deliveries, done=self._show, receiver=self)

    def chosen(self) -> list[int]:
        """The numbers of the selected letters."""
        return [int(item.data(0, NUMBER)) for item in self.list.selectedItems()]

    def _show(self, found: tuple[Sequence[DeadLetter], QueueState]) -> None:
        letters, state = found
        kept = set(self.chosen())
        self.list.clear()
        for letter in letters[:MOST_SHOWN]:
            item = QTreeWidgetItem(
                [
                    clock(letter.died_at_ns),
                    str(letter.event_id),
                    safe(letter.target_name),
                    str(letter.attempts),
                    reason(letter),
                ]
            )
            item.setData(0, NUMBER, letter.id)
            self.list.addTopLevelItem(item)
            item.setSelected(letter.id in kept)
        self.words.setText(
            f"{plural(len(letters), 'event')} used up all attempts."
            if letters
            else "No dead letters: nothing used up its attempts."
        )
        self.lanes.setText("\n".join(lane_words(lane) for lane in state.lanes))
        self.lanes.setVisible(bool(state.lanes))
        self.retry_all_button.setEnabled(bool(letters))
        self._on_selection()

    def _on_selection(self) -> None:
        chosen = bool(self.list.selectedItems())
        self.retry_button.setEnabled(chosen)
        self.discard_button.setEnabled(chosen)

    def _retry(self, ids: list[int] | None) -> None:
        self._run(lambda: self._deliveries.retry_dead(ids))

    def _on_discard(self) -> None:
        ids = self.chosen()
        confirm(
            self,
            "Discard dead letters",
            f"Let {plural(len(ids), 'dead letter')} go? The events and their deliveries stay.",
            "Discard",
            lambda: self._run(lambda: self._deliveries.discard_dead(ids)),
        )

    def _run(self, do: Callable[[], int]) -> None:
        self._background.run(do, done=lambda _n: self.refresh(), failed=self._on_failed, receiver=self)

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, ProblemError):
            raise error
        self.words.setText(safe(str(error)))


def _read(deliveries: Deliveries) -> tuple[list[DeadLetter], QueueState]:
    return deliveries.dead_letters()[::-1], deliveries.queue()


def reason(letter: DeadLetter) -> str:
    """Why the last delivery failed."""
    detail = safe(letter.detail)[:300]
    if not letter.failure:
        return detail or str(letter.status or "")
    kinds = {str(kind): text for kind, text in FAILURE_WORDS.items()}
    words = kinds.get(letter.failure, letter.failure)
    return f"{words}: {detail}" if detail else words


def lane_words(lane: LaneState) -> str:
    """How the queue of a target stands."""
    text = f"{safe(lane.target_name)}: {lane.waiting:,} waiting, {lane.sending:,} under way"
    if lane.probe_at_ns is not None:
        text += f", paused after {plural(lane.failures, 'failure')} in a row"
        return f"{text}, next probe {clock(lane.probe_at_ns)}"
    return f"{text}, next {clock(lane.next_at_ns)}" if lane.next_at_ns is not None else text
