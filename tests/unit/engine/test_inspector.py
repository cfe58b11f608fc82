"""The engine as a whole: starting, listening, pausing, trouble, stopping."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

from inspector.core.problem import ProblemError
from inspector.engine.announcements import (
    Announcement,
    ListenerChanged,
    ProblemCleared,
    ProblemRaised,
    SettingsChanged,
)
from inspector.engine.inspector import Inspector, Listening, url_of
from inspector.engine.settings import KEEP_EVENTS
from tests.unit.engine.conftest import arrival


def post(listening: Listening, path: str = "/x", body: bytes = b"{}") -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(listening.host, listening.port, timeout=60)
    try:
        connection.request("POST", path, body)
        response = connection.getresponse()
        response.read()
        return response
    finally:
        connection.close()


class Ear:
    """Remembers announcements and waits for one."""

    def __init__(self, inspector: Inspector) -> None:
        self.heard: list[Announcement] = []
        self._news = threading.Condition()
        inspector.announcements.subscribe(self._take)

    def _take(self, announcement: Announcement) -> None:
        with self._news:
            self.heard.append(announcement)
            self._news.notify_all()

    def wait(self, condition: Callable[[Announcement], bool]) -> Announcement:
        with self._news:
            assert self._news.wait_for(lambda: any(map(condition, self.heard)), 60), self.heard
            return next(filter(condition, self.heard))


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),
        ("::", "http://[::1]:80"),
        ("::1", "http://[::1]:80"),
        ("example.test", "http://example.test:80"),
    ],
)
def test_the_url_that_a_sender_here_uses(host: str, url: str) -> None:
    assert url_of(host, 80) == url


def test_it_listens_keeps_answers_and_stops(inspector: Inspector) -> None:
    ear = Ear(inspector)
    listening = inspector.listen(port=0)
    assert ear.heard == [ListenerChanged(listening.url)]
    assert inspector.listening == listening
    assert post(listening, "/webhooks/nudj", b'{"id": "evt_1", "type": "a"}').status == 200
    (row,) = inspector.inbox.rows(inspector.inbox.ids())
    assert (row.source, row.event_type, row.event_id) == ("nudj", "a", "evt_1")
    inspector.stop_listening()
    assert inspector.listening is None
    with pytest.raises(ConnectionError):
        post(listening)


def test_moving_to_another_port_leaves_the_old_one(inspector: Inspector) -> None:
    first = inspector.listen(port=0)
    second = inspector.listen(port=0)
    assert first.port != second.port
    assert post(second).status == 200
    with pytest.raises(ConnectionError):
        post(first)


def test_a_taken_port_is_a_problem_and_the_earlier_listener_goes_on(
    inspector: Inspector, start: Callable[..., Inspector], tmp_path: Path
) -> None:
    taken = inspector.listen(port=0)
    other = start(database=tmp_path / "other.db")
    mine = other.listen(port=0)
    with pytest.raises(ProblemError) as caught:
        other.listen(taken.host, taken.port)
    assert caught.value.problem.key == "port-taken"
    assert post(mine).status == 200


def test_another_address_with_the_same_port(inspector: Inspector) -> None:
    first = inspector.listen("127.0.0.1", 0)
    second = inspector.listen("0.0.0.0", first.port)
    assert (second.host, second.url) == ("0.0.0.0", first.url)
    assert post(second).status == 200
    with pytest.raises(ProblemError):
        inspector.listen("203.0.113.7", first.port)  # an address that is not of this machine
    assert inspector.listening == second
    assert post(second).status == 200


def test_while_paused_senders_are_told_to_come_again(inspector: Inspector) -> None:
    listening = inspector.listen(port=0)
    ear = Ear(inspector)
    inspector.pause()
    response = post(listening)
    assert (response.status, response.getheader("Retry-After")) == (503, "5")
    inspector.resume()
    assert post(listening).status == 200
    assert inspector.inbox.count() == 1
    assert ear.heard[:2] == [ListenerChanged(listening.url, True), ListenerChanged(listening.url, False)]


def test_a_locked_database_is_a_503_until_it_is_let_go(inspector: Inspector) -> None:
    listening = inspector.listen(port=0)
    ear = Ear(inspector)
    holder = apsw.Connection(str(inspector.database))
    holder.set_busy_timeout(60_000)  # the program may be writing just now
    holder.execute("BEGIN IMMEDIATE")
    try:
        assert post(listening).status == 503
    finally:
        holder.execute("ROLLBACK")
        holder.close()
    raised = ear.wait(lambda each: isinstance(each, ProblemRaised))
    assert isinstance(raised, ProblemRaised)
    assert raised.problem.key == "database-locked"
    ear.wait(lambda each: each == ProblemCleared("database-locked"))  # without another event
    assert inspector.announcements.problems == ()
    assert post(listening).status == 200


def test_a_damaged_file_is_set_aside_and_reported(start: Callable[..., Inspector], tmp_path: Path) -> None:
    path = tmp_path / "events.db"
    first = start(database=path)
    first.inbox.add([arrival()])
    first.stop()
    content = bytearray(path.read_bytes())
    content[100:] = b"\xaa" * (len(content) - 100)
    path.write_bytes(content)
    second = start(database=path)
    assert [problem.key for problem in second.announcements.problems] == ["database-damaged"]
    assert second.inbox.add([arrival()]) == [1]
    (kept,) = [
        each
        for each in tmp_path.iterdir()
        if "damaged" in each.name and each.name[-4:] not in ("-wal", "-shm")
    ]
    assert kept.read_bytes() == content


def test_settings_that_are_written_by_hand_hold_soon(inspector: Inspector) -> None:
    ear = Ear(inspector)
    path = inspector.folders.settings
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("retry_after_seconds = 9\n")
    ear.wait(lambda each: each == SettingsChanged(("retry_after_seconds",)))


def test_two_inspectors_do_not_capture_into_one_file(
    inspector: Inspector, start: Callable[..., Inspector]
) -> None:
    with pytest.raises(ProblemError) as caught:
        start(database=inspector.database)
    assert caught.value.problem.key == "database-in-use"


def test_old_events_go_when_there_are_too_many(inspector: Inspector) -> None:
    inspector.inbox.add([arrival() for _ in range(20)])
    inspector.inbox.pin([1])
    inspector.settings.set(KEEP_EVENTS, 5)
    inspector.prune()
    assert list(inspector.inbox.ids()) == [20, 19, 18, 17, 1]


def test_stopping_leaves_no_thread_and_may_be_done_twice(start: Callable[..., Inspector]) -> None:
    before = set(threading.enumerate())
    inspector = start()
    inspector.listen(port=0)
    inspector.stop()
    inspector.stop()
    assert set(threading.enumerate()) <= before
