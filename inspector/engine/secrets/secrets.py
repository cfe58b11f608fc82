"""Secrets by name, from the environment first and then from their keeper."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from inspector.core.problem import Problem, ProblemError
from inspector.core.signatures.outcome import Key
from inspector.engine.secrets.file_keeper import FileKeeper
from inspector.engine.secrets.keepers import Keeper, MemoryKeeper, system_keyring

PREFIX = "WEBHOOK_INSPECTOR_SECRET_"
PASSPHRASE = "WEBHOOK_INSPECTOR_PASSPHRASE"  # noqa: S105 - the name of a variable, not a passphrase
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True, slots=True)
class SecretInfo:
    """What may be shown of a secret."""

    name: str
    hash_end: str
    """The last four characters of the hex SHA-256 of the secret: tells two apart, gives none away."""
    origin: str
    """`environment`, `keyring`, `file` or `memory`."""


def environment_name(name: str) -> str:
    """The variable that overrides the named secret: upper case, `-` as `_`."""
    return PREFIX + name.upper().replace("-", "_")


def choose_keeper(wanted: str, file: Path) -> Keeper:
    """The keeper of that kind: `auto`, `keyring`, `file` or `memory`.

    `auto` is an existing file of secrets, else the system's keyring, else memory.
    """
    if wanted == "file" or (wanted == "auto" and file.exists()):
        keeper = FileKeeper(file)
        passphrase = os.environ.get(PASSPHRASE)
        if passphrase:
            keeper.unlock(passphrase)
        return keeper
    if wanted in {"auto", "keyring"} and (keyring := system_keyring()) is not None:
        return keyring
    if wanted == "keyring":
        raise ProblemError(
            Problem(
                "keyring",
                "This system has no keyring that the program can use.",
                remedy="Keep secrets in an encrypted file instead: webhook-inspector secrets keeper file",
            )
        )
    return MemoryKeeper()


class Secrets:
    """Gives and takes secrets; safe from any thread. The keeper is chosen when it is first needed."""

    def __init__(
        self,
        choose: Callable[[], Keeper],
        environment: Mapping[str, str] = os.environ,
        stamp: Path | None = None,
    ) -> None:
        """`stamp` is a file that is touched at each change, so that other programs notice."""
        self.stamp = stamp
        self._choose = choose
        self._environment = environment
        self._keeper: Keeper | None = None
        self._lock = threading.RLock()
        self._listeners: list[Callable[[str], None]] = []

    @property
    def keeper(self) -> Keeper:
        """Where secrets are kept. May raise ProblemError, may take time."""
        with self._lock:
            if self._keeper is None:
                self._keeper = self._choose()
            return self._keeper

    def use(self, keeper: Keeper) -> None:
        """Keeps secrets there from now on; what the earlier keeper holds stays where it is."""
        with self._lock:
            self._keeper = keeper
        self._changed("")

    def unlock(self, passphrase: str) -> None:
        """Opens the sealed file, where that is the keeper; raises ProblemError for a wrong passphrase."""
        with self._lock:
            keeper = self.keeper
            if isinstance(keeper, FileKeeper):
                keeper.unlock(passphrase)
        self._changed("")

    def on_change(self, listener: Callable[[str], None]) -> None:
        """Calls the listener with the name of each secret that is set or removed; "" for any of them."""
        self._listeners.append(listener)

    def get(self, name: str) -> str | None:
        """The secret, or None where no place has it. Raises ProblemError when its keeper fails."""
        overriding = self._environment.get(environment_name(name))
        if overriding is not None:
            return overriding
        with self._lock:
            return self.keeper.get(name)

    def keys(self, names: tuple[str, ...]) -> tuple[Key, ...]:
        """The named secrets that are there, as keys for checking and signing."""
        found = ((name, self.get(name)) for name in names)
        return tuple(Key(name, secret.encode("utf-8", "surrogateescape")) for name, secret in found if secret)

    def put(self, name: str, secret: str) -> None:
        """Keeps a secret. Raises ProblemError for a bad name, an empty secret or a failing keeper."""
        if not _NAME.fullmatch(name):
            raise ProblemError(
                Problem(
                    "secret-name",
                    f"{name!r} cannot be the name of a secret.",
                    "A name has 1 to 64 letters, digits, - and _, and begins with a letter or digit.",
                    "Choose another, for example nudj-staging.",
                )
            )
        if not secret:
            raise ProblemError(Problem("secret-empty", "The secret is empty.", remedy="Give its text."))
        with self._lock:
            self.keeper.put(name, secret)
        self._changed(name)

    def remove(self, name: str) -> None:
        """Forgets a secret; raises ProblemError where the keeper has none of that name."""
        with self._lock:
            if name not in self.keeper.names():
                raise ProblemError(
                    Problem(
                        "secret-unknown",
                        f"There is no secret named {name!r} in {self.keeper.describe()}.",
                        remedy="See the names with: webhook-inspector secrets list",
                    )
                )
            self.keeper.remove(name)
        self._changed(name)

    def list(self) -> list[SecretInfo]:
        """All that can be got, sorted by name; a variable with no kept secret stands under its own name."""
        with self._lock:
            kept = self.keeper.names()
            variables = {environment_name(name) for name in kept}
            infos = [self._info(name) for name in kept]
        for variable, secret in self._environment.items():
            if variable.startswith(PREFIX) and variable not in variables and secret:
                name = variable.removeprefix(PREFIX).lower().replace("_", "-")
                infos.append(SecretInfo(name, hash_end(secret), "environment"))
        return sorted(infos, key=lambda info: info.name)

    def _info(self, name: str) -> SecretInfo:
        overriding = self._environment.get(environment_name(name))
        secret = overriding if overriding is not None else self.keeper.get(name)
        origin = "environment" if overriding is not None else self.keeper.kind
        return SecretInfo(name, hash_end(secret or ""), origin)

    def _changed(self, name: str) -> None:
        if self.stamp is not None:
            with contextlib.suppress(OSError):
                self.stamp.parent.mkdir(parents=True, exist_ok=True)
                self.stamp.touch()
        for listener in tuple(self._listeners):
            listener(name)


def hash_end(secret: str) -> str:
    """The last four characters of the hex SHA-256 of the secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()[-4:]
