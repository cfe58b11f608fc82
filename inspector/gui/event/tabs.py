"""The tabs of the event pane, in their order."""

from __future__ import annotations

from inspector.engine.inspector import Inspector
from inspector.gui.background import Background
from inspector.gui.event.body_tab import BodyTab
from inspector.gui.event.headers import HeadersTab
from inspector.gui.event.pane import EventPane
from inspector.gui.event.raw import RawTab
from inspector.gui.event.signature import SignatureTab
from inspector.gui.event.timing import TimingTab


def add_tabs(pane: EventPane, inspector: Inspector, background: Background) -> SignatureTab:
    """Fill the pane; returns the signature's tab, which asks for secrets."""
    body, headers, timing, raw = BodyTab(background), HeadersTab(), TimingTab(), RawTab(background)
    signature = SignatureTab(inspector.signatures.examiner, background)
    pane.add_tab("Body", body, body)
    pane.add_tab("Headers", headers, headers)
    pane.add_tab("Signature", signature, signature)
    pane.add_tab("Timing", timing, timing)
    pane.add_tab("Raw", raw, raw)
    return signature
