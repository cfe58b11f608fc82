"""A bar that asks for the passphrase while the file with the secrets is locked."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from inspector.core.problem import ProblemError
from inspector.engine.secrets import Keeper, Secrets
from inspector.engine.secrets.file_keeper import FileKeeper
from inspector.gui.background import Background


class UnlockBar(QFrame):
    """Hidden unless there is something to unlock."""

    unlocked = Signal()

    def __init__(self, secrets: Secrets, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "banner")
        self.setProperty("state", "warn")
        self._secrets = secrets
        self._background = background
        self._words = QLabel("The file with the secrets is locked.")
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(True)
        self._passphrase = QLineEdit()
        self._passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self._passphrase.setPlaceholderText("Passphrase")
        self._passphrase.setAccessibleName("Passphrase")
        self._passphrase.returnPressed.connect(self._on_unlock)
        self._button = QPushButton("Unlock")
        self._button.setAutoDefault(False)
        self._button.clicked.connect(self._on_unlock)
        row = QHBoxLayout(self)
        row.addWidget(self._words, 1)
        row.addWidget(self._passphrase)
        row.addWidget(self._button)
        self.hide()

    def look(self) -> None:
        """Finds out in the background whether the file is locked."""
        self._background.run(
            lambda: self._secrets.keeper, done=self._on_keeper, failed=self._on_failed, receiver=self
        )

    def _on_keeper(self, keeper: Keeper) -> None:
        self.setVisible(isinstance(keeper, FileKeeper) and keeper.locked)

    def _on_unlock(self) -> None:
        self._button.setEnabled(False)
        self._background.run(
            self._secrets.unlock,
            self._passphrase.text(),
            done=self._on_unlocked,
            failed=self._on_failed,
            receiver=self,
        )

    def _on_unlocked(self, _none: None) -> None:
        self._button.setEnabled(True)
        self._passphrase.clear()
        self.hide()
        self.unlocked.emit()

    def _on_failed(self, error: Exception) -> None:
        self._button.setEnabled(True)
        self._words.setText(str(error.problem) if isinstance(error, ProblemError) else str(error))
        self.show()
