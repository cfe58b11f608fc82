"""One delivery: the response with its headers, the waterfall of its time, and the request that was sent."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPlainTextEdit, QTabWidget, QVBoxLayout, QWidget

from inspector.core.delivery import Delivery, Response
from inspector.core.event import Request
from inspector.core.outgoing import Outgoing, UnsendableError, url_parts
from inspector.gui.background import Background
from inspector.gui.body.body_view import BodyView
from inspector.gui.compare.comparison import Side
from inspector.gui.deliveries.words import bars, made_by, outcome_words, sentence
from inspector.gui.event.headers import HeadersTab
from inspector.gui.event.raw_text import readable
from inspector.gui.event.waterfall import Waterfall
from inspector.gui.theme import mono_font
from inspector.gui.views.parts import button, label, set_role
from inspector.gui.words import clock, safe

SHOWN_BYTES = 200_000
"""Of the body of the request, which the body page of the event shows whole."""


class DeliveryDetail(QWidget):
    """`show_delivery` and `clear`."""

    compare_wanted = Signal()
    """The request that was sent, with the captured one."""

    def __init__(self, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.delivery: Delivery | None = None
        self.words = label()
        self.words.setWordWrap(True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.body = BodyView(background, {})
        self.headers = HeadersTab()
        self.headers.setAccessibleName("Headers of the response")
        self.waterfall = Waterfall()
        self.waterfall.setAccessibleName("Waterfall of the delivery")
        self.sent = QPlainTextEdit()
        self.sent.setReadOnly(True)
        self.sent.setProperty("plain", "true")
        self.sent.setFont(mono_font())
        self.sent.setProperty("role", "mono")
        self.sent.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.sent.setAccessibleName("The request as it was sent")
        self.about = label("", "muted")
        self.about.setWordWrap(True)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName("The chosen delivery")
        self.tabs.addTab(self.body, "Response")
        self.tabs.addTab(self.headers, "Headers")
        self.tabs.addTab(self._time_page(), "Time")
        self.tabs.addTab(self._sent_page(), "Request sent")
        head = QWidget()
        inner = QVBoxLayout(head)
        inner.setContentsMargins(12, 8, 12, 4)
        inner.addWidget(self.words)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(head)
        layout.addWidget(self.tabs, 1)

    def _time_page(self) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(12, 10, 12, 8)
        layout.addWidget(self.waterfall)
        layout.addStretch(1)
        return page

    def _sent_page(self) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(12, 8, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.about)
        self.compare_button = button(
            "Compare with the captured one", self.compare_wanted.emit, "link", "What sending changed"
        )
        layout.addWidget(self.compare_button, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.sent, 1)
        return page

    def show_delivery(self, delivery: Delivery) -> None:
        """Shows a delivery; the page that is open stays open."""
        self.delivery = delivery
        self.words.setText(sentence(delivery))
        set_role(self.words, "role", "" if delivery.succeeded else "bad")
        self.waterfall.show_phases(bars(delivery.phases))
        response = delivery.response
        if response is None:
            self.body.clear()
            self.headers.clear()
        else:
            self.body.show_body(response.body, response.headers, None)
            self.headers.show_headers(response.headers)
        self.tabs.setTabEnabled(0, response is not None)
        self.tabs.setTabEnabled(1, response is not None)
        if response is None and self.tabs.currentIndex() < 2:
            self.tabs.setCurrentIndex(2)
        self.about.setText(f"{safe(delivery.url)[:400]} · {made_by(delivery)}")
        self.sent.setPlainText(sent_text(delivery.outgoing))

    def clear(self) -> None:
        """Shows nothing."""
        self.delivery = None
        self.words.setText("")
        self.waterfall.show_phases(())
        self.body.clear()
        self.headers.clear()
        self.sent.setPlainText("")


def sent_text(sent: Outgoing) -> str:
    """The request as it went over the wire, readable, its body up to SHOWN_BYTES."""
    request = as_request(sent)
    lines = [request.line, *(name + b": " + value for name, value in request.headers)]
    return readable(b"\n".join(lines) + b"\n\n" + request.body[:SHOWN_BYTES])


def as_request(sent: Outgoing) -> Request:
    """What was sent, in the form of a captured request."""
    try:
        target = url_parts(sent.url).target
    except UnsendableError:
        target = sent.url.encode("utf-8", "replace")
    line = sent.method.encode("latin-1", "replace") + b" " + target + b" HTTP/1.1"
    return Request(line, sent.headers, sent.body)


def sent_side(delivery: Delivery) -> Side:
    """The request of a delivery, to be compared with the captured one."""
    return Side(
        as_request(delivery.outgoing), f"sent {clock(delivery.sent_at_ns)}", f"to {safe(delivery.url)[:100]}"
    )


def response_side(delivery: Delivery, response: Response) -> Side:
    """A response, to be compared with another one."""
    line = f"HTTP/1.1 {response.status} {response.reason}".encode("latin-1", "replace")
    words = outcome_words(delivery.status, delivery.failure)
    return Side(
        Request(line, response.headers, response.body),
        f"attempt {delivery.attempt}  {clock(delivery.sent_at_ns)}",
        f"{words} from {safe(delivery.url)[:100]}",
        "Status line",
    )
