"""The programs under load, each in a process of its own: prints its port, then serves until killed.

`aiohttp-asyncio` and `aiohttp-uvloop` read the body and answer, and store nothing: the references.
`listener` is our listener alone with a receiver that answers at once; `engine` the whole way to a
durable commit, `engine-fast` the same without waiting for the disk.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from inspector.core.event import Capture, Reply
from inspector.core.refusal import Refusal
from inspector.net.receiver import Answered

OK = Reply()


class AtOnce:
    """A receiver that answers before it returns."""

    def receive(self, capture: Capture, answer: Answered) -> None:
        answer(OK, None)

    def replied(self, token: object, replied_ns: int) -> None:
        pass

    def refused(self, refusal: Refusal) -> None:
        raise RuntimeError(refusal.reason)


def announce(port: int) -> None:
    """Tell the parent."""
    print(port, flush=True)


async def aiohttp_bare() -> None:
    """What a developer would write: an Application with one handler."""
    from aiohttp import web

    async def handler(request: web.Request) -> web.Response:
        await request.read()
        return web.Response()

    application = web.Application()
    application.router.add_route("*", "/{tail:.*}", handler)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    announce(int(runner.addresses[0][1]))
    await asyncio.Event().wait()


async def listener() -> None:
    """Ours, storing nothing."""
    from inspector.net.listener import Listener

    _, port = await Listener(AtOnce()).start("127.0.0.1", 0)
    announce(port)
    await asyncio.Event().wait()


def engine(folder: Path, *, durable: bool) -> None:
    """Ours, as `webhook-inspector listen` runs it."""
    from inspector.engine.inspector import Inspector, Options
    from inspector.engine.paths import Folders
    from inspector.engine.settings import DURABLE

    folders = Folders(config=folder, data=folder)
    overrides = {DURABLE.name: durable}
    inspector = Inspector(Options(database=folder / "events.db", folders=folders, overrides=overrides))
    inspector.start()
    announce(inspector.listen("127.0.0.1", 0).port)
    threading.Event().wait()


def _loop(name: str) -> Callable[[], asyncio.AbstractEventLoop]:
    if name == "aiohttp-asyncio":
        return asyncio.new_event_loop
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop
    return uvloop.new_event_loop


def main() -> None:
    """Serve what the first argument names, in the folder that the second one names."""
    name, folder = sys.argv[1], Path(sys.argv[2])
    if name.startswith("engine"):
        engine(folder, durable=name == "engine")
        return
    with asyncio.Runner(loop_factory=_loop(name)) as runner:
        runner.run(listener() if name == "listener" else aiohttp_bare())


if __name__ == "__main__":
    main()
