"""The way of a source's events once they are kept, where it is more than an answer at once."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.core.source import Mode, ReplyRules, Source


@dataclass(frozen=True, slots=True)
class Way:
    """Where the events go, and what their senders are answered with."""

    mode: Mode
    target: str = ""
    """The name of a target; empty: the default one."""
    rules: ReplyRules | None = None
    source: str = ""

    @property
    def at_once(self) -> bool:
        """Whether the sender gets the source's own reply as it is, at once."""
        return self.mode != "answer" and self.rules is None


@dataclass(frozen=True, slots=True)
class Override:
    """For one run of the program: all events go to one target, whatever their sources say."""

    target: str
    answer: bool = False
    """Whether senders are answered with the handler's response."""


def way_of(source: Source | None, override: Override | None) -> Way | None:
    """The way of a source's events (None: of events without one); None: keep, answer at once, no more."""
    name, rules = ("", None) if source is None else (source.name, source.rules)
    if rules is not None and rules.plain:
        rules = None
    if override is not None:
        return Way("answer" if override.answer else "forward", override.target, rules, name)
    if source is None or (source.mode == "capture" and rules is None):
        return None
    return Way(source.mode, source.target, rules, name)
