"""Edit and resend: the request on the left, what differs and what came back on the right."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, replace

import shiboken6
from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QSplitter,
    QTableView,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from inspector.core.body.json_error import Break
from inspector.core.body.json_index import JsonIndex
from inspector.core.delivery import Delivery, Signing
from inspector.core.diff.change import Change, Kind
from inspector.core.edits import EditError, Edits, edited
from inspector.core.event import Event, Request
from inspector.core.problem import ProblemError
from inspector.core.target import Target
from inspector.engine.inspector import Inspector
from inspector.engine.resends_prepare import Choice
from inspector.gui.background import Background, Job
from inspector.gui.compare.comparison import Side, compare
from inspector.gui.compare.models import ChangesModel
from inspector.gui.deliveries.detail import DeliveryDetail
from inspector.gui.deliveries.resend_dialog import SigningChoice
from inspector.gui.deliveries.target_choice import TargetChoice
from inspector.gui.dialogs.plain import confirm
from inspector.gui.editor.fields import RequestFields
from inspector.gui.views.parts import button, label, set_role
from inspector.gui.words import plural

LATER_MS = 250
NOTHING = Request(b"", (), b"")
SIZE = (1120, 700)
FRAME = (16, 48)
"""What the system draws around a window, about."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What the edits come to."""

    changes: tuple[Change, ...]
    broken: Break | None
    doubts: tuple[str, ...]


class EditorDialog(QDialog):
    """Call `show()`."""

    kept = Signal(int)
    """The number of the new event."""
    _arrived = Signal(object)

    def __init__(
        self,
        event: Event | None,
        inspector: Inspector,
        background: Background,
        signing: Signing = "as-captured",
        parent: QWidget | None = None,
        *,
        request: Request = NOTHING,
    ) -> None:
        """Without an event it begins with `request`."""
        super().__init__(parent)
        if event is not None:
            self.setWindowTitle(f"Edit and resend event {event.id}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(QSize(*SIZE).boundedTo(self.screen().availableSize() - QSize(*FRAME)))
        self._event = event
        self._request = request if event is None else event.request
        self._inspector = inspector
        self._background = background
        self._looking: Job | None = None
        self._unsaved = False
        """Whether something was edited since it was sent or kept."""
        self.fields = RequestFields()
        self.fields.show_request(self._request)
        self.target = TargetChoice()
        self.target.setMinimumWidth(220)
        self.signing = SigningChoice(signing)
        self.changes = ChangesModel("Place", self, ("Captured", "Edited"))
        self.state = label("Nothing is changed.", "muted")
        self.doubts = label("", "warn")
        self.doubts.hide()
        self.said = label("", "muted")
        for each in (self.state, self.doubts, self.said):
            each.setWordWrap(True)
        self.detail = DeliveryDetail(background)
        self.detail.compare_button.hide()
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.send_button = button("Send", self.send, "main")
        self.keep_button = button("Keep as event", self.keep, "", "A new event with the mark edited")
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(LATER_MS)
        self._timer.timeout.connect(self._look)
        self._arrived.connect(self._on_arrived, Qt.ConnectionType.QueuedConnection)
        self.fields.edited.connect(self._on_edited)
        self.signing.group.buttonToggled.connect(lambda _button, _on: self._timer.start())
        source = "" if event is None else event.row.source
        background.run(_targets, inspector, source, done=self._on_targets, receiver=self)
        self._look()

    @property
    def event_id(self) -> int:
        """The number of the event that is edited; 0 without one."""
        return 0 if self._event is None else self._event.id

    def _lay_out(self) -> None:
        left = QWidget()
        self.left = column = QVBoxLayout(left)
        column.setContentsMargins(16, 16, 12, 12)
        column.setSpacing(10)
        column.addWidget(self.fields, 1)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 8, 0, 0)
        page = QWidget()
        inner = QVBoxLayout(page)
        inner.setContentsMargins(12, 8, 0, 0)
        inner.addWidget(self.state)
        inner.addWidget(_table(self.changes), 1)
        self.tabs.addTab(page, "Changes")
        self.tabs.addTab(self.detail, "Response")
        self.tabs.setTabEnabled(1, False)
        column.addWidget(self.tabs)
        parts = QSplitter()
        parts.setChildrenCollapsible(False)
        parts.addWidget(left)
        parts.addWidget(right)
        parts.setSizes([600, 520])
        foot = QVBoxLayout()
        foot.setContentsMargins(16, 8, 16, 14)
        foot.setSpacing(8)
        foot.addWidget(self.signing)
        foot.addWidget(self.doubts)
        row = QHBoxLayout()
        row.addWidget(label("Send to", "muted"))
        row.addWidget(self.target, 1)
        row.addWidget(self.said, 1)
        row.addWidget(self.keep_button)
        close = button("Close", self.reject)
        row.addWidget(close)
        row.addWidget(self.send_button)
        for each in (self.keep_button, close, self.send_button):
            each.setAutoDefault(False)
        foot.addLayout(row)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(parts, 1)
        layout.addLayout(foot)

    def _on_targets(self, found: tuple[tuple[Target, ...], tuple[str, ...], str]) -> None:
        self.target.offer(*found)

    def reject(self) -> None:
        """Asks before changes are lost."""
        if not self._unsaved:
            super().reject()
            return
        confirm(
            self,
            "Close the editor",
            "What you changed was neither sent nor kept as an event.",
            "Discard it",
            self._leave,
        )

    def _leave(self) -> None:
        self._unsaved = False
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        """As Escape does."""
        if self._unsaved:
            event.ignore()
            self.reject()
        else:
            super().closeEvent(event)

    # What differs

    def _on_edited(self) -> None:
        self._unsaved = True
        self._timer.start()

    def _look(self) -> None:
        edits = self._edits()
        if edits is None:
            return
        if self._looking is not None:
            self._looking.cancel()
        self._looking = self._background.run(
            self._look_now,
            replace(self.signing.choice(), edits=edits),
            self.fields.body_bytes() if self.fields.is_json else None,
            done=self._on_looked,
            failed=self._on_failed,
            receiver=self,
        )

    def _edits(self) -> Edits | None:
        """None where the fields are no request; the sentence is shown."""
        try:
            edits = self.fields.edits()
            edited(replace(self._request, body=b""), replace(edits, body=None))
        except EditError as error:
            self._say(str(error), "bad")
            self._set_able(False)
            return None
        return edits

    def _set_able(self, on: bool) -> None:
        self.send_button.setEnabled(on)
        self.keep_button.setEnabled(on)

    def _say(self, text: str, role: str = "muted") -> None:
        self.said.setText(text)
        set_role(self.said, "role", role)

    def _on_looked(self, found: Looked) -> None:
        self._set_able(True)
        if self.said.property("role") == "bad":
            self._say("")
        self._show_changes(found)
        self.fields.show_check(found.broken)
        self.doubts.setText("\n".join(f"! {each}" for each in found.doubts))
        self.doubts.setVisible(bool(found.doubts))

    def _show_changes(self, found: Looked) -> None:
        self.changes.replace(found.changes)
        number = len(found.changes)
        self.state.setText(
            f"{plural(number, 'difference')} to the captured event." if number else "Nothing is changed."
        )
        self.tabs.setTabText(0, f"Changes {number}" if number else "Changes")

    # On a thread of the background

    def _look_now(self, choice: Choice, json_body: bytes | None) -> Looked:
        assert self._event is not None
        return _look(self._inspector, self._event, choice, json_body)

    def _send_now(self, choice: Choice, target: Target) -> Future[Delivery]:
        resends = self._inspector.resends
        return resends.send(resends.prepare(self.event_id, target, choice), target)

    def _keep_now(self, edits: Edits) -> int:
        return self._inspector.resends.keep_edited(self.event_id, edited(self._request, edits))

    # Sending and keeping

    def send(self) -> None:
        """Sends what the fields say."""
        edits, target = self._edits(), self.target.target()
        if edits is None:
            return
        if not target.url:
            self._say("Give the URL of your handler.", "bad")
            self.target.setFocus()
            return
        choice = replace(self.signing.choice(), edits=edits)
        self._say("Sending…")
        self._background.run(
            self._send_now, choice, target, done=self._follow, failed=self._on_failed, receiver=self
        )

    def _follow(self, future: Future[Delivery]) -> None:
        future.add_done_callback(lambda done: self._arrived.emit(done) if shiboken6.isValid(self) else None)

    @Slot(object)
    def _on_arrived(self, done: Future[Delivery]) -> None:
        error = done.exception()
        if isinstance(error, Exception):
            self._on_failed(error)
            return
        self._say("")
        self._unsaved = False
        self.detail.show_delivery(done.result())
        self.tabs.setTabEnabled(1, True)
        self.tabs.setCurrentIndex(1)

    def keep(self) -> None:
        """Keeps what the fields say as a new event."""
        edits = self._edits()
        if edits is None:
            return
        self._background.run(self._keep_now, edits, done=self._on_kept, failed=self._on_failed, receiver=self)

    def _on_kept(self, number: int) -> None:
        self._unsaved = False
        self._say(f"Kept as event {number}.", "good")
        self.kept.emit(number)

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, ProblemError | EditError):
            raise error
        self._say(str(error), "bad")


def _targets(inspector: Inspector, source: str) -> tuple[tuple[Target, ...], tuple[str, ...], str]:
    targets = inspector.deliveries.targets
    chosen = targets.for_source(source)
    return targets.list(), targets.remembered(), "" if chosen is None else chosen.name


def _look(inspector: Inspector, event: Event, choice: Choice, json_body: bytes | None) -> Looked:
    """The differences, where the JSON breaks, and what speaks against sending it so."""
    request = edited(event.request, choice.edits)
    found = compare(event, Side(request, "", ""))
    changes = [change for change in (*found.line, *found.headers) if change.kind is not Kind.SAME]
    if found.structure is not None:
        changes += found.structure.changes
    elif not found.bytes.same:
        changes.append(
            Change(Kind.CHANGED, "body", f"{len(event.request.body):,} bytes", f"{len(request.body):,} bytes")
        )
    return Looked(tuple(changes), broken_json(json_body), inspector.resends.warnings(event.id, choice))


def broken_json(body: bytes | None) -> Break | None:
    """Where JSON breaks; None for none and for whole JSON."""
    return JsonIndex(body).scan().broken if body else None


def _table(model: ChangesModel) -> QTableView:
    view = QTableView()
    view.setModel(model)
    view.setAccessibleName("What differs from the captured event")
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setTabKeyNavigation(False)
    view.verticalHeader().hide()
    view.verticalHeader().setDefaultSectionSize(26)
    view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    view.horizontalHeader().setStretchLastSection(True)
    view.horizontalHeader().setHighlightSections(False)
    for column, width in enumerate((96, 130, 130)):
        view.setColumnWidth(column, width)
    return view
