from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from inspector.core.listing import Order
from inspector.core.problem import ProblemError
from inspector.store import schema
from tests.unit.store.building import PATIENCE_S, Keeper, arrival, until

ROOT = Path(__file__).parents[3]


def key_of(keeper: Keeper) -> str:
    """The problem that keeping an event meets now."""
    with pytest.raises(ProblemError) as caught:
        keeper.keep(arrival(b"x" * 100_000))
    return caught.value.problem.key


def opened(path: Path, **options: object) -> Keeper:
    keeper = Keeper(path, **options)
    keeper.store.open()
    return keeper


def key_of_open(path: Path, **options: object) -> str:
    with pytest.raises(ProblemError) as caught:
        opened(path, **options)
    return caught.value.problem.key


def test_a_newer_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "events.db"
    opened(path).store.close()
    with contextlib.closing(apsw.Connection(str(path))) as connection:
        connection.pragma("user_version", schema.VERSION + 1)
    before = path.read_bytes()
    assert key_of_open(path) == "database-newer"
    assert path.read_bytes() == before
    assert key_of_open(path) == "database-newer", "the lock was given back"


def test_the_database_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "events.db"
    with contextlib.closing(apsw.Connection(str(path))) as connection:
        connection.execute("CREATE TABLE theirs (a)")
    assert key_of_open(path) == "database-foreign"


def test_a_damaged_file_is_set_aside_and_a_fresh_one_begun(tmp_path: Path) -> None:
    path = tmp_path / "events.db"
    rubbish = b"this is no database, whatever its name says" * 200
    path.write_bytes(rubbish)
    keeper = Keeper(path)
    problem = keeper.store.open()
    assert problem is not None
    assert problem.key == "database-damaged"
    assert keeper.keep(arrival(b"new")) == [1]
    keeper.store.close()
    (kept,) = tmp_path.glob("events.db.damaged-*")
    assert kept.name in problem.detail
    assert kept.read_bytes() == rubbish


def test_a_reader_does_not_move_a_damaged_file(tmp_path: Path) -> None:
    path = tmp_path / "events.db"
    path.write_bytes(b"rubbish" * 1000)
    assert key_of_open(path, capturing=False) == "database-damaged"
    assert path.read_bytes() == b"rubbish" * 1000


def test_damage_while_running_is_mended_without_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "events.db"
    keeper = opened(path)
    keeper.keep(arrival(b"old"))
    version = keeper.store.data_version()

    def break_it(_: apsw.Connection) -> None:
        raise apsw.CorruptError("database disk image is malformed")

    with pytest.raises(ProblemError) as caught:
        keeper.store.write(break_it).result(PATIENCE_S)
    assert caught.value.problem.key == "database-damaged"
    assert keeper.keep(arrival(b"new")) == [1]
    assert keeper.readers.body(1) == b"new"
    assert keeper.store.data_version() > version
    keeper.store.close()
    (kept,) = [
        part for part in tmp_path.glob("events.db.damaged-*") if not part.name.endswith(("-wal", "-shm"))
    ]
    with contextlib.closing(apsw.Connection(str(kept))) as connection:
        connection.set_busy_timeout(60_000)
        assert connection.execute("SELECT body FROM bodies").get == b"old"


def test_a_locked_file_fails_the_event_and_recovers(tmp_path: Path) -> None:
    keeper = opened(tmp_path / "events.db", busy_ms=10)
    keeper.keep(arrival())
    other = apsw.Connection(str(keeper.store.path))
    other.set_busy_timeout(60_000)
    other.execute("BEGIN IMMEDIATE")
    assert key_of(keeper) == "database-locked"
    assert keeper.readers.count() == 1
    other.execute("ROLLBACK")
    other.close()
    assert keeper.keep(arrival(b"after")) == [2]
    keeper.store.close()


def test_a_file_that_was_taken_away_is_made_anew(tmp_path: Path) -> None:
    keeper = opened(tmp_path / "events.db")
    keeper.keep(arrival(), arrival())
    keeper.store.path.rename(tmp_path / "elsewhere.db")
    assert keeper.keep(arrival(b"in the new file")) == [1]
    assert keeper.readers.body(1) == b"in the new file"
    keeper.store.close()


def test_two_programs_cannot_capture_into_one_file(tmp_path: Path) -> None:
    path = tmp_path / "events.db"
    keeper = opened(path)
    with pytest.raises(ProblemError) as caught:
        opened(path)
    assert caught.value.problem.key == "database-in-use"
    assert str(os.getpid()) in caught.value.problem.detail
    keeper.store.close()
    opened(path).store.close()


def test_another_program_can_change_a_file_in_use_and_both_see_it(tmp_path: Path) -> None:
    window = opened(tmp_path / "events.db")
    window.keep(arrival(), arrival())
    version = window.store.data_version()
    command = opened(tmp_path / "events.db", capturing=False)
    command.store.pin([1], True).result(PATIENCE_S)
    undo = command.store.delete([2]).result(PATIENCE_S)
    assert window.readers.rows([1])[0].pinned
    assert list(window.readers.ids()) == [1]
    until(lambda: window.store.data_version() > version)
    assert command.store.restore(undo).result(PATIENCE_S) == [2]
    command.store.close()
    window.keep(arrival())
    assert window.readers.totals().all == 3
    own = window.store.data_version()
    window.store.pin([3], True).result(PATIENCE_S)
    window.store.probe().result(PATIENCE_S)
    assert window.store.data_version() <= own + 1
    window.store.close()


def test_one_event_that_cannot_be_kept_does_not_take_others_along(tmp_path: Path) -> None:
    keeper = opened(tmp_path / "events.db")
    good, bad, other = keeper.put(arrival(b"a"), arrival(note="\ud800"), arrival(b"b"))
    assert isinstance(bad.exception(PATIENCE_S), ProblemError)
    assert {good.result(PATIENCE_S).id, other.result(PATIENCE_S).id} <= {1, 2, 3}
    assert keeper.readers.count() == 2
    keeper.store.close()


def test_a_folder_that_cannot_be_made_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert key_of_open(tmp_path / "file" / "events.db") == "database-unwritable"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)]
    try:
        made = subprocess.run(command, capture_output=True, check=False)
    except OSError:
        pytest.skip("there is no mount command")
    if made.returncode:
        pytest.skip("a small disk cannot be mounted here")
    yield place
    subprocess.run(["umount", "-l", str(place)], capture_output=True, check=False)


def test_a_full_disk_fails_the_event_and_recovers(small_disk: Path) -> None:
    keeper = opened(small_disk / "events.db")
    keeper.keep(arrival(b"first"))
    ballast = small_disk / "ballast"
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 65_536)
    assert key_of(keeper) == "disk-full"
    assert key_of(keeper) == "disk-full"
    assert list(keeper.readers.ids(order=Order("size"))) == [1]
    ballast.unlink()
    assert keeper.keep(arrival(b"second")) == [2]
    assert [keeper.readers.body(number) for number in (1, 2)] == [b"first", b"second"]
    keeper.store.close()


def test_a_disk_that_becomes_read_only_recovers(small_disk: Path) -> None:
    keeper = opened(small_disk / "events.db")
    keeper.keep(arrival(b"first"))
    keeper.store.close()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert key_of_open(small_disk / "events.db") == "database-unwritable"
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    keeper = opened(small_disk / "events.db")
    assert keeper.keep(arrival()) == [2]
    keeper.store.close()


CHILD = """
import sys
from pathlib import Path
from tests.unit.store.building import Keeper, arrival

keeper = Keeper(Path(sys.argv[1]), durable=sys.argv[2] == "durable")
keeper.store.open()
while True:
    for number in keeper.keep(*[arrival(b"x" * 2000) for _ in range(20)]):
        sys.stdout.write(f"{number}\\n")
    sys.stdout.flush()
"""


@pytest.mark.parametrize("how", ["durable", "fast"])
def test_a_kill_loses_no_event_that_was_acknowledged(tmp_path: Path, how: str) -> None:
    path = tmp_path / "events.db"
    command = [sys.executable, "-c", CHILD, str(path), how]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as child:
        assert child.stdout is not None
        acknowledged = [int(child.stdout.readline()) for _ in range(1_000)]
        child.kill()
        rest, _ = child.communicate(timeout=PATIENCE_S)
    acknowledged += [int(line) for line in rest.split(b"\n")[:-1]]
    keeper = opened(path)
    assert set(acknowledged) <= set(keeper.readers.ids())
    assert keeper.readers.totals().all == keeper.readers.run(
        lambda connection: connection.execute("SELECT count(*) FROM events").get
    )
    assert keeper.readers.run(lambda connection: connection.pragma("integrity_check")) == "ok"
    assert len(keeper.readers.body(acknowledged[-1])) == 2000
    keeper.store.close()
