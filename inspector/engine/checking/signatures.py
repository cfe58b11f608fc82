"""All that the engine does about signatures, in one hand."""

from __future__ import annotations

import hashlib

from inspector.core.event import Checked
from inspector.core.source import Source
from inspector.engine.announcements import Announcement, Announcements, SourcesChanged
from inspector.engine.checking.answering import Answering
from inspector.engine.checking.checker import Checker, with_secret
from inspector.engine.checking.examination import Examiner
from inspector.engine.checking.judge import Judge
from inspector.engine.checking.library import SchemeLibrary
from inspector.engine.inbox import Inbox
from inspector.engine.paths import Folders
from inspector.engine.secrets import Secrets
from inspector.engine.secrets.secrets import hash_end
from inspector.engine.sources import Sources
from inspector.store.store import Store


class Signatures:
    """Schemes, secrets, the judge, the worker and the signature page, joined with each other."""

    def __init__(
        self,
        store: Store,
        inbox: Inbox,
        *,
        sources: Sources,
        secrets: Secrets,
        folders: Folders,
        announcements: Announcements,
    ) -> None:
        self._store = store
        self._sources = sources
        self._announcements = announcements
        self._before: dict[str, Source] = {}
        self.library = SchemeLibrary(folders.config / "schemes")
        self.judge = Judge(self.library, sources, secrets)
        self.examiner = Examiner(self.judge, inbox, secrets)
        self.checker = Checker(
            self.judge,
            inbox,
            self._write,
            self.examiner.cause,
            announcements,
            stamp=secrets.stamp,
            stamped=self._secrets_changed,
            begun=self._look_whether_changed,
            done=self._note_state,
        )
        self.answering = Answering(self.judge)
        secrets.on_change(self._secrets_changed)
        announcements.subscribe(self._heard)

    def start(self) -> None:
        """Begins to check."""
        self._before = {source.name: source for source in self._sources.list()}
        self.checker.start()

    def stop(self) -> None:
        """Ends checking."""
        self.checker.stop()

    def _write(self, verdicts: list[tuple[int, Checked]]) -> None:
        self._store.set_checked(verdicts).result()

    def _secrets_changed(self, name: str = "") -> None:
        self.checker.recheck(with_secret(self._sources.list(), name))

    def _look_whether_changed(self) -> None:
        """Secrets or sources that were changed while no program checked: all verdicts are made anew."""
        if self._store.readers.checked_with() != self._fingerprint():
            self.checker.recheck(with_secret(self._sources.list(), ""))

    def _note_state(self) -> None:
        self._store.set_checked_with(self._fingerprint()).result()

    def _fingerprint(self) -> int:
        """A number that changes with what verdicts depend on. Of a secret it takes in a part of a hash."""
        state = [
            (
                *_way_of_checking(source),
                [
                    hash_end(key.material.decode("utf-8", "surrogateescape"))
                    for key in self.judge.keys(source)
                ],
            )
            for source in self._sources.list()
        ]
        digest = hashlib.sha256(repr(sorted(state, key=repr)).encode()).digest()
        return int.from_bytes(digest[:8], "big") >> 1

    def _heard(self, announcement: Announcement) -> None:
        """A source whose way of checking changed is checked again."""
        if not isinstance(announcement, SourcesChanged):
            return
        now = {source.name: source for source in self._sources.list()}
        changed = [name for name, source in now.items() if _differs(self._before.get(name), source)]
        self._before = now
        if changed:
            self.checker.recheck(changed)


def _differs(before: Source | None, now: Source) -> bool:
    """Whether verdicts may be others now."""
    return before is None or _way_of_checking(before) != _way_of_checking(now)


def _way_of_checking(source: Source) -> tuple[object, ...]:
    return source.name, source.scheme, source.secrets, source.tolerance_s, source.public_url
