"""The page of help on replies names every field, filter, option and mode."""

from __future__ import annotations

import argparse
from importlib import resources
from typing import get_args

from inspector.cli.reply_options import add_reply_options
from inspector.core.reply_template import FIELDS, FILTERS
from inspector.core.source import Failing, Mode


def test_nothing_is_missing() -> None:
    page = (resources.files("resources") / "help" / "replies.md").read_text("utf-8")
    parser = argparse.ArgumentParser(add_help=False)
    add_reply_options(parser)
    options = [action.option_strings[0] for action in parser._actions]
    wanted = [f"{{{{{field}}}}}" for field in FIELDS] + [f"`|{name}`" for name in FILTERS] + options
    wanted += [f"`{mode}`" for mode in get_args(Mode)] + [f"`{each}`" for each in get_args(Failing)[1:]]
    assert [each for each in wanted if each not in page] == []
