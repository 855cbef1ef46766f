"""The file of weights as the tools that fit it read and write it: one way to lay it out, and one to say what it rests on."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from linked_records import OFAC, UN

WEIGHTS = Path(__file__).parent.parent / "src" / "kstep" / "matching" / "data" / "weights.json"
LINE = 120
"""Letters of the longest object that stands on one line."""


def laid_out(whole: Mapping[str, Any]) -> str:
    """The text of the file: what holds no other object and is short stands on one line."""
    text = json.dumps(whole, indent=2, ensure_ascii=False) + "\n"
    return re.sub(r"\{[^{}]+\}", _on_one_line, text)


def _on_one_line(found: re.Match[str]) -> str:
    line = "{" + " ".join(found[0][1:-1].split()) + "}"
    return line if len(line) <= LINE else found[0]


def sources(data: Path) -> dict[str, str]:
    """The beginning of the hash of every file that is read, by its path in the folder of real lists."""
    files = sorted(path for edition in (*OFAC, *UN) for path in [data / edition, *(data / edition).glob("*.csv")]
                   if path.is_file())  # fmt: skip
    return {str(path.relative_to(data)): hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in files}
