"""python -m inspector, and the command webhook-inspector."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inspector.engine.inspector import Options


def main() -> int:
    """Runs the command line; the exit code is 0 good, 1 a negative result, 2 wrong use, 3 the environment."""
    from inspector.cli.main import run

    return run(sys.argv[1:], load_window)


def load_window() -> Callable[[Options], int]:
    """What opens the window. Raises ImportError where the libraries of Qt cannot be loaded."""
    from inspector.app import run

    return run


if __name__ == "__main__":
    sys.exit(main())
