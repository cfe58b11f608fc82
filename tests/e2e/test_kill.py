"""What a sender was told is kept survives the sudden end of the program."""

from __future__ import annotations

import http.client
import json
import signal
import threading
from pathlib import Path

import pytest

from inspector.cli.main import run
from tests.e2e.program import Program

SENDERS = 8
ENOUGH = 600


class Sender(threading.Thread):
    """Posts numbered events on one connection until the other side is gone; knows which were acknowledged."""

    def __init__(self, program: Program, name: int, news: threading.Semaphore) -> None:
        super().__init__(daemon=True)
        self._program = program
        self._number = name
        self._news = news
        self.acknowledged: list[str] = []

    def run(self) -> None:
        connection = self._program.connect()
        try:
            for count in range(1_000_000):
                name = f"evt_{self._number}_{count}"
                connection.request("POST", "/webhooks/nudj", json.dumps({"id": name, "pad": "x" * 500}))
                response = connection.getresponse()
                response.read()
                if response.status == 200:
                    self.acknowledged.append(name)
                    self._news.release()
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()


def test_a_kill_under_load_loses_no_acknowledged_event(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = tmp_path / "events.db"
    news = threading.Semaphore(0)
    program = Program(tmp_path, database, "--quiet")
    senders = [Sender(program, number, news) for number in range(SENDERS)]
    for sender in senders:
        sender.start()
    for _ in range(ENOUGH):
        assert news.acquire(timeout=60)
    program.end(signal.SIGKILL)
    for sender in senders:
        sender.join(60)
    acknowledged = {name for sender in senders for name in sender.acknowledged}
    assert len(acknowledged) >= ENOUGH

    with Program(tmp_path, database) as again:
        assert again.post("/after")[0] == 200
    assert run(["events", "list", "--json", "--db", str(database)]) == 0
    kept = [json.loads(line)["event_id"] for line in capsys.readouterr().out.splitlines()]
    assert acknowledged <= set(kept)
    assert len(kept) - len(acknowledged) - 1 <= SENDERS  # stored, and killed before the answer went out
