"""The window of the targets: a list on the left, the form of the chosen one on the right."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QDialog,
    QHBoxLayout,
    QListWidget,
    QMessageBox,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from inspector.core.problem import ProblemError
from inspector.core.target import Target
from inspector.engine.targets import Targets
from inspector.gui.background import Background
from inspector.gui.dialogs.plain import confirm
from inspector.gui.targets.form import TargetForm
from inspector.gui.views.parts import button, label
from inspector.gui.words import safe

NEW = Target("", "http://localhost:3000")


class TargetsWindow(QDialog):
    """Call `open()`; what is not saved is never lost silently."""

    def __init__(self, targets: Targets, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Targets")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(820, 620)
        self._targets = targets
        self._background = background
        self._shown: str | None = None
        """The name of the target in the form; None for a new one."""
        self._names: tuple[str, ...] = ()
        self._dirty = False
        """Whether the form has changes that are not saved."""
        self._then: Callable[[], object] | None = None
        """What the user wanted when unsaved changes stood in the way."""
        self.list = QListWidget()
        self.list.setAccessibleName("Targets")
        self.list.currentRowChanged.connect(self._on_row_changed)
        self.form = TargetForm()
        self.form.edited.connect(lambda: self._set_dirty(True))
        self.wrong = label("", "bad")
        self.wrong.setWordWrap(True)
        self.save_button = button("Save", self.save, "main")
        self.default_button = button("Make default", self.make_default, "", "For all sources that name none")
        self.remove_button = button("Remove", self.remove, "danger")
        self._lay_out()
        self.fill(targets.default)

    def _lay_out(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(12, 12, 12, 12)
        column.addWidget(self.list, 1)
        row = QHBoxLayout()
        row.addWidget(button("New target", lambda: self._leave(self.new)))
        row.addWidget(self.remove_button)
        row.addStretch(1)
        column.addLayout(row)
        scrolled = QScrollArea()
        scrolled.setWidgetResizable(True)
        scrolled.setWidget(self.form)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 12, 12)
        column.addWidget(scrolled, 1)
        column.addWidget(self.wrong)
        row = QHBoxLayout()
        row.addStretch(1)
        for each in (self.default_button, button("Close", self.close), self.save_button):
            each.setAutoDefault(False)
            row.addWidget(each)
        column.addLayout(row)
        parts = QSplitter()
        parts.setChildrenCollapsible(False)
        parts.addWidget(left)
        parts.addWidget(right)
        parts.setSizes([220, 600])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(parts)

    def fill(self, chosen: str = "") -> None:
        """Lists the targets; without any the form is that of a new one."""
        targets, default = self._targets.list(), self._targets.default
        self._names = tuple(target.name for target in targets)
        self.list.blockSignals(True)
        self.list.clear()
        for target in targets:
            mark = "  · default" if target.name == default else ""
            self.list.addItem(f"{safe(target.name)}{mark}")
        place = self._names.index(chosen) if chosen in self._names else 0 if targets else -1
        self.list.setCurrentRow(place)
        self.list.blockSignals(False)
        if place >= 0:
            self._show_row(place)
        else:
            self.new()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Asks before changes are lost."""
        event.setAccepted(not self._dirty)
        if self._dirty:
            self._leave(self.close)

    def reject(self) -> None:
        """Escape closes as the button does."""
        self.close()

    def new(self) -> None:
        """Begins a new target."""
        self._shown = None
        self._choose_row(-1)
        self.form.show_target(NEW)
        self._set_dirty(False)
        self.save_button.setEnabled(True)
        self.form.name.setFocus()

    def save(self) -> None:
        """Keeps what the form says; the first target becomes the default."""
        try:
            target = self.form.target()
        except ValueError as error:
            self._then = None
            self._on_failed(error)
            return
        before, first = self._shown, not self._names
        self.save_button.setEnabled(False)

        def go() -> None:
            if before is None:
                self._targets.add(target, default=first)
            else:
                self._targets.edit(before, target)

        self._run(go, target.name)

    def make_default(self) -> None:
        """For all sources that name none."""
        self._leave(self._make_default)

    def _make_default(self) -> None:
        name = self._shown
        if name is not None:
            self._run(lambda: self._targets.set_default(name), name)

    def remove(self) -> None:
        """Asks, then takes it out with what waits for it."""
        name = self._shown
        if name is not None:
            confirm(
                self,
                "Remove target",
                f"Remove the target {safe(name)} and all that waits for it? Its deliveries stay.",
                "Remove",
                lambda: self._run(lambda: self._targets.remove(name), ""),
            )

    def _run(self, go: Callable[[], None], name: str) -> None:
        self._background.run(
            go, done=lambda _none: self._on_done(name), failed=self._on_failed, receiver=self
        )

    def _on_done(self, name: str) -> None:
        self.fill(name)
        then, self._then = self._then, None
        if then is not None:
            then()

    def _leave(self, then: Callable[[], object]) -> None:
        """Does `then` at once, or after the changes are saved or dropped as the user says."""
        if not self._dirty:
            then()
            return
        which = QMessageBox.StandardButton
        box = QMessageBox(self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setWindowTitle("Targets")
        box.setText("The target has changes that are not saved.")
        box.setStandardButtons(which.Save | which.Discard | which.Cancel)
        box.setDefaultButton(which.Save)
        box.setWindowModality(Qt.WindowModality.WindowModal)

        def answered(pressed: QAbstractButton) -> None:
            said = box.standardButton(pressed)
            if said == which.Save:
                self._then = then
                self.save()
            elif said == which.Discard:
                self._set_dirty(False)
                then()

        box.buttonClicked.connect(answered)
        box.open()

    def _choose_row(self, row: int) -> None:
        """Marks a row of the list without showing it."""
        self.list.blockSignals(True)
        self.list.setCurrentRow(row)
        if row < 0:
            self.list.clearSelection()
        self.list.blockSignals(False)

    def _on_row_changed(self, row: int) -> None:
        if not self._dirty or not 0 <= row < len(self._names):
            self._show_row(row)
            return
        name = self._names[row]
        self._choose_row(self._names.index(self._shown) if self._shown in self._names else -1)
        self._leave(lambda: self.fill(name))

    def _show_row(self, row: int) -> None:
        if 0 <= row < len(self._names):
            target = self._targets.find(self._names[row])
            if target is not None:
                self._shown = target.name
                self.form.show_target(target)
                self._set_dirty(False)

    def _set_dirty(self, dirty: bool) -> None:
        self._dirty = dirty
        self.save_button.setEnabled(dirty)
        self.wrong.hide()
        self.remove_button.setEnabled(self._shown is not None)
        self.default_button.setEnabled(self._shown is not None and self._shown != self._targets.default)

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, ProblemError | ValueError):
            raise error
        self._then = None
        self.save_button.setEnabled(True)
        self.wrong.setText(safe(str(error)))
        self.wrong.show()
