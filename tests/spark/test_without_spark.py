"""What a run on a cluster lacks is told in one line, before anything else is done; without PySpark or Java too."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import kstep
from kstep.model import InputError
from kstep.screening.distributed.session import check_cluster

_CHECKED = """
import sys
sys.path[:0] = sys.argv[2:]
from kstep.model import InputError
from kstep.screening.distributed.session import check_cluster, session
try:
    check_cluster(sys.argv[1])
    with session(sys.argv[1]):
        print("a session")
except InputError as error:
    print(error)
"""


@pytest.mark.parametrize(
    "master",
    [
        "",
        "cluster:7077",
        "localhost:7077",
        "local-cluster[2]",
        "http://cluster:7077",
        "SPARK://cluster",
        "spark ://cluster",
    ],
)
def test_what_is_no_master_is_refused(master: str) -> None:
    with pytest.raises(InputError, match=r"--master: .+ is not a Spark master; write one like spark://HOST:7077"):
        check_cluster(master)


def test_without_pyspark_the_extra_is_named(tmp_path: Path) -> None:
    for package in Path(sysconfig.get_path("purelib")).iterdir():
        if not package.name.startswith("pyspark"):
            (tmp_path / package.name).symlink_to(package)
    command = [sys.executable, "-S", "-c", _CHECKED, "local[2]", str(Path(kstep.__file__).parents[1]), str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ended.stdout == "--engine spark: needs PySpark; pip install 'kstep[spark]'\n"


@pytest.mark.proof
def test_without_java_it_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match="there is no Java; install Java 17 or newer, or let JAVA_HOME name it"):
        check_cluster("local[2]")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(InputError, match=r"JAVA_HOME=.+ holds no Java"):
        check_cluster("local[2]")


@pytest.mark.proof
def test_java_that_cannot_begin_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    java = tmp_path / "bin/java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\necho of another age >&2\nexit 1\n")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    command = [sys.executable, "-c", _CHECKED, "local[2]", str(Path(kstep.__file__).parents[1])]
    ended = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert (ended.stdout, ended.stderr) == ("--engine spark: Java could not begin; install Java 17 or newer\n", "")


@pytest.mark.proof
@pytest.mark.parametrize("master", ["spark://:x", "spark://host:port", "spark://host:99999999"])
def test_address_that_is_none_is_refused(master: str) -> None:
    with pytest.raises(InputError, match="names no host and port; write spark://HOST:7077"):
        check_cluster(master)
