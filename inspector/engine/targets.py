"""The targets: where events are sent to, which one is meant, and how they are added, edited and removed."""

from __future__ import annotations

import itertools
import re
import time
from dataclasses import replace

from inspector.core.problem import Problem, ProblemError
from inspector.core.retry_policy import policy_of
from inspector.core.target import Target, checked
from inspector.engine.announcements import Announcements, TargetsChanged
from inspector.engine.sources import Sources
from inspector.store import targets as table
from inspector.store.store import Store


class Targets:
    """All targets of the database, held in memory; changes wait for the disk."""

    def __init__(self, store: Store, sources: Sources, announcements: Announcements) -> None:
        self._store = store
        self._sources = sources
        self._announcements = announcements
        self._targets: tuple[Target, ...] = ()
        self._default = ""
        self._loaded = False

    def load(self) -> None:
        """Reads them from the database; announces where they are others than before."""
        targets, default = self._store.readers.run(table.list_targets)
        before = (self._targets, self._default)
        self._targets, self._default = tuple(targets), default
        if self._loaded and before != (self._targets, self._default):
            self._announcements.announce(TargetsChanged())
        self._loaded = True

    def list(self) -> tuple[Target, ...]:
        """All targets by name."""
        return self._targets

    @property
    def default(self) -> str:
        """The name of the default target; empty where there is none."""
        return self._default

    def find(self, name: str) -> Target | None:
        """The target of that name, or None."""
        return next((target for target in self._targets if target.name == name), None)

    def get(self, name: str) -> Target:
        """The target of that name; raises ProblemError `target-unknown`."""
        found = self.find(name)
        if found is None:
            known = ", ".join(target.name for target in self._targets) or "none yet"
            raise ProblemError(
                Problem(
                    "target-unknown",
                    f"There is no target {name!r}.",
                    f"Known targets: {known}.",
                    "Check the name, or add it: webhook-inspector targets add NAME URL",
                )
            )
        return found

    def for_source(self, source_name: str) -> Target | None:
        """Where events of that source are sent: its own target, else the default one; None: nowhere."""
        source = self._sources.find(source_name)
        wanted = (source.target if source is not None else "") or self._default
        return self.find(wanted) if wanted else None

    def add(self, target: Target, *, default: bool = False) -> None:
        """Adds one; raises ProblemError `target-exists`, `target-wrong`, `policy-wrong` or the disk's."""
        self._check(target)
        self._refuse_existing(target.name)
        self._store.write(lambda connection: table.save_target(connection, target)).result()
        if default:
            self.set_default(target.name)
        self.load()

    def named(self, url: str) -> str:
        """The name of the target with this URL; without one it is added under its host and port.

        Raises ProblemError `target-wrong` or the disk's.
        """
        for target in self._targets:
            if target.url == url:
                return target.name
        authority = checked(Target("", url)).url.partition("://")[2].partition("/")[0].partition("?")[0]
        stem = re.sub(r"[^A-Za-z0-9.]+", "-", authority).strip("-.")[:56] or "handler"
        names = (stem if number == 1 else f"{stem}-{number}" for number in itertools.count(1))
        name = next(name for name in names if self.find(name) is None)
        self.add(Target(name, url))
        return name

    def edit(self, name: str, target: Target) -> None:
        """Replaces the target of that name; renamed, its queue and the sources that name it follow."""
        self.get(name)
        self._check(target)
        if target.name != name:
            self._refuse_existing(target.name)
        self._store.write(lambda connection: table.save_target(connection, target, name)).result()
        self.load()
        if target.name != name:
            for source in self._sources.list():
                if source.target == name:
                    self._sources.edit(source.name, replace(source, target=target.name))

    def remove(self, name: str) -> None:
        """Takes one out with all that waits for it; its deliveries stay. Raises `target-unknown`."""
        self.get(name)
        self._store.write(lambda connection: table.remove_target(connection, name)).result()
        self.load()

    def set_default(self, name: str) -> None:
        """Makes one the default of all sources that name none; "" for none. Raises `target-unknown`."""
        if name and self.find(name) is None:
            self.load()
            self.get(name)
        self._store.write(lambda connection: table.set_default(connection, name)).result()
        self.load()

    def remember(self, url: str) -> None:
        """Notes a URL that is sent to without a target of its own; does not wait."""
        self._store.write(lambda connection: table.remember_url(connection, url, time.time_ns()))

    def remembered(self) -> tuple[str, ...]:
        """The URLs that were sent to without a target, latest first; waits for the disk."""
        return tuple(self._store.readers.run(table.remembered_urls))

    def _check(self, target: Target) -> None:
        if not target.name:
            raise ProblemError(Problem("target-wrong", "The target needs a name.", "", "Give it one."))
        checked(target)
        policy_of(target.policy)

    def _refuse_existing(self, name: str) -> None:
        if self.find(name) is not None:
            raise ProblemError(
                Problem(
                    "target-exists",
                    f"There is a target {name!r} already.",
                    "",
                    "Edit it, or take another name.",
                )
            )
