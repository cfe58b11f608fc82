"""How each language writes a JSON number that it has read."""

from __future__ import annotations

import math
from decimal import Decimal

_INT64 = range(-(2**63), 2**63)
_PYTHON_DIGITS = 4300
"""CPython refuses longer integers (sys.int_info.default_max_str_digits)."""


def shortest(value: float) -> tuple[str, int]:
    """The fewest digits that read back as the finite, positive value, and where the point stands in them.

    `("15", 1)` is 1.5 and `("1", 22)` is 1e21; what ECMAScript calls k digits and n.
    """
    sign_digits = Decimal(repr(value)).as_tuple()
    exponent = int(sign_digits.exponent)
    digits = "".join(map(str, sign_digits.digits))
    stripped = digits.rstrip("0") or "0"
    return stripped, len(digits) + exponent


def javascript(lexeme: str) -> str:
    """Number::toString of ECMAScript (section 6.1.6.1.20); an overflow is written as `null`."""
    value = float(lexeme)
    if math.isinf(value):
        return "null"
    if value == 0:
        return "0"
    return ("-" if value < 0 else "") + _plain_or_exponent(abs(value))


def _plain_or_exponent(value: float) -> str:
    digits, point = shortest(value)
    count = len(digits)
    if count <= point <= 21:
        return digits + "0" * (point - count)
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return "0." + "0" * -point + digits
    mantissa = digits if count == 1 else f"{digits[0]}.{digits[1:]}"
    return f"{mantissa}e{point - 1:+d}"


def go(lexeme: str) -> str | None:
    """encoding/json: all are float64, with an exponent below 1e-6 and from 1e21; None: an error."""
    value = float(lexeme)
    if math.isinf(value):
        return None
    if value == 0:
        return "-0" if math.copysign(1, value) < 0 else "0"
    return ("-" if value < 0 else "") + _plain_or_exponent(abs(value))


def python(lexeme: str) -> str | None:
    """The json module: whole numbers keep all their digits, others are repr() of a float; None: an error."""
    if _is_whole(lexeme):
        if lexeme == "-0":
            return "0"
        return lexeme if len(lexeme.lstrip("-")) <= _PYTHON_DIGITS else None
    value = float(lexeme)
    if math.isinf(value):
        return "-Infinity" if value < 0 else "Infinity"
    return repr(value)


def php(lexeme: str) -> str | None:
    """json_encode, serialize_precision -1: 64-bit integers, else zend_gcvt(17); None: an error."""
    if _is_whole(lexeme) and len(lexeme) < 40 and int(lexeme) in _INT64:
        return "0" if lexeme == "-0" else lexeme
    value = float(lexeme)
    if math.isinf(value):
        return None
    if value == 0:
        return "-0" if math.copysign(1, value) < 0 else "0"
    digits, point = shortest(abs(value))
    sign = "-" if value < 0 else ""
    if point > 17 or point < -3:
        return f"{sign}{digits[0]}.{digits[1:] or '0'}e{point - 1:+d}"
    if point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    whole = digits[:point].ljust(point, "0")
    rest = digits[point:]
    return f"{sign}{whole}.{rest}" if rest else f"{sign}{whole}"


def ruby(lexeme: str) -> str | None:
    """JSON.generate: whole numbers keep all their digits, others are Float#to_s; None: an error."""
    if _is_whole(lexeme):
        return "0" if lexeme == "-0" else lexeme
    value = float(lexeme)
    if math.isinf(value):
        return None
    if value == 0:
        return "-0.0" if math.copysign(1, value) < 0 else "0.0"
    digits, point = shortest(abs(value))
    sign = "-" if value < 0 else ""
    if point > (16 if len(digits) > 16 else 15) or point < -3:
        power = f"{'-' if point < 1 else '+'}{abs(point - 1):02d}"
        return f"{sign}{digits[0]}.{digits[1:] or '0'}e{power}"
    if point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    return f"{sign}{digits[:point].ljust(point, '0')}.{digits[point:] or '0'}"


def cents(lexeme: str) -> str:
    """Fractions with two decimals, as prices are often written; whole numbers as they are."""
    return lexeme if _is_whole(lexeme) else _two_decimals(lexeme)


def all_cents(lexeme: str) -> str:
    """Every number with two decimals."""
    return f"{lexeme}.00" if _is_whole(lexeme) else _two_decimals(lexeme)


def all_floats(lexeme: str) -> str:
    """Whole numbers with `.0`, as languages with one kind of number before them may have had them."""
    return f"{lexeme}.0" if _is_whole(lexeme) else lexeme


def _two_decimals(lexeme: str) -> str:
    """The number with exactly two decimals where it has no more and no exponent."""
    whole, _, fraction = lexeme.partition(".")
    return f"{whole}.{fraction:0<2}" if fraction.isdigit() and len(fraction) <= 2 else lexeme


def _is_whole(lexeme: str) -> bool:
    return not any(sign in lexeme for sign in ".eE")
