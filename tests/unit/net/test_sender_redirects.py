"""Redirects are told and not followed, and when followed take no credentials elsewhere."""

from __future__ import annotations

import pytest

from inspector.net.sender import SendOptions
from tests.unit.net.conftest import Run
from tests.unit.net.sender_harness import OK, answering, handling, post, sending

FOLLOW = SendOptions(60.0, follow_redirects=True, withheld=frozenset((b"x-handler",)))
SECRETS = (
    (b"Authorization", b"Bearer sesame"),
    (b"Cookie", b"a=sesame"),
    (b"X-Hub-Signature-256", b"sesame"),
    (b"X-Handler", b"sesame"),
    (b"X-Plain", b"stays"),
)


def to(location: str, status: int = 307) -> bytes:
    return b"HTTP/1.1 %d Go\r\nLocation: %b\r\nContent-Length: 0\r\n\r\n" % (status, location.encode())


def test_a_redirect_is_told_and_not_followed(run: Run) -> None:
    async def scene() -> None:
        async with handling(answering(to("/new?x"))) as handler, sending() as sender:
            sent = await sender.send(post(handler.url + "/old"))
            assert sent.failure is None
            assert sent.response is not None
            assert sent.response.status == 307
            (redirect,) = sent.redirects
            assert (redirect.url, redirect.location) == (handler.url + "/old", handler.url + "/new?x")
            assert not redirect.followed
            assert len(handler.heard) == 1

    run(scene())


def test_within_the_origin_all_goes_along(run: Run) -> None:
    async def scene() -> None:
        async with handling(answering(to("/new"), OK)) as handler, sending() as sender:
            sent = await sender.send(post(handler.url + "/old", b"{}", SECRETS), FOLLOW)
            assert sent.succeeded
            assert handler.heard[1] == handler.heard[0].replace(b"POST /old ", b"POST /new ")
            assert sent.redirects[0].method == "POST"
            assert sent.redirects[0].withheld == ()

    run(scene())


def test_credentials_do_not_go_to_another_origin(run: Run) -> None:
    async def scene() -> None:
        async with handling(answering(OK)) as other:
            there = to(other.url + "/there")
            async with handling(answering(there)) as handler, sending() as sender:
                sent = await sender.send(post(handler.url, b"{}", SECRETS), FOLLOW)
        assert sent.succeeded
        assert b"sesame" in handler.heard[0]
        (heard,) = other.heard
        assert b"sesame" not in heard
        assert b"\r\nX-Plain: stays\r\n" in heard
        assert heard.startswith(b"POST /there HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n" % other.port)
        assert heard.endswith(b"\r\n\r\n{}")
        assert sent.redirects[0].withheld == tuple(name.decode() for name, _ in SECRETS[:4])

    run(scene())


def test_credentials_do_not_come_back_by_a_second_redirect(run: Run) -> None:
    async def scene() -> None:
        async with (
            handling(answering(to("/again"), OK)) as other,
            handling(answering(to(other.url + "/"))) as handler,
            sending() as sender,
        ):
            sent = await sender.send(post(handler.url, b"{}", SECRETS), FOLLOW)
        assert sent.succeeded
        assert len(sent.redirects) == 2
        assert b"sesame" not in b"".join(other.heard)

    run(scene())


@pytest.mark.parametrize("status", [301, 302, 303])
def test_a_post_becomes_a_get_without_body(run: Run, status: int) -> None:
    async def scene() -> None:
        async with handling(answering(to("/done", status), OK)) as handler, sending() as sender:
            described = ((b"Content-Type", b"application/json"), (b"X-Plain", b"1"))
            assert (await sender.send(post(handler.url, b"{}", described), FOLLOW)).succeeded
            host = handler.url.removeprefix("http://").encode()
            assert handler.heard[1] == b"GET /done HTTP/1.1\r\nHost: %b\r\nX-Plain: 1\r\n\r\n" % host

    run(scene())


@pytest.mark.parametrize(
    "location",
    ["/round", "file:///etc/hosts", "http://[bad/", "ftp://h/"],
    ids=["loop", "file", "bad", "ftp"],
)
def test_a_redirect_that_leads_nowhere_is_a_failure(run: Run, location: str) -> None:
    async def scene() -> None:
        async with handling(answering(to(location))) as handler, sending() as sender:
            sent = await sender.send(post(handler.url), FOLLOW)
            assert sent.failure is not None
            assert sent.failure.kind == "protocol"
            assert sent.response is not None
            assert len(handler.heard) <= 11

    run(scene())


@pytest.mark.parametrize(
    "response", [b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", to("/x", 304)], ids=["nowhere", "304"]
)
def test_without_a_place_to_go_it_is_a_plain_response(run: Run, response: bytes) -> None:
    async def scene() -> None:
        async with handling(answering(response)) as handler, sending() as sender:
            sent = await sender.send(post(handler.url), FOLLOW)
            assert sent.failure is None
            assert sent.redirects == ()

    run(scene())
