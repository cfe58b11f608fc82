"""The tabs of the event pane, in their order."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.engine.inspector import Inspector
from inspector.gui.background import Background
from inspector.gui.deliveries.tab import DeliveriesTab
from inspector.gui.event.body_tab import BodyTab
from inspector.gui.event.headers import HeadersTab
from inspector.gui.event.pane import EventPane
from inspector.gui.event.raw import RawTab
from inspector.gui.event.signature import SignatureTab
from inspector.gui.event.timing import TimingTab


@dataclass(frozen=True, slots=True)
class Tabs:
    """Those that the window has to do with."""

    signature: SignatureTab
    """Asks for secrets."""
    deliveries: DeliveriesTab
    """Wants to know of the queue."""


def add_tabs(pane: EventPane, inspector: Inspector, background: Background) -> Tabs:
    """Fill the pane."""
    body, headers, timing, raw = BodyTab(background), HeadersTab(), TimingTab(), RawTab(background)
    signature = SignatureTab(inspector.signatures.examiner, background)
    pane.add_tab("Body", body, body)
    pane.add_tab("Headers", headers, headers)
    pane.add_tab("Signature", signature, signature)
    deliveries = DeliveriesTab(inspector.deliveries, background)
    pane.add_tab("Timing", timing, timing)
    pane.add_tab("Deliveries", deliveries, deliveries)
    pane.add_tab("Raw", raw, raw)
    return Tabs(signature, deliveries)
