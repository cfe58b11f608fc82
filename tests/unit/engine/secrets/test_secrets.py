"""Names, the environment's override, what is shown of a secret, and the sealed file."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

import pytest

from inspector.core.problem import ProblemError
from inspector.engine.secrets import MemoryKeeper, Secrets, environment_name
from inspector.engine.secrets.file_keeper import FileKeeper
from inspector.engine.secrets.secrets import choose_keeper


def in_memory(**environment: str) -> Secrets:
    return Secrets(MemoryKeeper, environment)


def test_a_secret_that_was_put_is_got_and_removed() -> None:
    secrets = in_memory()
    heard: list[str] = []
    secrets.on_change(heard.append)
    secrets.put("nudj-staging", "s3cret")
    assert secrets.get("nudj-staging") == "s3cret"
    secrets.remove("nudj-staging")
    assert secrets.get("nudj-staging") is None
    assert heard == ["nudj-staging", "nudj-staging"]


def test_the_environment_overrides_and_is_listed() -> None:
    secrets = in_memory(
        WEBHOOK_INSPECTOR_SECRET_NUDJ_STAGING="from outside", WEBHOOK_INSPECTOR_SECRET_OTHER="x"
    )
    secrets.put("nudj-staging", "kept")
    assert secrets.get("nudj-staging") == "from outside"
    assert [(info.name, info.origin) for info in secrets.list()] == [
        ("nudj-staging", "environment"),
        ("other", "environment"),
    ]


def test_a_list_shows_four_characters_of_a_hash_and_nothing_of_the_secret() -> None:
    secrets = in_memory()
    secrets.put("a", "hunter2hunter2")
    (info,) = secrets.list()
    assert info.hash_end == hashlib.sha256(b"hunter2hunter2").hexdigest()[-4:]
    assert "hunter2" not in repr(info) + repr(secrets.keys(("a",)))


def test_keys_come_in_the_order_of_the_names_without_those_that_are_missing() -> None:
    secrets = in_memory()
    secrets.put("old", "1")
    secrets.put("new", "2")
    assert [(key.name, key.material) for key in secrets.keys(("new", "gone", "old"))] == [
        ("new", b"2"),
        ("old", b"1"),
    ]


@pytest.mark.parametrize("name", ["", "-x", "a b", "a/b", "x" * 65, "ä"])
def test_a_bad_name_is_refused_with_the_rule(name: str) -> None:
    with pytest.raises(ProblemError, match="1 to 64 letters"):
        in_memory().put(name, "x")


def test_an_empty_secret_and_an_unknown_name_are_refused() -> None:
    with pytest.raises(ProblemError, match="empty"):
        in_memory().put("a", "")
    with pytest.raises(ProblemError, match="no secret named 'a'"):
        in_memory().remove("a")


def test_the_name_of_the_variable() -> None:
    assert environment_name("nudj-staging") == "WEBHOOK_INSPECTOR_SECRET_NUDJ_STAGING"


def test_the_sealed_file_keeps_secrets_for_the_right_passphrase_only(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "secrets"
    first = FileKeeper(path)
    first.unlock("open sesame")
    first.put("nudj", "s3cret value")
    assert b"s3cret" not in path.read_bytes()
    assert b"nudj" not in path.read_bytes().replace(b"webhook-inspector", b"")
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    second = FileKeeper(path)
    assert second.locked
    with pytest.raises(ProblemError, match="locked"):
        second.get("nudj")
    with pytest.raises(ProblemError, match="does not open"):
        second.unlock("open barley")
    assert second.locked
    second.unlock("open sesame")
    assert (second.get("nudj"), second.names()) == ("s3cret value", ["nudj"])
    second.remove("nudj")
    assert first.names() == []


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"format": 1}', '{"format":"webhook-inspector secrets 1"}']
)
def test_a_broken_file_is_reported_and_left_as_it_is(tmp_path: Path, content: str) -> None:
    path = tmp_path / "secrets"
    path.write_text(content)
    with pytest.raises(ProblemError, match="cannot be read"):
        FileKeeper(path).unlock("x")
    assert path.read_text() == content


def test_an_altered_file_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "secrets"
    FileKeeper(path).unlock("x")
    text = path.read_text()
    place = text.index('"sealed": "') + 12
    path.write_text(text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :])
    with pytest.raises(ProblemError, match="does not open"):
        FileKeeper(path).unlock("x")


def test_without_a_keyring_the_choice_is_memory_until_there_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "secrets"
    assert choose_keeper("auto", path).kind == "memory"
    with pytest.raises(ProblemError, match="encrypted file"):
        choose_keeper("keyring", path)
    FileKeeper(path).unlock("x")
    assert choose_keeper("auto", path).kind == "file"
