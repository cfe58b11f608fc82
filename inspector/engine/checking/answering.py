"""What a sender is answered: a handshake's answer, a refusal of a bad signature, or what the source says."""

from __future__ import annotations

from inspector.core.event import Capture, Reply, Verdict
from inspector.core.handshakes import Handshake, answer
from inspector.core.source import Source
from inspector.engine.capture import plain_answer
from inspector.engine.checking.judge import NOBODY, Judge

REFUSED = Reply(
    401,
    ((b"Content-Type", b"text/plain; charset=utf-8"),),
    b"The signature is missing or bad. The event is kept.\n",
)
HANDSHAKE = "handshake"


class Answering:
    """Called on the I/O thread for each whole request; costs an ordinary event next to nothing."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge

    def __call__(self, capture: Capture, source: Source | None) -> tuple[Reply, str, str]:
        """(the reply once the event is kept, its mark, its note)."""
        own = source or NOBODY
        if own.handshakes:
            asked = answer(capture.request, scheme=own.scheme, keys=self._judge.known_keys(own))
            if asked is not None:
                return asked.reply, HANDSHAKE, _note(asked)
        if own.refuse_bad:
            case = self._judge.case(capture.request, own.name, capture.times.received_at_ns, known_only=True)
            if self._judge.check(case).verdict in {Verdict.INVALID, Verdict.UNSIGNED}:
                return REFUSED, "", ""
        return plain_answer(capture, source)


def _note(asked: Handshake) -> str:
    """What is left for a person to do, kept with the event; a link is shown and never opened by itself."""
    return "\n".join(part for part in (asked.note, asked.link) if part)
