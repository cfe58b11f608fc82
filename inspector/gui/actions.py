"""The one table of actions: menus, palette, shortcuts and their list are all made from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget


@dataclass(frozen=True, slots=True)
class Action:
    """Something the user can do. `shortcuts` in Qt's notation, the first is shown."""

    key: str
    menu: str
    text: str
    shortcuts: tuple[str, ...] = ()
    checkable: bool = False
    needs_event: bool = False
    separated: bool = False
    """A line stands before it in the menu."""


ACTIONS: tuple[Action, ...] = (
    Action("send-sample", "File", "Send a sample"),
    Action("compose", "File", "Compose a request…", ("Ctrl+Shift+N",)),
    Action("copy-address", "File", "Copy the address", ("Ctrl+Shift+U",)),
    Action("listen", "File", "Listen on another address…", separated=True),
    Action("pause", "File", "Pause", ("Ctrl+Shift+P",), checkable=True),
    Action("sources", "File", "Sources and secrets…", ("Ctrl+,",)),
    Action("targets", "File", "Targets…", ("Ctrl+Shift+T",)),
    Action("dead-letters", "File", "Dead letters…"),
    Action("checkup", "File", "Check a handler up…"),
    Action("refusals", "File", "Rejected connections…"),
    Action("clear", "File", "Clear events…", ("Ctrl+Shift+Delete",), separated=True),
    Action("quit", "File", "Quit", ("Ctrl+Q",), separated=True),
    Action("resend", "Event", "Resend", ("r",), needs_event=True),
    Action("resend-ask", "Event", "Resend with options…", ("Shift+R",), needs_event=True),
    Action("edit", "Event", "Edit and resend…", ("e",), needs_event=True),
    Action("trials", "Event", "Try the handler…", ("Ctrl+Shift+R",), needs_event=True),
    Action("sign-anew", "Event", "Sign anew when resending", checkable=True),
    Action("pin", "Event", "Pin", ("Ctrl+P",), needs_event=True, separated=True),
    Action("note", "Event", "Note…", ("Ctrl+N",), needs_event=True),
    Action("copy-curl", "Event", "Copy as curl", ("Ctrl+Shift+C",), needs_event=True, separated=True),
    Action("copy-body", "Event", "Copy the body", needs_event=True),
    Action("copy-id", "Event", "Copy the event id", needs_event=True),
    Action("compare", "Event", "Compare", ("Ctrl+D",), needs_event=True, separated=True),
    Action("repeats", "Event", "Show repeats of this event", ("Ctrl+R",), needs_event=True),
    Action("filter-type", "Event", "Filter by this type", ("Ctrl+T",), needs_event=True),
    Action("delete", "Event", "Delete", ("Delete",), needs_event=True, separated=True),
    Action("undo", "Event", "Undo the deletion", ("Ctrl+Z",)),
    Action("filter", "Go", "Filter", ("Ctrl+F", "/")),
    Action("clear-filter", "Go", "Show all events", ("Ctrl+Shift+F",)),
    Action("save-filter", "Go", "Save this filter…", ("Ctrl+S",)),
    Action("next", "Go", "Next event", ("j",), separated=True),
    Action("previous", "Go", "Previous event", ("k",)),
    Action("newest", "Go", "Newest event", ("g", "Ctrl+Home")),
    Action("table", "Go", "The table", ("Ctrl+1",)),
    Action("pane", "Go", "The event", ("Ctrl+2",)),
    Action("next-tab", "Go", "Next tab of the event", ("]",), separated=True),
    Action("previous-tab", "Go", "Previous tab of the event", ("[",)),
    Action("side-bar", "View", "Side bar", ("Ctrl+B",), checkable=True),
    Action("histogram", "View", "Histogram", ("Ctrl+H",), checkable=True),
    Action("theme-system", "View", "Colours of the system", checkable=True, separated=True),
    Action("theme-light", "View", "Light", checkable=True),
    Action("theme-dark", "View", "Dark", checkable=True),
    Action("notifications", "View", "Notifications", checkable=True, separated=True),
    Action("tray", "View", "Tray icon", checkable=True),
    Action("palette", "Help", "Commands…", ("Ctrl+K", "Ctrl+Shift+K")),
    Action("shortcuts", "Help", "Shortcuts", ("?", "F1")),
    Action("query-help", "Help", "The filter's language"),
    Action("about", "Help", "About Webhook Inspector", separated=True),
)
MENUS = ("File", "Event", "Go", "View", "Help")


class Actions(QObject):
    """A QAction for each entry of the table, under its key."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.by_key: dict[str, QAction] = {}
        for entry in ACTIONS:
            action = QAction(entry.text, window)
            action.setObjectName(entry.key)
            action.setShortcuts([QKeySequence(each) for each in entry.shortcuts])
            action.setCheckable(entry.checkable)
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            window.addAction(action)
            self.by_key[entry.key] = action

    def __getitem__(self, key: str) -> QAction:
        """The action of that key."""
        return self.by_key[key]

    def on(self, key: str, do: Callable[[], object]) -> None:
        """Call `do` when the action is triggered."""
        self.by_key[key].triggered.connect(lambda _checked=False: do())

    def on_toggled(self, key: str, do: Callable[[bool], object]) -> None:
        """Call `do` with the new state when the user changes it."""
        self.by_key[key].triggered.connect(lambda checked=False: do(checked))

    def enable_for_event(self, there: bool) -> None:
        """Those that need an event can be used only while one is chosen."""
        for entry in ACTIONS:
            if entry.needs_event:
                self.by_key[entry.key].setEnabled(there)

    def fill_menu_bar(self, bar: QMenuBar) -> dict[str, QMenu]:
        """One menu for each name in MENUS."""
        menus = {}
        for name in MENUS:
            menus[name] = menu = bar.addMenu(name)
            for entry in ACTIONS:
                if entry.menu == name:
                    if entry.separated:
                        menu.addSeparator()
                    menu.addAction(self.by_key[entry.key])
        return menus


def shortcut_text(entry: Action) -> str:
    """The shortcuts as this system writes them."""
    native = QKeySequence.SequenceFormat.NativeText
    return ", ".join(QKeySequence(each).toString(native) for each in entry.shortcuts)
