"""The bar on top: where webhooks can be sent to, room for tunnel, target and reply, samples and pause."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QWidget

from inspector.gui.sample import SAMPLES
from inspector.gui.views.parts import Dot, button, label


class TopBar(QFrame):
    """`places` is the layout that later parts (tunnel, target, reply) put their chips into."""

    copy_wanted = Signal(str)
    sample_wanted = Signal(str)
    pause_wanted = Signal(bool)
    address_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("TopBar")
        self._url = ""
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(10)
        chip = QFrame()
        chip.setProperty("role", "chip")
        inner = QHBoxLayout(chip)
        inner.setContentsMargins(10, 2, 4, 2)
        inner.setSpacing(8)
        self.dot = Dot("muted")
        self.state = label("", "muted")
        self.state.hide()
        self.address = label("starting…", "mono")
        self.copy_button = button(
            "Copy", lambda: self.copy_wanted.emit(self._url), "flat", "Copy the address"
        )
        self.listen_button = button(
            "Listen…", self.address_wanted.emit, "flat", "Choose an address and a port"
        )
        self.listen_button.hide()
        for widget in (self.dot, self.state, self.address, self.copy_button, self.listen_button):
            inner.addWidget(widget)
        layout.addWidget(chip)
        self.places = QHBoxLayout()
        self.places.setSpacing(10)
        layout.addLayout(self.places)
        layout.addStretch(1)
        self.sample_button = QPushButton("Send sample")
        self.sample_button.setProperty("menu", "true")
        menu = QMenu(self.sample_button)
        for sample in SAMPLES:
            action = menu.addAction(sample.event_type)
            action.triggered.connect(lambda _on=False, name=sample.event_type: self.sample_wanted.emit(name))
        self.sample_button.setMenu(menu)
        layout.addWidget(self.sample_button)
        self.pause_button = QPushButton("Pause")
        self.pause_button.setToolTip("While paused, senders get 503 with Retry-After and nothing is kept")
        self.pause_button.clicked.connect(lambda: self.pause_wanted.emit(self.pause_button.text() == "Pause"))
        layout.addWidget(self.pause_button)

    @property
    def url(self) -> str:
        """The address shown; empty while nothing listens."""
        return self._url

    def show_listener(self, url: str, paused: bool) -> None:
        """Where it listens, and whether it keeps what comes."""
        self._url = url
        self.address.setText(url or "not listening")
        self.dot.set_token("muted" if not url else "warn" if paused else "good")
        self.state.setVisible(bool(url) and paused)
        self.state.setText("paused")
        self.dot.setToolTip("Paused" if paused else "Listening" if url else "Not listening")
        self.copy_button.setVisible(bool(url))
        self.listen_button.setVisible(not url)
        self.pause_button.setText("Resume" if paused else "Pause")
        self.pause_button.setEnabled(bool(url))
        self.sample_button.setEnabled(bool(url) and not paused)
