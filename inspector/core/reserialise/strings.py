"""How each language and each sender escapes a JSON string."""

from __future__ import annotations

import re
from collections.abc import Callable

Encode = Callable[[str], str]
"""From text to the inside of a string lexeme, without the quotes."""

_SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_LONG_IN_OLD_GO = {"\b": "\\u0008", "\f": "\\u000c"}

_ALWAYS = r'"\\\x00-\x1f'
_LINES = "\u2028\u2029"
_SURROGATES = "\ud800-\udfff"
_NOT_ASCII = "\u0080-\U0010ffff"


def escaper(
    also: str = "", *, upper: bool = False, slash: bool = False, short: dict[str, str] | None = None
) -> Encode:
    r"""An encoder that escapes what JSON wants, and the characters of the class `also`, as `\uXXXX`.

    `upper`: hexadecimal digits in upper case; `slash`: `/` as `\/`; `short`: escapes that differ from JSON's.
    """
    wanted = re.compile(f"[{_ALWAYS}{also}{'/' if slash else ''}]")
    digits = "\\u{:04X}" if upper else "\\u{:04x}"
    known = {**_SHORT, "/": "\\/", **(short or {})}

    def escape(match: re.Match[str]) -> str:
        char = match.group()
        if char in known:
            return known[char]
        code = ord(char)
        if code < 0x10000:
            return digits.format(code)
        code -= 0x10000
        return digits.format(0xD800 + (code >> 10)) + digits.format(0xDC00 + (code & 0x3FF))

    return lambda text: wanted.sub(escape, text)


PLAIN = escaper()
"""Only what must be escaped; everything else as UTF-8."""
JAVASCRIPT = escaper(_SURROGATES)
"""QuoteJSONString of ECMAScript 2019 (well-formed JSON.stringify): lone surrogates escaped in lower case."""
PYTHON_ASCII = escaper(_NOT_ASCII + "\x7f")
"""json.dumps with ensure_ascii, its default."""
GO = escaper("<>&" + _LINES)
"""encoding/json as of Go 1.22: HTML's signs and U+2028, U+2029 escaped."""
GO_OLD = escaper("<>&" + _LINES, short=_LONG_IN_OLD_GO)
"""The same before Go 1.22, which wrote backspace and form feed in the long form."""
GO_NO_HTML = escaper(_LINES)
"""An Encoder with SetEscapeHTML(false)."""
PHP = escaper(_NOT_ASCII, slash=True)
"""json_encode without flags."""
PHP_NO_SLASH = escaper(_NOT_ASCII)
"""json_encode with JSON_UNESCAPED_SLASHES."""
PHP_UNICODE = escaper(_LINES, slash=True)
"""json_encode with JSON_UNESCAPED_UNICODE: U+2028 and U+2029 stay escaped (PHP 7.1)."""
PHP_PLAIN = escaper(_LINES)
"""json_encode with both flags."""
ASCII_UPPER = escaper(_NOT_ASCII, upper=True)
"""Everything beyond ASCII with digits in upper case."""
ASCII_UPPER_SLASH = escaper(_NOT_ASCII, upper=True, slash=True)
SLASH = escaper(slash=True)
HTML_LINES = escaper("<>&" + _LINES)
HTML_ASCII = escaper("<>&'" + _NOT_ASCII)
HTML_QUOTES = escaper("<>&'=")
"""Gson with HTML escaping."""
DOTNET = escaper("<>&'+`\x7f" + _NOT_ASCII, upper=True, short={'"': "\\u0022"})
"""System.Text.Json with its default encoder."""
LINES = escaper(_LINES)
_META_BASE = escaper(_NOT_ASCII, slash=True)
_META_SIGNS = str.maketrans({"<": "\\u003C", "%": "\\u0025", "@": "\\u0040"})


def meta(text: str) -> str:
    r"""Meta's platform: beyond ASCII in lower case, `\/`, and `<`, `%`, `@` as escapes."""
    return _META_BASE(text).translate(_META_SIGNS)
