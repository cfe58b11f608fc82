"""What a scheme reads from one request: signatures, timestamp, id, and the parts of the message."""

from __future__ import annotations

import re
from hashlib import sha256
from urllib.parse import unquote_to_bytes
from zlib import crc32

from inspector.core.signatures import fieldlists
from inspector.core.signatures.outcome import SignedRequest
from inspector.core.signatures.scheme import Scheme, TimeRule
from inspector.core.signatures.template import Field, Template
from inspector.core.signatures.urls import path_and_query, url_path

_ESCAPED = re.compile("[\x7f-\U0010ffff]")
_OWS = b" \t"


class Missing(Exception):  # noqa: N818 - it names what is missing and is no error of ours
    """A part of the message is not in the request: `trouble` and a sentence."""

    def __init__(self, trouble: str, words: str) -> None:
        super().__init__(words)
        self.trouble = trouble


class Reading:
    """One request seen by one scheme. Everything is read when it is asked for, and only once."""

    __slots__ = ("_index", "_items", "_json", "_repeated", "claims", "key", "request", "scheme", "second")

    def __init__(self, scheme: Scheme, request: SignedRequest) -> None:
        self.scheme = scheme
        self.request = request
        self.key = b""
        self.second = b""
        self.claims: dict[str, object] = {}
        self._index: dict[bytes, bytes] = {name.lower(): value for name, value in request.headers}
        self._repeated = len(self._index) != len(request.headers)
        self._items: list[tuple[str, str]] | None = None
        self._json: object = Reading

    # Headers.

    def header(self, name: str) -> bytes | None:
        """The values of the header joined with ", ", without the white space around each."""
        key = name.encode()
        if self._repeated:
            found = self.header_values(name)
            return b", ".join(found) if found else None
        value = self._index.get(key)
        return None if value is None else value.strip(_OWS)

    def header_values(self, name: str) -> list[bytes]:
        """Each value of the header."""
        key = name.encode()
        return [value.strip(_OWS) for given, value in self.request.headers if given.lower() == key]

    def _header_part(self, name: str) -> bytes:
        value = self.header(name)
        if value is None:
            raise Missing("header-missing", f"The header {name} is missing; it is a part of what is signed.")
        return value

    # Signatures.

    def raw_signatures(self) -> list[str]:
        """The values at the place of the signature as they stand there; empty: the request is unsigned."""
        place = self.scheme.signature
        if place.field:
            found = self.json(place.field)
            return [found] if isinstance(found, str) and found else []
        if place.repeated:
            values = self.header_values(place.header)
        else:
            value = self.header(place.header)
            values = [] if value is None else [value]
        for name in place.others:
            more = self.header(name)
            if more is not None:
                values.append(more)
        if place.numbered:
            values += self._numbered(place.header)
        return [value.decode("latin-1") for value in values]

    def _numbered(self, first: str) -> list[bytes]:
        stem = first.rpartition("-")[0]
        numbers = []
        for name in self._index:
            head, _, tail = name.decode("latin-1").rpartition("-")
            if head == stem and tail.isascii() and tail.isdigit() and tail != "1":
                numbers.append(int(tail))
        found = (self.header(f"{stem}-{number}") for number in sorted(numbers))
        return [value for value in found if value is not None]

    def signatures(self) -> tuple[list[str], list[str]]:
        """The raw values, and the signatures cut out of them."""
        raw = self.raw_signatures()
        place = self.scheme.signature
        if not place.separator:
            if not place.prefix:
                return raw, [value for value in raw if value]
            return raw, [
                cut for value in raw if (cut := _without_prefix(value, place.prefix, place.prefix_optional))
            ]
        picked = [value for name, value in self.items(raw) if name == place.pick and value]
        return raw, picked

    def items(self, raw: list[str] | None = None) -> list[tuple[str, str]]:
        """The named items of the signature header."""
        if self._items is None:
            place = self.scheme.signature
            self._items = [
                _item(text.strip() if place.trim else text, place.item)
                for value in (self.raw_signatures() if raw is None else raw)
                for text in value.split(place.separator)
            ]
        return self._items

    def item(self, wanted: str) -> bytes | None:
        """The first item of that name."""
        for name, value in self.items():
            if name == wanted:
                return value.encode("latin-1")
        return None

    # Body.

    def json(self, path: str) -> object:
        """The value at the dotted path of the JSON body, or None."""
        if self._json is Reading:
            self._json = fieldlists.document(self.request.body)
        found = fieldlists.at(self._json, path)
        return fieldlists.text(found) if isinstance(found, str) else found

    # Time.

    def timestamp(self, rule: TimeRule) -> bytes | None:
        """The timestamp as it stands in the request, or None."""
        if rule.header:
            return self.header(rule.header)
        if rule.item:
            return self.item(rule.item)
        found = self.json(rule.field) if rule.field else self.claims.get(rule.claim)
        return None if found is None or isinstance(found, bool) else fieldlists.text(found).encode()

    # The message.

    def message(self, template: Template, url: bytes) -> list[bytes]:
        """The parts of the message; raises Missing."""
        parts = template.parts
        return [part if isinstance(part, bytes) else self._part(part, url) for part in parts]

    def _part(self, part: Field, url: bytes) -> bytes:
        name = part.name
        if name == "body":
            value = self.request.body
        elif name == "timestamp":
            value = self._timestamp_part()
        elif name == "id":
            value = self._header_part(self.scheme.message_id)
        else:
            value = self._other_part(part, url)
        return _filtered(value, part.filter) if part.filter else value

    def _timestamp_part(self) -> bytes:
        rule = self.scheme.timestamp
        found = None if rule is None else self.timestamp(rule)
        if found is None:
            where = rule.words if rule else "the request"
            raise Missing("timestamp-missing", f"There is no timestamp: {where} is missing.")
        return found

    def _other_part(self, part: Field, url: bytes) -> bytes:
        name, argument = part.name, part.argument
        if name in ("url", "path", "target"):
            if not url:
                raise Missing("url-missing", "The public URL is a part of what is signed and is not known.")
            return url if name == "url" else url_path(url) if name == "path" else path_and_query(url)
        if name == "method":
            return self.request.method.encode("latin-1")
        if name == "key":
            return self.key
        if name == "second":
            return self.second
        if name == "header":
            return self._header_part(argument)
        if name == "item":
            value = self.item(argument)
            if value is None:
                raise Missing("header-malformed", f"The signature header has no item {argument}.")
            return value
        if name == "form_sorted":
            return self._form_sorted()
        return self._list_part(name, argument)

    def _list_part(self, name: str, argument: str) -> bytes:
        if name == "json":
            found = self.json(argument)
            if found is None:
                raise Missing("header-missing", f"The body has no field {argument}.")
            return fieldlists.text(found).encode()
        if name == "signed_headers":
            listed = self._header_part(argument).decode("latin-1").lower().split(",")
            names = sorted({one.strip() for one in listed})
            pairs = [(one, self.header(one)) for one in names]
            return b";".join(one.encode() + b":" + value for one, value in pairs if value is not None)
        if name == "header_list":
            names = (self.item(argument) or b"").decode("latin-1").lower().split(" ")
            return b".".join(self.header(one) or b"" for one in names)
        document = self.json("")
        message = fieldlists.adyen_item(document) if name == "adyen_item" else fieldlists.sns(document)
        if message is None:
            raise Missing("header-malformed", "The body lacks the fields that are signed.")
        return message

    @property
    def is_form(self) -> bool:
        """The body is a form, or nothing says what it is."""
        kind = (self.header("content-type") or b"application/x-www-form-urlencoded").lower()
        return kind.startswith(b"application/x-www-form-urlencoded")

    def _form_sorted(self) -> bytes:
        """Twilio: the set of fields sorted by name, then value, joined without separators."""
        if not self.is_form:
            return b""
        pairs = set()
        for text in self.request.body.split(b"&"):
            if text:
                name, _, value = text.partition(b"=")
                pairs.add((_decoded(name), _decoded(value)))
        return b"".join(name + value for name, value in sorted(pairs))


def _without_prefix(value: str, prefix: str, optional: bool) -> str:
    if value.startswith(prefix):
        return value[len(prefix) :]
    return value if optional else ""


def _item(text: str, sign: str) -> tuple[str, str]:
    name, found, value = text.partition(sign)
    if sign == "," and "," in value:
        value = value.partition(",")[0]
    return (name, value) if found else ("", text)


def _decoded(text: bytes) -> bytes:
    return unquote_to_bytes(text.replace(b"+", b" "))


def _filtered(value: bytes, name: str) -> bytes:
    if name == "sha256hex":
        return sha256(value).hexdigest().encode()
    if name == "crc32":
        return str(crc32(value)).encode()
    if name == "unicode_escape":
        return unicode_escaped(value)
    return value


def unicode_escaped(body: bytes) -> bytes:
    r"""The body with everything from U+007F on as \uXXXX in lower case (Box's SDKs)."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return body
    return _ESCAPED.sub(lambda found: _units(found.group()), text).encode()


def _units(character: str) -> str:
    raw = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{raw[at]:02x}{raw[at + 1]:02x}" for at in range(0, len(raw), 2))
