"""Setting a secret: its name, its text behind dots, and where it will be kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from inspector.core.problem import ProblemError
from inspector.engine.secrets import Keeper, MemoryKeeper, Secrets
from inspector.engine.secrets.file_keeper import FileKeeper
from inspector.gui.background import Background


class SecretDialog(QDialog):
    """Asks for a secret and keeps it in the background; `kept(name)` when that is done."""

    kept = Signal(str)

    def __init__(
        self,
        secrets: Secrets,
        background: Background,
        file: Path,
        *,
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """`file` is where a sealed file would be; a fixed `name` cannot be changed."""
        super().__init__(parent)
        self.setWindowTitle(f"Secret {name}" if name else "New secret")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._secrets = secrets
        self._background = background
        self._file = FileKeeper(file)
        self._keeper: Keeper | None = None
        self._name = QLineEdit(name)
        self._name.setPlaceholderText("nudj-staging")
        self._name.setEnabled(not name)
        self._name.setAccessibleName("Name")
        self._text = QLineEdit()
        self._text.setEchoMode(QLineEdit.EchoMode.Password)
        self._text.setAccessibleName("Secret")
        self._where = _label("Looking for the keyring…", "muted")
        self._in_file = QRadioButton("In an encrypted file, with this passphrase")
        self._in_memory = QRadioButton("In memory, until the program ends")
        self._in_file.setChecked(True)
        self._passphrase = QLineEdit()
        self._passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self._passphrase.setAccessibleName("Passphrase")
        self._passphrase.setPlaceholderText("Passphrase")
        self._wrong = _label("", "bad")
        self._wrong.hide()
        buttons = QDialogButtonBox()
        self._keep = buttons.addButton("Keep", QDialogButtonBox.ButtonRole.AcceptRole)
        self._keep.setProperty("kind", "main")
        self._keep.setEnabled(False)
        buttons.addButton("Cancel", QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self._on_keep)
        buttons.rejected.connect(self.reject)
        form = QFormLayout()
        form.setVerticalSpacing(8)
        form.addRow(_label("Name", "muted"), self._name)
        form.addRow(_label("Secret", "muted"), self._text)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(10)
        column.addLayout(form)
        column.addWidget(self._where)
        for part in (self._in_file, self._passphrase, self._in_memory):
            column.addWidget(part)
            part.hide()
        column.addWidget(self._wrong)
        column.addWidget(buttons)
        self.setMinimumWidth(420)
        (self._text if name else self._name).setFocus()
        background.run(lambda: secrets.keeper, done=self._on_keeper, failed=self._on_failed, receiver=self)

    def _on_keeper(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._keep.setEnabled(True)
        if isinstance(keeper, MemoryKeeper):
            self._where.setText(
                "This system has no keyring that the program can use. Where shall secrets be kept?"
            )
            self._in_memory.show()
            self._in_file.show()
            self._passphrase.show()
            if self._file.exists:
                self._in_file.setText("In the encrypted file, with its passphrase")
        elif isinstance(keeper, FileKeeper) and keeper.locked:
            self._where.setText(f"Secrets are kept in {keeper.describe()}. It is locked.")
            self._passphrase.show()
        else:
            self._where.setText(f"Will be kept in {keeper.describe()}.")
        self.adjustSize()

    def _on_keep(self) -> None:
        name, text, passphrase = self._name.text().strip(), self._text.text(), self._passphrase.text()
        self._keep.setEnabled(False)
        self._wrong.hide()
        work = self._work(name, text, passphrase)
        self._background.run(work, done=self._on_kept, failed=self._on_failed, receiver=self)

    def _work(self, name: str, text: str, passphrase: str) -> Callable[[], str]:
        keeper, wants_file = self._keeper, self._in_file.isChecked()

        def keep() -> str:
            if isinstance(keeper, FileKeeper) and keeper.locked:
                keeper.unlock(passphrase)
            elif isinstance(keeper, MemoryKeeper) and wants_file:
                self._file.unlock(passphrase)
                self._secrets.use(self._file)
            self._secrets.put(name, text)
            return name

        return keep

    def _on_kept(self, name: str) -> None:
        self.kept.emit(name)
        self.accept()

    def _on_failed(self, error: Exception) -> None:
        self._keep.setEnabled(True)
        self._wrong.setText(str(error.problem) if isinstance(error, ProblemError) else str(error))
        self._wrong.show()
        self.adjustSize()


def _label(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setProperty("role", role)
    return label
