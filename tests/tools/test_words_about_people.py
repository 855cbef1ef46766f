"""No page, template, protocol or text of ours calls anybody what nobody found."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
NEVER = re.compile(
    r"terroris|\bsuspect|criminal|offender|perpetrator|extremist|dangerous|guilty|culprit|fugitive", re.IGNORECASE
)
SAID = ("someone is dangerous, and it decides nothing",)
"""Where a page says that kstep says no such thing."""


def test_nobody_is_called_what_nobody_found() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "protocols").rglob("*.yaml")]
    for ending in ("py", "typ", "html", "css", "js", "yaml", "toml"):
        pages += (ROOT / "src").rglob(f"*.{ending}")
    assert len(pages) > 300
    told = []
    for page in pages:
        text = page.read_text()
        for phrase in SAID:
            text = text.replace(phrase, "")
        told += [f"{page.relative_to(ROOT)}: {found[0]}" for found in NEVER.finditer(text)]
    assert told == []
