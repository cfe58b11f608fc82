"""Where the program keeps its files on this system."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

APPLICATION = "webhook-inspector"


@dataclass(frozen=True, slots=True)
class Folders:
    """The folders of the program; none of them needs to exist yet."""

    data: Path
    """Events: Linux ~/.local/share, macOS ~/Library/Application Support, Windows %LOCALAPPDATA%."""
    config: Path
    """Settings: Linux ~/.config, macOS ~/Library/Application Support, Windows %LOCALAPPDATA%."""

    @property
    def database(self) -> Path:
        """The database that is used where no other is named."""
        return self.data / "events.db"

    @property
    def secrets(self) -> Path:
        """The file with the sealed secrets, where there is no keyring."""
        return self.data / "secrets.sealed"

    @property
    def secrets_stamp(self) -> Path:
        """An empty file that is touched when a secret changes."""
        return self.data / "secrets.changed"

    @property
    def settings(self) -> Path:
        """The settings file."""
        return self.config / "settings.toml"


def platform_folders() -> Folders:
    """The folders that this system's conventions name for this user.

    WEBHOOK_INSPECTOR_HOME puts both under one folder, for a portable copy or a second, separate one.
    """
    home = os.environ.get("WEBHOOK_INSPECTOR_HOME", "")
    if home:
        return Folders(data=Path(home), config=Path(home))
    import platformdirs

    return Folders(
        data=platformdirs.user_data_path(APPLICATION, appauthor=False),
        config=platformdirs.user_config_path(APPLICATION, appauthor=False),
    )
