"""Reading scheme records: TOML tables, one a scheme, with errors that point at the line.

A record::

    [acme]
    name = "Acme"
    algorithm = "hmac-sha256"
    encoding = "hex"                      # hex, base64, base64url
    signature = { header = "acme-signature", separator = ",", item = "=", pick = "v1" }
    message = "{timestamp}.{body}"
    timestamp = { item = "t", unit = "s", past_s = 300, future_s = 300 }
    key = { form = "base64", strip = ["whsec_"] }

The fields of a template are listed in `template.FIELDS`, the other settings in SETTINGS below.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from typing import cast

from inspector.core.problem import Problem, ProblemError
from inspector.core.signatures import template
from inspector.core.signatures.scheme import KeyRule, Notes, Place, Scheme, Schemes, TimeRule
from inspector.core.signatures.template import Template

__all__ = ["SETTINGS", "Scheme", "SchemeError", "Schemes", "load"]

ALGORITHMS = (
    "hmac-sha1", "hmac-sha256", "hmac-sha512", "sha256", "token", "ed25519", "ecdsa-sha256",
    "rsa-sha1", "rsa-sha256", "jwt-es256", "jwt-hs256", "jwt-hs", "rfc9421",
)  # fmt: skip
ENCODINGS = ("hex", "base64", "base64url")
KEY_FORMS = (
    "text", "base64", "base64-if-prefixed", "text-or-base64", "hex", "any",
    "ed25519-hex", "ed25519-base64", "spki", "jwk", "x509",
)  # fmt: skip
UNITS = ("s", "ms", "iso8601")

_STRING, _BOOL, _NUMBER, _STRINGS, _MAP = (
    "a string",
    "true or false",
    "a number",
    "a list of strings",
    "a table",
)

SETTINGS: Mapping[str, Mapping[str, str]] = {
    "": {
        "name": _STRING, "algorithm": _STRING, "encoding": _STRING, "signature": _MAP, "message": _STRING,
        "accept": _STRINGS, "explain": _STRINGS, "timestamp": _MAP, "id_header": _STRING, "key": _MAP,
        "url_variants": _STRING, "require": _MAP, "query_equals": _MAP, "query_optional": _BOOL,
        "claims": _MAP, "optional_claims": _STRINGS, "algorithm_by": _MAP, "detect": _MAP,
        "identity": _MAP, "notes": _MAP,
    },
    "signature": {
        "header": _STRING, "field": _STRING, "separator": _STRING, "item": _STRING, "pick": _STRING,
        "prefix": _STRING, "prefix_optional": _BOOL, "trim": _BOOL, "numbered": _BOOL, "repeated": _BOOL,
        "others": _STRINGS, "any_case": _BOOL,
    },
    "timestamp": {
        "header": _STRING, "field": _STRING, "item": _STRING, "claim": _STRING, "unit": _STRING,
        "past_s": _NUMBER, "future_s": _NUMBER,
    },
    "key": {"form": _STRING, "strip": _STRINGS, "prefix_required": _BOOL, "second": _STRING},
    "detect": {"headers": _STRINGS, "contains": _MAP, "generic": _BOOL},
    "identity": {"event": _STRING, "delivery": _STRING, "retry": _STRING},
    "notes": {"docs": _STRING, "timeout": _STRING, "retry": _STRING, "handshake": _STRING},
}  # fmt: skip
"""Every setting of a record and of its tables, with what is expected of its value."""

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


class SchemeError(ProblemError):
    """A record that cannot be read: `file` and `line` say where."""

    def __init__(self, file: str, line: int, words: str) -> None:
        super().__init__(
            Problem(
                "scheme-unreadable",
                f"{file}, line {line}: {words}",
                "",
                "Correct the file and load it again.",
            )
        )
        self.file = file
        self.line = line
        self.words = words


def load(text: str, name: str) -> Schemes:
    """The records of one file; `name` is the file's name for messages. Raises SchemeError."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+)", str(error))
        line = int(found.group(1)) if found else text.count("\n") + 1
        raise SchemeError(name, line, f"this is not TOML: {str(error).partition(' (at')[0]}") from None
    records = {}
    for key, value in document.items():
        record = _Record(text, name, key, value)
        records[key] = record.scheme()
    return Schemes(records)


class _Record:
    """One record with the means to say on which line something is wrong."""

    def __init__(self, text: str, file: str, key: str, value: object) -> None:
        self._text = text
        self._file = file
        self._id = key
        if not _ID.fullmatch(key):
            raise self._wrong("", f"the id {key!r} must be of lower-case letters, digits and hyphens")
        if not isinstance(value, dict):
            raise SchemeError(
                file, _line_of(text, "", key), f"expected a table [{key}] with a scheme's settings"
            )
        self._value = cast("dict[str, object]", value)
        self._check("", self._value)
        for table in SETTINGS:
            if table and table in self._value:
                self._check(table, self._table(table))

    def _wrong(self, setting: str, words: str) -> SchemeError:
        return SchemeError(self._file, _line_of(self._text, self._id, setting), f"[{self._id}] {words}")

    def _check(self, table: str, values: Mapping[str, object]) -> None:
        known = SETTINGS[table]
        for key, value in values.items():
            where = f"{table}.{key}" if table else key
            if key not in known:
                expected = ", ".join(sorted(known))
                raise self._wrong(where, f"unknown setting {where}; expected one of {expected}")
            if not _fits(value, known[key]):
                raise self._wrong(where, f"{where} must be {known[key]}")

    def _table(self, name: str) -> dict[str, object]:
        return cast("dict[str, object]", self._value.get(name, {}))

    def _text_of(self, name: str, allowed: tuple[str, ...] = (), table: str = "", default: str = "") -> str:
        value = str((self._table(table) if table else self._value).get(name, default))
        if allowed and value not in allowed:
            where = f"{table}.{name}" if table else name
            stated = f"{value!r} is unknown" if value else "is missing"
            raise self._wrong(where, f"{where} {stated}; expected one of {', '.join(allowed)}")
        return value

    def _strings(self, name: str) -> dict[str, str]:
        table = self._table(name)
        for key, value in table.items():
            if not isinstance(value, str):
                raise self._wrong(f"{name}.{key}", f"{name}.{key} must be a string")
        return {key.lower() if name == "require" else key: str(value) for key, value in table.items()}

    def _template(self, setting: str, text: str) -> Template:
        try:
            return template.parse(text)
        except template.TemplateError as error:
            raise self._wrong(setting, f"{setting}: {error}") from None

    def _templates(self, setting: str) -> tuple[Template, ...]:
        listed = cast("list[str]", self._value.get(setting, []))
        return tuple(self._template(setting, text) for text in listed)

    def scheme(self) -> Scheme:
        """The whole record."""
        algorithm = self._text_of("algorithm", ALGORITHMS)
        plain = algorithm in ("token", "rfc9421") or algorithm.startswith("jwt")
        encoding = "" if plain else self._text_of("encoding", ENCODINGS)
        if not plain and "message" not in self._value:
            raise self._wrong(
                "message", 'message is missing; expected a template such as "{timestamp}.{body}"'
            )
        detect, identity, chosen = (
            self._table("detect"),
            self._table("identity"),
            self._strings("algorithm_by"),
        )
        algorithm_field = chosen.pop("field", "")
        self._one_of(chosen, "algorithm_by", ALGORITHMS)
        message = self._template("message", self._text_of("message", default="{body}"))
        scheme = Scheme(
            id=self._id,
            name=self._text_of("name", default=self._id),
            algorithm=algorithm,
            encoding=encoding,
            signature=self._place(),
            message=message,
            timestamp=self._time_rule(),
            key=self._key_rule(),
            message_id=self._text_of("id_header").lower(),
            accept=self._templates("accept"),
            explain=self._templates("explain"),
            url_variants=self._text_of("url_variants", ("", "port", "hubspot")),
            require=self._strings("require"),
            when={key.lower(): str(value) for key, value in _map(detect, "contains").items()},
            equal=tuple(
                (k, self._template("query_equals", v)) for k, v in self._strings("query_equals").items()
            ),
            equal_where_given=bool(self._value.get("query_optional", False)),
            claims={k: self._template("claims", v) for k, v in self._strings("claims").items()},
            optional_claims=_list(self._value, "optional_claims"),
            algorithm_field=algorithm_field,
            algorithms=chosen,
            detect=tuple(name.lower() for name in _list(detect, "headers")),
            generic=bool(detect.get("generic", False)),
            event_header=str(identity.get("event", "")),
            delivery_header=str(identity.get("delivery", "")),
            retry_header=str(identity.get("retry", "")),
            notes=Notes(**self._strings("notes")),
            origin=f"{self._file}, line {_line_of(self._text, self._id, '')}",
        )
        self._check_whole(scheme)
        return scheme

    def _one_of(self, values: Mapping[str, str], setting: str, allowed: tuple[str, ...]) -> None:
        for value in values.values():
            if value not in allowed:
                raise self._wrong(
                    setting, f"{setting}: {value!r} is unknown; expected one of {', '.join(allowed)}"
                )

    def _place(self) -> Place:
        table = self._table("signature")
        if ("header" in table) == ("field" in table):
            raise self._wrong("signature", 'signature must have either header = "…" or field = "…"')
        if ("separator" in table) != ("pick" in table):
            raise self._wrong("signature", "signature: separator, item and pick belong together")
        lists = {"others": tuple(name.lower() for name in _list(table, "others"))}
        rest = {key: value for key, value in table.items() if key not in ("others", "header")}
        build = cast("Callable[..., Place]", Place)
        return build(header=str(table.get("header", "")).lower(), **lists, **rest)

    def _time_rule(self) -> TimeRule | None:
        if "timestamp" not in self._value:
            return None
        table = self._table("timestamp")
        if sum(name in table for name in ("header", "field", "item", "claim")) != 1:
            raise self._wrong("timestamp", "timestamp must have exactly one of header, field, item, claim")
        self._text_of("unit", UNITS, "timestamp", "s")
        build = cast("Callable[..., TimeRule]", TimeRule)
        return build(
            **{
                key: value.lower() if key == "header" else value  # type: ignore[attr-defined] # checked
                for key, value in table.items()
            }
        )

    def _key_rule(self) -> KeyRule:
        table = self._table("key")
        form = self._text_of("form", KEY_FORMS, "key", "text")
        return KeyRule(
            form, _list(table, "strip"), bool(table.get("prefix_required")), str(table.get("second", ""))
        )

    def _check_whole(self, scheme: Scheme) -> None:
        """What the parts need of one another."""
        messages = (scheme.message, *scheme.accept, *scheme.explain)
        if scheme.timestamp is None and any(message.uses("timestamp") for message in messages):
            raise self._wrong("message", "message uses {timestamp}, but there is no timestamp setting")
        if not scheme.message_id and any(message.uses("id") for message in messages):
            raise self._wrong("message", "message uses {id}, but there is no id_header setting")
        public = scheme.algorithm in ("ed25519", "ecdsa-sha256", "rsa-sha1", "rsa-sha256", "jwt-es256")
        if public and scheme.key.form in KEY_FORMS[:6]:
            raise self._wrong(
                "key", f"key.form must be one of {', '.join(KEY_FORMS[6:])} for {scheme.algorithm}"
            )


def _fits(value: object, kind: str) -> bool:
    if kind == _STRINGS:
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    if kind == _NUMBER:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, {_STRING: str, _BOOL: bool, _MAP: dict}[kind])


def _list(table: Mapping[str, object], name: str) -> tuple[str, ...]:
    return tuple(cast("list[str]", table.get(name, [])))


def _map(table: Mapping[str, object], name: str) -> dict[str, object]:
    return cast("dict[str, object]", table.get(name, {}))


def _line_of(text: str, record: str, setting: str) -> int:
    """The line of `setting` in the table [record], or of the table itself."""
    lines = text.split("\n")
    start = 0
    if record:
        quoted = re.compile(rf'\s*\[\s*"?{re.escape(record)}"?\s*\]')
        start = next((at for at, line in enumerate(lines) if quoted.match(line)), 0)
    table, _, key = setting.partition(".")
    found, in_table = start, False
    for at in range(start + (1 if record else 0), len(lines)):
        line = lines[at]
        if record and re.match(rf'\s*\[\s*(?!"?{re.escape(record)}"?\.)', line):
            break
        if table and re.match(rf'\s*(\[.*\.)?"?{re.escape(table)}"?\s*[=\].]', line):
            found = at
            in_table = line.lstrip().startswith("[")
            if not (key and in_table):
                break
        elif in_table and re.match(rf'\s*"?{re.escape(key)}"?\s*=', line):
            found = at
            break
    return found + 1
