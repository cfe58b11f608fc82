"""The help page names every option of the edits and every trial."""

from __future__ import annotations

from importlib import resources

from inspector.cli.main import parser
from inspector.cli.send_options import TRIALS as NAMES
from inspector.core.trials import TRIALS


def page() -> str:
    return resources.files("resources").joinpath("help", "resending.md").read_text(encoding="utf-8")


def test_every_option_of_send_stands_on_the_page_or_needs_no_page():
    known = {"--help", "--db", "--to", "--json", "--timeout", "--insecure", "--as-captured"}
    commands = parser()._subparsers._group_actions[0].choices
    options = {option for action in commands["send"]._actions for option in action.option_strings}
    wanted = {option for option in options if option.startswith("--")} - known
    assert wanted <= {option for option in wanted if option in page()}


def test_every_trial_stands_on_the_page_and_in_the_command():
    assert tuple(trial.value for trial in TRIALS) == NAMES
    assert all(f"| `{name}` |" in page() for name in NAMES)
