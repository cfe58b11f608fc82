"""Compose a request: the editor without an event, on nothing or on one of the samples."""

from __future__ import annotations

from concurrent.futures import Future

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from inspector.core.delivery import Delivery, Signing
from inspector.core.edits import Edits, edited
from inspector.core.event import Request
from inspector.core.target import Target
from inspector.engine.inspector import Inspector
from inspector.engine.resends_prepare import Choice
from inspector.gui.background import Background
from inspector.gui.dialogs.plain import confirm
from inspector.gui.editor.dialog import EditorDialog, Looked, broken_json
from inspector.gui.editor.starts import EMPTY, sample_request, sample_types
from inspector.gui.views.parts import label


class ComposerDialog(EditorDialog):
    """Call `show()`."""

    def __init__(
        self,
        inspector: Inspector,
        background: Background,
        signing: Signing = "as-captured",
        parent: QWidget | None = None,
    ) -> None:
        self.start = QComboBox()
        self.start.setAccessibleName("Begin with")
        self.start.addItem("An empty request", "")
        self._begun = 0
        super().__init__(None, inspector, background, signing, parent, request=EMPTY)
        self.setWindowTitle("Compose a request")
        self.tabs.setTabVisible(0, False)
        self.signing.as_captured.setText("As written: nothing is signed")
        self.keep_button.setToolTip("A new event with the mark edited")
        row = QHBoxLayout()
        row.addWidget(label("Begin with", "muted"))
        row.addWidget(self.start, 1)
        self.left.insertLayout(0, row)
        self.start.activated.connect(self._on_start)
        background.run(sample_types, done=self._on_types, receiver=self)

    def _on_types(self, types: tuple[str, ...]) -> None:
        for each in types:
            self.start.addItem(f"Nudj sample: {each}", each)

    def _on_start(self, row: int) -> None:
        if not self._unsaved:
            self._begin(row)
            return
        self.start.setCurrentIndex(self._begun)
        confirm(
            self,
            "Begin anew",
            "What you wrote was neither sent nor kept as an event.",
            "Discard it",
            lambda: self._begin(row),
        )

    def _begin(self, row: int) -> None:
        self._begun = row
        self.start.setCurrentIndex(row)
        self._unsaved = False
        self.fields.setEnabled(False)
        kind = str(self.start.itemData(row))
        self._background.run(
            lambda: sample_request(kind) if kind else EMPTY, done=self._on_begun, receiver=self
        )

    def _on_begun(self, request: Request) -> None:
        self._request = request
        self.fields.show_request(request)
        self.fields.setEnabled(True)
        self._unsaved = False

    def _look_now(self, choice: Choice, json_body: bytes | None) -> Looked:
        edited(self._request, choice.edits)
        return Looked((), broken_json(json_body), ())

    def _show_changes(self, found: Looked) -> None:
        """There is nothing to compare with."""

    def _send_now(self, choice: Choice, target: Target) -> Future[Delivery]:
        resends, request = self._inspector.resends, self._request
        prepared = resends.compose(request, target, choice, self._source_of(edited(request, choice.edits)))
        return resends.send(prepared, target)

    def _keep_now(self, edits: Edits) -> int:
        request = edited(self._request, edits)
        return self._inspector.resends.keep_edited(None, request, source=self._source_of(request))

    def _source_of(self, request: Request) -> str:
        source = self._inspector.sources.of(request)
        return "" if source is None else source.name
