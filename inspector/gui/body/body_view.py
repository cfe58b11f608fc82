"""Shows one body: reads it off Qt's thread, chooses the viewer, and lets the user switch."""

from __future__ import annotations

from collections.abc import MutableMapping

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from inspector.core.body import json_text
from inspector.core.body.kinds import Kind
from inspector.core.body.reading import BodyReading, bounded, read, shown_text, size_text
from inspector.core.headers import HeaderPairs
from inspector.gui.background import Background
from inspector.gui.body.body_bar import BodyBar, plain_label
from inspector.gui.body.hex_view import HexView
from inspector.gui.body.image_view import ImageView
from inspector.gui.body.json_view import JsonView
from inspector.gui.body.table_view import RowsView
from inspector.gui.body.text_view import LINE_CHARS, TEXT_CHARS, TextView
from inspector.gui.body.work import Cancelled, Work

VIEWS: dict[Kind, tuple[str, ...]] = {
    Kind.EMPTY: (),
    Kind.JSON: ("tree", "formatted", "raw", "hex"),
    Kind.FORM: ("fields", "raw", "hex"),
    Kind.MULTIPART: ("parts", "raw", "hex"),
    Kind.XML: ("text", "hex"),
    Kind.TEXT: ("text", "hex"),
    Kind.IMAGE: ("picture", "hex"),
    Kind.BINARY: ("hex", "text"),
}
_PATIENCE_MS = 200
_DEEPEST = 2


class BodyView(QWidget):
    """`show_body` and `clear`; `remembered` keeps the chosen view of each kind."""

    shown = Signal(str)
    """The key of a view, when it is filled."""
    copied = Signal(str)

    def __init__(
        self,
        background: Background,
        remembered: MutableMapping[str, str] | None = None,
        level: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._background = background
        self._remembered: MutableMapping[str, str] = remembered if remembered is not None else {}
        self._level = level
        self._reading: BodyReading | None = None
        self._arrived_ns: int | None = None
        self._duplicates: list[int] = []
        self._at_duplicate = -1
        self._place: tuple[int, int] | None = None
        self._work, self._filling, self._counting = (Work(background, self) for _ in range(3))
        self._key = ""
        self.bar = BodyBar(self)
        self.bar.view_chosen.connect(self._on_view_chosen)
        self.bar.jump_wanted.connect(self._on_jump)
        self.bar.duplicate_wanted.connect(self._on_duplicate)
        self.stack = QStackedWidget(self)
        self.message = plain_label(self, "muted")
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.tree = JsonView(background, self)
        self.tree.copied.connect(self.copied)
        self.text = TextView("Body as text", self)
        self.hex = HexView(self)
        self.picture = ImageView(background, self)
        self.fields = RowsView("Form fields", ("Name", "Value"), self)
        self.parts = RowsView("Parts", ("Name", "File name", "Type", "Size"), self)
        self.part: BodyView | None = None
        self._parts_holder = QSplitter(Qt.Orientation.Vertical, self)
        self._parts_holder.addWidget(self.parts)
        self.parts.chosen.connect(self._on_part)
        for widget in (
            self.message,
            self.tree,
            self.text,
            self.hex,
            self.picture,
            self.fields,
            self._parts_holder,
        ):
            self.stack.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addWidget(self.stack, 1)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(self._on_waiting)
        self.clear()

    @property
    def reading(self) -> BodyReading | None:
        """What is shown, or None while it is read."""
        return self._reading

    @property
    def view_key(self) -> str:
        """Which view is on top: tree, formatted, raw, hex, text, fields, parts, picture, or empty."""
        return self._key

    def show_body(self, raw: bytes, headers: HeaderPairs, arrived_ns: int | None = None) -> None:
        """Read and show; what is under way for another body is stopped. `arrived_ns` is ns since 1970 UTC."""
        self._stop()
        self._reading = None
        self._arrived_ns = arrived_ns
        self._patience.start()
        self._work.start(lambda cancelled: read(raw, headers, cancelled), self._on_read, self._on_failed)

    def clear(self) -> None:
        """Show nothing and stop all work."""
        self._stop()
        self._reading = None
        self._say("")
        self.bar.hide()

    def _stop(self) -> None:
        self._patience.stop()
        for work in (self._work, self._filling, self._counting):
            work.stop()
        self._at_duplicate, self._place, self._key = -1, None, ""
        self.picture.clear()
        if self.part is not None:
            self.part.clear()

    def _say(self, words: str) -> None:
        self.message.setText(words)
        self.stack.setCurrentWidget(self.message)

    def _on_waiting(self) -> None:
        """It takes a while: what is told of the earlier body must not stand above."""
        self.bar.hide()
        self._say("Reading the body…")

    def _on_failed(self, error: Exception) -> None:
        self._patience.stop()
        self.bar.hide()
        self._say(f"The body could not be read: {type(error).__name__}")

    def _on_read(self, reading: BodyReading) -> None:
        self._patience.stop()
        self._reading = reading
        self.bar.setVisible(reading.kind is not Kind.EMPTY)
        self.bar.tell_note("")
        self.bar.tell(self._words(reading))
        self._warn(reading)
        views = VIEWS[reading.kind]
        if reading.kind is Kind.JSON and reading.json is not None and reading.json.root is None:
            views = ("raw", "hex")
        wanted = self._remembered.get(reading.kind.value, "")
        chosen = wanted if wanted in views else (views[0] if views else "")
        self.bar.offer([(view, view.capitalize()) for view in views], chosen)
        self.tree.clear()
        if reading.json is not None:
            self.tree.show_json(reading.json, self._arrived_ns)
            self._count_duplicates(reading)
        else:
            self.bar.tell_duplicates(0)
        if chosen:
            self._show(chosen)
        else:
            self._say("This request has no body.")

    def _words(self, reading: BodyReading) -> str:
        if reading.kind is Kind.EMPTY:
            return "no body"
        name = {Kind.JSON: "JSON", Kind.XML: "XML"}.get(reading.kind, reading.kind.value)
        size = size_text(len(reading.raw))
        if reading.encodings:
            size = f"{', '.join(reading.encodings)}, {size} → {size_text(len(reading.data))}"
        words = f"{name} · {size}"
        if reading.kind in (Kind.TEXT, Kind.XML, Kind.JSON) and reading.charset not in ("utf-8", "ascii"):
            words += f" · {reading.charset}"
        return words

    def _warn(self, reading: BodyReading) -> None:
        broken = reading.json.broken if reading.json is not None else None
        texts = [str(broken) if broken is not None else "", reading.trouble]
        text = " ".join(part[:1].upper() + part[1:] for part in texts if part)
        self.bar.warn(text, "bad" if broken is not None else "warn", jump=broken is not None)

    def _count_duplicates(self, reading: BodyReading) -> None:
        index = reading.json
        if index is None:
            return
        self.bar.tell_duplicates(0)
        if reading.duplicates is not None:
            self._on_counted(list(reading.duplicates))
        else:
            self._counting.start(
                lambda cancelled: json_text.duplicate_keys(index.data, cancelled), self._on_counted
            )

    def _on_counted(self, offsets: list[int]) -> None:
        self._duplicates = offsets
        self.bar.tell_duplicates(len(offsets))
        self.tree.mark_duplicates(tuple(offsets))

    def _on_duplicate(self) -> None:
        if self._duplicates:
            self._at_duplicate = (self._at_duplicate + 1) % len(self._duplicates)
            self._show("tree")
            self.tree.go_to(self._duplicates[self._at_duplicate])

    def _on_view_chosen(self, key: str) -> None:
        if self._reading is not None:
            self._remembered[self._reading.kind.value] = key
            self._show(key)

    def _show(self, key: str) -> None:
        reading = self._reading
        if reading is None or key == self._key:
            return
        self._key = key
        self._filling.stop()
        self.bar.check(key.capitalize())
        self.bar.tell_note("")
        if key == "tree":
            self.stack.setCurrentWidget(self.tree)
        elif key == "hex":
            self.hex.show_bytes(reading.raw)
            self.stack.setCurrentWidget(self.hex)
        elif key == "picture":
            self.picture.show_image(reading.data)
            self.stack.setCurrentWidget(self.picture)
        elif key == "fields":
            self.fields.show_fields(reading.fields)
            self.stack.setCurrentWidget(self.fields)
        elif key == "parts":
            self.stack.setCurrentWidget(self._parts_holder)
            self.parts.show_parts(reading.parts)
        else:
            self.text.clear()
            self.stack.setCurrentWidget(self.text)
            self._filling.start(lambda cancelled: _text(reading, key, cancelled), self._on_text)
            return
        self.shown.emit(key)

    def _on_text(self, found: tuple[str, str]) -> None:
        text, note = found
        reading = self._reading
        if reading is None:
            return
        language = {Kind.JSON: "json", Kind.XML: "xml"}.get(reading.kind, "")
        self.text.show_text(text, language)
        if self._place is not None:
            self.text.go_to(*self._place)
            self._place = None
        self.bar.tell_note(note)
        self.shown.emit(self._key)

    def _on_jump(self) -> None:
        """To the place where JSON breaks: in the text where it is shown, else among the bytes."""
        reading = self._reading
        broken = reading.json.broken if reading is not None and reading.json is not None else None
        if reading is None or reading.json is None or broken is None:
            return
        if broken.column <= LINE_CHARS and broken.offset < TEXT_CHARS:
            if self._key == "raw" and not self._filling.busy:
                self.text.go_to(broken.line, broken.column)
            else:
                self._place = (broken.line, broken.column)
                self._show("raw")
        elif reading.json.data is reading.raw:
            self._show("hex")
            self.hex.go_to(broken.offset)
        else:
            self._show("tree")
            self.tree.go_to(broken.offset)

    def _on_part(self, row: int) -> None:
        if self._reading is None or not 0 <= row < len(self._reading.parts) or self._level >= _DEEPEST:
            return
        if self.part is None:
            self.part = BodyView(self._background, self._remembered, self._level + 1, self)
            self._parts_holder.addWidget(self.part)
            self._parts_holder.setSizes([160, 400])
        part = self._reading.parts[row]
        self.part.show_body(part.body, part.headers, self._arrived_ns)


def _text(reading: BodyReading, key: str, cancelled: Cancelled) -> tuple[str, str]:
    """The text of a view, cut to what it takes, and in words what was cut."""
    if key == "formatted" and reading.json is not None:
        text, whole = json_text.formatted(reading.json.data, TEXT_CHARS, cancelled)
        return bounded(text, not whole, TEXT_CHARS, LINE_CHARS)
    return shown_text(reading.data, reading.content_type, TEXT_CHARS, LINE_CHARS)
