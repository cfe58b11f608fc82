"""Kept events go to a real handler, and their senders hear what the source's mode and rules say."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace

import pytest

from inspector.core.event import Reply
from inspector.core.problem import ProblemError
from inspector.core.query.parse import parse
from inspector.core.source import Mode, ReplyRules, Source
from inspector.core.target import Target
from inspector.engine.inspector import Inspector
from inspector.engine.live import NO_TARGET
from inspector.engine.secrets import MemoryKeeper
from tests.unit.engine.deliveries.handler import PATIENCE_S, Answer, Got, Handler, until

SHOP = Source("shop", "/shop", reply=Reply(202, body=b"thanks"))


class Sender:
    """Sends to an inspector that listens."""

    def __init__(self, inspector: Inspector) -> None:
        self.port = inspector.listen("127.0.0.1", 0).port

    def post(
        self, body: bytes = b"{}", path: str = "/shop", **headers: str
    ) -> tuple[int, bytes, dict[str, str]]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)) as connection:
            connection.request("POST", path, body, headers)
            with connection.getresponse() as response:
                return response.status, response.read(), dict(response.getheaders())

    def leave(self, body: bytes = b"{}") -> socket.socket:
        """Sends a request and does not wait for its reply."""
        connection = socket.create_connection(("127.0.0.1", self.port), PATIENCE_S)
        connection.sendall(
            b"POST /shop HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
        )
        return connection


@pytest.fixture
def sender(inspector: Inspector) -> Sender:
    return Sender(inspector)


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Holds a handler back; opened at the end."""
    event = threading.Event()
    yield event
    event.set()


def shop(
    inspector: Inspector, mode: Mode = "capture", url: str = "", timeout_s: float = 10.0, **rules: object
) -> None:
    """The source with a mode, and its target."""
    if url:
        inspector.deliveries.targets.add(Target("handler", url, timeout_s=timeout_s), default=True)
    made = ReplyRules(**rules) if rules else None  # type: ignore[arg-type] # passed on
    inspector.sources.add(replace(SHOP, mode=mode, rules=made))


def events(inspector: Inspector) -> list[int]:
    return list(inspector.inbox.ids(parse("source:shop")))[::-1]


def test_capture_sends_nothing(inspector: Inspector, sender: Sender) -> None:
    with Handler() as handler:
        shop(inspector, "capture", handler.url)
        assert sender.post()[:2] == (202, b"thanks")
        assert handler.got == []
        (number,) = events(inspector)
        assert inspector.deliveries.of_event(number) == []


def test_forward_answers_at_once_and_sends_in_order(
    inspector: Inspector, sender: Sender, gate: threading.Event
) -> None:
    def slow(_: Got) -> Answer:
        assert gate.wait(PATIENCE_S)
        return Answer()

    with Handler(slow) as handler:
        inspector.deliveries.targets.add(Target("handler", handler.url, concurrency=1), default=True)
        shop(inspector, "forward")
        for count in range(5):
            assert sender.post(b"%d" % count)[:2] == (202, b"thanks")
        gate.set()
        got = handler.wait(5)
        assert [each.body for each in got] == [b"0", b"1", b"2", b"3", b"4"]
        assert {each.target for each in got} == {"/shop"}
        until(lambda: all(len(inspector.deliveries.of_event(each)) == 1 for each in events(inspector)))


def test_answer_passes_the_handlers_response_on(inspector: Inspector, sender: Sender) -> None:
    with Handler(
        lambda got: Answer(418, (("X-Mine", "yes"), ("Keep-Alive", "x")), b"got " + got.body)
    ) as handler:
        shop(inspector, "answer", handler.url)
        status, body, headers = sender.post(b"a\x00\xff", path="/shop/x?q=1")
        assert (status, body, headers["X-Mine"]) == (418, b"got a\x00\xff", "yes")
        assert "Keep-Alive" not in headers
        (got,) = handler.got
        assert got.target == "/shop/x?q=1"
    (number,) = events(inspector)
    until(lambda: bool(inspector.deliveries.of_event(number)))
    (row,) = inspector.deliveries.of_event(number)
    assert (row.origin, row.status) == ("live", 418)
    until(lambda: inspector.inbox.rows([number])[0].reply_status == 418)


def test_the_event_is_on_the_disk_before_the_handler_is_called(inspector: Inspector, sender: Sender) -> None:
    kept: list[list[int]] = []

    def look(_: Got) -> Answer:
        kept.append(events(inspector))
        return Answer()

    with Handler(look) as handler:
        shop(inspector, "answer", handler.url)
        assert sender.post()[0] == 200
    assert kept == [events(inspector)]


def test_a_handler_that_is_down_is_502_and_kept(inspector: Inspector, sender: Sender) -> None:
    with Handler() as handler:
        url = handler.url
    shop(inspector, "answer", url)
    status, body, _ = sender.post()
    assert status == 502
    assert b"refused" in body
    (number,) = events(inspector)
    until(lambda: bool(inspector.deliveries.of_event(number)))
    assert inspector.deliveries.of_event(number)[0].succeeded is False


def test_a_handler_that_is_slow_is_504(inspector: Inspector, sender: Sender, gate: threading.Event) -> None:
    def hang(_: Got) -> Answer:
        gate.wait(PATIENCE_S)
        return Answer()

    with Handler(hang) as handler:
        shop(inspector, "answer", handler.url, timeout_s=0.3)
        status, body, _ = sender.post()
        gate.set()
    assert status == 504
    assert b"0.3 s" in body


def test_capture_goes_on_beside_senders_that_wait(
    inspector: Inspector, sender: Sender, gate: threading.Event
) -> None:
    def hang(_: Got) -> Answer:
        gate.wait(PATIENCE_S)
        return Answer(200, (), b"late")

    with Handler(hang) as handler, ThreadPoolExecutor(8) as pool:
        shop(inspector, "answer", handler.url, timeout_s=PATIENCE_S)
        waiting = [pool.submit(sender.post) for _ in range(8)]
        handler.wait(8)
        assert sender.post(path="/other")[0] == 200
        gate.set()
        assert {each.result(PATIENCE_S)[1] for each in waiting} == {b"late"}


def test_a_sender_that_leaves_ends_the_call(
    inspector: Inspector, sender: Sender, gate: threading.Event
) -> None:
    def hang(_: Got) -> Answer:
        gate.wait(PATIENCE_S)
        return Answer()

    with Handler(hang) as handler:
        shop(inspector, "answer", handler.url, timeout_s=PATIENCE_S)
        with sender.leave():
            handler.wait(1)
        (number,) = events(inspector)
        until(lambda: bool(inspector.deliveries.of_event(number)))
        gate.set()
    (row,) = inspector.deliveries.of_event(number)
    assert row.failure is not None
    assert row.failure.kind == "cancelled"
    assert inspector.inbox.rows([number])[0].reply_status is None


@pytest.mark.parametrize("mode", ["forward", "answer"])
def test_without_a_target_the_event_is_kept_and_it_is_said(
    inspector: Inspector, sender: Sender, mode: Mode
) -> None:
    shop(inspector, mode)
    assert sender.post()[0] == (502 if mode == "answer" else 202)
    until(lambda: any(each.key == NO_TARGET for each in inspector.announcements.problems))
    with Handler() as handler:
        inspector.deliveries.targets.add(Target("handler", handler.url), default=True)
        sender.post()
        handler.wait(1)
        until(lambda: not inspector.announcements.problems)
    assert len(events(inspector)) == 2


def test_one_run_can_forward_everything(inspector: Inspector, sender: Sender) -> None:
    with Handler(lambda _: Answer(299)) as handler:
        shop(inspector)
        name = inspector.forward_all(handler.url, answer=True)
        assert sender.post()[0] == 299
        assert sender.post(path="/no/source")[0] == 299
        assert inspector.forward_all(handler.url) == name
        assert sender.post()[0] == 202
        assert len(handler.wait(3)) == 3


def test_a_refused_signature_and_a_handshake_are_not_forwarded(inspector: Inspector, sender: Sender) -> None:
    with Handler() as handler:
        inspector.deliveries.targets.add(Target("handler", handler.url), default=True)
        inspector.secrets.use(MemoryKeeper())
        inspector.secrets.put("s", "right")
        inspector.sources.add(replace(SHOP, mode="answer", scheme="github", secrets=("s",), refuse_bad=True))
        assert sender.post()[0] == 401
        asked = b'{"type": "url_verification", "challenge": "abc"}'
        inspector.sources.add(Source("chat", "/chat", scheme="slack", mode="answer"))
        assert sender.post(asked, path="/chat", **{"Content-Type": "application/json"})[0] == 200
        assert handler.got == []


def test_the_first_attempts_of_each_id_fail(inspector: Inspector, sender: Sender) -> None:
    shop(inspector, fail_first=2, retry_after_s=7)
    statuses = [sender.post(b'{"id": "evt_1"}')[0] for _ in range(3)]
    assert statuses == [503, 503, 202]
    status, body, headers = sender.post(b'{"id": "evt_2"}')
    assert (status, headers["Retry-After"]) == (503, "7")
    assert b"attempt 1" in body
    until(
        lambda: [row.reply_status for row in inspector.inbox.rows(events(inspector))] == [503, 503, 202, 503]
    )


def test_failures_come_before_the_handler_is_asked(inspector: Inspector, sender: Sender) -> None:
    with Handler() as handler:
        shop(inspector, "answer", handler.url, fail_first=1)
        assert [sender.post(b'{"id": "evt_1"}')[0] for _ in range(2)] == [503, 200]
        assert len(handler.got) == 1


def test_a_template_answers_a_challenge(inspector: Inspector, sender: Sender) -> None:
    inspector.sources.add(
        replace(SHOP, reply=Reply(200, (), b"{{json:$.ask}}-{{attempt}}"), rules=ReplyRules(template=True))
    )
    assert sender.post(b'{"ask": "x", "id": "e"}')[1] == b"x-1"
    assert sender.post(b'{"ask": "x", "id": "e"}')[1] == b"x-2"


def test_a_hang_ends_with_the_sender_and_costs_nobody_else(inspector: Inspector, sender: Sender) -> None:
    shop(inspector, fail_share=1.0, failing="hang")
    with sender.leave() as connection:
        until(lambda: len(events(inspector)) == 1)
        assert sender.post(path="/other")[0] == 200
        inspector.stop_listening()
        assert connection.recv(1) == b""
    assert inspector.inbox.rows(events(inspector))[0].reply_status is None


def test_a_close_ends_the_connection_without_an_answer(inspector: Inspector, sender: Sender) -> None:
    shop(inspector, fail_share=1.0, failing="close")
    with sender.leave() as connection:
        assert connection.recv(1) == b""
    assert len(events(inspector)) == 1


def test_a_delayed_reply_comes(inspector: Inspector, sender: Sender) -> None:
    shop(inspector, delay_s=0.05)
    assert sender.post()[:2] == (202, b"thanks")


def test_rules_are_kept_with_the_source_and_wrong_ones_refused(inspector: Inspector) -> None:
    shop(inspector, fail_first=2, failing="close", template=True)
    wanted = inspector.sources.get("shop").rules
    inspector.sources.load()
    assert (
        inspector.sources.get("shop").rules
        == wanted
        == ReplyRules(fail_first=2, failing="close", template=True)
    )
    with pytest.raises(ProblemError, match="no field"):
        inspector.sources.edit("shop", replace(SHOP, reply=Reply(body=b"{{nothing}}"), rules=wanted))
