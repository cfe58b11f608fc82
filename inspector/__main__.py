"""python -m inspector, and the command webhook-inspector."""

from __future__ import annotations

import sys


def main() -> int:
    """Runs the command line; the exit code is 0 good, 1 a negative result, 2 wrong use, 3 the environment."""
    from inspector.cli.main import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
