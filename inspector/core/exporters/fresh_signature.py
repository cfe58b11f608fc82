"""How a test signs an event with nothing but HMAC: the scheme as plain data for generated code."""

from __future__ import annotations

from typing import TypeAlias

from inspector.core.redaction import secret_for_tests
from inspector.core.signatures.keys import KeyProblem, secrets
from inspector.core.signatures.scheme import Scheme
from inspector.core.signatures.template import Field

Part: TypeAlias = tuple[bool, str]
"""Whether it is a field, and its name or the literal text."""
_KNOWN = ("body", "timestamp", "id", "method")


def signing(scheme: Scheme) -> dict[str, object] | None:
    """The steps as JSON, or None where HMAC over headers and body alone is not enough."""
    place, rule = scheme.signature, scheme.timestamp
    if not place.header or scheme.equal or (rule is not None and (rule.field or rule.claim)):
        return None
    is_token = scheme.algorithm == "token"
    message = [(True, "body")] if is_token else _message(scheme)
    if message is None or not (is_token or scheme.algorithm.startswith("hmac-")):
        return None
    material = secret_for_tests(scheme.key)
    try:
        key = secrets(scheme.key, material)[0]
    except KeyProblem:
        return None
    return {
        "scheme": scheme.id,
        "secret": material.decode("ascii"),
        "key_hex": key.hex(),
        "hash": "sha256" if is_token else scheme.algorithm.removeprefix("hmac-"),
        "encoding": scheme.encoding if scheme.encoding in ("hex", "base64", "base64url") else "hex",
        "time_unit": "s" if rule is None else rule.unit,
        "id_header": scheme.message_id,
        "message": message,
        "headers": _headers(scheme, is_token=is_token),
    }


def _message(scheme: Scheme) -> list[Part] | None:
    found: list[Part] = []
    for part in scheme.message.parts:
        if isinstance(part, bytes):
            found.append((False, part.decode("utf-8")))
        elif part.filter or not (part.name in _KNOWN or part.name == "header"):
            return None
        else:
            found.append((True, _named(part)))
    return found


def _named(field: Field) -> str:
    return f"header:{field.argument.lower()}" if field.name == "header" else field.name


def _headers(scheme: Scheme, *, is_token: bool) -> list[tuple[str, list[Part]]]:
    place, rule = scheme.signature, scheme.timestamp
    found: list[tuple[str, list[Part]]] = []
    if rule is not None and rule.header:
        found.append((rule.header, [(True, "timestamp")]))
    if scheme.message_id:
        found.append((scheme.message_id, [(True, "id")]))
    value: list[Part] = []
    if is_token:
        value.append((True, "secret"))
    else:
        if rule is not None and rule.item:
            value += [(False, rule.item + place.item), (True, "timestamp"), (False, place.separator)]
        value += [
            (False, f"{place.pick}{place.item}" if place.pick else place.prefix),
            (True, "signature"),
        ]
    return [*found, (place.header, value)]
