"""A handler in Python, good or bad in the way that its argument names; prints its port."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WAY = sys.argv[1]
SECRET = os.environ["HANDLER_SECRET"]
TYPES = ("challenge.completed", "reward.earned", "user.registered")


class RefusedError(Exception):
    """Answer with this status."""

    def __init__(self, status: int, text: str = "") -> None:
        super().__init__(text)
        self.status = status


def nudj(headers, body: bytes) -> None:
    """Verifies as Nudj signs."""
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(headers.get("X-Nudj-Signature", "").encode(), f"sha256={digest}".encode()):
        raise RefusedError(401, "Unauthorized")


def stripe(headers, body: bytes, tolerance_s: float = 300.0) -> None:
    """Verifies as Stripe signs, with the time."""
    try:
        items = dict(item.split("=", 1) for item in headers.get("Stripe-Signature", "").split(","))
        at = int(items["t"])
    except (KeyError, ValueError):
        raise RefusedError(401, "malformed") from None
    digest = hmac.new(SECRET.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(items.get("v1", "").encode(), digest.encode()):
        raise RefusedError(401, "bad signature")
    if time.time() - at > tolerance_s:
        raise RefusedError(401, "too old")


class Handler(BaseHTTPRequestHandler):
    """Verifies, takes the event, answers."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet
    seen: dict[str, int] = {}  # noqa: RUF012 - shared on purpose
    lock = threading.Lock()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            status, text = self.take(body)
        except RefusedError as refused:
            status, text = refused.status, str(refused)
        except Exception as error:  # noqa: BLE001 - as a framework answers
            status, text = 500, f"Internal Server Error: {error!r}"
        self.answer(status, text)

    def take(self, body: bytes) -> tuple[int, str]:
        """What the handler makes of it; raises RefusedError."""
        if WAY.startswith("stripe"):
            stripe(self.headers, body, 300.0 if WAY == "stripe-good" else float("inf"))
        elif WAY == "rewrites":
            nudj(self.headers, json.dumps(json.loads(body)).encode())
        elif WAY == "hangs":
            threading.Event().wait()
        elif WAY == "talks":
            return 500, f"The secret {SECRET} of the sender does not fit {self.headers['Authorization']}"
        elif WAY not in ("careless", "refuses-all"):
            if WAY == "small" and len(body) > 100_000:
                raise RefusedError(413, "Payload Too Large")
            nudj(self.headers, body)
        if WAY == "refuses-all":
            raise RefusedError(401, "Unauthorized")
        return self.work(json.loads(body))

    def work(self, event) -> tuple[int, str]:
        """The part of the handler that is not about signatures."""
        if WAY == "strict":
            if event["type"] not in TYPES:
                raise ValueError("unknown type " + event["type"])
            if set(event) - {"id", "type", "timestamp", "organizationId", "communityId", "data", "metadata"}:
                raise RefusedError(422, "extra fields not permitted")
            json.dumps(event, ensure_ascii=False).encode("latin-1")
        with self.lock:
            known = event["id"] in self.seen
            self.seen[event["id"]] = 1
        if known and WAY == "strict":
            raise RefusedError(409, "duplicate key value violates unique constraint")
        return 200, "OK"

    def answer(self, status: int, text: str) -> None:
        raw = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: object) -> None:
        """Silent."""


class Server(ThreadingHTTPServer):
    """Takes a burst."""

    request_queue_size = 64
    daemon_threads = True


server = Server(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
