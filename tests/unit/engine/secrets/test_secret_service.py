"""The system's keyring for real: gnome-keyring on a bus of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(
    not (shutil.which("dbus-run-session") and shutil.which("gnome-keyring-daemon")),
    reason="there is no Secret Service to start: dbus and gnome-keyring are not installed",
)

SCRIPT = """
from inspector.engine.secrets.keepers import system_keyring
keeper = system_keyring()
print(keeper.describe())
keeper.put("nudj", "s3cret \\u00e4")
keeper.put("stripe", "whsec_x")
other = system_keyring()
print(other.names(), other.get("nudj") == "s3cret \\u00e4", other.get("none"))
other.remove("nudj")
other.remove("nudj")
print(keeper.names(), keeper.get("nudj"))
"""


def test_secrets_are_kept_in_the_secret_service(tmp_path: Path) -> None:
    environment = {
        **{name: text for name, text in os.environ.items() if name != "PYTHON_KEYRING_BACKEND"},
        "HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "XDG_RUNTIME_DIR": str(tmp_path),
        "SCRIPT": SCRIPT,
        "PY": sys.executable,
    }
    # The daemon takes the login keyring's password from standard input.
    unlock = "printf pass | gnome-keyring-daemon --unlock --components=secrets >/dev/null"
    shell = f'{unlock} && exec "$PY" -c "$SCRIPT"'
    ran = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", shell],
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    where, first, second = ran.stdout.splitlines()
    assert "SecretService" in where
    assert first == "['nudj', 'stripe'] True None"
    assert second == "['stripe'] None"
