"""The command for curl, run by a real shell and a real curl against a real socket."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.core.curl import curl_command
from inspector.core.event import Request

needs_curl = pytest.mark.skipif(
    shutil.which("curl") is None or shutil.which("sh") is None, reason="there is no curl or no POSIX shell"
)
JSON = ((b"Host", b"example.com"), (b"Content-Type", b"application/json"))


def _sent(request: Request) -> bytes:
    """What arrives at a socket when the command runs."""
    received = bytearray()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(60)

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.settimeout(60)
                while not _whole(bytes(received)):
                    data = connection.recv(1 << 16)
                    if not data:
                        break
                    received.extend(data)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

        thread = threading.Thread(target=serve)
        thread.start()
        command = curl_command(request, f"http://127.0.0.1:{server.getsockname()[1]}")
        environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LC_ALL": "C"}
        subprocess.run(
            ["sh"], input=command.encode(), env=environment, check=True, timeout=60, capture_output=True
        )
        thread.join(60)
    return bytes(received)


def _whole(data: bytes) -> bool:
    head, end, body = data.partition(b"\r\n\r\n")
    lengths = [
        int(line.split(b":")[1])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length:")
    ]
    if b"chunked" in head.lower():
        return body.endswith(b"0\r\n\r\n")
    return bool(end) and len(body) >= (lengths[0] if lengths else 0)


def _check(line: bytes, pairs: tuple[tuple[bytes, bytes], ...], body: bytes = b"") -> None:
    if body or line.startswith(b"POST"):
        pairs = (*pairs, (b"content-LENGTH", str(len(body)).encode()))
    head, _, rest = _sent(Request(line, pairs, body)).partition(b"\r\n\r\n")
    got = head.split(b"\r\n")
    assert got[0] == line
    assert tuple((n, v.strip(b" ")) for n, _, v in (each.partition(b":") for each in got[1:])) == pairs
    assert rest == body


@needs_curl
@pytest.mark.parametrize(
    ("line", "pairs", "body"),
    [
        (b"GET / HTTP/1.1", ((b"Host", b"h"),), b""),
        (b"GET /a?b=%2f&c='[1-3]{x}#d HTTP/1.1", ((b"Host", b"h"),), b""),
        (b"GET /a/../b//./c HTTP/1.1", ((b"Host", b"h"),), b""),
        (b"OPTIONS * HTTP/1.1", ((b"Host", b"h"),), b""),
        (b"GET /\xc3\xa9 HTTP/1.1", ((b"Host", b"h"),), b""),
        (b"HEAD /x HTTP/1.1", ((b"Host", b"h"),), b""),
        (b"DELETE /x HTTP/1.1", ((b"Host", b"h"), (b"user-AGENT", b"me"), (b"ACCEPT", b"*/*")), b""),
        (b"POST /x HTTP/1.1", ((b"A", b"1"), (b"host", b"h"), (b"a", b"2"), (b"A", b"")), b""),
        (b"POST /x HTTP/1.1", (*JSON, (b"X-Quote", b"it's \"$HOME\" `x` \\ !")), b'{"a": "it\'s"}\n'),
        (b"POST /x HTTP/1.1", (*JSON, (b"X-Latin", b"caf\xe9"), (b"X-Utf", b"caf\xc3\xa9")), b"@file\n\n"),
        (b"POST /x HTTP/1.1", ((b"Host", b"h"),), bytes(range(256)) + b"\n"),
        (b"PUT /x HTTP/1.1", ((b"Host", b"h"),), bytes(range(256)) * 40),
        (b"POST /x HTTP/1.1", JSON, b'{"a":"' + b"x" * 1_500_000 + b'"}'),
        (b"GET /x HTTP/1.1", JSON, "{\"Zoë\": \"東京\"}".encode()),
        (b"POST /x HTTP/1.0", ((b"Content-Type", b"text/plain"),), b"%s %d \\n\r\n\ttext"),
    ],
    ids=[f"request-{number}" for number in range(15)],
)  # fmt: skip
def test_a_shell_sends_the_same_bytes(
    line: bytes, pairs: tuple[tuple[bytes, bytes], ...], body: bytes
) -> None:
    _check(line, pairs, body)


NAMES = st.sampled_from(
    [b"X-A", b"x-a", b"Accept", b"User-Agent", b"Cookie", b"Authorization", b"Content-Type"]
)
VALUES = st.binary(max_size=12).map(
    lambda raw: bytes(b for b in raw if b >= 0x20 and b != 0x7F).strip(b" \t\xa0\x85")
)


@needs_curl
@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(NAMES, VALUES), max_size=4), st.binary(max_size=60))
def test_any_headers_and_body_survive_the_shell(pairs: list[tuple[bytes, bytes]], body: bytes) -> None:
    _check(b"POST /hook HTTP/1.1", ((b"Host", b"example.com"), *pairs), body)


@needs_curl
def test_chunked_bodies_stay_chunked() -> None:
    pairs = ((b"Host", b"h"), (b"Transfer-Encoding", b"chunked"))
    head, _, rest = _sent(Request(b"POST / HTTP/1.1", pairs, b"hello")).partition(b"\r\n\r\n")
    assert head.split(b"\r\n")[1:] == [b"Host: h", b"Transfer-Encoding: chunked"]
    assert rest == b"5\r\nhello\r\n0\r\n\r\n"


def test_the_length_of_a_broken_off_body_is_corrected() -> None:
    request = Request(b"POST / HTTP/1.1", ((b"Host", b"h"), (b"Content-Length", b"100")), b"abc")
    assert "Content-Length: 3" in curl_command(request, "http://localhost:1")


def test_the_command_reads_well() -> None:
    request = Request(
        b"POST /webhooks/nudj HTTP/1.1",
        (
            (b"Host", b"127.0.0.1:8787"),
            (b"User-Agent", b"nudj/1"),
            (b"Accept", b"*/*"),
            (b"Content-Type", b"application/json"),
            (b"Content-Length", b"14"),
        ),
        b'{"type":"ping"}',
    )
    assert curl_command(request, "http://127.0.0.1:8787") == (
        "curl \\\n"
        "  --request POST \\\n"
        "  --path-as-is --globoff http://127.0.0.1:8787/webhooks/nudj \\\n"
        "  --header 'Host: 127.0.0.1:8787' \\\n"
        "  --header 'User-Agent: nudj/1' \\\n"
        "  --header 'Accept: */*' \\\n"
        "  --header 'Content-Type: application/json' \\\n"
        "  --header 'Content-Length: 15' \\\n"
        '  --data-raw \'{"type":"ping"}\''
    )


def test_an_address_with_a_path_is_taken_as_it_is() -> None:
    request = Request(b"GET /hook HTTP/1.1", ((b"Host", b"h"),), b"")
    assert "https://example.com/other" in curl_command(request, "https://example.com/other")
    assert "--http1.1" in curl_command(request, "https://example.com/other")
