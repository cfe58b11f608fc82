"""From a stored event to its verdict and cause, and what a changed secret makes of it: on the real store."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from inspector.core.event import Arrival, Capture, Event, Reply, Request, Times, Verdict
from inspector.engine.announcements import Announcement, EventsChanged, EventsChecked, RecheckProgress
from inspector.engine.inspector import Inspector, Options
from inspector.engine.paths import Folders
from inspector.engine.secrets import MemoryKeeper

BODY = b'{"id":"evt_1","type":"user.registered","data":{"score":1.0,"name":"J\xc3\xb6rg"}}'
NOW_NS = 1_700_000_000_000_000_000


def signature(body: bytes, secret: bytes) -> bytes:
    return b"sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest().encode()


def request(body: bytes = BODY, *headers: tuple[bytes, bytes], path: str = "/webhooks/nudj") -> Request:
    return Request(f"POST {path} HTTP/1.1".encode(), ((b"Host", b"localhost:8787"), *headers), body)


def signed(body: bytes = BODY, secret: bytes = b"right") -> Request:
    return request(body, (b"X-Nudj-Signature", signature(body, secret)))


@pytest.fixture
def inspector(tmp_path: Path) -> Iterator[Inspector]:
    whole = Inspector(Options(folders=Folders(tmp_path, tmp_path)))
    whole.secrets.use(MemoryKeeper())
    whole.start()
    yield whole
    whole.stop()


@pytest.fixture
def keep(inspector: Inspector) -> Callable[..., Event]:
    """Keeps a request as capture would, and waits for its verdict and cause."""

    def keep_(what: Request, source: str = "nudj") -> Event:
        capture = Capture(what, Times(NOW_NS, 1, 2, 3, 4))
        (number,) = inspector.inbox.add([Arrival(capture, source, "nudj")])
        assert inspector.signatures.checker.settled(60)
        event = inspector.inbox.event(number)
        assert event is not None
        return event

    return keep_


def test_verdicts_of_a_source_with_a_secret(inspector: Inspector, keep: Callable[..., Event]) -> None:
    inspector.secrets.put("nudj", "right")
    inspector.sources.edit("nudj", replace(inspector.sources.get("nudj"), secrets=("nudj",)))
    good = keep(signed())
    assert (good.row.checked.verdict, good.row.checked.scheme, good.row.checked.secret) == (
        Verdict.VALID, "nudj", "nudj",
    )  # fmt: skip
    assert keep(request()).row.checked.verdict is Verdict.UNSIGNED
    bad = keep(signed(secret=b"wrong"))
    assert (bad.row.checked.verdict, bad.row.checked.secret) == (Verdict.INVALID, "")
    assert bad.row.checked.cause


def test_without_a_secret_nothing_is_claimed(keep: Callable[..., Event]) -> None:
    assert keep(signed()).row.checked.verdict is Verdict.UNCHECKED


def test_a_signature_over_the_reserialized_body_is_named(
    inspector: Inspector, keep: Callable[..., Event]
) -> None:
    inspector.secrets.put("nudj", "right")
    inspector.sources.edit("nudj", replace(inspector.sources.get("nudj"), secrets=("nudj",)))
    stringified = BODY.replace(b"1.0", b"1")
    event = keep(request(BODY, (b"x-nudj-signature", signature(stringified, b"right"))))
    assert (event.row.checked.verdict, event.row.checked.cause) == (Verdict.INVALID, "reserialized")
    page = inspector.signatures.examiner.examine(event)
    assert page.diagnosis is not None
    assert page.diagnosis.cause == "reserialized"


def test_a_good_signature_warns_of_handlers_that_reserialize(
    inspector: Inspector, keep: Callable[..., Event]
) -> None:
    inspector.secrets.put("nudj", "right")
    inspector.sources.edit("nudj", replace(inspector.sources.get("nudj"), secrets=("nudj",)))
    page = inspector.signatures.examiner.examine(keep(signed()))
    assert page.outcome is not None
    assert page.outcome.verdict is Verdict.VALID
    assert page.diagnosis is None
    assert any("JavaScript" in warning.language for warning in page.warnings)


def test_adding_a_secret_checks_the_stored_events_again_with_progress(
    inspector: Inspector, keep: Callable[..., Event]
) -> None:
    inspector.sources.edit("nudj", replace(inspector.sources.get("nudj"), secrets=("nudj",)))
    numbers = [keep(signed(BODY + b" " * count)).id for count in range(5)]
    heard: list[Announcement] = []
    finished = threading.Event()

    def listen(announcement: Announcement) -> None:
        heard.append(announcement)
        if isinstance(announcement, RecheckProgress) and announcement.done == announcement.total:
            finished.set()

    inspector.announcements.subscribe(listen)
    inspector.secrets.put("nudj", "right")
    assert finished.wait(60)
    assert {row.checked.verdict for row in inspector.inbox.rows(numbers)} == {Verdict.VALID}
    assert any(isinstance(each, EventsChanged) and set(numbers) <= set(each.ids) for each in heard)


def test_a_source_that_refuses_answers_401_and_others_do_not(inspector: Inspector) -> None:
    inspector.secrets.put("nudj", "right")
    strict = replace(inspector.sources.get("nudj"), secrets=("nudj",), refuse_bad=True, reply=Reply(204))
    inspector.sources.edit("nudj", strict)
    assert inspector.signatures.checker.settled(60)
    inspector.signatures.judge.refresh_keys()

    def status(what: Request) -> int:
        return inspector.signatures.answering(Capture(what, Times(NOW_NS, 1, 2, 3, 4)), strict)[0].status

    assert status(signed()) == 204
    assert status(signed(secret=b"wrong")) == 401
    assert status(request()) == 401


def test_a_handshake_is_answered_and_marked_unless_the_source_says_no(inspector: Inspector) -> None:
    asked = request(
        b'{"type":"url_verification","challenge":"abc","token":"t"}', (b"Content-Type", b"application/json")
    )
    source = inspector.sources.get("nudj")
    capture = Capture(asked, Times(NOW_NS, 1, 2, 3, 4))
    reply, mark, _ = inspector.signatures.answering(capture, source)
    assert (b"abc" in reply.body, mark) == (True, "handshake")
    reply, mark, _ = inspector.signatures.answering(capture, replace(source, handshakes=False))
    assert (reply.body, mark) == (b"", "")


def test_a_bad_scheme_of_the_user_is_a_problem_and_the_others_hold(tmp_path: Path) -> None:
    (tmp_path / "schemes").mkdir()
    (tmp_path / "schemes" / "mine.toml").write_text("[mine]\nalgorithm = 1\n")
    library = Inspector(Options(folders=Folders(tmp_path, tmp_path))).signatures.library
    assert "nudj" in library.schemes
    assert library.problem is not None
    assert "mine.toml" in library.problem.detail


def test_a_secret_that_was_set_while_nothing_ran_counts_from_the_next_start(tmp_path: Path) -> None:
    folders = Folders(tmp_path, tmp_path)
    keeper = MemoryKeeper()

    def started() -> Inspector:
        whole = Inspector(Options(folders=folders))
        whole.secrets.use(keeper)
        whole.start()
        return whole

    first = started()
    first.sources.edit("nudj", replace(first.sources.get("nudj"), secrets=("nudj",)))
    (number,) = first.inbox.add([Arrival(Capture(signed(), Times(NOW_NS, 1, 2, 3, 4)), "nudj", "nudj")])
    assert first.signatures.checker.settled(60)
    first.stop()
    keeper.put("nudj", "right")
    second = started()
    try:
        checked: list[EventsChecked] = []
        second.announcements.subscribe(
            lambda each: checked.append(each) if isinstance(each, EventsChecked) else None
        )
        assert second.signatures.checker.settled(60)
        (row,) = second.inbox.rows([number])
        assert row.checked.verdict is Verdict.VALID
        assert checked == [], "an event of an earlier run is no news"
    finally:
        second.stop()


def test_a_link_to_confirm_is_kept_as_the_note_of_the_handshake(inspector: Inspector) -> None:
    link = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=x"
    body = json.dumps({"Type": "SubscriptionConfirmation", "SubscribeURL": link, "TopicArn": "arn:aws:sns:x"})
    asked = request(body.encode(), (b"x-amz-sns-message-type", b"SubscriptionConfirmation"))
    _, mark, note = inspector.signatures.answering(Capture(asked, Times(NOW_NS, 1, 2, 3, 4)), None)
    assert mark == "handshake"
    assert link in note
