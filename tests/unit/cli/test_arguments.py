"""What the arguments mean, and what is said when they mean nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.cli.common import WrongUseError, overrides, parse_query
from inspector.cli.main import code_of, parser, run
from inspector.cli.sources import _changed
from inspector.core.event import Reply
from inspector.core.source import PRESET


def test_options_may_stand_before_or_after_the_command() -> None:
    for line in (["--db", "a.db", "--port", "0", "listen"], ["listen", "--db", "a.db", "--port", "0"]):
        arguments = parser().parse_args(line)
        assert arguments.db == Path("a.db")
        assert overrides(arguments) == {"port": 0}
    assert overrides(parser().parse_args(["listen"])) == {}


@pytest.mark.parametrize(
    "line",
    [
        ["nonsense"],
        ["listen", "--port", "65536"],
        ["listen", "--port", "x"],
        ["events"],
        ["events", "show"],
        ["events", "show", "x"],
        ["events", "show", "1", "--raw", "--json"],
        ["events", "list", "--limit", "0"],
        ["sources", "add", "x", "--reply-header", "no colon"],
        ["sources", "edit", "x", "--tolerance", "soon"],
    ],
    ids=" ".join,
)
def test_wrong_use_exits_with_2(line: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        run(line)
    assert caught.value.code == 2
    assert "usage:" in capsys.readouterr().err


@pytest.mark.parametrize("line", [[], ["listen"], ["events"], ["events", "list"], ["sources"]], ids=" ".join)
def test_help_has_the_exit_codes(line: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        run([*line, "--help"])
    assert caught.value.code == 0
    assert "exit codes:" in capsys.readouterr().out


def test_a_wrong_query_is_shown_with_a_caret_under_the_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["events", "list", "type:a size:>huge", "--db", str(tmp_path / "x.db")]) == 2
    query, caret, *_said = capsys.readouterr().err.splitlines()
    assert query == "type:a size:>huge"
    assert caret.strip() == "^"
    assert query[caret.index("^") :].startswith((">", "huge", "size:"))
    assert not (tmp_path / "x.db").exists()


@pytest.mark.parametrize("line", [["list"], ["show", "1"], ["delete", "1"], ["pin", "1"]], ids=" ".join)
def test_a_file_that_was_named_wrong_is_not_made(
    line: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["events", *line, "--db", str(tmp_path / "typo.db")]) == 3
    assert "typo.db" in capsys.readouterr().err
    assert not (tmp_path / "typo.db").exists()


def test_the_caret_stands_right_where_characters_were_escaped() -> None:
    with pytest.raises(WrongUseError) as caught:
        parse_query('"\x1b" size:>huge')
    shown, caret, *_ = str(caught.value).splitlines()
    assert shown == '"\\x1b" size:>huge'
    assert shown[caret.index("^") :].startswith((">", "huge", "size:"))


def test_a_term_that_begins_with_a_minus_is_no_option(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def listed(arguments: object) -> int:
        seen.extend(arguments.query)  # type: ignore[attr-defined] # a namespace
        return 0

    monkeypatch.setattr("inspector.cli.events.run_list", listed)
    assert run(["events", "list", "-type:ping", "path:/x", "--json"]) == 0
    assert [term.strip() for term in seen] == ["-type:ping", "path:/x"]


def test_exit_codes_of_problems() -> None:
    assert [code_of(key) for key in ("source-unknown", "source-wrong", "port-taken", "disk-full")] == [
        1,
        2,
        3,
        3,
    ]


def test_editing_a_source_changes_only_what_is_named() -> None:
    line = ["sources", "edit", "nudj", "--secret", "new", "--secret", "old", "--tolerance", "60"]
    line += ["--no-handshakes", "--reply-status", "202", "--reply-header", "X-A: b"]
    source = _changed(PRESET, parser().parse_args(line))
    assert (source.secrets, source.tolerance_s, source.handshakes) == (("new", "old"), 60, False)
    assert source.reply == Reply(202, ((b"X-A", b"b"),))
    assert (source.path, source.scheme, source.refuse_bad) == (PRESET.path, PRESET.scheme, False)
    cleared = _changed(
        source, parser().parse_args(["sources", "edit", "nudj", "--secret", "", "--tolerance", ""])
    )
    assert (cleared.secrets, cleared.tolerance_s) == ((), None)
