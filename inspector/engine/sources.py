"""The sources: which one an event belongs to, and how they are added, edited and removed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from inspector.core.event import Request
from inspector.core.problem import Problem, ProblemError
from inspector.core.source import Source
from inspector.engine.announcements import Announcements, SourcesChanged

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
CACHED_PATHS = 1024


class SourceKeeper(Protocol):
    """What keeps the sources on the disk; each call waits for the disk."""

    def list_sources(self) -> list[Source]:
        """All of them."""

    def save_source(self, source: Source) -> None:
        """Adds it, or replaces the one of its name."""

    def remove_source(self, name: str) -> None:
        """Takes it out; its events stay."""


class Sources:
    """All sources of the database, held in memory for the way of capture."""

    def __init__(
        self,
        keeper: SourceKeeper,
        announcements: Announcements,
        by_headers: Callable[[Request], str] | None = None,
    ) -> None:
        """`by_headers` gives the id of the dialect that a request's headers name, or ""."""
        self._keeper = keeper
        self._announcements = announcements
        self._by_headers = by_headers
        self._sources: tuple[Source, ...] = ()
        self._by_path: tuple[Source, ...] = ()
        self._found: dict[str, Source | None] = {}
        self._by_dialect: dict[str, Source] = {}

    def load(self) -> None:
        """Reads them from the database; announces where they are others than before."""
        self._take(tuple(self._keeper.list_sources()))

    def list(self) -> tuple[Source, ...]:
        """All sources by name."""
        return self._sources

    def find(self, name: str) -> Source | None:
        """The source of that name, or None."""
        return next((source for source in self._sources if source.name == name), None)

    def get(self, name: str) -> Source:
        """The source of that name; raises ProblemError `source-unknown`."""
        for source in self._sources:
            if source.name == name:
                return source
        known = ", ".join(source.name for source in self._sources) or "none yet"
        raise ProblemError(
            Problem(
                "source-unknown",
                f"There is no source {name!r}.",
                f"Known sources: {known}.",
                "Check the name.",
            )
        )

    def add(self, source: Source) -> None:
        """Adds a source; raises ProblemError `source-exists`, `source-wrong` or what the disk says."""
        if any(each.name == source.name for each in self._sources):
            raise ProblemError(
                Problem(
                    "source-exists",
                    f"There is a source {source.name!r} already.",
                    "",
                    "Edit it, or take another name.",
                )
            )
        self._save(source)

    def edit(self, name: str, source: Source) -> None:
        """Replaces the source of that name (it may be renamed); raises ProblemError as `get` and `add` do."""
        self.get(name)
        if source.name != name and any(each.name == source.name for each in self._sources):
            raise ProblemError(
                Problem(
                    "source-exists", f"There is a source {source.name!r} already.", "", "Take another name."
                )
            )
        self._check(source, besides=name)
        self._keeper.save_source(source)
        if source.name != name:
            self._keeper.remove_source(name)
        self.load()

    def remove(self, name: str) -> None:
        """Takes a source out; its events stay. Raises ProblemError `source-unknown`."""
        self.get(name)
        self._keeper.remove_source(name)
        self.load()

    def of(self, request: Request) -> Source | None:
        """The source that a request belongs to: the longest path that fits, else by its headers."""
        if not self._sources:
            return None
        cache = self._found  # taken before the paths are read: a change of both leaves the old cache behind
        path = request.path
        found = cache.get(path, _MISSING)
        if found is _MISSING:
            wanted = path if path.startswith("/") else _path_of_absolute(path)
            found = next((source for source in self._by_path if _fits(source.path, wanted)), None)
            if len(cache) >= CACHED_PATHS:
                cache.clear()
            cache[path] = found
        if found is not None or self._by_headers is None or not self._by_dialect:
            return found
        return self._by_dialect.get(self._by_headers(request))

    def _save(self, source: Source) -> None:
        self._check(source, besides=source.name)
        self._keeper.save_source(source)
        self.load()

    def _check(self, source: Source, besides: str) -> None:
        if not NAME.fullmatch(source.name):
            raise _wrong(
                f"{source.name!r} is no name for a source.", "Use letters, digits, dot, - and _, 64 at most."
            )
        if source.path and not re.fullmatch(r"/[\x21-\x7e]*", source.path):
            raise _wrong(f"{source.path!r} is no path.", "A path begins with / and has no spaces.")
        if source.path and ("?" in source.path or "#" in source.path):
            raise _wrong(f"{source.path!r} has a query.", "Give the path alone.")
        if not 100 <= source.reply.status <= 599:
            raise _wrong(f"{source.reply.status} is no status of a reply.", "Use 200 to 599.")
        if source.rules is not None:
            from inspector.core.reply_rules import checked_rules

            if wrong := checked_rules(source.rules, source.reply):
                raise _wrong(wrong, "`webhook-inspector sources edit --help` has the options of replies.")
        for other in self._sources:
            if source.path and other.name != besides and _trimmed(other.path) == _trimmed(source.path):
                raise _wrong(f"{source.path} belongs to the source {other.name!r}.", "Take another path.")

    def _take(self, sources: tuple[Source, ...]) -> None:
        sources = tuple(sorted(sources, key=lambda source: source.name))
        if sources == self._sources:
            return
        self._by_path = tuple(
            sorted(
                (source for source in sources if source.path), key=lambda source: -len(_trimmed(source.path))
            )
        )
        self._by_dialect = {source.dialect: source for source in reversed(sources) if source.dialect}
        self._found = {}
        self._sources = sources
        self._announcements.announce(SourcesChanged())


_NOTHING = Source("")
_MISSING: Source | None = replace(_NOTHING)


def _trimmed(path: str) -> str:
    return path.rstrip("/")


def _fits(prefix: str, path: str) -> bool:
    prefix = _trimmed(prefix)
    return path.startswith(prefix) and path[len(prefix) : len(prefix) + 1] in ("", "/")


def _path_of_absolute(target: str) -> str:
    """The path of an absolute-form target, as proxies send it (RFC 9112 section 3.2.2)."""
    return "/" + target.partition("://")[2].partition("/")[2]


def _wrong(detail: str, remedy: str) -> ProblemError:
    return ProblemError(Problem("source-wrong", "The source cannot be kept.", detail, remedy))
