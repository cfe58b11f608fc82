"""Without a command: the window, or what is missing for it."""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys

from inspector.cli.common import overrides
from inspector.cli.exit_codes import ENVIRONMENT
from inspector.cli.output import complain

WITHOUT = "`webhook-inspector listen` captures without a window."


def run(arguments: argparse.Namespace) -> int:
    """Opens the window; without a display or Qt's libraries, says what to do."""
    if not has_display():
        complain(f"webhook-inspector: there is no display to open a window on. {WITHOUT}")
        return ENVIRONMENT
    if importlib.util.find_spec("PySide6") is None:
        complain(
            "webhook-inspector: PySide6 is not installed. Install it with: pip install PySide6-Essentials"
        )
        complain(f"  {WITHOUT}")
        return ENVIRONMENT
    try:
        from inspector import app
    except ImportError as error:
        if "PySide6" not in str(error) and "lib" not in str(error):
            raise
        complain(f"webhook-inspector: the libraries of the window cannot be loaded: {error}")
        complain(f"  {_libraries_advice()}")
        complain(f"  {WITHOUT}")
        return ENVIRONMENT
    from inspector.engine.inspector import Options

    return app.run(Options(database=getattr(arguments, "db", None), overrides=overrides(arguments)))


def has_display() -> bool:
    """Whether a window can be opened here; another Qt platform than the usual ones is taken at its word."""
    if sys.platform in ("win32", "darwin") or os.environ.get("QT_QPA_PLATFORM", "") not in (
        "",
        "xcb",
        "wayland",
    ):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _libraries_advice() -> str:
    if sys.platform.startswith("linux"):
        return (
            "On Debian and Ubuntu: sudo apt-get install libegl1 libgl1 libxkbcommon-x11-0 libxcb-cursor0 "
            "libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxcb-image0 libxcb-render-util0 libxcb-xinerama0 "
            "libdbus-1-3 libfontconfig1"
        )
    return "Install the packages again with: pip install --force-reinstall PySide6-Essentials"
