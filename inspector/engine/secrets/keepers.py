"""The places that can keep a secret: the interface, this run's memory, and the system's keyring."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Protocol

from inspector.core.problem import Problem, ProblemError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "webhook-inspector"
"""The service name of every entry in the keyring."""
INDEX_SERVICE = "webhook-inspector index"
"""A keyring cannot list its entries, so the names stand in an entry of their own."""
INDEX_ENTRY = "names"


class Keeper(Protocol):
    """Somewhere that keeps secrets by name. Every method may take time and may raise ProblemError."""

    kind: str
    """`keyring`, `file` or `memory`."""

    def describe(self) -> str:
        """Where that is, in words."""

    def get(self, name: str) -> str | None:
        """The secret, or None."""

    def put(self, name: str, secret: str) -> None:
        """Keeps the secret under the name, in place of an earlier one."""

    def remove(self, name: str) -> None:
        """Forgets the name; a name that is not there is no error."""

    def names(self) -> list[str]:
        """All names, sorted."""


class MemoryKeeper:
    """Secrets for this run of the program only."""

    kind = "memory"

    def __init__(self) -> None:
        self._secrets: dict[str, str] = {}

    def describe(self) -> str:
        """Where that is, in words."""
        return "this run's memory; they are gone when the program ends"

    def get(self, name: str) -> str | None:
        """The secret, or None."""
        return self._secrets.get(name)

    def put(self, name: str, secret: str) -> None:
        """Keeps the secret under the name."""
        self._secrets[name] = secret

    def remove(self, name: str) -> None:
        """Forgets the name."""
        self._secrets.pop(name, None)

    def names(self) -> list[str]:
        """All names, sorted."""
        return sorted(self._secrets)


class KeyringKeeper:
    """The system's keyring: Secret Service or KWallet, macOS Keychain, Windows Credential Manager."""

    kind = "keyring"

    def __init__(self, backend: KeyringBackend) -> None:
        self._backend = backend

    def describe(self) -> str:
        """Where that is, in words."""
        return f"the system's keyring ({getattr(self._backend, 'name', type(self._backend).__name__)})"

    def get(self, name: str) -> str | None:
        """The secret, or None."""
        return self._read(SERVICE, name)

    def put(self, name: str, secret: str) -> None:
        """Keeps the secret under the name."""
        self._write(SERVICE, name, secret)
        self._write_names({*self.names(), name})

    def remove(self, name: str) -> None:
        """Forgets the name."""
        from keyring.errors import KeyringError, PasswordDeleteError

        try:
            self._backend.delete_password(SERVICE, name)
        except PasswordDeleteError:
            pass  # it was not there
        except KeyringError as error:
            raise _keyring_failed("remove a secret from", error) from None
        self._write_names({*self.names()} - {name})

    def names(self) -> list[str]:
        """All names, sorted."""
        listed = self._read(INDEX_SERVICE, INDEX_ENTRY)
        try:
            names = json.loads(listed) if listed else []
        except ValueError:
            names = []
        return sorted(name for name in names if isinstance(name, str)) if isinstance(names, list) else []

    def _write_names(self, names: set[str]) -> None:
        self._write(INDEX_SERVICE, INDEX_ENTRY, json.dumps(sorted(names)))

    def _read(self, service: str, entry: str) -> str | None:
        from keyring.errors import KeyringError

        try:
            return self._backend.get_password(service, entry)
        except KeyringError as error:
            raise _keyring_failed("read", error) from None

    def _write(self, service: str, entry: str, text: str) -> None:
        from keyring.errors import KeyringError

        try:
            self._backend.set_password(service, entry, text)
        except KeyringError as error:
            raise _keyring_failed("write to", error) from None


def system_keyring() -> KeyringKeeper | None:
    """The system's keyring where there is one that keeps what it is given, else None."""
    import keyring
    from keyring.backends import fail, null

    backend = keyring.get_keyring()
    if isinstance(backend, (fail.Keyring, null.Keyring)):
        return None
    return KeyringKeeper(backend)


def _keyring_failed(what: str, error: Exception) -> ProblemError:
    return ProblemError(
        Problem(
            key="keyring",
            title=f"The program could not {what} the system's keyring.",
            detail=f"{type(error).__name__}: {error}".strip().rstrip(".") + ".",
            remedy="Unlock the keyring and try again, or keep secrets in an encrypted file: "
            "webhook-inspector secrets keeper file",
        )
    )
