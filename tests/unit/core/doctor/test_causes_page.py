"""The help page on causes is the table of causes."""

from __future__ import annotations

from importlib import resources

from inspector.core.doctor import CAUSES


def test_every_cause_stands_on_the_help_page_with_its_remedy() -> None:
    page = (resources.files("resources") / "help" / "causes.md").read_text("utf-8")
    for cause in CAUSES.values():
        assert f"| `{cause.id}` | {cause.title} | {cause.remedy} |" in page
    assert page.count("| `") == len(CAUSES) + 1
