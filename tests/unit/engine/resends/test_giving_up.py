"""Whoever gives up waiting for a delivery to be kept does no harm to the others."""

from __future__ import annotations

import threading
from concurrent.futures import CancelledError
from pathlib import Path

import pytest

from inspector.core.outgoing import Outgoing
from inspector.core.target import Target
from inspector.engine.inspector import Inspector, Options
from inspector.engine.paths import Folders
from tests.unit.engine.resends.handler import PATIENCE_S, Handler


def test_a_cancelled_wait_leaves_the_others_their_result(tmp_path: Path) -> None:
    inspector = Inspector(Options(folders=Folders(tmp_path, tmp_path)))
    inspector.start()
    go_on = threading.Event()
    try:
        with Handler() as handler:
            target = Target("", handler.url)
            sent = [Outgoing("POST", f"{handler.url}/{number}", ()) for number in range(3)]
            held = inspector._store.write(lambda connection: go_on.wait(PATIENCE_S))
            first, second = (inspector.deliveries.send(0, target, outgoing=each) for each in sent[:2])
            handler.wait_for(2)
            assert first.cancel()
            go_on.set()
            assert held.result(PATIENCE_S)
            assert second.result(PATIENCE_S).url == sent[1].url
            assert inspector.deliveries.send(0, target, outgoing=sent[2]).result(PATIENCE_S).id > 0
            with pytest.raises(CancelledError):
                first.result(PATIENCE_S)
    finally:
        go_on.set()
        inspector.stop()
