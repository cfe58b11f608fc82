"""import as a user calls it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.e2e.program import command


def test_files_and_standard_input_become_events_and_bad_entries_are_told(tmp_path: Path) -> None:
    request = {"method": "POST", "url": "http://h/a", "headers": [], "postData": {"text": "{}"}}
    har = tmp_path / "recorded.har"
    har.write_text(json.dumps({"log": {"entries": [{"request": request}, {}]}}), encoding="utf-8-sig")
    database = ["--db", str(tmp_path / "events.db")]
    ended = command(tmp_path, "import", str(har), *database)
    assert ended.returncode == 1, ended.stderr
    assert ended.stdout.decode().strip() == (f"{har}: 1 event imported as har (1); 1 could not be taken.")
    assert ended.stderr.decode().strip() == f"{har}, entry 2: There is no object “request”."
    ended = command(tmp_path, "import", "-", "--json", *database, stdin=b"curl http://h/b -d x")
    assert ended.returncode == 0, ended.stderr
    said = json.loads(ended.stdout)
    assert (said["format"], said["taken"], said["ids"]) == ("curl", 1, [2])
    exported = tmp_path / "out.jsonl"
    ended = command(
        tmp_path, "export", "1", "2", "--format", "jsonl", "--out", str(exported), "--no-redact", *database
    )
    assert ended.returncode == 0, ended.stderr
    ended = command(tmp_path, "import", str(exported), "--db", str(tmp_path / "other.db"))
    assert (ended.returncode, b"2 events imported as jsonl" in ended.stdout) == (0, True)


def test_a_file_that_is_nothing_known_is_refused(tmp_path: Path) -> None:
    ended = command(tmp_path, "import", "-", "--db", str(tmp_path / "x.db"), stdin=b"hello")
    assert ended.returncode == 2
    assert b"Formats: jsonl, har, curl" in ended.stderr
    ended = command(tmp_path, "import", str(tmp_path / "none"), "--db", str(tmp_path / "x.db"))
    assert ended.returncode == 3
    assert b"cannot be read" in ended.stderr
