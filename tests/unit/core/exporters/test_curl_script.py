"""The script of curl commands, run by a shell against a socket."""

from __future__ import annotations

import http.server
import shutil
import subprocess
import threading

import pytest

from inspector.core.exporters.curl_script import CurlScript
from tests.unit.core.exporters.building import JSON, event, exported

BODIES = [b'{"a":"it\'s $(touch marker)"}', bytes(range(256)), b"", b"x\xff" * 3000]


@pytest.mark.skipif(not shutil.which("curl") or not shutil.which("sh"), reason="needs curl and sh")
def test_the_script_sends_every_byte(tmp_path):
    seen: list[tuple[str, bytes]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            seen.append((self.path, self.rfile.read(int(self.headers.get("Content-Length", 0)))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        events = [
            event(
                body, number=number, kind="a\ntouch marker",
                headers=(*JSON, (b"Content-Length", str(len(body)).encode())),
            )
            for number, body in enumerate(BODIES)
        ]  # fmt: skip
        script = exported(CurlScript(), *events, url=f"http://127.0.0.1:{server.server_port}")[""]
        ended = subprocess.run(
            ["sh"], input=script, cwd=tmp_path, capture_output=True, timeout=60, check=False
        )
        server.shutdown()
        thread.join()
    assert ended.returncode == 0, ended.stderr
    assert seen == [("/webhooks/nudj?a=1", body) for body in BODIES]
    assert list(tmp_path.iterdir()) == []
