"""TLS to handlers: an own CA, no verification, and why a certificate was not accepted."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from inspector.net.sender import SendOptions, Sent
from tests.unit.net.conftest import Run
from tests.unit.net.sender_harness import OK, Behaviour, answering, handling, post, sending

PEM = serialization.Encoding.PEM
LONG_S = 60.0


@dataclass(frozen=True)
class Authority:
    """A CA of our own and the certificates it signed."""

    ca_file: Path
    good: Path
    expired: Path
    other_host: Path


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    folder = tmp_path_factory.mktemp("ca")
    now = datetime.datetime.now(datetime.UTC)
    day = datetime.timedelta(days=1)
    ca_key = ec.generate_private_key(ec.SECP256R1())
    ca = (
        x509.CertificateBuilder(_name("Test CA"), _name("Test CA"), ca_key.public_key(), 1)
        .not_valid_before(now - 9 * day)
        .not_valid_after(now + 9 * day)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(ca_key, hashes.SHA256())
    )
    ca_file = folder / "ca.pem"
    ca_file.write_bytes(ca.public_bytes(PEM))

    def signed(file: str, number: int, host: str, until: datetime.datetime) -> Path:
        key = ec.generate_private_key(ec.SECP256R1())
        names = [x509.DNSName(host), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        certificate = (
            x509.CertificateBuilder(_name("Test CA"), _name(host), key.public_key(), number)
            .not_valid_before(now - 3 * day)
            .not_valid_after(until)
            .add_extension(x509.SubjectAlternativeName(names if host == "localhost" else names[:1]), False)
            .sign(ca_key, hashes.SHA256())
        )
        private = key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        path = folder / file
        path.write_bytes(private + certificate.public_bytes(PEM))
        return path

    return Authority(
        ca_file,
        signed("good.pem", 2, "localhost", now + day),
        signed("expired.pem", 3, "localhost", now - day),
        signed("other.pem", 4, "elsewhere.example", now + day),
    )


def server_side(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


async def _sent(
    certificate: Path, options: SendOptions, behave: Behaviour, body: bytes = b"{}"
) -> list[Sent]:
    tls = server_side(certificate)
    async with handling(behave, tls) as handler, sending() as sender:
        url = f"https://localhost:{handler.port}/in"
        return [await sender.send(post(url, body), options) for _ in range(2)]


def test_an_own_ca_is_trusted_and_the_connection_kept(run: Run, authority: Authority) -> None:
    async def scene() -> None:
        options = SendOptions(LONG_S, ca_file=str(authority.ca_file))
        first, second = await _sent(authority.good, options, answering(OK))
        assert first.succeeded
        assert first.phases.tls_ns
        assert second.succeeded
        assert second.reused
        assert second.phases.tls_ns is None

    run(scene())


def test_a_large_body_arrives_whole_over_tls(run: Run, authority: Authority) -> None:
    async def scene() -> None:
        body = bytes(range(256)) * 20_000
        options = SendOptions(LONG_S, ca_file=str(authority.ca_file))
        async with handling(answering(OK), server_side(authority.good)) as handler, sending() as sender:
            sent = await sender.send(post(f"https://127.0.0.1:{handler.port}/", body), options)
            assert sent.succeeded
            assert handler.heard[0].endswith(b"\r\n\r\n" + body)

    run(scene())


@pytest.mark.parametrize(
    ("which", "word"),
    [("good", "issuer"), ("expired", "expired"), ("other_host", "ostname")],
    ids=["unknown-ca", "expired", "other-host"],
)
def test_the_reason_is_told_and_nothing_is_sent(
    run: Run, authority: Authority, which: str, word: str
) -> None:
    async def scene() -> None:
        ca_file = "" if which == "good" else str(authority.ca_file)
        certificate: Path = getattr(authority, which)
        async with handling(answering(OK), server_side(certificate)) as handler, sending() as sender:
            url = f"https://localhost:{handler.port}/"
            sent = await sender.send(post(url), SendOptions(LONG_S, ca_file=ca_file))
            assert sent.failure is not None
            assert sent.failure.kind == "tls"
            assert word in sent.failure.detail
            assert handler.heard == []

    run(scene())


@pytest.mark.parametrize("which", ["good", "expired", "other_host"])
def test_without_verification_all_are_accepted(run: Run, authority: Authority, which: str) -> None:
    async def scene() -> None:
        certificate: Path = getattr(authority, which)
        first, _ = await _sent(certificate, SendOptions(LONG_S, verify_tls=False), answering(OK))
        assert first.succeeded

    run(scene())


def test_a_handler_without_tls_is_named(run: Run) -> None:
    async def behave_plainly(talk: object) -> None:
        reader, writer = talk.reader, talk.writer  # type: ignore[attr-defined] # a Talk
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        await reader.read(-1)

    async def scene() -> None:
        async with handling(behave_plainly) as handler, sending() as sender:
            sent = await sender.send(post(f"https://localhost:{handler.port}/"), SendOptions(LONG_S))
            assert sent.failure is not None
            assert sent.failure.kind == "tls"
            assert "http://" in sent.failure.detail

    run(scene())


def test_a_handler_with_tls_behind_a_plain_url_is_an_outcome(run: Run, authority: Authority) -> None:
    async def scene() -> None:
        async with handling(answering(OK), server_side(authority.good)) as handler, sending() as sender:
            sent = await sender.send(post(handler.url), SendOptions(LONG_S))
            assert sent.failure is not None
            assert sent.failure.kind in ("protocol", "reset")

    run(scene())


@pytest.mark.parametrize("content", [None, "no certificate"], ids=["missing", "rubbish"])
def test_a_ca_file_that_cannot_be_used_is_told(run: Run, tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)

    async def scene() -> None:
        async with handling(answering(OK)) as handler, sending() as sender:
            url = f"https://localhost:{handler.port}/"
            sent = await sender.send(post(url), SendOptions(LONG_S, ca_file=str(path)))
            assert sent.failure is not None
            assert sent.failure.kind == "tls"
            assert str(path) in sent.failure.detail

    run(scene())
