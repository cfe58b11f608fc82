"""The form of one source: every field with a word of help, and back to a value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QCompleter,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QSpinBox,
    QWidget,
)

from inspector.core.event import Reply
from inspector.core.headers import HeaderPairs
from inspector.core.source import Source
from inspector.gui.sources.rules import RulesForm
from inspector.gui.sources.secret_names import SecretNames
from inspector.gui.theme import mono_font

AUTOMATIC = "Automatic, by the headers of each event"
AS_SCHEME = "as the scheme says"
DEFAULT_TARGET = "The default target"
MODES = (
    ("capture", "Capture only"),
    ("forward", "Forward in the background; the sender gets the reply below at once"),
    ("answer", "Forward, and answer with the handler’s response"),
)
ONE_DAY_S = 86_400


class SourceForm(QWidget):
    """Shows a source and gives back what the user made of it."""

    edited = Signal()

    def __init__(
        self,
        schemes: Sequence[tuple[str, str]],
        dialects: Sequence[tuple[str, str]],
        parent: QWidget | None = None,
        *,
        targets: Sequence[str] = (),
    ) -> None:
        """`schemes` and `dialects` are (id, name) pairs; `targets` are names."""
        super().__init__(parent)
        self._source = Source("")
        self._name = _line("letters, digits, dot, - and _", "Name")
        self._path = _line("/webhooks/name", "Path prefix", mono=True)
        self._scheme = _choice(schemes, "Scheme")
        self.secrets = SecretNames()
        self._dialect = _choice(dialects, "Dialect")
        self._tolerance = _number(-1, 365 * ONE_DAY_S)
        self._tolerance.setSpecialValueText(AS_SCHEME)
        self._tolerance.setSuffix(" s")
        self._tolerance.setAccessibleName("Tolerance of the timestamp in seconds")
        self._public_url = _line(
            "https://… where it differs from what the request shows", "Public URL", mono=True
        )
        self._status = _number(200, 599)
        self._status.setAccessibleName("Status of the reply")
        self._headers = _area("Content-Type: application/json", "Headers of the reply")
        self._body = _area("", "Body of the reply")
        self._mode = _choice((), "Mode")
        self._mode.setEditable(False)
        self._mode.clear()
        for key, words in MODES:
            self._mode.addItem(words, key)
        self._target = _choice([(name, name) for name in targets], "Target")
        self._target.setItemText(0, DEFAULT_TARGET)
        self.rules = RulesForm()
        self._refuse = QCheckBox("Answer 401 to bad and missing signatures (the event is kept)")
        self._handshakes = QCheckBox("Answer the provider’s handshakes")
        form = QFormLayout(self)
        form.setContentsMargins(16, 12, 16, 12)
        form.setVerticalSpacing(8)
        form.setHorizontalSpacing(12)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        for words, field in (
            ("Name", self._name),
            ("Path prefix", self._path),
            ("Scheme", self._scheme),
            ("Secrets", self.secrets),
            ("Tolerance", self._tolerance),
            ("Public URL", self._public_url),
            ("Dialect", self._dialect),
            ("Mode", self._mode),
            ("Target", self._target),
            ("Reply status", self._status),
            ("Reply headers", self._headers),
            ("Reply body", self._body),
            ("Reply rules", self.rules),
            ("", self._refuse),
            ("", self._handshakes),
        ):
            label = QLabel(words)
            label.setProperty("role", "muted")
            label.setBuddy(field)
            form.addRow(label, field)
        for changed in (
            self._name.textEdited,
            self._path.textEdited,
            self._public_url.textEdited,
            self._scheme.currentTextChanged,
            self._dialect.currentTextChanged,
            self._mode.currentTextChanged,
            self._target.currentTextChanged,
            self._tolerance.valueChanged,
            self._status.valueChanged,
            self._headers.textChanged,
            self._body.textChanged,
            self._refuse.toggled,
            self._handshakes.toggled,
            self.secrets.edited,
            self.rules.edited,
        ):
            changed.connect(self._on_edited)
        self._filling = False

    def show_source(self, source: Source) -> None:
        """Fills the form."""
        self._filling = True
        self._source = source
        self._name.setText(source.name)
        self._path.setText(source.path)
        _choose(self._scheme, source.scheme)
        _choose(self._dialect, source.dialect)
        _choose(self._mode, source.mode)
        _choose(self._target, source.target)
        self.secrets.set_names(source.secrets)
        self._tolerance.setValue(-1 if source.tolerance_s is None else source.tolerance_s)
        self._public_url.setText(source.public_url)
        self._status.setValue(source.reply.status)
        self._headers.setPlainText(
            "\n".join(
                f"{name.decode('latin-1')}: {value.decode('latin-1')}" for name, value in source.reply.headers
            )
        )
        self._body.setPlainText(source.reply.body.decode("utf-8", "replace"))
        self.rules.show_rules(source.rules)
        self._refuse.setChecked(source.refuse_bad)
        self._handshakes.setChecked(source.handshakes)
        self._filling = False

    def source(self) -> Source:
        """What the form says now; raises ValueError with a sentence where it cannot be read."""
        tolerance = self._tolerance.value()
        return replace(
            self._source,
            name=self._name.text().strip(),
            path=self._path.text().strip(),
            scheme=_chosen(self._scheme),
            secrets=self.secrets.names(),
            dialect=_chosen(self._dialect),
            tolerance_s=None if tolerance < 0 else tolerance,
            public_url=self._public_url.text().strip(),
            reply=Reply(self._status.value(), self._read_headers(), self._read_body()),
            mode=self._mode.currentData(),
            target=_chosen(self._target),
            rules=self.rules.rules(),
            refuse_bad=self._refuse.isChecked(),
            handshakes=self._handshakes.isChecked(),
        )

    def focus_name(self) -> None:
        """Puts the cursor into the name."""
        self._name.setFocus()
        self._name.selectAll()

    def _on_edited(self) -> None:
        if not self._filling:
            self.edited.emit()

    def _read_body(self) -> bytes:
        """The body; one that is no text and was not edited stays as it is."""
        before = self._source.reply.body
        text = self._body.toPlainText()
        return before if text == before.decode("utf-8", "replace") else text.encode("utf-8")

    def _read_headers(self) -> HeaderPairs:
        pairs = []
        for line in self._headers.toPlainText().splitlines():
            if not line.strip():
                continue
            name, colon, value = line.partition(":")
            if not colon or not name.strip() or not name.isascii() or " " in name.strip():
                raise ValueError(f"“{line}” is no header: write Name: value.")
            try:
                pairs.append((name.strip().encode("ascii"), value.strip().encode("latin-1")))
            except UnicodeEncodeError:
                raise ValueError(f"“{line}” has characters that a header cannot hold.") from None
        return tuple(pairs)


def _line(hint: str, name: str, *, mono: bool = False) -> QLineEdit:
    line = QLineEdit()
    line.setPlaceholderText(hint)
    line.setAccessibleName(name)
    if mono:
        line.setFont(mono_font())
    return line


def _number(least: int, most: int) -> QSpinBox:
    box = QSpinBox()
    box.setRange(least, most)
    box.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
    box.setMinimumWidth(160)
    box.lineEdit().setTextMargins(6, 0, 6, 0)
    return box


def _area(hint: str, name: str) -> QPlainTextEdit:
    area = QPlainTextEdit()
    area.setPlaceholderText(hint)
    area.setAccessibleName(name)
    area.setFont(mono_font())
    area.setFixedHeight(64)
    area.setTabChangesFocus(True)
    return area


def _choice(pairs: Sequence[tuple[str, str]], name: str) -> QComboBox:
    box = QComboBox()
    box.setEditable(True)
    box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    box.setAccessibleName(name)
    box.addItem(AUTOMATIC, "")
    for key, words in pairs:
        box.addItem(words, key)
    completer = box.completer()
    assert completer is not None
    completer.setFilterMode(Qt.MatchFlag.MatchContains)
    completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(36)
    box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return box


def _choose(box: QComboBox, key: str) -> None:
    at = box.findData(key)
    if at < 0:
        box.addItem(key, key)
        at = box.count() - 1
    box.setCurrentIndex(at)


def _chosen(box: QComboBox) -> str:
    """The id; a text that is no choice raises ValueError."""
    text = box.currentText().strip()
    at = box.findText(text, Qt.MatchFlag.MatchFixedString)
    if at < 0:
        at = box.findData(text)
    if at < 0:
        raise ValueError(f"“{text}” is none of the choices of {box.accessibleName().lower()}.")
    return str(box.itemData(at))
