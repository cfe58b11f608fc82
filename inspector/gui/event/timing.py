"""When an event happened: a waterfall of its phases, its moments in UTC and local time, the sender's time."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from inspector.core.event import Event
from inspector.gui.event.timing_phases import Timetable, delay, phases, timetable
from inspector.gui.event.waterfall import Waterfall
from inspector.gui.words import duration


class TimingTab(QScrollArea):
    """`show_event(event)` shows its times; `clear()` empties the page."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Timing")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.waterfall = Waterfall()
        self._total = _label("", "muted")
        self._sender = _label("")
        self._sender.setWordWrap(True)
        self._moments = QWidget()
        self._grid = QGridLayout(self._moments)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(3, 1)
        holder = QWidget()
        layout = QVBoxLayout(holder)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(8)
        for part in (self.waterfall, self._total, self._sender, self._moments):
            layout.addWidget(part)
        layout.addStretch(1)
        self.setWidget(holder)

    def show_event(self, event: Event) -> None:
        """Shows the times of this event."""
        bars = phases(event.times)
        self.waterfall.show_phases(bars)
        whole = max((bar.start_ns + bar.length_ns for bar in bars), default=0)
        answered = event.times.replied_ns is not None
        self._total.setText(
            f"{duration(whole)} from the first byte to {'the reply' if answered else 'the last step known'}"
        )
        sent = delay(event)
        self._sender.setText(f"The sender's timestamp is {sent}." if sent else "")
        self._sender.setVisible(bool(sent))
        self._fill(timetable(event))

    def clear(self) -> None:
        """Shows nothing."""
        self.waterfall.show_phases(())
        self._total.setText("")
        self._sender.setText("")
        self._fill(None)

    def _fill(self, table: Timetable | None) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        if table is None:
            return
        for column, title in ((1, f"UTC {table.utc_day}"), (2, f"Local {table.local_day}")):
            self._grid.addWidget(_label(title, "heading"), 0, column)
        row = 1
        for line in table.lines:
            self._grid.addWidget(_label(line.name, "muted"), row, 0)
            self._grid.addWidget(_label(line.utc, "mono"), row, 1)
            self._grid.addWidget(_label(line.local, "mono"), row, 2)
            row += 1
            if line.remark:
                self._grid.addWidget(_label(line.remark, "muted"), row, 1, 1, 3)
                row += 1


def _label(text: str, role: str = "") -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    label.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    label.setProperty("role", role)
    return label
