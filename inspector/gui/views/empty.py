"""What stands in the centre while nothing is listed: how to send the first webhook, or that none fits."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from inspector.gui.sample import PATH, SAMPLES, curl_line
from inspector.gui.views.parts import CopyLine, button, label


class EmptyState(QStackedWidget):
    """Two pages: no events yet, and none that match."""

    copy_wanted = Signal(str)
    sample_wanted = Signal(str)
    clear_filter_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.url_line = CopyLine("", self.copy_wanted.emit)
        self.curl_line = CopyLine("", self.copy_wanted.emit)
        self.sample_button = button(
            "Send a sample", lambda: self.sample_wanted.emit(SAMPLES[0].event_type), "main"
        )
        self.waiting = label("", "title")
        self.no_match = label("No event matches this filter.", "title")
        self._hints = [
            label("Give this address to a sender of webhooks", "muted"),
            label("or post one yourself", "muted"),
            label("posts a Nudj event to this address", "muted"),
        ]
        self.addWidget(self._first_page())
        self.addWidget(self._no_match_page())
        self.show_listener("", False)

    def _first_page(self) -> QWidget:
        row = QHBoxLayout()
        row.addWidget(self.sample_button)
        row.addWidget(self._hints[2], 1)
        return _page(self.waiting, self._hints[0], self.url_line, self._hints[1], self.curl_line, row)

    def _no_match_page(self) -> QWidget:
        row = QHBoxLayout()
        row.addWidget(button("Show all events", self.clear_filter_wanted.emit))
        row.addStretch(1)
        return _page(
            self.no_match,
            label("New events appear here when they match. Ctrl+F goes to the filter.", "muted"),
            row,
        )

    def show_listener(self, url: str, paused: bool) -> None:
        """The address to teach."""
        if paused:
            self.waiting.setText("Paused: senders get 503 and nothing is kept.")
        else:
            self.waiting.setText("Waiting for the first webhook" if url else "Not listening")
        self.url_line.set_text(f"{url}{PATH}")
        self.curl_line.set_text(curl_line(url) if url else "")
        for part in (self.url_line, self.curl_line, self.sample_button, *self._hints):
            part.setVisible(bool(url))  # without an address there is nothing to teach but that
        self.sample_button.setEnabled(bool(url) and not paused)

    def show_first(self) -> None:
        """There are no events at all."""
        self.setCurrentIndex(0)

    def show_no_match(self) -> None:
        """There are events, but the filter lets none through."""
        self.setCurrentIndex(1)


def _page(*parts: QWidget | QHBoxLayout) -> QWidget:
    page = QWidget()
    column = QWidget()
    column.setMaximumWidth(560)
    inner = QVBoxLayout(column)
    inner.setSpacing(10)
    for part in parts:
        if isinstance(part, QWidget):
            inner.addWidget(part)
        else:
            inner.addSpacing(6)
            inner.addLayout(part)
    outer = QVBoxLayout(page)
    outer.addStretch(2)
    row = QHBoxLayout()
    row.addStretch(1)
    row.addWidget(column, 8)
    row.addStretch(1)
    outer.addLayout(row)
    outer.addStretch(3)
    outer.setAlignment(Qt.AlignmentFlag.AlignTop)
    return page
