"""The chip of the top bar: where events are sent to, and whether that happens by itself."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from inspector.core.source import Source
from inspector.core.target import Target
from inspector.gui.views.parts import button, label
from inspector.gui.words import elided, safe, tooltip

MODES = {"forward": "forward", "answer": "forward and answer"}
MOST = 44


class TargetChip(QFrame):
    """`show_targets`; a click wants the targets."""

    wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "chip")
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 2, 4, 2)
        row.setSpacing(8)
        self.verb = label("", "muted")
        self.url = label("", "mono")
        self.mode = label("", "muted")
        self.button = button("Change…", self.wanted.emit, "flat", "Targets: where events are sent to")
        for widget in (self.verb, self.url, self.mode, self.button):
            row.addWidget(widget)
        self.show_targets((), (), "")

    def show_targets(self, sources: Sequence[Source], targets: Sequence[Target], default: str) -> None:
        """The one target in force, or how many there are."""
        by_name = {target.name: target for target in targets}
        live = [source for source in sources if source.mode != "capture"]
        used = {
            target.name: target
            for source in (live or sources)
            if (target := by_name.get(source.target or default)) is not None
        }
        if not used and default in by_name:
            used = {default: by_name[default]}
        one = next(iter(used.values())) if len(used) == 1 else None
        self.verb.setText("Forward to" if live and used else "Resend to" if used else "No target")
        self.url.setText(
            elided(safe(one.url), MOST) if one is not None else f"{len(used)} targets" if used else ""
        )
        self.url.setVisible(bool(used))
        self.url.setToolTip(tooltip("\n".join(f"{each.name}  {each.url}" for each in used.values())))
        words = ", ".join(
            f"{safe(source.name)}: {MODES.get(source.mode, source.mode)}" for source in live[:2]
        )
        self.mode.setText(f"{words}, …" if len(live) > 2 else words)
        self.mode.setVisible(bool(live))
        self.button.setText("Change…" if used else "Set…")
