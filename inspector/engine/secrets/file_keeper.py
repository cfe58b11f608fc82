"""Secrets in a file, sealed with a passphrase: for machines without a keyring.

scrypt (RFC 7914) makes the key of the passphrase, AES-256-GCM (NIST SP 800-38D) seals the names and
secrets together; a wrong passphrase and an altered file look the same, as they should.
"""

from __future__ import annotations

import base64
import json
import os
import tempfile
from pathlib import Path

from inspector.core.problem import Problem, ProblemError

FORMAT = "webhook-inspector secrets 1"
_COST = 2**15
_BLOCK = 8
_LANES = 1


class FileKeeper:
    """An encrypted file. It is locked until `unlock` was given the passphrase."""

    kind = "file"

    def __init__(self, path: Path) -> None:
        self.path = path
        self._key: bytes | None = None
        self._salt = b""

    def describe(self) -> str:
        """Where that is, in words."""
        return f"an encrypted file ({self.path})"

    @property
    def locked(self) -> bool:
        """Whether the passphrase has yet to be given."""
        return self._key is None

    @property
    def exists(self) -> bool:
        """Whether there is a file already; without one, the first passphrase given makes it."""
        return self.path.exists()

    def unlock(self, passphrase: str) -> None:
        """Opens the file, or makes an empty one.

        Raises ProblemError `passphrase-empty`, `passphrase-wrong` or `secrets-file`.
        """
        if not passphrase:
            raise ProblemError(Problem("passphrase-empty", "The passphrase is empty.", remedy="Give one."))
        sealed = self._load() if self.exists else None
        self._salt = base64.b64decode(sealed["salt"]) if sealed else os.urandom(16)
        self._key = _derive(passphrase, self._salt)
        try:
            if sealed:
                self._open(sealed)
            else:
                self._save({})
        except ProblemError:
            self._key = None
            raise

    def get(self, name: str) -> str | None:
        """The secret, or None."""
        return self._secrets().get(name)

    def put(self, name: str, secret: str) -> None:
        """Keeps the secret under the name."""
        self._save({**self._secrets(), name: secret})

    def remove(self, name: str) -> None:
        """Forgets the name."""
        self._save({key: secret for key, secret in self._secrets().items() if key != name})

    def names(self) -> list[str]:
        """All names, sorted."""
        return sorted(self._secrets())

    def _secrets(self) -> dict[str, str]:
        if self._key is None:
            raise ProblemError(
                Problem(
                    "secrets-locked",
                    "The file with the secrets is locked.",
                    remedy="Give its passphrase: in the Secrets window, at the prompt of "
                    "webhook-inspector secrets, or in WEBHOOK_INSPECTOR_PASSPHRASE.",
                )
            )
        return self._open(self._load()) if self.exists else {}

    def _load(self) -> dict[str, str]:
        try:
            sealed = json.loads(self.path.read_text("utf-8"))
            if sealed["format"] != FORMAT or not all(
                isinstance(base64.b64decode(sealed[part], validate=True), bytes)
                for part in ("salt", "nonce", "sealed")
            ):
                raise ValueError("not a file of secrets")
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ProblemError(
                Problem(
                    "secrets-file",
                    "The file with the secrets cannot be read.",
                    f"{self.path}: {error}.",
                    "Restore it from a copy, or move it away to begin a new one.",
                )
            ) from None
        return {str(key): str(text) for key, text in sealed.items()}

    def _open(self, sealed: dict[str, str]) -> dict[str, str]:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        assert self._key is not None
        try:
            plain = AESGCM(self._key).decrypt(
                base64.b64decode(sealed["nonce"]), base64.b64decode(sealed["sealed"]), FORMAT.encode()
            )
        except InvalidTag:
            raise ProblemError(
                Problem(
                    "passphrase-wrong",
                    "The passphrase does not open the file with the secrets.",
                    f"{self.path} was sealed with another one, or was altered.",
                    "Try again.",
                )
            ) from None
        return {str(name): str(secret) for name, secret in json.loads(plain).items()}

    def _save(self, secrets: dict[str, str]) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        assert self._key is not None
        nonce = os.urandom(12)
        sealed = AESGCM(self._key).encrypt(nonce, json.dumps(secrets).encode(), FORMAT.encode())
        content = {
            "format": FORMAT,
            "salt": base64.b64encode(self._salt).decode(),
            "nonce": base64.b64encode(nonce).decode(),
            "sealed": base64.b64encode(sealed).decode(),
        }
        try:
            _replace(self.path, json.dumps(content, indent=1))
        except OSError as error:
            raise ProblemError(
                Problem(
                    "secrets-file",
                    "The file with the secrets cannot be written.",
                    f"{self.path}: {error.strerror or error}.",
                    "Make room or give write permission, then try again.",
                )
            ) from None


def _derive(passphrase: str, salt: bytes) -> bytes:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    return Scrypt(salt=salt, length=32, n=_COST, r=_BLOCK, p=_LANES).derive(passphrase.encode("utf-8"))


def _replace(path: Path, text: str) -> None:
    """Writes all or nothing, readable by the owner alone (mkstemp makes files of mode 0600)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
