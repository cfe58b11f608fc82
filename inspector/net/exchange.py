"""A request that waits for its reply, and its place in the order of its connection."""

from __future__ import annotations

from typing import Protocol

from inspector.core.event import Reply, State
from inspector.core.http1.parser import Message
from inspector.core.http1.reply import RecentReply, asks_to_close, plain_reply, reply_bytes
from inspector.net.receiver import Held

_NOBODY = Reply(cut=True)


class Replier(Protocol):
    """The connection that sends the reply."""

    def answered(self, exchange: Exchange) -> None:
        """The exchange has its reply."""

    def held(self, exchange: Exchange) -> None:
        """Its reply comes much later, or never."""


class Exchange:
    """One request's half of the way back. `answer` is what the receiver calls."""

    __slots__ = (
        "_head_only", "_legacy", "_refused", "_replier", "close", "held", "reply", "size_bytes", "token",
    )  # fmt: skip

    def __init__(self, replier: Replier, message: Message, state: State, trouble: str, status: int) -> None:
        head = message.head
        self._replier = replier
        self._head_only = head.method == b"HEAD"
        self._legacy = head.version < (1, 1)
        self._refused = None if state is State.COMPLETE else plain_reply(status, trouble)
        self.close = state is not State.COMPLETE or not head.framing.keep_alive
        self.size_bytes = len(message.body)
        self.reply: Reply | None = None
        self.held: Held | None = None
        self.token: object = None

    @property
    def complete(self) -> bool:
        """Whether the whole request came."""
        return self._refused is None

    @property
    def endless(self) -> bool:
        """Whether no reply will come."""
        return self.held is not None and self.held.endless

    def answer(self, reply: Reply | Held, token: object) -> None:
        """The receiver's answer, once, on the I/O thread. What was not whole never gets a 2xx."""
        if self.reply is not None:
            return
        if isinstance(reply, Held):
            self.held = reply
            self._replier.held(self)
            return
        if self._refused is not None and reply.status < 400:
            reply = self._refused
        if reply.headers and asks_to_close(reply):
            self.close = True
        self.reply = reply
        self.token = token
        self._replier.answered(self)

    def abandon(self) -> None:
        """Nobody waits for the reply any more; who holds it hears of that once."""
        if self.held is not None and self.reply is None:
            self.reply = _NOBODY
            self.held.gone()

    def to_bytes(self, date: bytes, recent: RecentReply) -> bytes:
        """The reply for the wire."""
        assert self.reply is not None
        if not (self.close or self._head_only or self._legacy):
            return recent.to_bytes(self.reply, date)
        return reply_bytes(
            self.reply, date=date, close=self.close, to_head=self._head_only, legacy=self._legacy
        )
