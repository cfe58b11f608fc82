"""The listener behind a certificate."""

from __future__ import annotations

import asyncio
import datetime
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from inspector.net.listener import Listener
from tests.unit.net.conftest import Run
from tests.unit.net.harness import PATIENCE_S, Recorder


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), 1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(private + signed.public_bytes(pem))
    return path


@pytest.mark.parametrize(
    ("sent", "start"),
    [
        (b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", b"HTTP/1.1 200 "),
        (b"rubbish\r\n\r\n", b"HTTP/1.1 400 "),
    ],
    ids=["request", "rubbish"],
)
def test_requests_come_over_tls(run: Run, certificate: Path, sent: bytes, start: bytes) -> None:
    async def scene() -> None:
        ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        ours.load_cert_chain(certificate)
        theirs = ssl.create_default_context(cafile=str(certificate))
        recorder = Recorder()
        listener = Listener(recorder, tls=ours)
        host, port = await listener.start("127.0.0.1", 0)
        async with asyncio.timeout(PATIENCE_S):
            reader, writer = await asyncio.open_connection(
                host, port, ssl=theirs, server_hostname="localhost"
            )
            writer.write(sent)
            assert (await reader.read()).startswith(start)
            writer.close()
            await writer.wait_closed()
        await listener.stop()
        assert [capture.request.scheme for capture in recorder.captures] == ["https"] * len(recorder.captures)
        assert len(recorder.captures) + len(recorder.refusals) == 1

    run(scene())
