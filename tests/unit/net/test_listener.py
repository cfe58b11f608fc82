"""What comes over a real socket reaches the receiver, and the replies come back in order."""

from __future__ import annotations

import asyncio

import pytest

from inspector.core.event import Reply, State
from inspector.core.problem import ProblemError
from inspector.net.limits import Limits
from inspector.net.listener import Listener
from inspector.net.ports import PortTakenError
from tests.unit.net.conftest import Run
from tests.unit.net.harness import Recorder, house, until

GET = b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n"


def test_a_request_arrives_whole_with_its_times(run: Run) -> None:
    async def scene() -> None:
        async with house() as home:
            client = await home.client()
            client.say(POST % 4 + b"\x00\xff\r\n")
            assert await client.reply() == (200, b"kept")
            (capture,) = home.recorder.captures
            assert capture.request.raw_head == POST % 4
            assert capture.request.line == b"POST /p HTTP/1.1"
            assert capture.request.headers == ((b"Host", b"a"), (b"Content-Length", b"4"))
            assert capture.request.body == b"\x00\xff\r\n"
            assert capture.request.remote.startswith("127.0.0.1:")
            assert capture.state is State.COMPLETE
            times = capture.times
            assert times.connected_ns <= times.first_byte_ns <= times.headers_ns <= times.body_ns
            assert home.recorder.replies == [1]

    run(scene())


def test_a_slow_request_has_times_that_differ(run: Run) -> None:
    async def scene() -> None:
        async with house() as home:
            client = await home.client()
            for piece in (b"POST /p HTTP/1.1\r\n", b"Host: a\r\nContent-Length: 2\r\n\r\n", b"h", b"i"):
                client.say(piece)
                await asyncio.sleep(0.01)
            await client.reply()
            times = home.recorder.captures[0].times
            assert times.first_byte_ns < times.headers_ns < times.body_ns

    run(scene())


def test_pipelined_requests_are_answered_in_their_order(run: Run) -> None:
    async def scene() -> None:
        async with house(holding=True) as home:
            client = await home.client()
            client.say(b"".join(GET % number for number in range(3)))
            await until(lambda: len(home.recorder.waiting) == 3)
            for answer, number in reversed(home.recorder.waiting):
                answer(Reply(200, (), b"%d" % number), number)
            assert [await client.reply() for _ in range(3)] == [(200, b"1"), (200, b"2"), (200, b"3")]
            assert home.recorder.replies == [1, 2, 3]

    run(scene())


def test_many_pipelined_requests_pass_through_the_limits_of_waiting(run: Run) -> None:
    async def scene() -> None:
        limits = Limits(pipelined=4, waiting_requests=8)
        async with house(limits, holding=True) as home:
            clients = [await home.client() for _ in range(4)]
            for client in clients:
                client.say(b"".join(GET % number for number in range(20)))
            answered = 0
            while answered < 80:
                await until(lambda: home.recorder.waiting)
                assert len(home.recorder.waiting) <= 8
                waiting, home.recorder.waiting = home.recorder.waiting, []
                for answer, number in waiting:
                    answer(Reply(), number)
                answered += len(waiting)
            for client in clients:
                assert [(await client.reply())[0] for _ in range(20)] == [200] * 20

    run(scene())


def test_a_connection_is_kept_for_the_next_request_until_one_closes_it(run: Run) -> None:
    async def scene() -> None:
        async with house() as home:
            client = await home.client()
            for number in range(3):
                client.say(GET % number)
                assert await client.reply() == (200, b"kept")
            client.say(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            assert (await client.rest()).endswith(b"Connection: close\r\n\r\nkept")
            assert len({capture.times.connected_ns for capture in home.recorder.captures}) == 1

    run(scene())


def test_old_clients_are_closed_and_head_has_no_body(run: Run) -> None:
    async def scene() -> None:
        async with house() as home:
            client = await home.client()
            client.say(b"HEAD / HTTP/1.0\r\n\r\n")
            rest = await client.rest()
            assert rest.endswith(b"Content-Length: 4\r\nConnection: close\r\n\r\n")

    run(scene())


def test_continue_is_said_when_the_client_waits_for_it(run: Run) -> None:
    async def scene() -> None:
        async with house() as home:
            client = await home.client()
            client.say(POST.replace(b"Host", b"Expect: 100-continue\r\nHost") % 2)
            assert await client.hear(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
            client.say(b"hi")
            assert await client.reply() == (200, b"kept")
            assert home.recorder.captures[0].request.body == b"hi"

    run(scene())


def test_continue_waits_for_earlier_replies_and_is_not_said_to_an_eager_client(run: Run) -> None:
    async def scene() -> None:
        async with house(holding=True) as home:
            asking = POST.replace(b"Host", b"Expect: 100-continue\r\nHost")
            client = await home.client()
            client.say(GET % 1 + asking % 2)
            await until(lambda: home.recorder.waiting)
            home.recorder.waiting.pop()[0](Reply(200, (), b"first"), 1)
            assert await client.reply() == (200, b"first")
            assert await client.hear(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
            home.recorder.holding = False
            client.say(b"hi" + asking % 2 + b"ho")
            assert [await client.reply() for _ in range(2)] == [(200, b"kept"), (200, b"kept")]

    run(scene())


def test_a_client_that_says_no_more_still_hears_its_reply(run: Run) -> None:
    async def scene() -> None:
        async with house(holding=True) as home:
            client = await home.client()
            client.say(POST % 2 + b"hi")
            client.end()
            await until(lambda: home.recorder.waiting)
            home.recorder.waiting.pop()[0](Reply(201), 1)
            assert (await client.rest()).startswith(b"HTTP/1.1 201 Created\r\n")

    run(scene())


def test_a_large_body_arrives_whole(run: Run) -> None:
    async def scene() -> None:
        async with house() as home:
            body = bytes(range(256)) * 65536
            client = await home.client()
            client.say(POST % len(body) + body)
            assert await client.reply() == (200, b"kept")
            assert home.recorder.captures[0].request.body == body

    run(scene())


def test_stopping_lets_running_requests_be_answered_and_takes_no_more(run: Run) -> None:
    async def scene() -> None:
        async with house(holding=True) as home:
            idle, busy = await home.client(), await home.client()
            busy.say(GET % 1)
            await until(lambda: home.recorder.waiting)
            await until(lambda: home.listener.connections == 2)
            stopping = asyncio.get_running_loop().create_task(home.listener.stop(60))
            assert await idle.rest() == b""
            home.recorder.waiting.pop()[0](Reply(200, (), b"kept"), 1)
            assert (await busy.rest()).endswith(b"Connection: close\r\n\r\nkept")
            await stopping
            with pytest.raises(OSError, match=r".+"):
                await asyncio.open_connection(home.host, home.port)

    run(scene())


def test_stopping_keeps_a_body_that_is_under_way_as_incomplete(run: Run) -> None:
    async def scene() -> None:
        async with house() as home:
            client = await home.client()
            client.say(POST % 10 + b"abc")
            await until(lambda: home.listener.connections)
            await asyncio.sleep(0)
            await until(lambda: any(each._parser.head for each in home.listener._connections))
            await home.listener.stop(0.05)
            (capture,) = home.recorder.captures
            assert (capture.state, capture.request.body) == (State.INCOMPLETE, b"abc")

    run(scene())


def test_a_taken_port_names_its_owner_and_the_next_free_one(run: Run) -> None:
    async def scene() -> None:
        async with house() as home:
            with pytest.raises(PortTakenError) as caught:
                await Listener(Recorder()).start(home.host, home.port)
            problem = caught.value.problem
            assert problem.key == "port-taken"
            assert str(home.port) in problem.title
            free = caught.value.next_free
            assert free is not None
            assert free > home.port
            assert str(free) in problem.remedy

    run(scene())


@pytest.mark.parametrize(
    ("host", "port"), [("203.0.113.1", 0), ("127.0.0.1", 70000)], ids=["not-here", "no-port"]
)
def test_an_address_that_cannot_be_used_is_a_problem(run: Run, host: str, port: int) -> None:
    async def scene() -> None:
        with pytest.raises(ProblemError) as caught:
            await Listener(Recorder()).start(host, port)
        assert caught.value.problem.key == "address-unusable"

    run(scene())
