"""A full disk and a locked file: nothing is acknowledged that is not kept, and it mends without a restart."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from tests.e2e.program import Program, command


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 4 MiB."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("a small disk needs root on Linux")
    place = tmp_path / "disk"
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if done.returncode != 0:
        pytest.skip(f"no small disk can be mounted here: {done.stderr.decode(errors='replace').strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def fill(path: Path) -> None:
    """Takes all the room that is left."""
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"x" * 4096)


def test_a_full_disk_is_a_503_until_there_is_room_again(small_disk: Path, tmp_path: Path) -> None:
    with Program(tmp_path, small_disk / "events.db") as program:
        assert program.post("/first")[0] == 200
        ballast = small_disk / "ballast"
        fill(ballast)
        statuses = [program.post("/more", b"y" * 300_000)[0] for _ in range(4)]
        assert statuses[-1] == 503
        status, headers = program.post("/more", b"y" * 300_000)
        assert (status, headers["retry-after"]) == (503, "5")
        program.wait(lambda: any("disk is full" in line for line in program.errors))
        assert program.process.poll() is None

        ballast.unlink()
        program.wait(lambda: any("Over: " in line for line in program.errors))
        assert program.post("/last", b"z" * 300_000)[0] == 200
        acknowledged = 2 + statuses.count(200)
        program.wait(lambda: len(program.events) == acknowledged)
        assert [event["target"] for event in program.events][-1] == "/last"


def test_a_locked_file_is_a_503_until_it_is_let_go(tmp_path: Path) -> None:
    database = tmp_path / "events.db"
    with Program(tmp_path, database) as program:
        holder = apsw.Connection(str(database))
        holder.set_busy_timeout(60_000)  # the program may be writing just now
        holder.execute("BEGIN EXCLUSIVE")
        assert program.post("/locked")[0] == 503
        program.wait(lambda: any("Another program holds the database" in line for line in program.errors))
        holder.execute("ROLLBACK")
        holder.close()
        program.wait(lambda: any("Over: " in line for line in program.errors))
        assert program.post("/free")[0] == 200
        program.wait(lambda: [event["target"] for event in program.events] == ["/free"])


def test_a_folder_that_cannot_be_made_is_said_and_exits_with_3(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = command(tmp_path, "listen", "--port", "0", "--db", str(tmp_path / "file" / "events.db"))
    assert done.returncode == 3
    assert b"cannot be written" in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_file_of_another_program_is_set_aside_only_when_it_is_damaged(tmp_path: Path) -> None:
    database = tmp_path / "other.db"
    connection = apsw.Connection(str(database))
    connection.execute("CREATE TABLE invoices (id INTEGER PRIMARY KEY)")
    connection.close()
    before = database.read_bytes()
    done = command(tmp_path, "listen", "--port", "0", "--db", str(database))
    assert done.returncode == 3
    assert b"another program" in done.stderr
    assert database.read_bytes() == before
