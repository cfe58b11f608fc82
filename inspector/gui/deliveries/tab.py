"""The Deliveries page of an event: all attempts, the chosen one, and what is planned."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QItemSelection, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QSplitter,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from inspector.core.delivery import Delivery, DeliveryRow
from inspector.core.delivery_queue import Job
from inspector.core.event import Event
from inspector.engine.deliveries import Deliveries
from inspector.gui.background import Background
from inspector.gui.background import Job as Work
from inspector.gui.deliveries.attempts import AttemptsModel
from inspector.gui.deliveries.detail import DeliveryDetail, response_side, sent_side
from inspector.gui.deliveries.words import planned
from inspector.gui.event.headers import CELLS
from inspector.gui.views.parts import button, label

MOST_PX = 200


@dataclass(frozen=True, slots=True)
class Found:
    """What was read for an event."""

    rows: tuple[DeliveryRow, ...]
    """Newest first."""
    waiting: tuple[tuple[Job, int | None], ...]
    """Each with how many attempts its policy has."""


class DeliveriesTab(QWidget):
    """`show_event`, `clear`, and `refresh` when something of the queue changed."""

    def __init__(self, deliveries: Deliveries, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Deliveries")
        self._deliveries = deliveries
        self._background = background
        self._event: Event | None = None
        self._reading: Work | None = None
        self._finding: Work | None = None
        self._waiting: tuple[Job, ...] = ()
        self.model = AttemptsModel(self)
        self.table = self._table()
        self.plan = label("", "warn")
        self.plan.setWordWrap(True)
        self.now_button = button("Try now", self._on_now, "link")
        self.compare_button = button(
            "Compare responses", self._compare_responses, "link", "Choose two attempts: Ctrl and click"
        )
        self.detail = DeliveryDetail(background)
        self.detail.compare_wanted.connect(self._compare_sent)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._nothing())
        self._stack.addWidget(self._something())

    def _nothing(self) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        self.nothing = label("Not sent yet. R sends it to its target.", "muted")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.setWordWrap(True)
        layout.addWidget(self.nothing)
        return page

    def _something(self) -> QWidget:
        top = QWidget()
        column = QVBoxLayout(top)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.table, 1)
        self.plan.setContentsMargins(12, 4, 8, 0)
        column.addWidget(self.plan)
        row = QHBoxLayout()
        row.setContentsMargins(8, 2, 8, 4)
        row.addWidget(self.now_button)
        row.addStretch(1)
        row.addWidget(self.compare_button)
        column.addLayout(row)
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.addWidget(top)
        parts.addWidget(self.detail)
        parts.setStretchFactor(1, 1)
        parts.setSizes([220, 400])
        parts.setChildrenCollapsible(False)
        return parts

    def _table(self) -> QTableView:
        view = QTableView()
        view.setModel(self.model)
        view.setAccessibleName("Attempts, newest first")
        view.setShowGrid(False)
        view.setStyleSheet(CELLS)
        view.setWordWrap(False)
        view.setTabKeyNavigation(False)
        view.setMinimumHeight(84)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(26)
        view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        across = view.horizontalHeader()
        across.setHighlightSections(False)
        across.setStretchLastSection(True)
        across.setMaximumSectionSize(MOST_PX)
        view.selectionModel().selectionChanged.connect(self._on_selected)
        return view

    def show_event(self, event: Event) -> None:
        """Reads the attempts of this event; of the same one, the choice stays."""
        if self._event is None or self._event.id != event.id:
            self._show(Found((), ()))
        self._event = event
        self.refresh()

    def refresh(self) -> None:
        """Reads again."""
        if self._event is None:
            return
        if self._reading is not None:
            self._reading.cancel()
        self._reading = self._background.run(
            read, self._deliveries, self._event, done=self._show, receiver=self
        )

    def clear(self) -> None:
        """Shows nothing."""
        self._event = None
        for work in (self._reading, self._finding):
            if work is not None:
                work.cancel()
        self._show(Found((), ()))

    def chosen(self) -> list[DeliveryRow]:
        """The selected attempts, newest first."""
        places = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        return [self.model.rows[place] for place in places if place < len(self.model.rows)]

    def _show(self, found: Found) -> None:
        before = self.chosen()
        followed = not before or before[0] == self.model.rows[0]
        self._waiting = tuple(job for job, _ in found.waiting)
        self.plan.setText("\n".join(planned(job, attempts) for job, attempts in found.waiting))
        self.plan.setVisible(bool(found.waiting))
        self.now_button.setVisible(bool(found.waiting))
        if found.rows != self.model.rows:
            self.model.replace(found.rows)
            self.table.resizeColumnsToContents()
            place = 0 if followed else self.model.row_of(before[0].id)
            if found.rows:
                self.table.selectRow(place or 0)
            else:
                self.detail.clear()
        self._stack.setCurrentIndex(1 if found.rows or found.waiting else 0)
        self._say_pair()

    def _say_pair(self) -> None:
        self.compare_button.setVisible(sum(row.status is not None for row in self.model.rows) > 1)
        pair = self.chosen()
        self.compare_button.setEnabled(len(pair) == 2 and all(row.status is not None for row in pair))

    def _on_selected(self, _now: QItemSelection, _before: QItemSelection) -> None:
        self._say_pair()
        chosen = self.chosen()
        if not chosen:
            return
        index = self.table.currentIndex()
        row = self.model.rows[index.row()] if index.isValid() else chosen[0]
        row = row if row in chosen else chosen[0]
        shown = self.detail.delivery
        if shown is not None and shown.id == row.id:
            return
        if self._finding is not None:
            self._finding.cancel()
        self._finding = self._background.run(
            self._deliveries.find, row.id, done=self._on_found, receiver=self
        )

    def _on_found(self, delivery: Delivery | None) -> None:
        if delivery is None:
            self.detail.clear()
        else:
            self.detail.show_delivery(delivery)

    def _on_now(self) -> None:
        for name in dict.fromkeys(job.target_name for job in self._waiting):
            self._background.run(self._deliveries.try_now, name, receiver=self)

    def _compare_sent(self) -> None:
        from inspector.gui.compare.dialog import CompareDialog

        delivery, event = self.detail.delivery, self._event
        if delivery is not None and event is not None:
            title = "Compare the captured request with the one sent"
            CompareDialog(event, sent_side(delivery), self._background, self.window(), title).open()

    def _compare_responses(self) -> None:
        pair = [row.id for row in reversed(self.chosen())]

        def both() -> list[Delivery | None]:
            return [self._deliveries.find(number) for number in pair]

        self._background.run(both, done=self._on_pair, receiver=self)

    def _on_pair(self, pair: list[Delivery | None]) -> None:
        from inspector.gui.compare.dialog import CompareDialog

        sides = [
            response_side(each, each.response)
            for each in pair
            if each is not None and each.response is not None
        ]
        if len(sides) == 2:
            CompareDialog(sides[0], sides[1], self._background, self.window(), "Compare responses").open()


def read(deliveries: Deliveries, event: Event) -> Found:
    """The attempts of an event and what is planned; waits for the disk."""
    waiting = []
    for job in deliveries.jobs(event_id=event.id):
        target = deliveries.targets.find(job.target_name)
        policy = None if target is None else deliveries.policy_for(target, event.row.source, job.policy)
        waiting.append((job, None if policy is None else policy.attempts))
    return Found(tuple(reversed(deliveries.of_event(event.id))), tuple(waiting))
