"""What the window does with deliveries: connects its actions, buttons and bars with those who send."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from inspector.gui.deliveries.resending import Resending

if TYPE_CHECKING:
    from inspector.gui.main_window import MainWindow

TOLD_MS = 8000


class DeliveryControls(QObject):
    """Made once, after the parts of the window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.resending = Resending(
            window.inspector,
            window.background,
            bar=window.resend_bar,
            report=window.commands.report,
            window=window,
        )
        self.resending.told.connect(lambda text: window.undo_bar.tell(text, None, TOLD_MS))
        self.resending.signing_changed.connect(self._on_signing_changed)
        window.resend_bar.failed_wanted.connect(lambda: window.filter_bar.set_text("delivery:failed"))
        window.closed.connect(window.resend_bar.give_up)
        actions = window.actions_by_key
        actions.on("resend", self._resend)
        actions.on("resend-ask", lambda: self._resend(ask=True))
        actions.on_toggled("sign-anew", self.resending.sign_anew)

    def _resend(self, *, ask: bool = False) -> None:
        window = self._window
        event = window.pane.event_shown_now
        ids = window.table.selected_ids() or ([event.id] if event is not None else [])
        self.resending.resend(ids, ask=ask)

    def _on_signing_changed(self, signing: str) -> None:
        """The choice stands on the button: what R does can be seen before."""
        window = self._window
        anew = signing == "resigned"
        window.actions_by_key["sign-anew"].setChecked(anew)
        window.resend_button.setText("Resend signed" if anew else "Resend")
        window.resend_button.setToolTip("Resend, signed anew (R)" if anew else "Resend as captured (R)")
        window.pane.fit_buttons()
