"""Message templates: what a provider signs, written as text with fields in braces."""

from __future__ import annotations

import re
from dataclasses import dataclass

FIELDS = {
    "body": "the raw body",
    "timestamp": "the timestamp as it stands in the request",
    "id": "the message id",
    "url": "the public URL",
    "method": "the method",
    "path": "path and query of the URL, percent-encoded",
    "target": "path and query of the URL as they stand",
    "key": "the secret itself",
    "second": "the second value beside the key",
    "form_sorted": "the form's fields, sorted, names and values joined",
    "header:NAME": "the value of a header",
    "json:PATH": "a field of the JSON body",
    "item:NAME": "an item of the signature header",
    "signed_headers:NAME": "name:value of the headers that the named header lists, joined with ;",
    "header_list:NAME": "values of the headers that an item of the signature header lists, joined with .",
    "adyen_item": "the fields of Adyen's notification item",
    "sns_canonical": "the fields of an SNS message",
}
FILTERS = ("sha256hex", "crc32", "unicode_escape", "json_stringify")
TAKES_NAME = ("header", "json", "item", "signed_headers", "header_list")
PLAIN = tuple(name for name in FIELDS if ":" not in name)

_FIELD = re.compile(r"\{([^{}]*)\}")


class TemplateError(ValueError):
    """A template that cannot be read; the text says what was expected."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a template."""

    name: str
    argument: str = ""
    filter: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """A message as literal bytes and fields, in order."""

    text: str
    parts: tuple[bytes | Field, ...]
    only_body: bool = False
    """The message is the raw body and nothing else."""

    def uses(self, *names: str) -> bool:
        """Whether any of the named fields stands in it."""
        return any(isinstance(part, Field) and part.name in names for part in self.parts)

    def without(self, *names: str) -> Template | None:
        """The same without the named fields and the literal after each; None where nothing would change."""
        if not self.uses(*names):
            return None
        kept: list[bytes | Field] = []
        skip_literal = False
        for part in self.parts:
            if isinstance(part, Field):
                skip_literal = part.name in names
                if not skip_literal:
                    kept.append(part)
            elif not skip_literal:
                kept.append(part)
        return make(tuple(kept))


def parse(text: str) -> Template:
    """Reads a template such as `v0:{timestamp}:{body}`; raises TemplateError."""
    parts: list[bytes | Field] = []
    end = 0
    for found in _FIELD.finditer(text):
        _literal(parts, text[end : found.start()])
        parts.append(_field(found.group(1)))
        end = found.end()
    _literal(parts, text[end:])
    return Template(text, tuple(parts), tuple(parts) == (Field("body"),))


def make(parts: tuple[bytes | Field, ...]) -> Template:
    """A template of parts."""
    return Template("".join(map(_shown, parts)), parts, parts == (Field("body"),))


def _shown(part: bytes | Field) -> str:
    if isinstance(part, bytes):
        return part.decode()
    argument = f":{part.argument}" if part.argument else ""
    return f"{{{part.name}{argument}{'|' if part.filter else ''}{part.filter}}}"


def _literal(parts: list[bytes | Field], text: str) -> None:
    if "{" in text or "}" in text:
        raise TemplateError(f"unbalanced brace near {text!r}")
    if text:
        parts.append(text.encode())


def _field(text: str) -> Field:
    rest, _, filter_name = text.partition("|")
    name, _, argument = rest.partition(":")
    if name not in PLAIN and name not in TAKES_NAME:
        raise TemplateError(f"unknown field {{{text}}}; expected one of {', '.join(sorted(FIELDS))}")
    if (name in TAKES_NAME) != bool(argument):
        raise TemplateError(
            f"field {{{text}}}: expected {{{name}:NAME}}"
            if not argument
            else f"field {{{text}}}: {name} takes no name"
        )
    if filter_name and filter_name not in FILTERS:
        raise TemplateError(f"unknown filter |{filter_name}; expected one of {', '.join(FILTERS)}")
    return Field(name, argument, filter_name)
