"""Making hostile text plain: control and direction characters become signs that can be seen."""

from __future__ import annotations

import re

_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u115f\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
    "|[\U000e0000-\U000e007f]"
)
_HIDDEN_IN_TEXT = re.compile(_HIDDEN.pattern.replace("\x00-\x1f", "\x00-\x08\x0b\x0c\x0e-\x1f", 1))


def _sign(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    return f"\u27e8U+{code:04X}\u27e9"


def one_line(text: str, limit: int = 2000) -> str:
    """For a cell or a label: no line ends, nothing hidden, at most `limit` characters."""
    cut = text[:limit]
    shown = _HIDDEN.sub(_sign, cut)
    return shown + "…" if len(text) > limit else shown


def text(value: str) -> str:
    """For a text view: line ends and tabs stay, everything else hidden is shown."""
    return _HIDDEN_IN_TEXT.sub(_sign, value.replace("\r\n", "\n"))
