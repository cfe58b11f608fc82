"""The schemes of the program and those that a user adds beside them."""

from __future__ import annotations

import threading
from pathlib import Path

from inspector.core.problem import Problem
from inspector.core.signatures.bundled import bundled, together
from inspector.core.signatures.scheme import Schemes
from inspector.core.signatures.schemes import SchemeError


class SchemeLibrary:
    """Reads `*.toml` of the user's folder on top of the bundled records, when first asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problem: Problem | None = None
        """What is wrong with the user's own records; then the bundled ones hold alone."""
        self._schemes: Schemes | None = None
        self._guard = threading.Lock()

    @property
    def schemes(self) -> Schemes:
        """All schemes."""
        with self._guard:
            if self._schemes is None:
                self._schemes = self._read()
            return self._schemes

    def reload(self) -> Schemes:
        """Reads the user's folder again."""
        with self._guard:
            self._schemes = self._read()
            return self._schemes

    def _read(self) -> Schemes:
        self.problem = None
        try:
            files = [(str(path), path.read_text("utf-8")) for path in sorted(self.folder.glob("*.toml"))]
            return together(files, bundled()) if files else bundled()
        except (SchemeError, OSError, UnicodeDecodeError) as error:
            self.problem = Problem(
                "schemes-wrong",
                "A signature scheme of yours cannot be used.",
                f"{error}",
                f"Mend the file in {self.folder} and start again; the built-in schemes hold meanwhile.",
            )
            return bundled()
