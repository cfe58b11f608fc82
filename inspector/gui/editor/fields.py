"""The fields of the editor: start line, headers and body of a request, and the edits made of them."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLineEdit, QPlainTextEdit, QWidget

from inspector.core.body.json_error import Break
from inspector.core.body.json_text import formatted
from inspector.core.edits import Edits, header_lines, parse_header_lines
from inspector.core.event import Request
from inspector.core.headers import text as header_text
from inspector.gui.body.text_view import Highlighter, TextEdit
from inspector.gui.theme import mono_font, tokens_for
from inspector.gui.views.parts import button, label, set_role

METHODS = ("POST", "PUT", "PATCH", "DELETE", "GET", "HEAD", "OPTIONS")
MOST_BYTES = 1_000_000
"""A longer body is not edited here."""
MOST_SHOWN = 300
"""Of the words about broken JSON."""


class RequestFields(QWidget):
    """`show_request`, and `edits()`: what the user made different."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._request = Request(b"", (), b"")
        self._body_text: str | None = None
        self._headers_text = ""
        self._broken: Break | None = None
        self.method = QComboBox()
        self.method.setEditable(True)
        self.method.addItems(METHODS)
        self.method.setAccessibleName("Method")
        self.path = QLineEdit()
        self.query = QLineEdit()
        self.query.setPlaceholderText("none")
        self.headers = QPlainTextEdit()
        self.headers.setTabChangesFocus(True)
        self.headers.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.body = TextEdit()
        self.body.setReadOnly(False)
        self.body.setProperty("plain", None)
        self.body.setUndoRedoEnabled(True)
        self.highlighter = Highlighter(self.body.document(), tokens_for(self.palette()))
        for name, widget in (
            ("Path", self.path),
            ("Query", self.query),
            ("Headers", self.headers),
            ("Body", self.body),
        ):
            widget.setAccessibleName(name)
            widget.setFont(mono_font())
            widget.setProperty("role", "mono")
        self.check = label("", "muted")
        self.check.setWordWrap(True)
        self.place_button = button("Go there", self.go_to_break, "link")
        self.place_button.hide()
        self.format_button = button(
            "Format", self.format_body, "", "Indent; numbers and strings stay as they are"
        )
        self._lay_out()
        self.method.editTextChanged.connect(lambda _text: self.edited.emit())
        for line in (self.path, self.query):
            line.textChanged.connect(lambda _text: self.edited.emit())
        for area in (self.headers, self.body):
            area.textChanged.connect(self.edited)

    def _lay_out(self) -> None:
        top = Qt.AlignmentFlag.AlignTop
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(6)
        first = QHBoxLayout()
        self.method.setFixedWidth(96)
        first.addWidget(self.method)
        first.addWidget(self.path, 1)
        grid.addWidget(label("Request", "muted"), 0, 0)
        grid.addLayout(first, 0, 1)
        grid.addWidget(label("Query", "muted"), 1, 0)
        grid.addWidget(self.query, 1, 1)
        grid.addWidget(label("Headers", "muted"), 2, 0, top)
        grid.addWidget(self.headers, 2, 1)
        grid.addWidget(label("Body", "muted"), 3, 0, top)
        grid.addWidget(self.body, 3, 1)
        last = QHBoxLayout()
        last.addWidget(self.check, 1)
        last.addWidget(self.place_button)
        last.addWidget(self.format_button)
        grid.addLayout(last, 4, 1)
        grid.setRowStretch(2, 2)
        grid.setRowStretch(3, 5)
        grid.setColumnStretch(1, 1)

    def show_request(self, request: Request) -> None:
        """Fills the fields; what is not touched stays byte for byte."""
        self._request = request
        path, _, query = request.target.decode("latin-1").partition("?")
        self.method.setEditText(request.method)
        self.path.setText(path)
        self.query.setText(query)
        self.headers.setPlainText(header_lines(request.headers))
        self._headers_text = self.headers.toPlainText()
        text = editable_text(request.body)
        self.body.setReadOnly(text is None)
        self.highlighter.language = "json" if self.is_json else ""
        self.body.setPlainText(text if text is not None else "")
        self._body_text = None if text is None else self.body.toPlainText()
        if text is None:
            self.body.setPlaceholderText(
                "This body is not edited here: no text, or too long. It is sent as it is."
            )
        self.format_button.setVisible(text is not None and self.is_json)

    @property
    def is_json(self) -> bool:
        """Whether the body is taken for JSON."""
        kind = header_text(self._request.headers, "content-type").lower()
        return "json" in kind or self._request.body.lstrip()[:1] in (b"{", b"[")

    def body_bytes(self) -> bytes:
        """The body as it would be sent."""
        text = self.body.toPlainText()
        if self._body_text is None or text == self._body_text:
            return self._request.body
        if b"\r\n" in self._request.body:
            text = text.replace("\n", "\r\n")
        return text.encode("utf-8", "surrogatepass")

    def edits(self) -> Edits:
        """What differs from the request that is shown; raises EditError for headers that are none."""
        request = self._request
        path, _, query = request.target.decode("latin-1").partition("?")
        method = self.method.currentText().strip()
        lines = self.headers.toPlainText()
        body = self.body_bytes()
        return Edits(
            method=None if method == request.method else method,
            path=None if self.path.text() == path else self.path.text(),
            query=None if self.query.text() == query else self.query.text(),
            headers=None if lines == self._headers_text else parse_header_lines(lines),
            body=None if body == request.body else body,
        )

    def show_check(self, broken: Break | None) -> None:
        """Says where the JSON breaks, or that it is whole."""
        self._broken = broken if self.is_json else None
        self.place_button.setVisible(self._broken is not None)
        if not self.is_json:
            self.check.setText("")
        elif broken is None:
            self.check.setText("✓ JSON")
            set_role(self.check, "role", "good")
        else:
            self.check.setText(f"✕ {str(broken)[:MOST_SHOWN]}")
            set_role(self.check, "role", "bad")

    def go_to_break(self) -> None:
        """Puts the cursor where the JSON breaks."""
        if self._broken is not None:
            block = self.body.document().findBlockByNumber(self._broken.line - 1)
            cursor = QTextCursor(block)
            cursor.movePosition(
                QTextCursor.MoveOperation.Right, n=min(self._broken.column - 1, max(0, block.length() - 1))
            )
            self.body.setTextCursor(cursor)
            self.body.setFocus()

    def format_body(self) -> None:
        """Indents the JSON as one step that can be undone; every lexeme stays as it is."""
        text, _whole = formatted(self.body.toPlainText().encode("utf-8", "surrogatepass"))
        cursor = QTextCursor(self.body.document())
        cursor.beginEditBlock()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)
        cursor.endEditBlock()


def editable_text(body: bytes) -> str | None:
    """The body as text that an editor gives back unchanged; None where it would not."""
    if len(body) > MOST_BYTES:
        return None
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    plain = text.replace("\r\n", "\n")
    mixed = "\r\n" in text and plain.count("\n") != text.count("\r\n")
    return None if mixed or any(sign in plain for sign in "\r\0\u2028\u2029\ufeff\u00a0") else plain
