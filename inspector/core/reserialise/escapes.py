"""The same JSON with its strings escaped in another style; white space, order and numbers untouched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from inspector.core.reserialise import strings
from inspector.core.reserialise.document import STRINGS, decode_string, split


@dataclass(frozen=True, slots=True)
class Style:
    """A way of escaping strings that some senders have."""

    name: str
    """In words, for a sentence: "with `/` written as `\\/`"."""
    encode: strings.Encode


STYLES: tuple[Style, ...] = (
    Style("everything beyond ASCII written as \\u00eb", strings.PHP_NO_SLASH),
    Style("no escapes but the ones that JSON asks for", strings.PLAIN),
    Style("/ written as \\/", strings.SLASH),
    Style("everything beyond ASCII written as \\u00eb and / as \\/", strings.PHP),
    Style("everything beyond ASCII written as \\u00EB", strings.ASCII_UPPER),
    Style("everything beyond ASCII written as \\u00EB and / as \\/", strings.ASCII_UPPER_SLASH),
    Style("U+2028 and U+2029 written as escapes", strings.LINES),
    Style("<, > and & written as \\u003c, U+2028 and U+2029 as escapes", strings.GO),
    Style("<, >, & and ' and everything beyond ASCII written as escapes", strings.HTML_ASCII),
    Style("<, >, &, = and ' written as \\u003c", strings.HTML_QUOTES),
    Style("the escapes of Meta: \\u00eb, \\/, \\u003C, \\u0025, \\u0040", strings.meta),
    Style("the escapes of .NET: \\u00EB, \\u003C, \\u0022", strings.DOTNET),
)

_HEX = re.compile(r"(\\\\)|\\u([0-9a-fA-F]{4})")


def restyle(body: bytes, style: Style) -> bytes | None:
    """The body with each string escaped anew, or None where it is not JSON in UTF-8."""
    text = _text(body)
    return None if text is None else _restyled(text, style)


def restyled(body: bytes) -> Iterator[tuple[str, bytes]]:
    """The name of every style that changes the body, with the changed bytes; nothing where it is no JSON."""
    text = _text(body)
    if text is None:
        return
    seen = {body}
    for style in STYLES:
        found = _restyled(text, style)
        if found is not None and found not in seen:
            seen.add(found)
            yield style.name, found
    for name, found in (
        ("hexadecimal digits of escapes in lower case", _recase(text, upper=False)),
        ("hexadecimal digits of escapes in upper case", _recase(text, upper=True)),
    ):
        if found not in seen:
            seen.add(found)
            yield name, found


def _text(body: bytes) -> str | None:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if split(text) is None else text


def _restyled(text: str, style: Style) -> bytes | None:
    found = STRINGS.sub(lambda match: f'"{style.encode(decode_string(match.group()))}"', text)
    try:
        return found.encode("utf-8")
    except UnicodeEncodeError:  # a lone surrogate that the style leaves bare
        return None


def _recase(text: str, *, upper: bool) -> bytes:
    """Every \\uXXXX with its digits in one case; an escaped backslash before a `u` stays."""

    def recased(match: re.Match[str]) -> str:
        digits = match.group(2)
        if digits is None:
            return match.group()
        return "\\u" + (digits.upper() if upper else digits.lower())

    return _HEX.sub(recased, text).encode("utf-8")
