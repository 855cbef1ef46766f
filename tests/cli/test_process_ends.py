"""How the process ends when the world around it does not play along: pipes, full disks, locales, interruptions, our errors."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from command_line import ENTRIES, KSTEP, PEOPLE, kstep, rows_of, small_files, write_rows

pytestmark = pytest.mark.usefixtures("cache")

FULL = Path("/dev/full")


def started(*arguments: str | Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([KSTEP, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def once_read(pipe: Path, reader: subprocess.Popen[bytes]) -> int:
    """Our end of the named pipe, when `reader` has opened the other."""
    while True:
        try:
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            assert reader.poll() is None, reader.communicate()


def wait_until_it_waits(reader: subprocess.Popen[bytes]) -> None:
    """Return when `reader` sleeps in its read of the pipe: a signal that comes just before is only seen after it.

    Where the kernel does not tell what a process waits for, return after some looks.
    """
    waits_for = Path(f"/proc/{reader.pid}/wchan")
    for _ in range(20_000):
        assert reader.poll() is None, reader.communicate()
        if "pipe" in waits_for.read_text():
            return


def test_interruption_is_told_in_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    _, argument = small_files(tmp_path)
    os.mkfifo(tmp_path / "endless.jsonl")
    before = {path.name for path in tmp_path.iterdir()}
    running = started("screen", tmp_path / "endless.jsonl", "--list", argument, "--out", tmp_path / "matches.jsonl")
    end = once_read(tmp_path / "endless.jsonl", running)
    wait_until_it_waits(running)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    os.close(end)
    assert running.returncode == 130
    assert (out, [line for line in err.decode().splitlines() if line]) == (b"", ["kstep: stopped"])
    assert {path.name for path in tmp_path.iterdir()} == before


def test_reader_that_has_seen_enough_ends_the_run_without_a_word(tmp_path: Path) -> None:
    people = write_rows(tmp_path / "people.jsonl", [{**PEOPLE[0], "person_id": str(number)} for number in range(400)])
    watch = write_rows(tmp_path / "watch.jsonl", ENTRIES)
    with started("screen", people, "--list", f"table={watch}") as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert running.stdout.readline().startswith(b'{"person_id":"0"')
        running.stdout.close()
        err = running.stderr.read().decode()
        assert running.wait(timeout=60) == -signal.SIGPIPE
    assert err == "kstep: building the index of table (4 entries) …\n"


@pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("people", [4, 400])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_full_disk_behind_stdout_is_told_in_one_line(tmp_path: Path, people: int, unbuffered: str) -> None:
    rows = [{**PEOPLE[number % 4], "person_id": str(number)} for number in range(people)]
    watch = write_rows(tmp_path / "watch.jsonl", ENTRIES)
    roster = write_rows(tmp_path / "people.jsonl", rows)
    command = [str(KSTEP), "screen", str(roster), "--list", f"table={watch}"]
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    with FULL.open("wb") as full:
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, env=environment, check=False)
    assert ended.returncode == 2
    told = [line for line in ended.stderr.decode().splitlines() if "possible matches" not in line]
    assert told[1:] == [
        "kstep: standard output: cannot be used (No space left on device); check its room and permissions"
    ]


def test_results_for_a_closed_stdout_are_not_lost_in_silence(tmp_path: Path) -> None:
    people, argument = small_files(tmp_path)
    command = ["sh", "-c", 'exec "$@" >&-', "sh", str(KSTEP), "screen", str(people), "--list", argument]
    ended = subprocess.run(command, stderr=subprocess.PIPE, check=False)
    assert ended.returncode == 2
    assert ended.stderr.decode().splitlines()[-1].startswith("kstep: standard output: cannot be used (not writable)")
    ended = subprocess.run([*command, "--out", str(tmp_path / "matches.jsonl")], stderr=subprocess.PIPE, check=False)
    assert ended.returncode == 0
    assert (tmp_path / "matches.jsonl").read_text(encoding="utf-8").count("\n") == 3


def test_notices_for_a_closed_stderr_are_not_mixed_into_the_results(tmp_path: Path) -> None:
    people, argument = small_files(tmp_path)
    write_rows(people, [*PEOPLE, {"person_id": "P-9", "name": "Ali"}])
    command = ["sh", "-c", 'exec "$@" 2>&-', "sh", str(KSTEP), "screen", str(people), "--list", argument]
    ended = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    assert ended.returncode == 1
    assert [row["person_id"] for row in rows_of(ended.stdout.decode())] == ["P-1", "P-2", "P-3"]


def test_output_is_utf_8_whatever_the_locale(tmp_path: Path) -> None:
    people, argument = small_files(tmp_path)
    ended = kstep("screen", people, "--list", argument, PYTHONIOENCODING="latin-1", PYTHONUTF8="0", LC_ALL="C")
    assert ended.code == 0
    assert "Дмитрий Брастов" in ended.out


def test_file_name_that_is_no_unicode_is_taken(tmp_path: Path) -> None:
    people, argument = small_files(tmp_path)
    odd = tmp_path / b"p\xff\x1b[31m.jsonl".decode(errors="surrogateescape")
    people.rename(odd)
    ended = kstep("screen", odd, "--list", argument, "--out", tmp_path / "report.html", "--format", "html")
    assert ended.code == 0
    assert "p‹U+DCFF›‹U+001B›[31m.jsonl" in (tmp_path / "report.html").read_text(encoding="utf-8")
    ended = kstep("screen", odd.with_suffix(".txt"), "--list", argument)
    assert (ended.code, len(ended.told)) == (2, 1)
    assert ended.told[0].isprintable()
    assert "p\\udcff\\x1b[31m.txt: has a name that says no format" in ended.told[0]


def test_error_of_our_own_is_never_taken_for_a_result(tmp_path: Path) -> None:
    broken = (
        "import sys; from kstep.cli.app import app, run; app.command('break')(lambda: 1 / 0); sys.exit(run(['break']))"
    )
    ended = subprocess.run([sys.executable, "-c", broken], capture_output=True, check=False)
    told = ended.stderr.decode().splitlines()
    assert ended.returncode == 70
    assert told[0].startswith("Traceback")
    assert told[-2] == "ZeroDivisionError", "its words may tell of somebody"
    assert told[-1].startswith("kstep: an error of kstep itself: rely on nothing that this run wrote")


def test_version_names_the_engine_of_the_results(tmp_path: Path) -> None:
    people, argument = small_files(tmp_path)
    version = kstep("--version")
    assert (version.code, version.err) == (0, "")
    rows = kstep("screen", people, "--list", argument).out.splitlines()
    assert {json.loads(row)["engine"] for row in rows} == {version.out.strip()}
