"""The settings as they hold now: command line over environment over file over default."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from typing import TypeVar

from inspector.core.problem import Problem, ProblemError
from inspector.engine.announcements import Announcements, SettingsChanged
from inspector.engine.settings import SETTINGS, Setting
from inspector.engine.settings_file import Scalar, SettingsFile

T = TypeVar("T", int, float, bool, str)

PROBLEM = "settings-wrong"


class Preferences:
    """Reads and sets settings; safe from any thread."""

    def __init__(
        self,
        file: SettingsFile,
        announcements: Announcements,
        *,
        overrides: Mapping[str, Scalar] | None = None,
        environment: Callable[[str], str | None] = os.environ.get,
    ) -> None:
        self._file = file
        self._announcements = announcements
        self._overrides = dict(overrides or {})
        self._guard = threading.Lock()
        self._from_environment: dict[str, Scalar] = {}
        wrong = []
        for setting in SETTINGS:
            text = environment(setting.variable)
            if text is not None:
                try:
                    self._from_environment[setting.name] = setting.read(text)
                except ValueError as error:
                    wrong.append(f"{setting.variable}: {error}")
        self._wrong_in_environment = tuple(wrong)
        self._from_file: dict[str, Scalar] = {}
        self._stamp = file.stamp()
        self.reload()

    def get(self, setting: Setting[T]) -> T:
        """The value that holds now."""
        for values in (self._overrides, self._from_environment, self._from_file):
            value = values.get(setting.name)
            if value is not None:
                return setting.check(value)
        return setting.default

    def is_fixed(self, setting: Setting[T]) -> bool:
        """Whether the command line or the environment decides, so that a dialog should not offer it."""
        return setting.name in self._overrides or setting.name in self._from_environment

    def set(self, setting: Setting[T], value: T) -> None:
        """Keeps a value in the file (the default takes the line out) and announces it.

        Raises ValueError where it does not fit, ProblemError where the file cannot be written.
        """
        self.set_many({setting.name: value})

    def set_many(self, values: Mapping[str, Scalar]) -> None:
        """The same for several at once, in one write."""
        known = {setting.name: setting for setting in SETTINGS}
        checked = {name: known[name].check(value) for name, value in values.items()}
        with self._guard:
            self._file.write(
                {name: None if value == known[name].default else value for name, value in checked.items()}
            )
        self.reload()

    def reload_if_changed(self) -> None:
        """Reads the file again where somebody wrote to it since."""
        if self._file.stamp() != self._stamp:
            self.reload()

    def reload(self) -> None:
        """Reads the file again; what it has wrong is a problem and the default holds."""
        wrong = list(self._wrong_in_environment)
        values: dict[str, Scalar] = {}
        damage: Problem | None = None
        with self._guard:
            self._stamp = self._file.stamp()
            try:
                found = self._file.read()
            except ProblemError as error:
                found, damage = {}, error.problem
            for setting in SETTINGS:
                if setting.name in found:
                    try:
                        values[setting.name] = setting.check(found[setting.name])
                    except ValueError as error:
                        wrong.append(f"{self._file.path}: {error}")
            before, self._from_file = self._from_file, values
        self._report(damage, wrong)
        changed = tuple(name for name in {**before, **values} if before.get(name) != values.get(name))
        if changed:
            self._announcements.announce(SettingsChanged(changed))

    def _report(self, damage: Problem | None, wrong: list[str]) -> None:
        for key in ("settings-damaged", "settings-unreadable"):
            if damage is None or damage.key != key:
                self._announcements.clear_problem(key)
        if damage is not None:
            self._announcements.raise_problem(damage)
        if wrong:
            self._announcements.raise_problem(
                Problem(
                    PROBLEM,
                    "A setting is wrong; its default holds.",
                    " ".join(wrong),
                    "Correct it in the settings.",
                )
            )
        else:
            self._announcements.clear_problem(PROBLEM)
