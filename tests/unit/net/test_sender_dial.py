"""Connecting: the first address that answers wins, and a slow name has its own failure."""

from __future__ import annotations

import asyncio
import socket

import pytest

from inspector.net import sender_attempt
from inspector.net.sender import SendOptions
from inspector.net.sender_connection import BrokenError
from inspector.net.sender_dial import Place, connect, literal, resolve
from tests.unit.net.conftest import Run
from tests.unit.net.sender_harness import PATIENCE_S, post, sending


def _place(sock: socket.socket) -> Place:
    return socket.AF_INET, sock.getsockname()


def test_an_address_that_refuses_gives_way_to_the_next(run: Run) -> None:
    async def scene() -> None:
        with socket.socket() as deaf, socket.create_server(("127.0.0.1", 0)) as listening:
            deaf.bind(("127.0.0.1", 0))
            won = await connect([_place(deaf), _place(listening)], "both")
            with won:
                assert won.getpeername() == listening.getsockname()

    run(scene())


def test_an_address_that_is_silent_gives_way_to_the_next(run: Run) -> None:
    async def scene() -> None:
        with socket.socket() as full, socket.create_server(("127.0.0.1", 0)) as listening:
            full.bind(("127.0.0.1", 0))
            full.listen(0)
            crowd = [socket.socket() for _ in range(8)]
            for each in crowd:
                each.setblocking(False)
                each.connect_ex(full.getsockname())
            async with asyncio.timeout(PATIENCE_S):
                won = await connect([_place(full), _place(listening)], "both")
            with won:
                assert won.getpeername() in (listening.getsockname(), full.getsockname())
            for each in crowd:
                each.close()

    run(scene())


def test_when_all_refuse_the_first_reason_is_told(run: Run) -> None:
    async def scene() -> None:
        with socket.socket() as deaf:
            deaf.bind(("127.0.0.1", 0))
            with pytest.raises(BrokenError) as caught:
                await connect([_place(deaf)] * 3, "a handler")
        assert caught.value.kind == "refused"
        assert "a handler" in caught.value.detail

    run(scene())


def test_addresses_are_not_looked_up(run: Run) -> None:
    assert literal("127.0.0.1", 80) == [(socket.AF_INET, ("127.0.0.1", 80))]
    assert literal("::1", 80) == [(socket.AF_INET6, ("::1", 80, 0, 0))]
    assert literal("localhost", 80) == []

    async def scene() -> None:
        found = await resolve("localhost", 80)
        assert all(place[1] == 80 for _, place in found)

    run(scene())


def test_a_name_that_takes_too_long_is_a_failure_of_the_name(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(host: str, port: int) -> list[Place]:
        await asyncio.Event().wait()
        return []

    monkeypatch.setattr(sender_attempt, "resolve", never)

    async def scene() -> None:
        async with sending() as sender:
            sent = await sender.send(post("http://slow.example/"), SendOptions(0.1))
        assert sent.failure is not None
        assert sent.failure.kind == "dns"
        assert sent.phases.dns_ns
        assert sent.phases.connect_ns is None

    run(scene())
