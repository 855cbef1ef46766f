"""A worker whose kstep is not the one of this machine is refused, whatever differs of what decides a result."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

import kstep
from command_line import kstep_here, small_files
from kstep.matching import engine_name
from spark_cluster import Cluster

pytestmark = [pytest.mark.proof, pytest.mark.usefixtures("cache")]

ALTERED = [
    ("__init__.py", '__version__ = "', '__version__ = "9.'),
    ("names/similarity.py", "", "\n"),
    ("model/codec.py", "", "\n"),
]
"""A file of the package, what stands in it, and what an altered copy has instead; nothing: it has more at its end."""


def test_worker_with_another_kstep_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    people, argument = small_files(tmp_path)
    out = tmp_path / "matches.jsonl"
    copy = Path(shutil.copytree(Path(kstep.__file__).parent, tmp_path / "other" / "kstep"))
    cluster = Cluster(tmp_path / "cluster", workers=1, PYTHONPATH=str(copy.parent))
    try:
        for name, now, instead in ALTERED:
            text = (copy / name).read_text(encoding="utf-8")
            assert now in text
            (copy / name).write_text(text.replace(now, instead) if now else text + instead, encoding="utf-8")
            options = [f"--list={argument}", "--engine=spark", f"--master={cluster.url}", f"--out={out}"]
            ran = kstep_here(capsys, "screen", people, *options)
            assert (ran.code, ran.out, out.exists()) == (2, "", False), name
            assert re.fullmatch(
                rf"kstep: worker \S+: has kstep \S+ .+, not {re.escape(engine_name())}.*; "
                r"install the same kstep for every worker's Python",
                ran.told[-1],
            ), (name, ran.err)
            (copy / name).write_text(text, encoding="utf-8")
    finally:
        cluster.stop()
