"""The program's folders are the platform's, or one that is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.engine.paths import platform_folders


def test_one_folder_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WEBHOOK_INSPECTOR_HOME", str(tmp_path))
    folders = platform_folders()
    assert folders.database == tmp_path / "events.db"
    assert folders.settings == tmp_path / "settings.toml"


def test_else_the_platform_decides(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("WEBHOOK_INSPECTOR_HOME", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    folders = platform_folders()
    assert "webhook-inspector" in folders.data.parts
    assert folders.data.is_absolute()
