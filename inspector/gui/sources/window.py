"""The window of the sources: a list on the left, the form of the chosen one on the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QMessageBox,
    QPushButton,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from inspector.core.problem import ProblemError
from inspector.core.source import Source
from inspector.engine.inspector import Inspector
from inspector.engine.secrets import SecretInfo
from inspector.gui.background import Background
from inspector.gui.sources.form import SourceForm
from inspector.gui.sources.secret_dialog import SecretDialog
from inspector.gui.sources.unlock import UnlockBar


class SourcesWindow(QDialog):
    """Lists, adds, edits and removes sources; what is not saved is never lost silently."""

    def __init__(
        self,
        inspector: Inspector,
        background: Background,
        dialects: Sequence[tuple[str, str]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Sources")
        self.resize(860, 640)
        self._inspector = inspector
        self._background = background
        self._new: Source | None = None
        self._shown = ""
        self._dirty = False
        self._list = QListWidget()
        self._list.setAccessibleName("Sources")
        self._list.currentRowChanged.connect(self._on_row_changed)
        self._add = QPushButton("New source")
        self._add.clicked.connect(self._on_add)
        self._remove = QPushButton("Remove")
        self._remove.setProperty("kind", "danger")
        self._remove.clicked.connect(self._on_remove)
        schemes = [(scheme.id, scheme.name) for scheme in inspector.signatures.library.schemes]
        self.form = SourceForm(
            sorted(schemes, key=lambda pair: pair[1].lower()),
            dialects,
            targets=[target.name for target in inspector.deliveries.targets.list()],
        )
        self.form.edited.connect(self._on_edited)
        self.form.secrets.secret_wanted.connect(self._on_secret_wanted)
        self._wrong = QLabel()
        self._wrong.setTextFormat(Qt.TextFormat.PlainText)
        self._wrong.setWordWrap(True)
        self._wrong.setProperty("role", "bad")
        self._wrong.hide()
        self._buttons = QDialogButtonBox()
        self._save = self._buttons.addButton("Save", QDialogButtonBox.ButtonRole.ApplyRole)
        self._save.setProperty("kind", "main")
        self._save.clicked.connect(self._on_save)
        self._revert = self._buttons.addButton("Revert", QDialogButtonBox.ButtonRole.ResetRole)
        self._revert.clicked.connect(self._on_revert)
        self._buttons.addButton("Close", QDialogButtonBox.ButtonRole.RejectRole).clicked.connect(self.close)
        self._unlock = UnlockBar(inspector.secrets, background)
        self._unlock.unlocked.connect(self._read_secrets)
        self._lay_out()
        QShortcut(QKeySequence.StandardKey.Save, self, self._on_save)
        self._fill("")
        self._read_secrets()

    def show_source(self, name: str) -> None:
        """Chooses the source of that name; an unknown one chooses the first."""
        if self._may_leave():
            self._fill(name)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Asks before changes are lost."""
        event.setAccepted(self._may_leave())

    def reject(self) -> None:
        """Escape closes as the button does."""
        self.close()

    def _lay_out(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(12, 12, 12, 12)
        column.addWidget(self._list, 1)
        row = QHBoxLayout()
        row.addWidget(self._add)
        row.addWidget(self._remove)
        row.addStretch(1)
        column.addLayout(row)
        scrolled = QScrollArea()
        scrolled.setWidgetResizable(True)
        scrolled.setWidget(self.form)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 12, 12)
        column.addWidget(self._unlock)
        column.addWidget(scrolled, 1)
        column.addWidget(self._wrong)
        column.addWidget(self._buttons)
        splitter = QSplitter()
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(left)
        splitter.addWidget(right)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([230, 630])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(splitter)

    def _fill(self, chosen: str) -> None:
        """Lists the sources anew and shows the chosen one."""
        names = [source.name for source in self._inspector.sources.list()]
        self._list.blockSignals(True)
        self._list.clear()
        self._list.addItems(names)
        if self._new is not None:
            self._list.addItem("New source")
        row = len(names) if self._new is not None else names.index(chosen) if chosen in names else 0
        self._list.setCurrentRow(row if self._list.count() else -1)
        self._list.blockSignals(False)
        self._show_row(self._list.currentRow())

    def _show_row(self, row: int) -> None:
        sources = self._inspector.sources.list()
        if self._new is not None and row == len(sources):
            self._shown = ""
            self.form.show_source(self._new)
        elif 0 <= row < len(sources):
            self._shown = sources[row].name
            self.form.show_source(sources[row])
        self.form.setEnabled(row >= 0)
        self._set_dirty(self._new is not None)
        self._remove.setEnabled(row >= 0)

    def _on_row_changed(self, row: int) -> None:
        if self._dirty and not self._may_leave():
            self._fill(self._shown)
            return
        names = [source.name for source in self._inspector.sources.list()]
        self._new = None
        self._fill(names[row] if 0 <= row < len(names) else "")

    def _may_leave(self) -> bool:
        """Whether there is nothing to lose; saves or drops changes as the user says."""
        if not self._dirty:
            return True
        button = QMessageBox.StandardButton
        box = QMessageBox(self)
        box.setWindowTitle("Sources")
        box.setText("The source has changes that are not saved.")
        box.setStandardButtons(button.Save | button.Discard)
        box.setDefaultButton(button.Save)
        box.setWindowModality(Qt.WindowModality.WindowModal)
        box.buttonClicked.connect(
            lambda pressed: (
                self._on_save() if box.standardButton(pressed) == button.Save else self._on_revert()
            )
        )
        box.open()
        return False

    def _on_edited(self) -> None:
        self._set_dirty(True)

    def _set_dirty(self, dirty: bool) -> None:
        self._dirty = dirty
        self._save.setEnabled(dirty)
        self._revert.setEnabled(dirty)
        self._wrong.hide()

    def _on_add(self) -> None:
        if not self._may_leave():
            return
        self._new = Source(name="", path="/webhooks/")
        self._fill("")
        self.form.focus_name()

    def _on_revert(self) -> None:
        self._new = None
        self._fill(self._shown)

    def _on_save(self) -> None:
        if not self._dirty:
            return
        try:
            source = self.form.source()
        except ValueError as error:
            self._on_failed(error)
            return
        sources, before, is_new = self._inspector.sources, self._shown, self._new is not None
        self._save.setEnabled(False)

        def save() -> str:
            if is_new:
                sources.add(source)
            else:
                sources.edit(before, source)
            return source.name

        self._background.run(save, done=self._on_saved, failed=self._on_failed, receiver=self)

    def _on_saved(self, name: str) -> None:
        self._new = None
        self._fill(name)

    def _on_failed(self, error: Exception) -> None:
        self._save.setEnabled(self._dirty)
        self._wrong.setText(str(error.problem) if isinstance(error, ProblemError) else str(error))
        self._wrong.show()

    def _on_remove(self) -> None:
        if self._new is not None:
            self._on_revert()
            return
        name = self._shown
        button = QMessageBox.StandardButton
        box = QMessageBox(self)
        box.setWindowTitle("Remove source")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(f"Remove the source {name}? Its events and its secrets stay.")
        box.setStandardButtons(button.Cancel)
        remove = box.addButton("Remove", QMessageBox.ButtonRole.DestructiveRole)
        box.buttonClicked.connect(lambda pressed: self._remove_now(name) if pressed is remove else None)
        box.open()

    def _remove_now(self, name: str) -> None:
        self._set_dirty(False)
        self._background.run(
            self._inspector.sources.remove,
            name,
            done=lambda _none: self._fill(""),
            failed=self._on_failed,
            receiver=self,
        )

    def _on_secret_wanted(self, name: str) -> None:
        dialog = SecretDialog(
            self._inspector.secrets, self._background, self._inspector.folders.secrets, name=name, parent=self
        )
        dialog.kept.connect(self._on_secret_kept)
        dialog.open()

    def _on_secret_kept(self, name: str) -> None:
        if name not in self.form.secrets.names():
            self.form.secrets.add(name)
        self._read_secrets()

    def _read_secrets(self) -> None:
        self._unlock.look()
        self._background.run(
            self._inspector.secrets.list, done=self._on_secrets, failed=lambda _error: None, receiver=self
        )

    def _on_secrets(self, infos: list[SecretInfo]) -> None:
        self.form.secrets.set_known(tuple(info.name for info in infos))
