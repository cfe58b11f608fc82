"""Makes the project usable on a fresh machine: virtual environment, pinned packages, Qt's system libraries.

Runs on the system's Python with nothing installed; every Makefile target goes through it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PINS = ROOT / "packaging" / "requirements.txt"
STAMP = VENV / "installed"
WINDOWS = os.name == "nt"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")

OLDEST = (3, 11)
OFF_SCREEN = ["libegl1", "libgl1", "libglib2.0-0", "libfontconfig1", "libdbus-1-3", "libxkbcommon0"]
ON_SCREEN = [
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-keysyms1",
    "libxcb-shape0",
    "libxcb-image0",
    "libxcb-randr0",
    "libxcb-render-util0",
    "libxcb-xinerama0",
    "libxcb-xkb1",
    "libxkbcommon-x11-0",
    "fonts-dejavu-core",
]
# The tests' own needs: a virtual screen, a Secret Service with its bus, and curl as a stranger's sender.
FOR_TESTS = ["xvfb", "xauth", "dbus", "gnome-keyring", "curl"]


def main(arguments: list[str]) -> int:
    """Runs one of run, test, lint, bench, install; the exit code is the started program's."""
    if tuple(sys.version_info) < OLDEST:
        print(f"Python 3.11 or later is needed; this is {sys.version.split()[0]}.")
        print("Name another one: make PYTHON=python3.11 ...")
        return 3
    task, *rest = arguments or ["run"]
    if task not in {"run", "test", "lint", "bench", "install"}:
        print(f"unknown task {task!r}: one of run, test, lint, bench, install")
        return 2
    install_packages()
    if task == "install":
        return 0
    if task == "lint":
        return lint()
    system_ready = need_debian(OFF_SCREEN + ON_SCREEN + (FOR_TESTS if task != "run" else []))
    if task == "run":
        return run_window(rest)
    if not system_ready and not qt_starts():
        return 3
    if task == "test":
        return run_tests(rest)
    return call([str(PYTHON), "-m", "tests.bench", *rest])


def call(command: list[str], **environment: str) -> int:
    """Runs a command in the project's folder and returns its exit code."""
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=False).returncode


def install_packages() -> None:
    """Makes .venv and installs the pinned versions, once per state of the pins."""
    wanted = hashlib.sha256(PINS.read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()
    if PYTHON.exists() and STAMP.exists() and STAMP.read_text() == wanted:
        return
    if not PYTHON.exists():
        print("making the virtual environment in .venv", flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    print("installing the pinned packages", flush=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    for command in ([*pip, "-r", str(PINS)], [*pip, "--no-deps", "--no-build-isolation", "-e", str(ROOT)]):
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            sys.exit(
                "The packages could not be installed: mend what pip says above, then run the command again."
            )
    STAMP.write_text(wanted)


def need_debian(packages: list[str]) -> bool:
    """Installs what is missing of Debian packages; where that cannot be done, prints the exact command."""
    if not sys.platform.startswith("linux") or not shutil.which("dpkg-query"):
        return False
    query = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *packages],
        capture_output=True,
        text=True,
        check=False,
    )
    present = {line.split()[0] for line in query.stdout.splitlines() if line.endswith(" installed")}
    missing = [name for name in packages if name not in present]
    if not missing:
        return True
    command = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    if os.geteuid() != 0:
        print("Some system libraries are missing. Install them with:\n  sudo " + " ".join(command))
        return False
    print("installing system packages: " + " ".join(missing), flush=True)
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    if not quietly(command):
        quietly(["apt-get", "update", "-q"])
        if not quietly(command):
            print("They could not be installed. Try by hand:\n  " + " ".join(command))
            return False
    return True


def quietly(command: list[str]) -> bool:
    """Runs a command without its output; whether it went well."""
    return subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode == 0


def qt_starts(platform: str = "offscreen") -> bool:
    """Whether Qt's libraries load on this machine; prints what is missing where they do not."""
    probe = subprocess.run(
        [str(PYTHON), "-c", "from PySide6.QtWidgets import QApplication; QApplication([])"],
        env={**os.environ, "QT_QPA_PLATFORM": platform},
        capture_output=True,
        text=True,
        check=False,
    )
    if probe.returncode:
        lines = (probe.stderr or "Qt ended without a word").strip().splitlines()
        print("Qt does not start here: " + lines[-1])
    return probe.returncode == 0


def run_window(rest: list[str]) -> int:
    """Opens the window, or says how to listen without one."""
    has_screen = (
        not sys.platform.startswith("linux") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
    if not has_screen:
        listen = PYTHON.parent / "webhook-inspector"
        print("There is no display here, so no window can open. To capture without one:")
        print(f"  {listen.relative_to(ROOT)} listen")
        return 3
    return call([str(PYTHON), "-m", "inspector", *rest])


def lint() -> int:
    """Style, types and import contracts; all run, the worst exit code counts."""
    bin_dir = PYTHON.parent
    return max(
        call([str(PYTHON), "-m", "ruff", "check", "."]),
        call([str(PYTHON), "-m", "ruff", "format", "--check", "."]),
        call([str(PYTHON), "-m", "mypy"]),
        call([str(bin_dir / "lint-imports"), "--no-cache"]),
    )


def run_tests(rest: list[str]) -> int:
    """All the tests, off screen, in two processes; a longer run of arguments goes to pytest as it is."""
    spread = [] if any(word.startswith("-n") for word in rest) else ["-n", "2", "--dist", "loadfile"]
    return call([str(PYTHON), "-m", "pytest", *spread, *rest], QT_QPA_PLATFORM="offscreen")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
