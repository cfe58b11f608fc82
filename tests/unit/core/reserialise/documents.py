"""JSON texts that are hard to write again, from a fixed seed."""

from __future__ import annotations

import random

_NUMBER_TEXT = """
0 -0 0.0 -0.0 1.0 1e5 1E5 1e-7 1e-6 0.000001 1e21 1e20 123456789012345680000 1e400 -1e400 1e15 1e16 1e17
12345678901234567890 9007199254740993 1.50 2.5e+3 1e-400 5e-324 1.7976931348623157e308 0.1e1 1e00 4.35 0.1
-9223372036854775808 9223372036854775808 1e-5 0.0001 1234567890123456.5 100
"""
_NUMBERS = _NUMBER_TEXT.split()
_ESCAPE_TEXT = r"\/ \u00e9 \u00E9 \n \t \b \f \r \u0000 \u001f \u007f \ud83d\ude00 \" \\ \u2028 \u003c"
_PIECES = [*"abé<>&'/+=%@ÿ\x7f\u0080\u2028\u2029\U0001f600", *_ESCAPE_TEXT.split()]
_LONE = [r"\ud800", r"\udc00", r"\uD83D"]
_NAMES = ["a", "b", "10", "9", "2", "01", "-1", "__proto__", "toString", "4294967294", "4294967295", "", "é"]


def documents(count: int, seed: int = 7) -> list[bytes]:
    """That many texts; a quarter of them with lone surrogates."""
    return [_Maker(random.Random(seed * 100_000 + index), index % 4 == 0).text() for index in range(count)]


class _Maker:
    def __init__(self, chance: random.Random, lone: bool) -> None:
        self._chance = chance
        self._pieces = _PIECES + (_LONE if lone else [])

    def text(self) -> bytes:
        return (self._space() + self._value(0) + self._space()).encode()

    def _space(self) -> str:
        return self._chance.choice(["", "", "", " ", "\n", "\r\n", "\t  "])

    def _string(self) -> str:
        return '"' + "".join(self._chance.choices(self._pieces, k=self._chance.randrange(6))) + '"'

    def _number(self) -> str:
        chance = self._chance
        kind = chance.randrange(4)
        if kind == 0:
            return chance.choice(_NUMBERS)
        if kind == 1:
            return f"{chance.randrange(10)}.{chance.randrange(10**12)}e{chance.randrange(-330, 315)}"
        if kind == 2:
            return str(chance.randrange(10 ** chance.randrange(1, 25)))
        return repr(chance.uniform(-1, 1) * 10.0 ** chance.randrange(-12, 25))

    def _value(self, depth: int) -> str:
        chance = self._chance
        kind = chance.randrange(8 if depth < 4 else 5)
        if kind < 2:
            return self._number()
        if kind < 4:
            return self._string()
        if kind == 4:
            return chance.choice(["true", "false", "null"])
        parts = []
        for _ in range(chance.randrange(5)):
            value = f"{self._space()}{self._value(depth + 1)}{self._space()}"
            if kind > 5:
                name = self._string() if chance.random() < 0.4 else f'"{chance.choice(_NAMES)}"'
                value = f"{self._space()}{name}{self._space()}:{value}"
            parts.append(value)
        opening, closing = "{}" if kind > 5 else "[]"
        return opening + ",".join(parts) + self._space() + closing
