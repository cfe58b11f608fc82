"""The few wanted fields of a JSON body or a form, decoded without building the rest."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from operator import attrgetter
from urllib.parse import parse_qsl

import msgspec

from inspector.core import headers
from inspector.core.event import Request

MAX_INFLATED_BYTES = 16 << 20
"""A compressed body that grows beyond this is not read."""
MAX_FORM_BYTES = 256 << 10
MAX_VALUE_BYTES = 4096
"""No type, id or moment is as long as this."""
MAX_LIST_BYTES = 1 << 20
"""Of a body that is a list (SendGrid's), whose every item must be passed over."""

_LONGEST_QUICK = 600
_MOST_QUICK = 10**18

_CODING = b"content-encoding"
_BOM = b"\xef\xbb\xbf"
_ABSENT = msgspec.Raw(b"")
_STRING = msgspec.json.Decoder(str)
_LIST = msgspec.json.Decoder(list[msgspec.Raw])


class BodyPlan:
    """Dotted paths into JSON, made into decoders that keep only what lies on them."""

    __slots__ = ("_decoder", "_keys", "_quick", "_wanted")

    def __init__(self, paths: tuple[str, ...], prefix: str = "") -> None:
        leaves: dict[str, str] = {}
        below: dict[str, list[str]] = {}
        for path in paths:
            head, _, rest = path.partition(".")
            if rest:
                below.setdefault(head, []).append(rest)
            else:
                leaves[head] = prefix + head
        self._keys = tuple(dict.fromkeys((*leaves, *below)))
        self._wanted = tuple(
            (leaves.get(key, ""), BodyPlan(tuple(below[key]), f"{prefix}{key}.") if key in below else None)
            for key in self._keys
        )
        self._quick = None if prefix else _quick_reader(paths)
        self._decoder = None if all(key.isdecimal() for key in self._keys) else _object_decoder(self._keys)

    def read(self, body: bytes) -> dict[str, str]:
        """The texts by path: strings decoded, numbers and words as they stand; what is absent is left out."""
        found: dict[str, str] = {}
        if body and self._keys:
            quickly = None if self._quick is None else self._quick(body)
            if quickly is not None:
                return quickly
            self._into(found, body)
        return found

    def _into(self, found: dict[str, str], body: bytes | msgspec.Raw) -> None:
        try:
            values = self._values(body)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            return
        for raw, (path, child) in zip(values, self._wanted, strict=True):
            if raw is _ABSENT:
                continue
            if child is not None:
                child._into(found, raw)
            if path:
                data = bytes(raw)
                # Nearly all values are short and plain: they skip a call and a decoder.
                if len(data) < 80 and data[0] == 0x22 and b"\\" not in data and data.isascii():
                    found[path] = data[1:-1].decode("ascii")
                elif text := _text(data):
                    found[path] = text

    def _values(self, body: bytes | msgspec.Raw) -> Sequence[msgspec.Raw]:
        if self._decoder is not None:
            values: tuple[msgspec.Raw, ...] = msgspec.structs.astuple(self._decoder.decode(body))
            return values
        if len(memoryview(body)) > MAX_LIST_BYTES:
            return [_ABSENT] * len(self._keys)
        items = dict(enumerate(_LIST.decode(body)))
        return [items.get(int(key), _ABSENT) for key in self._keys]


def plain_body(request: Request) -> bytes:
    """The body without its content coding and byte order mark; empty where that fails."""
    body = request.body
    for name, _ in request.headers:
        # The length first: this runs for every event, and one header in a hundred is this long.
        if len(name) == len(_CODING) and name.lower() == _CODING:
            coding = headers.text(request.headers, _CODING).strip().lower()
            body = body if coding in ("", "identity") else _inflated(body, coding)
            break
    return body.removeprefix(_BOM)


def form_fields(request: Request) -> dict[str, str]:
    """The first value of each field of a urlencoded form."""
    kind = headers.text(request.headers, b"content-type").lower()
    body = plain_body(request) if kind.startswith("application/x-www-form-urlencoded") else b""
    if not body or len(body) > MAX_FORM_BYTES:
        return {}
    try:
        pairs = parse_qsl(body.decode("latin-1"), max_num_fields=1000, errors="replace")
    except ValueError:
        return {}
    return dict(reversed(pairs))


def _object_decoder(keys: tuple[str, ...]) -> msgspec.json.Decoder[msgspec.Struct]:
    fields = [
        (f"field_{number}", msgspec.Raw, msgspec.field(name=key, default=_ABSENT))
        for number, key in enumerate(keys)
    ]
    return msgspec.json.Decoder(msgspec.defstruct("Wanted", fields))


def _quick_reader(paths: tuple[str, ...]) -> Callable[[bytes], dict[str, str] | None] | None:
    """A reader that decodes all places at once, for bodies where they hold strings or whole numbers.

    It returns None for any other body, which the plan then reads piece by piece. There is no such reader
    where a place lies in a list, or within another place.
    """
    decoder = _typed(paths)
    if decoder is None:
        return None
    structure, getters = decoder
    decode = msgspec.json.Decoder(structure).decode
    get = attrgetter(*getters)
    single = len(getters) == 1

    def read(body: bytes) -> dict[str, str] | None:
        try:
            values = get(decode(body))
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            return None
        found: dict[str, str] = {}
        for path, value in zip(paths, (values,) if single else values, strict=True):
            if value is None:
                continue
            if value.__class__ is int:
                if not -_MOST_QUICK < value < _MOST_QUICK or (not value and b"-0" in body):
                    return None  # "-0" stays as it stands
                found[path] = str(value)
            elif len(value) > _LONGEST_QUICK:
                return None
            else:
                found[path] = value
        return found

    return read


def _typed(paths: tuple[str, ...]) -> tuple[type[msgspec.Struct], list[str]] | None:
    """A structure for these places, and the way to each within it, in their order."""
    fields: list[tuple[str, object, object]] = []
    names: dict[str, str] = {}
    below: dict[str, list[str]] = {}
    for path in paths:
        key, _, rest = path.partition(".")
        if key.isdecimal():
            return None
        names.setdefault(key, f"field_{len(names)}")
        below.setdefault(key, []).append(rest)
    ways: dict[str, str] = {}
    for key, rests in below.items():
        name = names[key]
        if rests == [""]:
            fields.append((name, str | int | None, msgspec.field(name=key, default=None)))
            ways[key] = name
            continue
        child = None if "" in rests else _typed(tuple(rests))
        if child is None:
            return None
        structure, getters = child
        fields.append((name, structure, msgspec.field(name=key, default_factory=structure)))
        ways |= {f"{key}.{rest}": f"{name}.{way}" for rest, way in zip(rests, getters, strict=True)}
    if not fields:
        return None
    made = msgspec.defstruct("Quick", fields)
    return made, [ways[path] for path in paths]


def _text(raw: bytes) -> str:
    """A string's text or a number's lexeme; empty for lists, objects, null and what is too long."""
    if not 0 < len(raw) <= MAX_VALUE_BYTES or raw[0] in b"[{n":
        return ""
    try:
        if raw[0] != 0x22:
            return raw.decode("ascii")
        return _STRING.decode(raw) if b"\\" in raw else raw[1:-1].decode()
    except (msgspec.MsgspecError, UnicodeError):
        return ""


def _inflated(body: bytes, coding: str) -> bytes:
    """The body of one content coding, or nothing: for broken ones, chains, and what grows too large."""
    limit = MAX_INFLATED_BYTES
    try:
        if coding in ("gzip", "x-gzip"):
            plain = zlib.decompressobj(31).decompress(body, limit + 1)
        elif coding == "deflate":
            plain = _deflated(body, limit + 1)
        elif coding == "br":
            plain = _brotli(body, limit + 1)
        elif coding == "zstd":
            plain = _zstandard(body, limit + 1)
        else:
            return b""
    except (zlib.error, ValueError, EOFError, MemoryError):
        return b""
    return plain if len(plain) <= limit else b""


def _deflated(body: bytes, limit: int) -> bytes:
    """RFC 9110 section 8.4.1.2 means zlib's form; some senders write bare deflate."""
    try:
        return zlib.decompressobj().decompress(body, limit)
    except zlib.error:
        return zlib.decompressobj(-15).decompress(body, limit)


def _brotli(body: bytes, limit: int) -> bytes:
    import brotli

    decompressor, plain, data = brotli.Decompressor(), bytearray(), body
    try:
        while len(plain) < limit:
            piece = decompressor.process(data, output_buffer_limit=1 << 16)
            plain += piece
            data = b""
            if decompressor.is_finished() or (not piece and decompressor.can_accept_more_data()):
                break
    except brotli.error as error:
        raise ValueError(str(error)) from None
    return bytes(plain)


def _zstandard(body: bytes, limit: int) -> bytes:
    import zstandard

    try:
        with zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(body) as reader:
            return reader.read(limit)
    except zstandard.ZstdError as error:
        raise ValueError(str(error)) from None
