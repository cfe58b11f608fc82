"""A folder of pytest fixtures: readable events, and code that needs nothing but pytest."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from importlib import resources

from inspector.core.event import Event
from inspector.core.exporters.format import Chunk, ExportOptions
from inspector.core.exporters.fresh_signature import signing
from inspector.core.exporters.names import described, stem
from inspector.core.signatures.bundled import bundled
from inspector.core.signatures.detect import detect
from inspector.core.signatures.scheme import Schemes

MADE_BY_THE_CLIENT = frozenset((b"host", b"content-length", b"transfer-encoding", b"connection"))
STYLES: dict[str, tuple[int | None, tuple[str, str] | None, bool]] = {
    "compact": (None, (",", ":"), False),
    "compact-ascii": (None, (",", ":"), True),
    "spaced": (None, None, False),
    "spaced-ascii": (None, None, True),
    "indented": (2, None, False),
    "indented-ascii": (2, None, True),
}
"""Indent, separators and ensure_ascii of json.dumps; the generated code has the same."""


class PytestFolder:
    """Drops into a project's tests, and runs as it is."""

    id = "pytest"
    name = "pytest fixtures"
    describe = "A folder for a Python project's tests: a fixture an event, signed afresh in each test."
    lossless = (
        "Method, target, headers in order, and every byte of the body; Host and framing are the client's. "
        "Signatures that need more than HMAC over headers and body stay as captured."
    )
    folder = True

    def export(self, events: Iterable[Event], options: ExportOptions) -> Iterator[Chunk]:
        """The code, then the files of each event with its fixture."""
        schemes = bundled() if options.schemes is None else options.schemes
        yield "conftest.py", _template("pytest_conftest.txt")
        yield "test_captured_webhooks.py", _template("pytest_sample.txt")
        for event in events:
            name = stem(event)
            about, beside = _about(event, schemes)
            yield f"events/{name}.json", f"{json.dumps(about, indent=2, ensure_ascii=False)}\n".encode()
            if beside is not None:
                yield f"events/{name}.body", beside
            yield "conftest.py", _fixture(event).encode()


def _template(name: str) -> bytes:
    return resources.files("resources").joinpath("fixtures", name).read_bytes()


def _fixture(event: Event) -> str:
    kind = re.sub(r"[^0-9A-Za-z]+", "_", event.row.event_type)[:60].strip("_").lower()
    name = f"webhook_{event.id:05d}_{kind}".rstrip("_")
    return (
        f'\n\n@pytest.fixture\ndef {name}():\n    """{described(event)}."""\n'
        f'    return Webhook("{stem(event)}")\n'
    )


def _about(event: Event, schemes: Schemes) -> tuple[dict[str, object], bytes | None]:
    """The event as its readable file holds it, and the body where it needs a file of its own."""
    request = event.request
    kind = event.row.event_type
    scheme = schemes.get(event.row.checked.scheme) or detect(schemes, request.headers, request.body)
    about: dict[str, object] = {
        "event_type": kind if kind.isprintable() else ascii(kind)[1:-1],
        "method": request.method,
        "path": request.target.decode("latin-1"),
        "headers": [
            [name.decode("latin-1"), value.decode("latin-1")]
            for name, value in request.headers
            if name.lower() not in MADE_BY_THE_CLIENT
        ],
        "signing": None if scheme is None else signing(scheme),
        "body_sha256": sha256(request.body).hexdigest(),
    }
    if not request.body:
        return about, None
    style = _style(request.body)
    if style is None:
        about["body_file"] = f"{stem(event)}.body"
        return about, request.body
    about |= {"json_style": style, "json": json.loads(request.body)}
    return about, None


def _style(body: bytes) -> str | None:
    """The way of writing JSON that gives exactly this body again; None where there is none."""
    try:
        value = json.loads(body.decode("utf-8"))
        for name, (indent, separators, is_ascii) in STYLES.items():
            text = json.dumps(
                value, indent=indent, separators=separators, ensure_ascii=is_ascii, allow_nan=False
            )
            if text.encode("utf-8") == body:
                json.dumps(value, ensure_ascii=False).encode("utf-8")
                return name
    except (ValueError, RecursionError):
        return None
    return None
