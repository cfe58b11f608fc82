"""Messages that are lists of JSON fields instead of bytes: Adyen's notification item and SNS."""

from __future__ import annotations

import json
import re
from typing import cast

import msgspec

_ADYEN = (
    "pspReference",
    "originalReference",
    "merchantAccountCode",
    "merchantReference",
    "amount.value",
    "amount.currency",
    "eventCode",
    "success",
)
"""Adyen, verify HMAC signatures: the order of the fields."""

_SNS_NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_SNS_CONFIRMATION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
"""AWS SNS, verifying the signatures of messages: alphabetical, absent fields are left out."""


_SURROGATE = re.compile("[\ud800-\udfff]")


def document(body: bytes) -> object:
    """The JSON body, or None where it is none; read as leniently as JavaScript and Python read it.

    They take lone surrogates, numbers beyond the range of doubles, and bytes that are not UTF-8 (as U+FFFD).
    """
    try:
        return msgspec.json.decode(body)
    except RecursionError:
        return None
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass
    try:
        return json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None


def at(document: object, path: str) -> object:
    """The value at the dotted path (numbers index lists), or None; the empty path is the document."""
    found = document
    for step in path.split(".") if path else ():
        if isinstance(found, dict):
            found = cast("dict[str, object]", found).get(step)
        elif isinstance(found, list) and step.isdigit() and int(step) < len(found):
            found = cast("list[object]", found)[int(step)]
        else:
            return None
    return found


def text(value: object) -> str:
    """A JSON value as text: strings (a lone surrogate as U+FFFD), true, false, numbers, nothing for null."""
    if isinstance(value, str):
        return value if value.isascii() else _SURROGATE.sub("\ufffd", value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def adyen_item(document: object) -> bytes | None:
    """The first notification item's fields joined with colons, or None."""
    item = at(document, "notificationItems.0.NotificationRequestItem")
    if not isinstance(item, dict):
        return None
    return ":".join(text(at(item, path)) for path in _ADYEN).encode()


def sns(document: object) -> bytes | None:
    """Name, line feed, value, line feed for every field that the kind of message signs, or None."""
    if not isinstance(document, dict):
        return None
    kind = at(document, "Type")
    names = _SNS_NOTIFICATION if kind == "Notification" else _SNS_CONFIRMATION
    pairs = ((name, at(document, name)) for name in names)
    return "".join(f"{name}\n{text(value)}\n" for name, value in pairs if value is not None).encode()
