"""The hash under which results are kept changes with every byte of the code that computed them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kstep.model.fingerprints import code_hash


def test_any_change_of_a_module_changes_the_hash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "hashed_here"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "words.py").write_text("TITLES = {'dr'}\n")
    monkeypatch.syspath_prepend(tmp_path)
    before = code_hash("hashed_here")
    assert code_hash("hashed_here") == before
    (package / "words.py").write_text("TITLES = {'mr'}\n")
    changed = code_hash("hashed_here")
    (package / "words.py").rename(package / "particles.py")
    assert len({before, changed, code_hash("hashed_here")}) == 3
