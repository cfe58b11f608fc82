"""The engine in one place: what the window and the command line hold in their hands."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.core.event import Capture
from inspector.core.problem import ProblemError
from inspector.core.source import Source
from inspector.engine.announcements import Announcements, ListenerChanged
from inspector.engine.capture import CaptureReceiver, Commits
from inspector.engine.deliveries import Deliveries
from inspector.engine.inbox import Inbox
from inspector.engine.live_way import Override
from inspector.engine.paths import Folders, platform_folders
from inspector.engine.preferences import Preferences
from inspector.engine.reading import dialect_of, read
from inspector.engine.secrets import Keeper, Secrets
from inspector.engine.settings import (
    BODY_IDLE,
    BODY_LIMIT,
    CONNECTIONS,
    DATABASE,
    DURABLE,
    HEAD_LIMIT,
    HEAD_TIME,
    HOST,
    PORT,
    RETRY_AFTER,
    SECRETS_KEEPER,
)
from inspector.engine.settings_file import Scalar, SettingsFile
from inspector.engine.sources import Sources
from inspector.engine.upkeep import Upkeep
from inspector.net.limits import Limits
from inspector.store.store import Store

if TYPE_CHECKING:
    from inspector.engine.checking.signatures import Signatures
    from inspector.engine.io_thread import IoThread
    from inspector.engine.live import Live
    from inspector.engine.resends import Resends
    from inspector.net.listener import Listener

STOP_GRACE_S = 5.0


@dataclass(frozen=True, slots=True)
class Options:
    """How the program was started."""

    database: Path | None = None
    """None: what the settings say, else the file in the data folder."""
    folders: Folders = field(default_factory=platform_folders)
    overrides: Mapping[str, Scalar] = field(default_factory=dict)
    """Settings from the command line, by name."""
    capture: bool = True
    """False: only look at the file and change it, while another program may capture into it."""


@dataclass(frozen=True, slots=True)
class Listening:
    """Where webhooks can be sent to now."""

    url: str
    host: str
    port: int


class Inspector:
    """Owns the I/O thread, the store and the listener; all methods may be called from any thread."""

    def __init__(self, options: Options | None = None) -> None:
        options = options or Options()
        self.announcements = Announcements()
        self.folders = options.folders
        self.settings = Preferences(
            SettingsFile(options.folders.settings), self.announcements, overrides=options.overrides
        )
        chosen = self.settings.get(DATABASE)
        self.database = options.database or (
            Path(chosen).expanduser() if chosen else options.folders.database
        )
        self._capturing = options.capture
        self._io = _io_thread() if options.capture else None
        self._commits = Commits(self._soon, self.announcements, self._retry_after_s)
        self._store = Store(
            self.database,
            read=read,
            committed=self._commits.committed,
            durable=self.settings.get(DURABLE),
            capturing=options.capture,
        )
        self.inbox = Inbox(self._store, self.announcements)
        self.sources = Sources(self._store, self.announcements, dialect_of)
        self.secrets = Secrets(self._choose_keeper, stamp=options.folders.secrets_stamp)
        self.deliveries = Deliveries(
            self._store,
            sources=self.sources,
            secrets=self.secrets,
            announcements=self.announcements,
            io=self._io_for_deliveries,
            capturing=options.capture,
        )
        self._upkeep = Upkeep(self._store, self._commits, self.sources, self.settings, self.announcements)

        self._receiver: CaptureReceiver | None = None
        self._listener: Listener | None = None
        self._listening: Listening | None = None
        self._moving = threading.Lock()
        self._making = threading.Lock()
        self._stopped = False

    def start(self) -> None:
        """Open the database and begin upkeep. Raises ProblemError where the file cannot be used."""
        survived = self._store.open()
        if survived is not None:
            self.announcements.raise_problem(survived)
        try:
            self.sources.load()
            if self._capturing and self._io is not None:
                self._io.start()
                self._receiver = CaptureReceiver(
                    self._store,
                    source_of=self._source_of,
                    announcements=self.announcements,
                    retry_after_s=self._retry_after_s,
                    soon=self._io.loop.call_soon,
                    later=self._io.loop.call_later,
                    answering=self.signatures.answering,
                    way=self.live.way,
                )
                self._commits.on_its_way = self.live.answer
                self._commits.follow(self.live.follow)
                self._commits.follow(self.signatures.checker.follow)
                self._upkeep.start()
                self.signatures.start()
            self.deliveries.start()
        except BaseException:
            self._store.close()
            raise

    def stop(self) -> None:
        """End in order: no new requests, answers to those under way, all on the disk, threads gone."""
        if self._stopped:
            return
        self._stopped = True
        self.stop_listening()
        if self._capturing:
            self.signatures.stop()
        self.deliveries.stop()
        self._upkeep.stop()
        self._store.close()
        if self._io is not None:
            self._io.stop()

    def listen(self, host: str | None = None, port: int | None = None) -> Listening:
        """Listen here, and no longer where it did before; None takes what the settings say.

        Raises ProblemError (`port-taken`, `port-forbidden`, `address-unusable`); an earlier listener goes on.
        """
        assert self._io is not None
        assert self._receiver is not None
        host = self.settings.get(HOST) if host is None else host
        port = self.settings.get(PORT) if port is None else port
        with self._moving:
            here = self._listening
            if here is not None and (host, port) == (here.host, here.port):
                return here
            if here is None or here.port != port:
                earlier = self._listener
                self._begin(host, port)
                if earlier is not None:
                    self._io.run(earlier.stop(STOP_GRACE_S))
            else:  # the same port of another address, which the present listener may be in the way of
                self._end()
                try:
                    self._begin(host, port)
                except ProblemError:
                    self._begin(here.host, here.port)
                    raise
            assert self._listening is not None
            listening = self._listening
        self._tell()
        return listening

    def _begin(self, host: str, port: int) -> None:
        from inspector.net.listener import Listener

        assert self._io is not None
        assert self._receiver is not None
        listener = Listener(self._receiver, self._limits())
        bound_host, bound_port = self._io.run(listener.start(host, port))
        self._listener = listener
        self._listening = Listening(url_of(bound_host, bound_port), bound_host, bound_port)

    def _end(self) -> None:
        listener, self._listener, self._listening = self._listener, None, None
        if listener is not None and self._io is not None:
            self._io.run(listener.stop(STOP_GRACE_S))

    def stop_listening(self) -> None:
        """Take no more requests; those under way are answered."""
        with self._moving:
            was = self._listening
            self._end()
        if was is not None:
            self._tell()

    @cached_property
    def signatures(self) -> Signatures:
        """Schemes, verdicts and the doctor; made when first needed, since short commands do without."""
        from inspector.engine.checking.signatures import Signatures

        return Signatures(
            self._store,
            self.inbox,
            sources=self.sources,
            secrets=self.secrets,
            folders=self.folders,
            announcements=self.announcements,
        )

    @cached_property
    def live(self) -> Live:
        """What happens with events as they come: forwarding, the handler's response, reply rules."""
        from inspector.engine.live import Live

        return Live(self.deliveries, self.announcements)

    def forward_all(self, url: str, *, answer: bool = False) -> str:
        """Sends all events of this run to `url`, whatever their sources say; returns the target's name.

        `answer`: senders get the handler's response. Raises ProblemError `target-wrong` or the disk's.
        """
        name = self.deliveries.targets.named(url)
        self.live.override = Override(name, answer)
        return name

    @cached_property
    def resends(self) -> Resends:
        """Sending events again, edited or signed anew; made when first needed."""
        from inspector.engine.resends import Resends

        return Resends(self.inbox, self.sources, self.signatures.judge, self.deliveries)

    @property
    def listening(self) -> Listening | None:
        """Where webhooks can be sent to; None while nothing listens."""
        return self._listening

    @property
    def paused(self) -> bool:
        """Whether senders get 503 and nothing is kept."""
        return self._receiver is not None and self._receiver.paused

    def pause(self) -> None:
        """Keep nothing for now; senders get 503 with Retry-After."""
        self._set_paused(True)

    def resume(self) -> None:
        """Keep events again."""
        self._set_paused(False)

    def prune(self) -> None:
        """Let go at once what the settings keep no longer; waits until it is done."""
        self._upkeep.prune()

    def _set_paused(self, on: bool) -> None:
        if self._receiver is not None and self._receiver.paused != on:
            self._receiver.paused = on
            self._tell()

    def _tell(self) -> None:
        url = "" if self._listening is None else self._listening.url
        self.announcements.announce(ListenerChanged(url, self.paused))

    def _soon(self, *call: object) -> None:
        if self._io is not None:
            self._io.soon(*call)  # type: ignore[arg-type] # the first is the callable, checked where it is passed

    def _io_for_deliveries(self) -> IoThread:
        """The I/O thread; started now where the program does not capture and so had none."""
        with self._making:
            if self._io is None:
                self._io = _io_thread()
                self._io.start()
            return self._io

    def _source_of(self, capture: Capture) -> Source | None:
        return self.sources.of(capture.request)

    def _choose_keeper(self) -> Keeper:
        from inspector.engine.secrets.secrets import choose_keeper

        return choose_keeper(self.settings.get(SECRETS_KEEPER), self.folders.secrets)

    def _retry_after_s(self) -> int:
        return self.settings.get(RETRY_AFTER)

    def _limits(self) -> Limits:
        return Limits(
            body_bytes=self.settings.get(BODY_LIMIT),
            head_bytes=self.settings.get(HEAD_LIMIT),
            head_time_s=self.settings.get(HEAD_TIME),
            body_idle_s=self.settings.get(BODY_IDLE),
            connections=self.settings.get(CONNECTIONS),
        )


def _io_thread() -> IoThread:
    """Loaded only where it is needed: asyncio would double the start of a short command."""
    from inspector.engine.io_thread import IoThread

    return IoThread()


def url_of(host: str, port: int) -> str:
    """The URL that a sender on this machine uses: an address for all becomes the loopback one."""
    with contextlib.suppress(KeyError):
        host = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}[host]  # noqa: S104 - only compared
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
