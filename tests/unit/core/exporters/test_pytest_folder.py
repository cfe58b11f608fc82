"""The generated folder, run by pytest as it is, against a handler that verifies signatures."""

from __future__ import annotations

import http.server
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.core.event import Event, Verdict
from inspector.core.exporters.fresh_signature import signing
from inspector.core.exporters.pytest_folder import PytestFolder
from inspector.core.redaction import secret_for_tests, sign_for_tests
from inspector.core.signatures.bundled import bundled
from inspector.core.signatures.outcome import Key, SignedRequest
from inspector.core.signatures.verify import verify
from tests.unit.core.exporters.building import JSON, event, exported

SCHEMES = [scheme for scheme in bundled() if signing(scheme) is not None]
BODIES = [
    b'{"a":1.0,"b":["x",null]}', '{"name": "Zoë"}'.encode(), b'{\n  "a": "\\u00eb"\n}', b'{"a":1,"a":2}',
    b'{ "a":1}', b"\x00\xff", b"a=1&b=2", b'{"big": 1e400}', b'"\\ud800"',
]  # fmt: skip
CLIENTS = """
import aiohttp.web, asyncio
from aiohttp.test_utils import TestClient, TestServer


def test_ready_requests(webhook):
    async def handle(request):
        return aiohttp.web.Response(body=await request.read(), headers={"X-Path": request.raw_path})

    async def ask():
        app = aiohttp.web.Application()
        app.router.add_route("*", "/{tail:.*}", handle)
        async with TestClient(TestServer(app)) as client:
            response = await client.request(**webhook.for_aiohttp())
            return await response.read(), response.headers["X-Path"]

    assert asyncio.run(ask()) == (webhook.body, webhook.path)
    django, starlette = webhook.for_django(), webhook.for_starlette()
    assert (django["data"], django["content_type"]) == (webhook.body, dict(webhook.headers)["Content-Type"])
    assert starlette["content"] == webhook.for_flask()["data"] == webhook.body
    assert all(name.startswith("HTTP_") for name in set(django) - {"method", "path", "data", "content_type"})


def test_of_its_own(webhook_00001_order_created, webhook):
    assert webhook_00001_order_created.event_type == "order.created"
"""


@pytest.fixture
def handler() -> Iterator[tuple[str, list[tuple[str, bytes, Verdict]]]]:
    """Its address, and what came: the path's scheme, the body, and the verdict as of now."""
    seen: list[tuple[str, bytes, Verdict]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            scheme = bundled()[self.path[1:]]
            headers = tuple((n.encode("latin-1"), v.encode("latin-1")) for n, v in self.headers.items())
            request = SignedRequest("POST", "", headers, body)
            key = Key("test", secret_for_tests(scheme.key))
            verdict = verify(scheme, request, [key], now_s=time.time()).verdict
            seen.append((scheme.id, body, verdict))
            self.send_response(204 if verdict is Verdict.VALID else 401)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", seen
        server.shutdown()
        thread.join()


def written(folder: Path, *events: Event) -> Path:
    for name, data in exported(PytestFolder(), *events).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def run(folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """With pytest's own plugins alone, and warnings as errors."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", str(folder)],
        cwd=folder,
        env=kept | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **more},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def old_event(number: int, scheme_id: str, body: bytes) -> Event:
    """Signed long ago, as a captured event is."""
    plain = event(body, number=number, line=f"POST /{scheme_id} HTTP/1.1".encode(), scheme=scheme_id)
    request = sign_for_tests(bundled()[scheme_id], plain.request, now_s=1_500_000_000)
    return replace(plain, request=request)


def test_every_event_is_accepted_long_after_it_was_captured(tmp_path, handler):
    url, seen = handler
    events = [
        old_event(number, scheme.id, b'{"id":"evt_%d"}' % number) for number, scheme in enumerate(SCHEMES)
    ]
    events += [old_event(1000 + number, "stripe", body) for number, body in enumerate(BODIES)]
    ended = run(written(tmp_path / "webhooks", *events), WEBHOOK_URL=url)
    assert ended.returncode == 0, ended.stdout
    assert f"{2 * len(events)} passed" in ended.stdout
    sent = [(item.request.path[1:], item.request.body, Verdict.VALID) for item in events]
    assert sorted(seen) == sorted(sent)


def test_without_a_handler_the_folder_says_what_to_do_and_a_changed_event_fails(tmp_path):
    folder = written(tmp_path / "webhooks", *(event(body, number=n) for n, body in enumerate(BODIES, 1)))
    (folder / "test_clients.py").write_text(CLIENTS, encoding="utf-8")
    ended = run(folder)
    assert ended.returncode == 0, ended.stdout
    assert f"{3 * len(BODIES)} passed, {len(BODIES)} skipped" in ended.stdout
    (folder / "test_clients.py").unlink()
    (folder / "events" / "00006-order.created.body").write_bytes(b"\x00\xfe")
    assert "1 failed" in run(folder).stdout


def test_json_is_readable_where_its_bytes_can_be_restored():
    files = exported(PytestFolder(), *(event(body, number=n) for n, body in enumerate(BODIES, 1)))
    beside = [name for name in files if name.endswith(".body")]
    assert [int(name[7:12]) for name in beside] == [4, 5, 6, 7, 8, 9]
    assert '"name": "Zoë"' in files["events/00002-order.created.json"].decode()


def test_the_common_schemes_are_signed_afresh_and_the_others_are_not():
    ids = {scheme.id for scheme in SCHEMES}
    assert {"nudj", "stripe", "github", "standard-webhooks", "slack", "shopify"} <= ids
    ed25519 = exported(PytestFolder(), event(scheme="standard-webhooks-ed25519"))
    assert json.loads(ed25519["events/00001-order.created.json"])["signing"] is None


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_no_event_type_breaks_the_code(kind):
    files = exported(PytestFolder(), event(kind=kind, headers=JSON))
    compile(files["conftest.py"], "conftest.py", "exec")
