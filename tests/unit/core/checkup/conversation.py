"""A checkup held with a handler that is a function: no socket, no time."""

from __future__ import annotations

from collections.abc import Callable

from inspector.core.checkup.examine import Volley, examine
from inspector.core.checkup.kit import Kit, Shot
from inspector.core.checkup.lines import Line, Result
from inspector.core.checkup.seen import Seen
from tests.unit.core.signatures.material import NOW_S

MS = 1_000_000
OK = Seen(200, "OK", took_ns=MS)
UNAUTHORIZED = Seen(401, "Unauthorized", took_ns=MS)


def held(kit: Kit, handler: Callable[[Shot], Seen]) -> list[Line]:
    """The lines that a checkup of the handler comes to."""
    dialogue = examine(kit, lambda: float(NOW_S))
    lines: list[Line] = []
    said = next(dialogue)
    while True:
        answers: list[Seen] = []
        if isinstance(said, Volley):
            answers = [handler(make()) for make in said.shots]
        else:
            lines.append(said)
        try:
            said = dialogue.send(answers)
        except StopIteration:
            return lines


def failures(lines: list[Line]) -> dict[str, Line]:
    """Those that failed, by their ids."""
    return {line.check: line for line in lines if line.result is Result.FAILED}


def results(lines: list[Line]) -> dict[str, Result]:
    """What each line says, by its id."""
    return {line.check: line.result for line in lines}
