"""Settings: what is declared, what a file says, who wins, and files that others wrote to."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from inspector.core.problem import ProblemError
from inspector.engine.announcements import Announcement, Announcements, SettingsChanged
from inspector.engine.preferences import Preferences
from inspector.engine.settings import BODY_IDLE, HOST, NOTIFICATIONS, PORT, SETTINGS, THEME
from inspector.engine.settings_file import SettingsFile, edited


def preferences(path: Path, **environment: str) -> Preferences:
    return Preferences(SettingsFile(path), Announcements(), environment=environment.get)


def test_every_setting_is_explained_and_accepts_its_own_default() -> None:
    names = [setting.name for setting in SETTINGS]
    assert len(set(names)) == len(names)
    for setting in SETTINGS:
        assert setting.explanation.endswith(".")
        assert setting.check(setting.default) == setting.default


@pytest.mark.parametrize("wrong", [-1, 65_536, "8787", True, 1.5])
def test_a_port_that_is_none_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match="port wants"):
        PORT.check(wrong)


def test_a_whole_number_is_good_for_a_number_of_seconds() -> None:
    assert BODY_IDLE.check(5) == 5.0


def test_defaults_hold_where_there_is_no_file(tmp_path: Path) -> None:
    settings = preferences(tmp_path / "none.toml")
    assert settings.get(PORT) == 8787
    assert settings.get(HOST) == "127.0.0.1"


def test_command_line_wins_over_environment_over_file(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('port = 1111\nhost = "::1"\ntheme = "dark"\n')
    settings = Preferences(
        SettingsFile(path),
        Announcements(),
        overrides={"port": 3333},
        environment={"WEBHOOK_INSPECTOR_PORT": "2222", "WEBHOOK_INSPECTOR_HOST": "0.0.0.0"}.get,
    )
    assert (settings.get(PORT), settings.get(HOST), settings.get(THEME)) == (3333, "0.0.0.0", "dark")
    assert settings.is_fixed(PORT)
    assert not settings.is_fixed(THEME)


@pytest.mark.parametrize(("text", "value"), [("off", False), ("0", False), ("TRUE", True), ("yes", True)])
def test_switches_in_the_environment(tmp_path: Path, text: str, value: bool) -> None:
    assert preferences(tmp_path / "x", WEBHOOK_INSPECTOR_NOTIFICATIONS=text).get(NOTIFICATIONS) is value


def test_a_wrong_value_is_a_problem_and_the_default_holds(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('port = "many"\n')
    announcements = Announcements()
    settings = Preferences(SettingsFile(path), announcements, environment={}.get)
    assert settings.get(PORT) == 8787
    assert "port wants a whole number" in announcements.problems[0].detail
    path.write_text("port = 4000\n")
    settings.reload()
    assert settings.get(PORT) == 4000
    assert announcements.problems == ()


def test_a_damaged_file_is_reported_with_its_line_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("port = 1\nhost = = 2\n")
    announcements = Announcements()
    settings = Preferences(SettingsFile(path), announcements, environment={}.get)
    assert settings.get(PORT) == 8787
    assert "line 2" in announcements.problems[0].detail
    with pytest.raises(ProblemError):
        settings.set(PORT, 2)
    assert path.read_text() == "port = 1\nhost = = 2\n"


def test_a_write_keeps_what_others_wrote(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "settings.toml"
    first, second = preferences(path), preferences(path)
    first.set(PORT, 9000)
    second.set(THEME, "dark")
    assert tomllib.loads(path.read_text()) == {"port": 9000, "theme": "dark"}
    assert second.get(PORT) == 9000
    first.set(PORT, PORT.default)
    assert tomllib.loads(path.read_text()) == {"theme": "dark"}


def test_comments_tables_and_unknown_names_stay() -> None:
    text = '# mine\nport = 1 # for the shop\nfuture = [1, 2]\n\n[window]\nport = "x"\n'
    assert edited(text, {"port": 2, "host": 'a"b\\c'}) == (
        '# mine\nport = 2  # for the shop\nfuture = [1, 2]\n\nhost = "a\\"b\\\\c"\n[window]\nport = "x"\n'
    )


def test_a_name_inside_a_text_of_many_lines_is_not_edited_by_mistake(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    text = 'note = """\nport = 1\n"""\n'
    path.write_text(text)
    with pytest.raises(ProblemError):
        SettingsFile(path).write({"port": 2})
    assert path.read_text() == text


def test_a_change_is_announced_once(tmp_path: Path) -> None:
    announcements = Announcements()
    heard: list[Announcement] = []
    settings = Preferences(SettingsFile(tmp_path / "s.toml"), announcements, environment={}.get)
    announcements.subscribe(heard.append)
    settings.set(PORT, 9000)
    settings.set(PORT, 9000)
    assert heard == [SettingsChanged(("port",))]


def test_a_folder_that_cannot_be_written_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ProblemError) as caught:
        preferences(tmp_path / "file" / "settings.toml").set(PORT, 1)
    assert caught.value.problem.key in ("settings-unwritable", "settings-unreadable")
