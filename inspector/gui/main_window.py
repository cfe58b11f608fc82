"""The window: lays out its parts and connects them; what they do is theirs."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QIcon, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QMainWindow, QMenu, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from inspector.core.event import Event
from inspector.core.query.nodes import And, Match
from inspector.core.query.render import render
from inspector.engine.inspector import Inspector
from inspector.engine.settings import NOTIFICATIONS, THEME, TRAY
from inspector.gui.action_controls import ActionControls
from inspector.gui.actions import Actions
from inspector.gui.background import Background
from inspector.gui.bridge import Bridge
from inspector.gui.commands import EventCommands
from inspector.gui.deliveries.controls import DeliveryControls
from inspector.gui.deliveries.resend_bar import ResendBar
from inspector.gui.event.pane import EventPane
from inspector.gui.listening import Listening
from inspector.gui.models.events import EventsModel
from inspector.gui.notifier import Notifier
from inspector.gui.overview import Counts, Overview, with_range, without_range
from inspector.gui.theme import RESOURCES, Theme, choice_of
from inspector.gui.views.bars import Banners, UndoBar
from inspector.gui.views.empty import EmptyState
from inspector.gui.views.filter_bar import FilterBar
from inspector.gui.views.histogram import HistogramView
from inspector.gui.views.side_bar import SideBar, entries
from inspector.gui.views.status_bar import StatusBar
from inspector.gui.views.table import EventsTable
from inspector.gui.views.top_bar import TopBar
from inspector.gui.window_state import WindowState

SIZE = (1440, 900)


class MainWindow(QMainWindow):
    """Everything that is on the screen. The engine is started before and stopped after it."""

    closed = Signal()

    def __init__(self, inspector: Inspector, background: Background, theme: Theme) -> None:
        super().__init__()
        self.setWindowTitle("Webhook Inspector")
        icon = QIcon(str(RESOURCES / "icons" / "webhook-inspector.svg"))
        self.setWindowIcon(icon)
        self.inspector = inspector
        self.background = background
        self.theme = theme
        self._total = 0
        self._refused = 0
        self.bridge = Bridge(inspector.announcements, self)
        self.model = EventsModel(inspector.inbox, background, self)
        self._make_parts(icon)
        self._lay_out()
        self.state = WindowState(inspector.folders.config)
        self.resize(QSize(*SIZE).boundedTo(self.screen().availableSize() - QSize(8, 40)))
        self.state.restore(self, self.splitter, self.table)
        self._connect_news()
        self._connect_parts()
        self.delivery_controls = DeliveryControls(self)
        self.controls = ActionControls(self)
        self.model.reload()

    def _make_parts(self, icon: QIcon) -> None:
        inspector, background = self.inspector, self.background
        settings = inspector.settings
        self.actions_by_key = Actions(self)
        self.top_bar = TopBar()
        self.side_bar = SideBar()
        self.filter_bar = FilterBar(inspector.inbox.values, background)
        self.histogram = HistogramView()
        self.table = EventsTable(self.model)
        self.empty = EmptyState()
        self.banners = Banners()
        self.undo_bar = UndoBar()
        self.resend_bar = ResendBar()
        self.status = StatusBar(inspector.database)
        self.pane = EventPane(inspector.inbox, background)
        self.overview = Overview(inspector.inbox, self.model, background, self)
        self.listening = Listening(inspector, background, self.banners, self)
        self.commands = EventCommands(
            inspector, background, banners=self.banners, undo_bar=self.undo_bar, window=self
        )
        self.notifier = Notifier(
            self, icon, tray=settings.get(TRAY), notifications=settings.get(NOTIFICATIONS)
        )

    def _lay_out(self) -> None:
        actions = self.actions_by_key
        menus = actions.fill_menu_bar(self.menuBar())
        columns = menus["View"].addMenu("Columns")
        columns.aboutToShow.connect(lambda: self._fill_columns_menu(columns))
        self.resend_button = self.pane.add_button(actions["resend"], "Resend", "main")
        self.pane.add_button(actions["edit"], "Edit…")
        self.pin_button = self.pane.add_button(actions["pin"], "Pin")
        self.pane.add_button(actions["copy-curl"], "Copy as curl")
        self.pane.add_button(actions["note"], "Note")
        self.pane.add_button(actions["compare"], "Compare")
        self.pane.add_button(actions["delete"], "Delete", "danger")
        more = ("copy-body", "copy-id", "repeats", "filter-type")
        self.pane.add_more([actions[key] for key in more])
        self.lists = QStackedWidget()
        self.lists.addWidget(self.empty)
        self.lists.addWidget(self.table)
        centre = QWidget()
        centre.setObjectName("Centre")
        centre.setMinimumWidth(320)
        self.centre = centre
        _stack(
            centre,
            self.filter_bar,
            self.histogram,
            self.lists,
            self.resend_bar,
            self.undo_bar,
            grows=self.lists,
        )
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        for widget in (self.side_bar, centre, self.pane):
            self.splitter.addWidget(widget)
        self.splitter.setStretchFactor(1, 3)
        self.splitter.setStretchFactor(2, 2)
        self.splitter.setSizes([172, 826, 442])
        self.splitter.setChildrenCollapsible(False)
        body = QWidget()
        _stack(body, self.top_bar, self.banners, self.splitter, self.status, grows=self.splitter)
        self.setCentralWidget(body)
        self.setMinimumSize(820, 480)

    def _fill_columns_menu(self, menu: QMenu) -> None:
        menu.clear()
        menu.addActions(self.table.columns_menu().actions())

    # News of the engine

    def _connect_news(self) -> None:
        bridge, overview = self.bridge, self.overview
        bridge.events_stored.connect(self._on_stored)
        bridge.events_changed.connect(self._on_changed)
        bridge.events_removed.connect(self.model.remove)
        bridge.events_removed.connect(lambda _ids: overview.wake(now=True))
        bridge.database_changed.connect(self._on_database_changed)
        bridge.listener_changed.connect(lambda _news: self.listening.show())
        bridge.problem_raised.connect(self.listening.raise_problem)
        bridge.problem_cleared.connect(self.banners.clear_problem)
        bridge.sources_changed.connect(overview.wake)
        bridge.filters_changed.connect(overview.wake_now)
        bridge.settings_changed.connect(self._on_settings_changed)
        bridge.connections_refused.connect(self._on_refused)
        bridge.index_progressed.connect(lambda news: self.status.show_indexing(news.waiting))
        bridge.recheck_progressed.connect(
            lambda news: self.status.show_checking(news.source, news.done, news.total)
        )

    def _on_stored(self, ids: list[int]) -> None:
        self.model.add_stored(ids)
        self.status.count_arrivals(len(ids))
        self.overview.wake()

    def _on_changed(self, ids: set[int]) -> None:
        self.model.refresh_rows(ids)
        if self.table.current_id() in ids:
            self.pane.refresh()
        self.overview.wake()

    def _on_database_changed(self) -> None:
        self.model.forget_rows()
        self.model.reload()
        self.pane.refresh()
        self.overview.wake(now=True)

    def _on_refused(self, refusals: list[object]) -> None:
        self._refused += len(refusals)
        self.status.show_refused(self._refused)

    def _on_settings_changed(self, names: set[str]) -> None:
        settings = self.inspector.settings
        if THEME.name in names:
            self.theme.choose(choice_of(settings.get(THEME)))
        self.notifier.set_tray(settings.get(TRAY))
        self.notifier.notifications = settings.get(NOTIFICATIONS)
        self.controls.show_choices()

    # Parts

    def _connect_parts(self) -> None:
        model, table, pane = self.model, self.table, self.pane
        self.filter_bar.query_changed.connect(self._on_query_changed)
        self.filter_bar.save_wanted.connect(self.commands.save_filter)
        self.filter_bar.left.connect(table.setFocus)
        copying = QShortcut(QKeySequence.StandardKey.Copy, table)
        copying.setContext(Qt.ShortcutContext.WidgetShortcut)
        copying.activated.connect(self.actions_by_key["copy-curl"].trigger)
        self.side_bar.query_chosen.connect(self.filter_bar.set_text)
        self.side_bar.filter_menu_wanted.connect(self._on_filter_menu)
        model.loaded.connect(self._on_loaded)
        model.load_failed.connect(self._on_load_failed)
        model.rows_arrived.connect(self._on_rows_arrived)
        model.rowsRemoved.connect(lambda _parent, _first, _last: self._show_list())
        table.event_chosen.connect(pane.show_event)
        table.selection_changed.connect(self.status.show_selected)
        table.menu_wanted.connect(self._on_table_menu)
        pane.note_saved.connect(self.commands.note)
        pane.repeats_wanted.connect(self.show_repeats)
        pane.event_shown.connect(self._on_event_shown)
        self.overview.counted.connect(self._on_counted)
        self.histogram.range_chosen.connect(self._on_range_chosen)
        self.histogram.range_cleared.connect(self._on_range_cleared)
        self.histogram.bins_changed.connect(self._on_bins_changed)
        self.banners.changed.connect(self.status.show_problems)
        self.status.refusals_wanted.connect(self.actions_by_key["refusals"].trigger)
        self.listening.changed.connect(self._on_listener)
        self.listening.said.connect(self.undo_bar.tell)
        self.top_bar.copy_wanted.connect(lambda text: self.commands.copy_text(text, "The address"))
        self.top_bar.sample_wanted.connect(self.listening.send_sample)
        self.top_bar.pause_wanted.connect(self.listening.set_paused)
        self.top_bar.address_wanted.connect(self.listening.ask)
        self.empty.copy_wanted.connect(lambda text: self.commands.copy_text(text, "The line"))
        self.empty.sample_wanted.connect(self.listening.send_sample)
        self.empty.clear_filter_wanted.connect(self.filter_bar.clear)
        self.notifier.window_wanted.connect(self.come_forward)
        self.notifier.quit_wanted.connect(self.close)
        for problem in self.inspector.announcements.problems:
            self.listening.raise_problem(problem)

    def _on_query_changed(self, query: object, text: str) -> None:
        self.model.show_query(query)  # type: ignore[arg-type] # a signal carries objects; it is a Node or None
        self.side_bar.mark(text)

    def _on_loaded(self) -> None:
        self.banners.clear_problem("filter-failed")
        self._show_list()
        self.overview.wake(now=True)

    def _on_load_failed(self, error: Exception) -> None:
        self.commands.report(error)

    def _on_rows_arrived(self, number: int) -> None:
        self._total = max(self._total, self.model.rowCount())
        self._show_list()
        self.notifier.tell(self.model.event_row(self.model.id_at(0)), number)

    def _show_list(self) -> None:
        """The table, or what teaches why there is nothing in it."""
        if self.model.rowCount():
            self.lists.setCurrentWidget(self.table)
        else:
            if self.model.query is None:
                self.empty.show_first()
            else:
                self.empty.show_no_match()
            self.lists.setCurrentWidget(self.empty)
        self.filter_bar.show_counts(self.model.rowCount(), max(self._total, self.model.rowCount()))

    def _on_counted(self, counts: Counts) -> None:
        self._total = counts.totals.all
        names = tuple(source.name for source in self.inspector.sources.list())
        self.side_bar.show_entries(entries(counts.totals, names, counts.filters, counts.failed, counts.dead))
        self.side_bar.mark(self.filter_bar.text)
        self.histogram.show_histogram(counts.histogram)
        self.status.show_totals(counts.totals)
        self.filter_bar.show_counts(self.model.rowCount(), self._total)

    def _on_bins_changed(self) -> None:
        self.overview.bins = self.histogram.bins
        self.overview.wake()

    def _on_range_chosen(self, begin_ns: int, end_ns: int) -> None:
        self.filter_bar.set_text(with_range(self.filter_bar.text, begin_ns, end_ns))

    def _on_range_cleared(self) -> None:
        self.filter_bar.set_text(without_range(self.filter_bar.text))

    def _on_listener(self, url: str, paused: bool) -> None:
        self.top_bar.show_listener(url, paused)
        self.empty.show_listener(url, paused)
        self.actions_by_key["pause"].setChecked(paused)
        self.actions_by_key["pause"].setEnabled(bool(url))

    def show_repeats(self, event: Event) -> None:
        """List all events with this one's source and id."""
        self.show_matching(
            Match("source", event.row.source, quoted=True), Match("id", event.row.event_id, quoted=True)
        )

    def show_matching(self, *parts: Match) -> None:
        """Put these into the filter line and into force."""
        wanted = tuple(part for part in parts if part.pattern)
        self.filter_bar.set_text(render(And(wanted) if len(wanted) > 1 else wanted[0]))

    def _on_event_shown(self, event: Event | None) -> None:
        self.actions_by_key.enable_for_event(event is not None)
        pinned = event is not None and event.row.pinned
        self.pin_button.setText("Unpin" if pinned else "Pin")
        self.pane.fit_buttons()
        self.actions_by_key["pin"].setText("Unpin" if pinned else "Pin")
        self.actions_by_key["repeats"].setEnabled(event is not None and bool(event.row.event_id))
        self.actions_by_key["copy-id"].setEnabled(event is not None and bool(event.row.event_id))

    def _on_table_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for key in ("resend", "resend-ask", "edit", "", "pin", "note", "",
                    "copy-curl", "copy-body", "copy-id", "", "compare", "repeats",
                    "filter-type", "", "delete"):  # fmt: skip
            if key:
                menu.addAction(self.actions_by_key[key])
            else:
                menu.addSeparator()
        menu.popup(at)

    def _on_filter_menu(self, name: str, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Remove this filter").triggered.connect(lambda: self.commands.remove_filter(name))
        menu.popup(at)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self.pane.tabs.count():
            QTimer.singleShot(0, self, self._add_tabs)

    def _add_tabs(self) -> None:
        """After the first painting: what reads bodies and signatures takes a while to load."""
        from inspector.gui.event.tabs import add_tabs

        if not self.pane.tabs.count():
            tabs = add_tabs(self.pane, self.inspector, self.background)
            tabs.signature.secret_wanted.connect(lambda _source: self.actions_by_key["sources"].trigger())
            self.bridge.queue_changed.connect(tabs.deliveries.refresh)

    # The end

    def come_forward(self) -> None:
        """Show the window before the others."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def closeEvent(self, event: QCloseEvent) -> None:
        flags = {"side-bar": self.side_bar.isVisibleTo(self), "histogram": self.histogram.isVisibleTo(self)}
        self.state.save(self, self.splitter, self.table, flags)
        self.notifier.set_tray(False)
        self.bridge.close()
        event.accept()
        self.closed.emit()


def _stack(holder: QWidget, *parts: QWidget, grows: QWidget) -> None:
    layout = QVBoxLayout(holder)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    for part in parts:
        layout.addWidget(part, 1 if part is grows else 0)
