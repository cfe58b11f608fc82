"""What the window does with deliveries: connects its actions, buttons and bars with those who send."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from inspector.gui.deliveries.resending import Resending
from inspector.gui.targets.chip import TargetChip

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
        self.chip = TargetChip()
        self.chip.wanted.connect(self.open_targets)
        window.top_bar.places.addWidget(self.chip)
        for news in (
            window.bridge.targets_changed,
            window.bridge.sources_changed,
            window.bridge.database_changed,
        ):
            news.connect(self._show_targets)
        window.bridge.queue_changed.connect(window.overview.wake)
        self._show_targets()
        actions = window.actions_by_key
        actions.on("resend", self._resend)
        actions.on("resend-ask", lambda: self._resend(ask=True))
        actions.on_toggled("sign-anew", self.resending.sign_anew)
        actions.on("edit", self.edit)
        actions.on("compose", self.compose)
        actions.on("trials", self._open_trials)
        actions.on("targets", self.open_targets)
        actions.on("dead-letters", self.open_dead_letters)

    def edit(self) -> None:
        """Open the editor for the event on the screen."""
        from inspector.gui.editor.dialog import EditorDialog

        window = self._window
        event = window.pane.event_shown_now
        if event is not None:
            EditorDialog(event, window.inspector, window.background, self.resending.signing, window).show()

    def compose(self) -> None:
        """Open the editor on a request of its own."""
        from inspector.gui.editor.composer import ComposerDialog

        window = self._window
        ComposerDialog(window.inspector, window.background, self.resending.signing, window).show()

    def open_targets(self) -> None:
        """Open the targets."""
        from inspector.gui.targets.window import TargetsWindow

        window = self._window
        TargetsWindow(window.inspector.deliveries.targets, window.background, window).open()

    def open_dead_letters(self) -> None:
        """Open the dead letters, to retry or discard them."""
        from inspector.gui.deliveries.dead_letters import DeadLettersWindow

        window = self._window
        letters = DeadLettersWindow(window.inspector.deliveries, window.background, window)
        window.bridge.queue_changed.connect(letters.refresh)
        letters.event_wanted.connect(window.table.choose)
        letters.show()

    def _show_targets(self) -> None:
        inspector = self._window.inspector
        targets = inspector.deliveries.targets
        self.chip.show_targets(inspector.sources.list(), targets.list(), targets.default)

    def _resend(self, *, ask: bool = False) -> None:
        window = self._window
        event = window.pane.event_shown_now
        ids = window.table.selected_ids() or ([event.id] if event is not None else [])
        self.resending.resend(ids, ask=ask)

    def _open_trials(self) -> None:
        from inspector.gui.deliveries.trials import TrialsMenu

        window = self._window
        event = window.pane.event_shown_now
        if event is not None:
            ids = window.table.selected_ids() or [event.id]
            menu = TrialsMenu(window)
            menu.wanted.connect(lambda trial: self.resending.try_out(trial, ids))
            button = window.resend_button
            menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    def _on_signing_changed(self, signing: str) -> None:
        """The choice stands on the button: what R does can be seen before."""
        window = self._window
        anew = signing == "resigned"
        window.actions_by_key["sign-anew"].setChecked(anew)
        window.resend_button.setText("Resend signed" if anew else "Resend")
        window.resend_button.setToolTip("Resend, signed anew (R)" if anew else "Resend as captured (R)")
        window.pane.fit_buttons()
