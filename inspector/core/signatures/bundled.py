"""The records that come with the program, and those that a user adds beside them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import resources

from inspector.core.signatures.scheme import Schemes
from inspector.core.signatures.schemes import SchemeError, load


@cache
def bundled() -> Schemes:
    """All records of resources/schemes; read once."""
    folder = resources.files("resources") / "schemes"
    files = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name
    )
    return together((file.name, file.read_text("utf-8")) for file in files)


def together(files: Iterable[tuple[str, str]], base: Schemes | None = None) -> Schemes:
    """The records of (name, text) pairs on top of `base`; raises SchemeError for the first bad one.

    Within one set of files an id may stand only once; a record of the base is replaced.
    """
    found = Schemes({})
    for name, text in files:
        more = load(text, name)
        for scheme in more:
            earlier = found.get(scheme.id)
            if earlier is not None:
                line = int(scheme.origin.rpartition(" ")[2])
                raise SchemeError(name, line, f"[{scheme.id}] stands already in {earlier.origin}")
        found = found.merged(more)
    return found if base is None else base.merged(found)
