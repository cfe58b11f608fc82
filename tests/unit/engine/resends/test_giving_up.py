"""Whoever gives up waiting for a delivery to be kept does no harm to the others."""

from __future__ import annotations

import threading
from pathlib import Path

from inspector.core.delivery import Delivery, Response
from inspector.core.outgoing import Outgoing
from inspector.engine.delivery_ledger import Entry, Ledger
from inspector.engine.inspector import Inspector, Options
from inspector.engine.paths import Folders

PATIENCE_S = 60.0


def entry(url: str) -> Entry:
    delivery = Delivery(
        id=0, event_id=0, target_name="", url=url, sent_at_ns=1, attempt=1, origin="resend",
        signing="as-captured", outgoing=Outgoing("POST", url, ()), response=Response(200, ""),
    )  # fmt: skip
    return Entry(delivery, own_body=False, ok=True)


def test_a_cancelled_wait_leaves_the_others_their_result(tmp_path: Path) -> None:
    inspector = Inspector(Options(folders=Folders(tmp_path, tmp_path)))
    inspector.start()
    try:
        ledger = Ledger(inspector._store, inspector.announcements)
        go_on = threading.Event()
        held = inspector._store.write(lambda connection: go_on.wait(PATIENCE_S))
        first, second = ledger.keep(entry("http://h/1")), ledger.keep(entry("http://h/2"))
        assert first.cancel()
        go_on.set()
        assert held.result(PATIENCE_S)
        assert second.result(PATIENCE_S).url == "http://h/2"
        assert ledger.keep(entry("http://h/3")).result(PATIENCE_S).id > 0
    finally:
        inspector.stop()
