"""The window of the checkup over the real engine, against real handlers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from inspector.core.checkup import demands
from inspector.core.checkup.lines import Line, Result
from inspector.core.target import Target
from inspector.engine.inspector import Inspector
from inspector.gui.background import Background
from inspector.gui.checkup.lines_view import LinesView
from inspector.gui.checkup.window import CheckupWindow
from inspector.gui.main_window import MainWindow
from tests.gui.shell import PATIENCE_MS
from tests.handlers.running import SECRET, running


@pytest.fixture
def background() -> Iterator[Background]:
    whole = Background()
    yield whole
    whole.close()


@pytest.fixture
def window(qtbot: QtBot, engine: Inspector, background: Background) -> Iterator[CheckupWindow]:
    engine.secrets.put("nudj", SECRET)
    engine.sources.edit("nudj", replace(engine.sources.get("nudj"), secrets=("nudj",)))
    window = CheckupWindow(engine, background)
    window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(window)
    window.show()
    yield window
    window.give_up()


def texts(view: LinesView) -> str:
    """All that the lines say."""
    return "\n".join(each.text() for each in view.findChildren(QLabel))


def test_the_lines_come_and_the_report_is_copied(qtbot: QtBot, window: CheckupWindow) -> None:
    assert not window.start_button.isEnabled()
    with running("python_handler.py", "careless") as url:
        window.url.setText(url)
        window.start_button.click()
        assert window.start_button.text() == "Stop"
        qtbot.waitUntil(window.copy_button.isEnabled, timeout=PATIENCE_MS)
    assert window.lines.shown == len(demands.ALL)
    assert window.state.text() == "13 passed, 4 failed, 1 not applicable."
    assert window.start_button.text() == "Start"
    shown = texts(window.lines)
    assert demands.WRONG.remedy in shown
    window.copy_button.click()
    report = QGuiApplication.clipboard().text()
    assert f"checkup of {url}/webhooks/nudj (source nudj, scheme nudj)" in report
    assert "failed          refuses a bad signature" in report
    assert SECRET not in report + shown


def test_a_second_run_begins_anew(qtbot: QtBot, window: CheckupWindow) -> None:
    with running("python_handler.py", "good") as url:
        pass
    window.url.setText(url)
    for _ in range(2):
        window.start_button.click()
        assert not window.copy_button.isEnabled()
        qtbot.waitUntil(window.copy_button.isEnabled, timeout=PATIENCE_MS)
        assert window.state.text() == "1 failed, 17 not applicable."
        assert window.lines.shown == len(demands.ALL)


def test_a_checkup_can_be_stopped(qtbot: QtBot, window: CheckupWindow) -> None:
    with running("python_handler.py", "hangs") as url:
        window.url.setText(url)
        window.start_button.click()
        window.start_button.click()
        qtbot.waitUntil(lambda: not window.running, timeout=PATIENCE_MS)
    assert window.state.text().startswith("Stopped.")
    assert not window.lines.shown


def test_what_is_missing_is_said(qtbot: QtBot, engine: Inspector, background: Background) -> None:
    window = CheckupWindow(engine, background)
    qtbot.addWidget(window)
    window.url.setText("http://127.0.0.1:9")
    window.start_button.click()
    qtbot.waitUntil(lambda: not window.running, timeout=PATIENCE_MS)
    assert "no secret" in window.state.text()
    window.url.setText("127.0.0.1:9")
    window.start_button.click()
    qtbot.waitUntil(lambda: "http://" in window.state.text(), timeout=PATIENCE_MS)


def test_the_sources_target_is_offered_with_what_it_carries(
    qtbot: QtBot, engine: Inspector, background: Background
) -> None:
    engine.secrets.put("nudj", SECRET)
    engine.secrets.put("token", "Bearer tok_of_the_handler")
    with running("python_handler.py", "talks") as url:
        target = Target("shop", url, secret_headers=(("Authorization", "token"),))
        engine.deliveries.targets.add(target)
        engine.sources.edit("nudj", replace(engine.sources.get("nudj"), secrets=("nudj",), target="shop"))
        window = CheckupWindow(engine, background)
        qtbot.addWidget(window)
        assert window.url.text() == url
        window.start_button.click()
        qtbot.waitUntil(window.copy_button.isEnabled, timeout=PATIENCE_MS)
    # The handler answers with its secret and with the Authorization that came.
    assert "The secret [secret] of the sender does not fit [secret]" in texts(window.lines)


def test_hostile_text_stays_text(qtbot: QtBot) -> None:
    view = LinesView()
    qtbot.addWidget(view)
    view.add(Line("x", "a demand", Result.FAILED, "<b>bold</b>\n\u202eevil", "<img src=x>"))
    for each in view.findChildren(QLabel):
        assert each.textFormat() is Qt.TextFormat.PlainText
    assert "<b>bold</b>\u240a\ufffdevil" in texts(view)


def test_the_action_opens_it(qtbot: QtBot, shell: MainWindow) -> None:
    shell.actions_by_key["checkup"].trigger()
    opened = shell.findChild(CheckupWindow)
    assert opened is not None
    qtbot.waitUntil(opened.isVisible, timeout=PATIENCE_MS)
    assert opened.source.currentText() == "nudj"
    opened.close()
