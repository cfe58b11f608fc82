"""What the exit code of every command says."""

from __future__ import annotations

GOOD = 0
NEGATIVE = 1
"""The answer is no: no such event, a signature that does not hold, a delivery that failed."""
WRONG_USE = 2
"""A wrong option, argument or query."""
ENVIRONMENT = 3
"""The port, the disk, the file or the display."""

EXPLAINED = """\
exit codes:
  0  good
  1  a negative result: no such event or source, a signature that does not hold, a delivery that failed
  2  wrong use: an unknown option, a wrong argument, a query that cannot be read
  3  the environment: the port, the disk, the database, the display"""
