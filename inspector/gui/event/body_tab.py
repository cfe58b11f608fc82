"""The body page of the event pane."""

from __future__ import annotations

from collections.abc import MutableMapping

from PySide6.QtWidgets import QVBoxLayout, QWidget

from inspector.core.event import Event
from inspector.gui.background import Background
from inspector.gui.body.body_view import BodyView


class BodyTab(QWidget):
    """`show_event(event)` shows its body, `clear()` nothing; both stop the work for an earlier one."""

    def __init__(
        self,
        background: Background,
        remembered: MutableMapping[str, str] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName("Body")
        self.view = BodyView(background, remembered, parent=self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        self._shown: int | None = None

    def show_event(self, event: Event) -> None:
        """Show the body of this event; the same event again changes nothing."""
        if self._shown == event.id:
            return
        self._shown = event.id
        request = event.request
        self.view.show_body(request.body, request.headers, event.times.received_at_ns)

    def clear(self) -> None:
        """Show nothing."""
        self._shown = None
        self.view.clear()
