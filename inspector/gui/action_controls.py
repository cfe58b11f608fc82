"""What each action of the table does in the window."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from inspector.core.event import Event
from inspector.core.query.nodes import Match
from inspector.core.refusal import Refusal
from inspector.engine.settings import NOTIFICATIONS, THEME, TRAY, Setting
from inspector.gui.dialogs import help as help_dialogs
from inspector.gui.dialogs.palette import CommandPalette
from inspector.gui.dialogs.refusals import show_refusals
from inspector.gui.sample import SAMPLES

if TYPE_CHECKING:
    from inspector.gui.main_window import MainWindow

CHOICES = ("system", "light", "dark")


class ActionControls(QObject):
    """Connects the actions with the parts of the window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._actions = window.actions_by_key
        self._connect_file()
        self._connect_event()
        self._connect_go()
        self._connect_view()
        self._actions.enable_for_event(False)
        self.show_choices()

    def show_choices(self) -> None:
        """Tick what the settings say."""
        settings = self._window.inspector.settings
        for choice in CHOICES:
            action = self._actions[f"theme-{choice}"]
            action.setChecked(settings.get(THEME) == choice)
            action.setEnabled(not settings.is_fixed(THEME))
        self._actions["notifications"].setChecked(settings.get(NOTIFICATIONS))
        self._actions["tray"].setChecked(settings.get(TRAY))

    def _connect_file(self) -> None:
        window, on = self._window, self._actions.on
        on("send-sample", lambda: window.listening.send_sample(SAMPLES[0].event_type))
        on("copy-address", lambda: window.commands.copy_text(window.top_bar.url, "The address"))
        on("listen", window.listening.ask)
        self._actions.on_toggled("pause", window.listening.set_paused)
        on("sources", self._open_sources)
        on("checkup", self._open_checkup)
        on("refusals", self._ask_for_refusals)
        on("clear", lambda: window.commands.clear(window.filter_bar.text))
        on("quit", window.close)

    def _connect_event(self) -> None:
        window, on, commands = self._window, self._actions.on, self._window.commands
        on("pin", self._pin)
        on("note", window.pane.note.edit)
        on("copy-curl", lambda: self._with_event(commands.copy_curl))
        on("copy-body", lambda: self._with_event(commands.copy_body))
        on(
            "copy-id",
            lambda: self._with_event(lambda event: commands.copy_text(event.row.event_id, "The event id")),
        )
        on("compare", self._compare)
        on("repeats", lambda: self._with_event(window.show_repeats))
        on("filter-type", lambda: self._with_event(self._filter_by_type))
        on("delete", lambda: commands.delete(window.table.selected_ids()))
        on("undo", commands.undo)

    def _connect_go(self) -> None:
        window, on = self._window, self._actions.on
        on("filter", self._go_to_filter)
        on("clear-filter", self._clear_filter)
        on("save-filter", lambda: window.commands.save_filter(window.filter_bar.text))
        on("next", lambda: window.table.step(1))
        on("previous", lambda: window.table.step(-1))
        on("newest", self._go_to_newest)
        on("table", window.table.setFocus)
        on("pane", window.pane.tabs.setFocus)
        on("next-tab", lambda: window.pane.step_tab(1))
        on("previous-tab", lambda: window.pane.step_tab(-1))
        on("palette", lambda: CommandPalette(self._actions, window).show())
        on("shortcuts", lambda: help_dialogs.show_shortcuts(window))
        on("query-help", lambda: help_dialogs.show_query_help(window))
        on("about", lambda: help_dialogs.show_about(window))

    def _connect_view(self) -> None:
        window, actions = self._window, self._actions
        for key, widget in (("side-bar", window.side_bar), ("histogram", window.histogram)):
            shown = window.state.flag(key, True)
            actions[key].setChecked(shown)
            widget.setVisible(shown)
            actions.on_toggled(key, widget.setVisible)
        for choice in CHOICES:
            actions.on(f"theme-{choice}", partial(self._set, THEME, choice))
        actions.on_toggled("notifications", lambda checked: self._set(NOTIFICATIONS, checked))
        actions.on_toggled("tray", lambda checked: self._set(TRAY, checked))

    def _set(self, setting: Setting[str] | Setting[bool], value: str | bool) -> None:
        settings = self._window.inspector.settings
        change: Callable[..., None] = settings.set
        self._window.background.run(change, setting, value, failed=self._window.commands.report)
        self.show_choices()

    def _with_event(self, do: Callable[[Event], object]) -> None:
        event = self._window.pane.event_shown_now
        if event is not None:
            do(event)

    def _pin(self) -> None:
        window = self._window
        event = window.pane.event_shown_now
        if event is not None:
            window.commands.pin(window.table.selected_ids() or [event.id], not event.row.pinned)

    def _compare(self) -> None:
        window = self._window
        window.commands.compare(window.table.selected_ids(), window.pane.event_shown_now)

    def _filter_by_type(self, event: Event) -> None:
        if event.row.event_type:
            self._window.show_matching(Match("type", event.row.event_type, quoted=True))
        else:
            self._window.show_matching(Match("path", event.request.path, quoted=True))

    def _go_to_filter(self) -> None:
        line = self._window.filter_bar.line
        line.setFocus()
        line.selectAll()

    def _clear_filter(self) -> None:
        self._window.filter_bar.set_text("")
        self._window.table.setFocus()

    def _go_to_newest(self) -> None:
        table = self._window.table
        table.scrollToTop()
        if self._window.model.rowCount():
            table.choose(self._window.model.id_at(0))

    def _open_sources(self) -> None:
        from inspector.gui.sources.window import SourcesWindow

        window = self._window
        SourcesWindow(window.inspector, window.background, dialect_names(), window).open()

    def _open_checkup(self) -> None:
        from inspector.gui.checkup.window import CheckupWindow

        window = self._window
        checkup = CheckupWindow(window.inspector, window.background, window)
        window.closed.connect(checkup.give_up)
        checkup.show()

    def _ask_for_refusals(self) -> None:
        window = self._window
        window.background.run(
            window.inspector.inbox.refusals, done=self._on_refusals, failed=window.commands.report
        )

    def _on_refusals(self, refusals: list[Refusal]) -> None:
        show_refusals(self._window, refusals)


def dialect_names() -> list[tuple[str, str]]:
    """Ids and names of the dialects that a source can name."""
    from inspector.core.dialects import builtin

    return [(dialect.id, dialect.name) for dialect in builtin().all]
