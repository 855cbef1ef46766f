"""`kstep warmup`: after it the engine is compiled, and it says where that is kept."""

from __future__ import annotations

from pathlib import Path

from command_line import kstep, small_files


def test_engine_is_compiled_and_kept_where_the_cache_is(cache: Path, tmp_path: Path) -> None:
    (kernels,) = cache.iterdir()
    ended = kstep("warmup")
    assert (ended.code, ended.out) == (0, "")
    assert ended.told[-1] == f"kstep: the engine is compiled; it is kept in {kernels}"
    for outermost in ("find.find", "pairwise.sum_up"):
        assert list(kernels.rglob(f"{outermost}-*.nbc"))
    people, argument = small_files(tmp_path)
    for again in (kstep("warmup"), kstep("screen", people, "--list", argument)):
        assert again.code == 0
        assert "compiling" not in again.err
