"""Without a command: the window, or what is missing for it."""

from __future__ import annotations

import argparse
import ctypes
import importlib.util
import os
import re
import socket
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from inspector.cli.common import overrides
from inspector.cli.exit_codes import ENVIRONMENT
from inspector.cli.output import complain, visible

if TYPE_CHECKING:
    from inspector.engine.inspector import Options

LoadWindow: TypeAlias = "Callable[[], Callable[[Options], int]]"
"""Loads Qt and gives what opens the window; raises ImportError where its libraries are missing."""

WITHOUT = "`webhook-inspector listen` captures without a window."
NEEDED = ("libEGL.so.1", "libxkbcommon-x11.so.0", "libxcb-cursor.so.0", "libxcb-icccm.so.4")
"""Libraries of the system that Qt's X11 plug-in cannot do without; it aborts the program without them."""
INSTALL = (
    "On Debian and Ubuntu: sudo apt-get install libegl1 libgl1 libxkbcommon-x11-0 libxcb-cursor0 "
    "libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxcb-image0 libxcb-randr0 libxcb-render-util0 "
    "libxcb-xinerama0 libxcb-xkb1 libdbus-1-3 libfontconfig1"
)


def run(arguments: argparse.Namespace) -> int:
    """Opens the window; without a display or Qt's libraries, says what to do."""
    missing = what_is_missing(os.environ)
    if missing:
        return _give_up(missing)
    load: LoadWindow | None = arguments.load_window
    if load is None or importlib.util.find_spec("PySide6") is None:
        return _give_up("PySide6 is not installed. Install it with: pip install PySide6-Essentials")
    try:
        open_window = load()
    except ImportError as error:
        if "PySide6" not in str(error) and "lib" not in str(error):
            raise
        advice = INSTALL if sys.platform.startswith("linux") else "Install PySide6-Essentials again."
        return _give_up(f"the libraries of the window cannot be loaded: {error}\n  {advice}")
    from inspector.engine.inspector import Options

    return open_window(Options(database=getattr(arguments, "db", None), overrides=overrides(arguments)))


def _give_up(reason: str) -> int:
    complain(f"webhook-inspector: {reason}\n  {WITHOUT}")
    return ENVIRONMENT


def what_is_missing(environment: Mapping[str, str]) -> str:
    """Why no window can be opened here, or the empty string.

    Qt ends the program with an abort in these cases, so they are found out before. Another platform of Qt
    than the usual ones (QT_QPA_PLATFORM) is taken at its word.
    """
    chosen = environment.get("QT_QPA_PLATFORM", "")
    if not sys.platform.startswith("linux") or chosen.partition(":")[0] not in ("", "xcb", "wayland"):
        return ""
    display = environment.get("DISPLAY", "")
    if environment.get("WAYLAND_DISPLAY") and chosen != "xcb":
        return ""
    if not display:
        return "there is no display to open a window on."
    if not _answers(display):
        return f"the display {visible(display)} does not answer."
    lost = [name for name in NEEDED if not _loads(name)]
    return f"the window needs {', '.join(lost)}.\n  {INSTALL}" if lost else ""


def _answers(display: str) -> bool:
    """Whether somebody listens on the socket of a local display; others are not tried."""
    local = re.fullmatch(r"(?:unix)?:(\d+)(?:\.\d+)?", display)
    if local is None:
        return True
    path = f"/tmp/.X11-unix/X{local[1]}"  # noqa: S108 - the place that X servers agreed on
    for address in (f"\0{path}", path):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            if probe.connect_ex(address) == 0:
                return True
    return False


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True
