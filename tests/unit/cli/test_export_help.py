"""The help page names every format and every option of export."""

from __future__ import annotations

from importlib import resources

from inspector.cli.main import parser
from inspector.core.exporters import FORMATS


def page() -> str:
    return resources.files("resources").joinpath("help", "exporting.md").read_text(encoding="utf-8")


def test_every_format_has_its_row():
    assert [each.id for each in FORMATS if f"| `{each.id}` |" not in page()] == []


def test_every_option_stands_on_the_page():
    command = parser()._subparsers._group_actions[0].choices["export"]
    options = {option for action in command._actions for option in action.option_strings}
    known = {"-h", "--help", "--db"}
    assert [option for option in sorted(options - known) if option not in page()] == []
