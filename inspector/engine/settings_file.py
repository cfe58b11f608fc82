"""The settings file: TOML that people and programs edit at the same time, merged and never half written."""

from __future__ import annotations

import json
import os
import re
import tempfile
import tomllib
from pathlib import Path
from typing import TypeAlias

from inspector.core.problem import Problem, ProblemError

Scalar: TypeAlias = int | float | bool | str

_TABLE = re.compile(r"^\s*\[")
_HEADING = "# Settings of Webhook Inspector. Lines that are missing have their defaults.\n"


class SettingsFile:
    """Reads and changes the top level of one TOML file; comments and what it does not know stay."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> dict[str, object]:
        """What the file says; nothing where there is none.

        Raises ProblemError `settings-damaged` (with line and column) or `settings-unreadable`.
        """
        return self._parse(self._text())

    def stamp(self) -> tuple[int, int, int] | None:
        """Differs once somebody wrote to the file; None where there is none."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def write(self, changes: dict[str, Scalar | None]) -> None:
        """Sets the named values in the file as it stands now (None takes a line out), all or nothing.

        Raises ProblemError as `read` does, and `settings-unwritable`.
        """
        text = self._text()
        before = self._parse(text)
        after = edited(text, changes)
        wanted = {name: value for name, value in before.items() if name not in changes}
        wanted |= {name: value for name, value in changes.items() if value is not None}
        try:
            if tomllib.loads(after) != wanted:
                raise ProblemError(self._by_hand("it has a form that cannot be edited line by line"))
        except tomllib.TOMLDecodeError as error:
            raise ProblemError(self._by_hand(str(error))) from error
        self._replace(after)

    def _text(self) -> str:
        try:
            return self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""
        except (OSError, UnicodeDecodeError) as error:
            raise ProblemError(
                Problem(
                    "settings-unreadable",
                    "The settings cannot be read.",
                    f"{self.path}: {error}",
                    "Check the file.",
                )
            ) from error

    def _parse(self, text: str) -> dict[str, object]:
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise ProblemError(self._by_hand(str(error))) from error

    def _by_hand(self, reason: str) -> Problem:
        return Problem(
            "settings-damaged",
            "The settings file cannot be understood.",
            f"{self.path}: {reason}",
            "Correct the line, or delete the file to have all defaults.",
        )

    def _replace(self, text: str) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor, name = tempfile.mkstemp(dir=self.path.parent, prefix=self.path.name)
            try:
                with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
                    file.write(text)
                    file.flush()
                    os.fsync(file.fileno())
                Path(name).replace(self.path)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise ProblemError(
                Problem(
                    "settings-unwritable",
                    "The settings cannot be saved.",
                    f"{self.path}: {error.strerror or error}",
                    "Check the folder, its permissions and the space on the disk.",
                )
            ) from error


def edited(text: str, changes: dict[str, Scalar | None]) -> str:
    """The TOML text with values of the top level set, or taken out where None, line by line."""
    lines = (text or _HEADING).splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    top = next((at for at, line in enumerate(lines) if _TABLE.match(line)), len(lines))
    for name, value in changes.items():
        pattern = re.compile(rf'^\s*("?){re.escape(name)}\1\s*=')
        at = next((at for at in range(top) if pattern.match(lines[at])), None)
        line = (
            []
            if value is None
            else [f"{name} = {_toml(value)}{_comment(lines[at]) if at is not None else ''}\n"]
        )
        if at is None:
            lines[top:top] = line
            top += len(line)
        else:
            lines[at : at + 1] = line
            top += len(line) - 1
    return "".join(lines)


def _comment(line: str) -> str:
    """The comment behind a value that is no text; one behind a text is left alone to be safe."""
    found = re.match(r"""^[^"'#]*(\s*#.*)$""", line.rstrip("\n"))
    return f"  {found[1].strip()}" if found else ""


def _toml(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(value)
