"""The window opens, or the program says what is missing instead of being aborted by Qt."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from inspector.cli import window
from inspector.cli.main import run
from inspector.cli.window import what_is_missing
from inspector.engine.inspector import Options

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="displays as Linux has them")


@pytest.fixture
def displayed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")


@linux
def test_no_display_is_said_with_the_command_that_does_without(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert run([]) == 3
    assert "webhook-inspector listen" in capsys.readouterr().err


@linux
def test_a_display_that_does_not_answer_is_named() -> None:
    assert ":4711" in what_is_missing({"DISPLAY": ":4711.0"})


@linux
def test_missing_libraries_are_named_with_the_command_that_installs_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(window, "NEEDED", ("libno-such-thing.so.7",))
    said = what_is_missing({"DISPLAY": "elsewhere:0"})
    assert "libno-such-thing.so.7" in said
    assert "apt-get install" in said


@linux
def test_wayland_and_chosen_platforms_are_taken_at_their_word() -> None:
    assert what_is_missing({"WAYLAND_DISPLAY": "wayland-0"}) == ""
    assert what_is_missing({"QT_QPA_PLATFORM": "offscreen"}) == ""
    assert what_is_missing({"QT_QPA_PLATFORM": "vnc:size=1x1"}) == ""


def test_libraries_that_cannot_be_loaded_are_said(
    displayed: None, capsys: pytest.CaptureFixture[str]
) -> None:
    def load() -> Callable[[Options], int]:
        raise ImportError("libGL.so.1: cannot open shared object file: No such file or directory")

    assert run([], load) == 3
    assert "libGL.so.1" in capsys.readouterr().err


def test_a_defect_of_ours_is_not_taken_for_a_missing_library(displayed: None) -> None:
    def load() -> Callable[[Options], int]:
        raise ImportError("cannot import name 'x'")

    with pytest.raises(ImportError):
        run([], load)


def test_the_window_gets_the_options(displayed: None, tmp_path: Path) -> None:
    seen: list[Options] = []

    def open_window(options: Options) -> int:
        seen.append(options)
        return 0

    assert run(["--db", str(tmp_path / "x.db"), "--port", "0", "--host", "::1"], lambda: open_window) == 0
    assert seen[0].database == tmp_path / "x.db"
    assert seen[0].overrides == {"port": 0, "host": "::1"}
