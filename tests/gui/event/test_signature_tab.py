"""The signature page over the real engine: what it says of good, bad, missing and unchecked signatures."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from inspector.core.event import Arrival, Capture, Event, Request, Times
from inspector.engine.inspector import Inspector, Options
from inspector.engine.paths import Folders
from inspector.engine.secrets import MemoryKeeper
from inspector.gui.background import Background
from inspector.gui.event.signature import SignatureTab

BODY = b'{"id":"<b>evt</b>","type":"user.registered","data":{"score":1.0}}'
PATIENCE_MS = 60_000


def signed(body: bytes, over: bytes | None = None) -> Request:
    digest = hmac.new(b"right", body if over is None else over, hashlib.sha256).hexdigest()
    return Request(
        b"POST /webhooks/nudj HTTP/1.1", ((b"X-Nudj-Signature", f"sha256={digest}".encode()),), body
    )


@pytest.fixture
def inspector(tmp_path: Path) -> Iterator[Inspector]:
    whole = Inspector(Options(folders=Folders(tmp_path, tmp_path)))
    whole.secrets.use(MemoryKeeper())
    whole.start()
    yield whole
    whole.stop()


@pytest.fixture
def tab(qtbot: QtBot, inspector: Inspector) -> Iterator[SignatureTab]:
    background = Background()
    tab = SignatureTab(inspector.signatures.examiner, background)
    qtbot.addWidget(tab)
    tab.show()
    yield tab
    background.close()


@pytest.fixture
def said(qtbot: QtBot, inspector: Inspector, tab: SignatureTab) -> Callable[[Request, str], str]:
    """Keeps the request, shows it, waits for the expected title, and gives all text on the page."""

    def said_(request: Request, title: str) -> str:
        (number,) = inspector.inbox.add(
            [Arrival(Capture(request, Times(10**18, 1, 2, 3, 4)), "nudj", "nudj")]
        )
        event = inspector.inbox.event(number)
        assert isinstance(event, Event)
        tab.show_event(event)
        qtbot.waitUntil(
            lambda: title in [each.text() for each in tab.findChildren(QLabel)], timeout=PATIENCE_MS
        )
        labels = tab.findChildren(QLabel)
        assert all(label.textFormat() == Qt.TextFormat.PlainText for label in labels)
        boxes = [box.toPlainText() for box in tab.findChildren(QPlainTextEdit)]
        return "\n".join([label.text() for label in labels] + boxes)

    return said_


def with_secret(inspector: Inspector) -> None:
    inspector.secrets.put("staging", "right")
    inspector.sources.edit("nudj", replace(inspector.sources.get("nudj"), secrets=("staging",)))


def test_a_good_signature_names_its_secret_and_warns_of_handlers(
    inspector: Inspector, said: Callable[[Request, str], str]
) -> None:
    with_secret(inspector)
    text = said(signed(BODY), "Signature valid.")
    assert "“staging”" in text
    assert "JavaScript" in text
    assert BODY.decode() in text, "the signed bytes, as text and not as markup"


def test_a_bad_signature_says_the_cause_what_to_do_and_both_digests(
    inspector: Inspector, said: Callable[[Request, str], str]
) -> None:
    with_secret(inspector)
    text = said(signed(BODY, over=BODY.replace(b"1.0", b"1")), "Signature invalid.")
    assert "JSON" in text
    for part in ("What to do", "How it was found out", "Steps", "expected  ", "received  ", "character"):
        assert part in text
    assert "right" not in text.split(), "never the secret itself"


def test_a_missing_signature_is_told_apart_from_a_bad_one(
    inspector: Inspector, said: Callable[[Request, str], str]
) -> None:
    with_secret(inspector)
    text = said(replace(signed(BODY), headers=()), "Not signed.")
    assert "x-nudj-signature" in text


def test_without_a_secret_the_next_step_is_a_button(
    qtbot: QtBot, tab: SignatureTab, said: Callable[[Request, str], str]
) -> None:
    said(signed(BODY), "Not checked: no secret.")
    (button,) = [each for each in tab.findChildren(QPushButton) if each.text() == "Set secret…"]
    with qtbot.waitSignal(tab.secret_wanted, timeout=PATIENCE_MS) as wanted:
        button.click()
    assert wanted.args == ["nudj"]
