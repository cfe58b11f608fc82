"""Which source an event belongs to, and what a source may look like."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.core.event import Reply, Request
from inspector.core.problem import ProblemError
from inspector.core.source import Source
from inspector.engine.announcements import Announcement, Announcements, SourcesChanged
from inspector.engine.sources import Sources


class Keeper:
    """Keeps sources in memory."""

    def __init__(self, *sources: Source) -> None:
        self.kept = {source.name: source for source in sources}

    def list_sources(self) -> list[Source]:
        return list(self.kept.values())

    def save_source(self, source: Source) -> None:
        self.kept[source.name] = source

    def remove_source(self, name: str) -> None:
        del self.kept[name]


NUDJ = Source("nudj", "/webhooks/nudj")
DEEP = Source("deep", "/webhooks/nudj/deep/")
HUB = Source("hub", dialect="github")


def sources(*given: Source) -> Sources:
    made = Sources(Keeper(*given), Announcements(), lambda request: "github" if request.headers else "")
    made.load()
    return made


def request(target: str, *, hub: bool = False) -> Request:
    return Request(f"POST {target} HTTP/1.1".encode(), ((b"X-GitHub-Event", b"push"),) if hub else (), b"")


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("/webhooks/nudj", "nudj"),
        ("/webhooks/nudj?a=/webhooks/nudj/deep", "nudj"),
        ("/webhooks/nudj/x", "nudj"),
        ("/webhooks/nudj/", "nudj"),
        ("/webhooks/nudjx", None),
        ("/webhooks/nudj/deep", "deep"),
        ("/webhooks/nudj/deep/er", "deep"),
        ("/webhooks/nudj/deeper", "nudj"),
        ("http://127.0.0.1:8787/webhooks/nudj/x", "nudj"),
        ("/", None),
        ("*", None),
    ],
)
def test_the_longest_path_that_ends_at_a_slash_wins(target: str, name: str | None) -> None:
    held = sources(NUDJ, DEEP, HUB)
    for _ in range(2):  # the second time from the cache
        found = held.of(request(target))
        assert (found.name if found else None) == name


def test_headers_decide_where_no_path_fits() -> None:
    held = sources(NUDJ, HUB)
    assert held.of(request("/any", hub=True)) == HUB
    assert held.of(request("/webhooks/nudj", hub=True)) == NUDJ


def test_a_path_of_only_a_slash_takes_all() -> None:
    every = Source("every", "/")
    assert sources(every, NUDJ).of(request("/x")) == every


def test_adding_editing_and_removing_is_kept_and_announced() -> None:
    keeper, announcements, heard = Keeper(NUDJ), Announcements(), list[Announcement]()
    held = Sources(keeper, announcements)
    held.load()
    announcements.subscribe(heard.append)
    held.add(HUB)
    assert held.of(request("/webhooks/nudj")) == NUDJ
    held.edit("nudj", replace(NUDJ, name="n", path="/n"))
    assert [source.name for source in held.list()] == ["hub", "n"]
    assert held.of(request("/webhooks/nudj")) is None
    held.remove("hub")
    assert list(keeper.kept) == ["n"]
    assert heard == [SourcesChanged()] * 3


@pytest.mark.parametrize(
    ("source", "key"),
    [
        (Source("nudj", "/other"), "source-exists"),
        (Source("two", "/webhooks/nudj/"), "source-wrong"),
        (Source("", "/x"), "source-wrong"),
        (Source("a b", "/x"), "source-wrong"),
        (Source("x", "no-slash"), "source-wrong"),
        (Source("x", "/a b"), "source-wrong"),
        (Source("x", "/a?b"), "source-wrong"),
        (Source("x", "/x", reply=Reply(99)), "source-wrong"),
    ],
)
def test_a_source_that_cannot_work_is_refused(source: Source, key: str) -> None:
    with pytest.raises(ProblemError) as caught:
        sources(NUDJ).add(source)
    assert caught.value.problem.key == key


def test_an_unknown_name_is_said_with_the_known_ones() -> None:
    with pytest.raises(ProblemError) as caught:
        sources(NUDJ).remove("nudge")
    assert caught.value.problem.key == "source-unknown"
    assert "nudj" in caught.value.problem.detail
