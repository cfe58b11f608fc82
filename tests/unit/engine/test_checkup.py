"""Running a checkup: TLS, the choice of scheme and key, the path of the source, no secret in a repr."""

from __future__ import annotations

import datetime
import hashlib
import hmac
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from inspector.core.checkup.lines import Report, Result
from inspector.core.problem import ProblemError
from inspector.core.signatures.bundled import bundled
from inspector.core.signatures.outcome import Key
from inspector.core.source import PRESET, Source
from inspector.engine.checkup import Checkup, Handler

KEY = Key("nudj", b"whsec_0123456789abcdef")


class Verifying(BaseHTTPRequestHandler):
    """A good handler that keeps what came."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append((self.path, self.headers))  # type: ignore[attr-defined]
        digest = hmac.new(KEY.material, body, hashlib.sha256).hexdigest()
        good = self.headers.get("X-Nudj-Signature") == f"sha256={digest}"
        self.send_response(200 if good else 401)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Silent."""


class Server(ThreadingHTTPServer):
    """Ends with its connections."""

    request_queue_size = 64
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A client that does not trust us is no error of ours."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Verifying) as made:
        made.requests = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=made.serve_forever)
        thread.start()
        yield made
        made.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a certificate for 127.0.0.1 that signed itself, and its key."""
    now = datetime.datetime.now(datetime.UTC)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "handler")])
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = tmp_path_factory.mktemp("certificate") / "handler.pem"
    file.write_bytes(private + made.public_bytes(pem))
    return file


def run(handler: Handler) -> Report:
    """The report of a checkup as the preset source signs."""
    return Checkup(handler, PRESET, bundled(), [KEY]).run(lambda _: None)


def failures(report: Report) -> list[str]:
    """The ids of what failed."""
    return [line.check for line in report.lines if line.result is Result.FAILED]


def test_what_is_sent(server: Server) -> None:
    report = run(Handler(f"http://127.0.0.1:{server.server_port}", ((b"Authorization", b"Bearer x"),)))
    assert failures(report) == []
    path, headers = server.requests[0]  # type: ignore[attr-defined]
    assert path == "/webhooks/nudj"
    assert headers["Host"] == f"127.0.0.1:{server.server_port}"
    assert headers["Authorization"] == "Bearer x"
    assert headers["X-Nudj-Event"] == "challenge.completed"
    assert headers["X-Nudj-Delivery-Id"].startswith("evt_")
    assert headers["User-Agent"] == "webhook-inspector-checkup"


def test_two_checkups_send_other_events(server: Server) -> None:
    for _ in range(2):
        run(Handler(f"http://127.0.0.1:{server.server_port}/own/path"))
    requests = server.requests  # type: ignore[attr-defined]
    ids = {headers["X-Nudj-Delivery-Id"] for _, headers in requests}
    assert {path for path, _ in requests} == {"/own/path"}
    # Of each run two events are sent twice.
    assert len(ids) == len(requests) - 4


def test_a_certificate_that_is_not_trusted_is_one_failure(server: Server, certificate: Path) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    url = f"https://127.0.0.1:{server.server_port}/in"
    assert failures(run(Handler(url))) == ["reachable"]
    assert failures(run(Handler(url, ca_file=str(certificate)))) == []
    assert failures(run(Handler(url, verify_tls=False))) == []


@pytest.mark.parametrize(
    ("source", "keys", "words"),
    [
        (PRESET, [], "no secret"),
        (Source("a", scheme="gone"), [KEY], "'gone'"),
        (Source("a"), [KEY], "how to sign"),
    ],
    ids=["no secret", "unknown scheme", "no scheme"],
)
def test_what_cannot_be_signed_is_said_at_once(source: Source, keys: list[Key], words: str) -> None:
    with pytest.raises(ProblemError, match=words):
        Checkup(Handler("http://127.0.0.1:9"), source, bundled(), keys)


def test_the_private_key_signs_wherever_it_stands_among_the_keys() -> None:
    private = Key("private", b"-----BEGIN PRIVATE KEY-----")
    for keys in ([Key("id", b"WH-1"), private], [private, Key("id", b"WH-1")]):
        checkup = Checkup(Handler("http://h/"), Source("p", scheme="paypal"), bundled(), keys)
        assert checkup._kit.key is private
        assert checkup._kit.second == Key("id", b"WH-1")


def test_no_secret_stands_in_a_repr() -> None:
    assert "hidden" not in repr(Handler("http://h/?token=hidden", ((b"A", b"hidden"),)))
