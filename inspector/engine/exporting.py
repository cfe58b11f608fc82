"""Export: events of the inbox into a file or a folder, whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from inspector.core.event import Event
from inspector.core.exporters.format import Chunk, Exporter, ExportOptions
from inspector.core.problem import Problem, ProblemError
from inspector.engine.inbox import Inbox

Progress = Callable[[int, int], None]
"""How many events are written, of how many."""


class ExportCancelledError(Exception):
    """The user stopped it; nothing is left behind."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    events: int
    files: int
    size_bytes: int


class Exporting:
    """One export: which events, in which format, and how far it is."""

    def __init__(
        self,
        inbox: Inbox,
        exporter: Exporter,
        options: ExportOptions | None = None,
        *,
        change: Callable[[Event], Event] | None = None,
        progress: Progress = lambda done, total: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        """`change` is applied to each event before it is written, as redaction is."""
        self._inbox = inbox
        self._exporter = exporter
        self._options = options or ExportOptions()
        self._change = change
        self._progress = progress
        self._cancelled = cancelled
        self._done = 0
        self._files = 0
        self._bytes = 0

    def to_path(self, ids: Sequence[int], out: Path, *, force: bool = False) -> Exported:
        """Writes the file or folder `out`; what stands there is replaced only with `force`.

        It gets its name when it is whole. A folder that exists keeps its other files. Raises ProblemError
        `file-exists` or `export-unwritable`, and ExportCancelledError.
        """
        try:
            _refuse_existing(out, folder=self._exporter.folder, force=force)
            with tempfile.TemporaryDirectory(prefix=f".{out.name[:40]}.", dir=out.absolute().parent) as room:
                made = Path(room) / "export"
                self._write(ids, made)
                _move(made, out, folder=self._exporter.folder, force=force)
        except OSError as error:
            raise ProblemError(
                Problem(
                    "export-unwritable",
                    "The export cannot be written.",
                    f"{out}: {error.strerror or error}",
                    "Choose another place, or make room on the disk.",
                )
            ) from error
        return Exported(self._done, self._files, self._bytes)

    def to_stream(self, ids: Sequence[int], stream: BinaryIO) -> Exported:
        """Writes the bytes of a format that makes one file, or the only file of one that makes a folder.

        Raises ProblemError `export-needs-folder` before it writes a second file. OSError of the stream
        passes through.
        """
        if self._exporter.folder and len(ids) > 1:
            raise _needs_folder(self._exporter)
        for _, chunk in self._chunks(ids):
            if self._files > 1:
                raise _needs_folder(self._exporter)
            stream.write(chunk)
        return Exported(self._done, self._files, self._bytes)

    def _write(self, ids: Sequence[int], made: Path) -> None:
        if self._exporter.folder:
            made.mkdir()
        current, file = None, None
        try:
            for name, chunk in self._chunks(ids):
                path = made / name if name else made
                if path != current:
                    if file is not None:
                        file.close()
                    path.parent.mkdir(parents=True, exist_ok=True)
                    current, file = path, path.open("ab")  # a format may come back to a file
                if file is not None:
                    file.write(chunk)
        finally:
            if file is not None:
                file.close()

    def _chunks(self, ids: Sequence[int]) -> Iterator[Chunk]:
        names: set[str] = set()
        for name, chunk in self._exporter.export(self._events(ids), self._options):
            names.add(name)
            self._files = len(names)
            self._bytes += len(chunk)
            yield name, chunk

    def _events(self, ids: Sequence[int]) -> Iterator[Event]:
        """The events that still exist, one at a time."""
        for position, number in enumerate(ids):
            if self._cancelled():
                raise ExportCancelledError
            event = self._inbox.event(number)
            if event is not None:
                yield event if self._change is None else self._change(event)
                self._done += 1
            self._progress(position + 1, len(ids))


def _refuse_existing(out: Path, *, folder: bool, force: bool) -> None:
    if not out.exists():
        return
    usable = out.is_dir() == folder
    empty = folder and usable and not any(out.iterdir())
    if usable and (force or empty):
        return
    raise _exists(out, usable=usable)


def _exists(out: Path, *, usable: bool) -> ProblemError:
    what = "folder" if out.is_dir() else "file"
    remedy = "Choose another name, or say that it may be replaced." if usable else "Choose another name."
    return ProblemError(Problem("file-exists", f"There is already a {what} of this name.", str(out), remedy))


def _move(made: Path, out: Path, *, folder: bool, force: bool) -> None:
    """Gives the finished export its name."""
    if folder and out.exists():
        for path in sorted(made.rglob("*")):
            if path.is_file():
                place = out / path.relative_to(made)
                place.parent.mkdir(parents=True, exist_ok=True)
                path.replace(place)
        return
    if folder or force:
        made.replace(out)
        return
    try:
        os.link(made, out)  # unlike renaming, it fails where a file of this name has come up meanwhile
    except FileExistsError:
        raise _exists(out, usable=True) from None
    except OSError:
        _refuse_existing(out, folder=False, force=False)
        made.replace(out)


def _needs_folder(exporter: Exporter) -> ProblemError:
    return ProblemError(
        Problem(
            "export-needs-folder",
            f"The format {exporter.id} makes several files.",
            "",
            "Name a folder, or choose a format that makes one file.",
        )
    )
